"""The admin of a campaign: setting one up in the browser, and what it refuses."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.indicator_usage import is_counted
from campaign.models import (
    Appointment,
    Baseline,
    BaselineFigure,
    Branch,
    Campaign,
    Indicator,
    Phase,
    Target,
    Unit,
)
from campaign.permissions import Role
from campaign.selectors import indicators_of
from reports.daily.models import DailyReport, Lateness
from tests.conftest import TODAY, World
from tests.factories import make_baseline, make_phase, make_target, make_unit, make_user
from tests.importing import address
from tests.pages import with_reasons

Browse = Callable[[Any], Client]
CAMPAIGN = {
    "name": "44 ngày đêm",
    "slug": "44-ngay",
    "plan_reference": "",
    "notice": "",
    "starts_on": "01/07/2023",
    "ends_on": "13/08/2023",
    "structure_date": "20/06/2023",
    "weekdays": "1234567",
    "opens_at": "00:00",
    "due_at": "18:30",
    "closes_at": "23:59:59",
    "editable_days": "2",
    "remind_before": "60",
    "remind_after": "30",
    "quiet_from": "21:00",
    "quiet_to": "06:30",
    "digest_at": "19:00",
    "help_due_days": "3",
    "help_retention_days": "30",
}
PAGES = [
    Appointment,
    Baseline,
    BaselineFigure,
    Branch,
    Campaign,
    Indicator,
    Phase,
    Target,
    Unit,
    User,
]


@pytest.fixture
def client(world: World, browse: Browse) -> Client:
    """Return the browser of the province staff, who say why they change a setting."""
    return with_reasons(browse(world.staff))


@pytest.fixture
def root(world: World, browse: Browse) -> Client:
    """Return the browser of a superuser."""
    return browse(make_user(username="root", is_staff=True, is_superuser=True))


def lines(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Return the fields of an inline."""
    form: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
    }
    for n, row in enumerate(rows):
        form |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
    return form


def indicator_lines(campaign: Campaign, **changed: dict[str, Any]) -> dict[str, Any]:
    """Return the indicators of a campaign as its page shows them, with changes by code."""
    rows = []
    for indicator in campaign.indicators.all():
        terms = {t.source.code: t.factor for t in indicator.terms.all()}
        row = {
            "id": indicator.pk,
            "order": indicator.order,
            "code": indicator.code,
            "label": indicator.label,
            "measure": indicator.measure,
            "part_of": indicator.at_most.code if indicator.at_most else "",
            "formula": " ".join(f"{factor:+d}*{code}" for code, factor in terms.items()),
        }
        for name in ("required", "is_headline", "in_police_csv"):
            if getattr(indicator, name):
                row[name] = "on"
        row |= changed.get(indicator.code, {})
        rows.append({name: value for name, value in row.items() if value is not None})
    return lines("indicators", *rows, initial=len(rows))


def campaign_form(campaign: Campaign, **changed: Any) -> dict[str, Any]:
    """Return the form of a campaign without its inlines."""
    return {
        **CAMPAIGN,
        "name": campaign.name,
        "slug": campaign.slug,
        "starts_on": f"{campaign.starts_on:%d/%m/%Y}",
        "ends_on": f"{campaign.ends_on:%d/%m/%Y}",
        "editable_days": campaign.editable_days,
        "help_due_days": campaign.help_due_days,
        "help_retention_days": campaign.help_retention_days,
        **changed,
    }


def report(world: World, **counts: int) -> DailyReport:
    """Make a report that holds counts."""
    return DailyReport.objects.create(
        campaign=world.campaign,
        branch=world.branch,
        unit=world.commune,
        date=TODAY,
        counts=counts,
        lateness=Lateness.ON_TIME,
        received_at=dt.datetime(2023, 6, 20, 11, tzinfo=dt.UTC),
    )


def errors(response: Any) -> str:
    """Return all messages of the forms on a page that was refused."""
    assert response.status_code == 200
    return " | ".join(str(message) for message in response.context["errors"])


# Every page


@pytest.mark.parametrize("model", PAGES)
def test_pages_open_for_staff(client: Client, world: World, model: Any) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures={world.commune: 9000})
    for what in ("changelist", "add", "import", "export"):
        assert client.get(address(model, what)).status_code == 200
    row = model.objects.first()
    for what in ("change", "history"):
        assert client.get(address(model, what, row.pk)).status_code == 200
    assert client.get(address(model, "changelist"), {"q": "giao tien"}).status_code == 200


@pytest.mark.parametrize("model", PAGES)
def test_pages_take_the_same_queries_for_more_rows(
    client: Client, world: World, model: Any, django_assert_max_num_queries: Any
) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures=dict.fromkeys(Unit.objects.all(), 1))
    with django_assert_max_num_queries(14):
        client.get(address(model, "changelist"))


@pytest.mark.parametrize("who", ["lead", "owner", "liaison", "partner", "stranger"])
@pytest.mark.parametrize("model", PAGES)
def test_pages_are_closed_to_others(world: World, browse: Browse, model: Any, who: str) -> None:
    client = browse(getattr(world, who))
    row = model.objects.first()
    for what in ("changelist", "add", "choices"):
        assert client.get(address(model, what), follow=True).status_code == 403
    if row is not None:
        assert client.post(address(model, "change", row.pk), {}, follow=True).status_code == 403
        assert client.post(address(model, "delete", row.pk), {}, follow=True).status_code == 403


def test_staff_flag_alone_opens_no_campaign_page(browse: Browse, world: World) -> None:
    client = browse(make_user(is_staff=True))
    for model in PAGES[:-1]:
        assert client.get(address(model, "changelist"), follow=True).status_code == 403


def test_admin_speaks_vietnamese(client: Client) -> None:
    page = client.get(address(Unit, "changelist")).content.decode()
    assert 'lang="vi"' in page
    for words in ("Nhập từ tệp", "Xuất ra tệp", "Thêm địa bàn", "có hiệu lực từ"):
        assert words.lower() in page.lower()
    for model in PAGES:
        for what in ("changelist", "import", "export", "add"):
            page = client.get(address(model, what)).content.decode()
            for word in (">Import", ">Export", "Submit", "Resource", ">Campaign", ">Baseline"):
                assert word not in page, (model, what, word)


INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:")


@pytest.mark.parametrize("model", PAGES)
def test_pages_keep_to_the_content_policy(client: Client, world: World, model: Any) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures={world.commune: 9000})
    row = model.objects.first()
    for path in (
        *(address(model, what) for what in ("changelist", "add", "import", "export")),
        *(address(model, what, row.pk) for what in ("change", "delete", "history")),
    ):
        page = client.get(path).content.decode()
        assert INLINE.search(page) is None, (path, INLINE.search(page))


# A whole campaign in the browser


def test_campaign_is_set_up_on_one_page(client: Client) -> None:
    form = {
        **CAMPAIGN,
        **lines(
            "indicators",
            {"order": 9, "code": "total", "label": "Tổng", "formula": "web + 2*qr − closed",
             "is_headline": "on"},
            {"order": 1, "code": "web", "label": "Trang web", "required": "on"},
            {"order": 2, "code": "qr", "label": "Hộ dùng QR"},
            {"order": 3, "code": "closed", "label": "Đã đóng", "part_of": "web"},
        ),
        **lines(
            "phases",
            {"name": "Cao điểm", "starts_on": "10/07/2023", "ends_on": "16/07/2023",
             "is_peak": "on", "due_at": "17:00"},
        ),
    }  # fmt: skip
    assert client.post(address(Campaign, "add"), form).status_code == 302
    campaign = Campaign.objects.get(slug="44-ngay")
    indicators = indicators_of(campaign)
    assert [i.code for i in indicators.entered] == ["web", "qr", "closed"]
    assert indicators.terms == {"total": {"web": 1, "qr": 2, "closed": -1}}
    assert indicators.headline is not None
    assert indicators.headline.code == "total"
    assert campaign.indicators.get(code="closed").at_most == campaign.indicators.get(code="web")
    assert campaign.phases.get().due_at == dt.time(17)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"formula": "web + total"}, "cũng được tính ra"),
        ({"formula": "nowhere"}, "không có chỉ số “nowhere”"),
        ({"formula": "web plus qr"}, "Chưa đọc được"),
        ({"formula": "web", "required": "on"}, "không thể bắt buộc"),
        ({"formula": "web", "part_of": "qr"}, "không thể là một phần"),
        ({"part_of": "total"}, "được tính ra, không nhập"),
        ({"part_of": "x"}, "Vòng tròn: x → x"),
        ({"is_headline": "on"}, "Chỉ một chỉ số chính"),
        ({"code": "web"}, "có hai lần"),
        ({"code": "Mã"}, "Mã chỉ gồm chữ thường"),
        ({"order": "1.000"}, "Chưa rõ “1.000”"),
        ({"label": ""}, "Chưa nhập ô này"),
    ],
)
def test_indicators_are_checked_together(client: Client, row: dict[str, Any], words: str) -> None:
    form = {
        **CAMPAIGN,
        **lines(
            "indicators",
            {"order": 1, "code": "web", "label": "Trang web"},
            {"order": 2, "code": "qr", "label": "Hộ dùng QR"},
            {"order": 3, "code": "total", "label": "Tổng", "formula": "web", "is_headline": "on"},
            {"order": 4, "code": "x", "label": "X", **row},
        ),
        **lines("phases"),
    }
    assert words in errors(client.post(address(Campaign, "add"), form))
    assert not Campaign.objects.filter(slug="44-ngay").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ends_on": "30/06/2023"}, "Phải từ ngày bắt đầu"),
        ({"due_at": "00:00", "opens_at": "07:00"}, "Hạn nộp phải sau giờ mở nhận"),
        ({"editable_days": "0", "closes_at": "17:00"}, "Khóa sổ trong ngày"),
        ({"weekdays": "75"}, "Ghi các chữ số từ 1 đến 7"),
        ({"editable_days": "1.000"}, "Chưa rõ “1.000”"),
        ({"starts_on": "30/02/2023"}, ""),
        ({"slug": "de-an-06-2023"}, ""),
    ],
)
def test_campaign_dates_and_times_are_checked(
    client: Client, given: dict[str, Any], words: str
) -> None:
    form = {**CAMPAIGN, **lines("indicators"), **lines("phases"), **given}
    assert words in errors(client.post(address(Campaign, "add"), form))


def test_phase_lies_within_the_campaign_as_it_is_to_be(client: Client, world: World) -> None:
    phase = make_phase(campaign=world.campaign)
    line = {"id": phase.pk, "name": "Lễ", "starts_on": "28/04/2023", "ends_on": "03/05/2023"}
    form = {
        **campaign_form(world.campaign, starts_on="01/05/2023"),
        **indicator_lines(world.campaign),
        **lines("phases", line, initial=1),
    }
    page = client.post(address(Campaign, "change", world.campaign.pk), form)
    assert "Đợt phải nằm trong chiến dịch: 01/05/2023 – 30/06/2023" in errors(page)


def test_headline_moves_on_the_campaign_page(client: Client, world: World) -> None:
    form = {
        **campaign_form(world.campaign),
        **indicator_lines(
            world.campaign, installed={"is_headline": "on"}, activated={"is_headline": None}
        ),
        **lines("phases"),
    }
    page = client.post(address(Campaign, "change", world.campaign.pk), form)
    assert page.status_code == 302
    assert world.campaign.indicators.get(is_headline=True).code == "installed"
    assert indicators_of(world.campaign).terms["activated"] == {
        "level1": 1,
        "level2": 1,
        "upgraded": -1,
    }


def test_campaign_without_units_on_its_day_is_told(client: Client) -> None:
    form = {
        **CAMPAIGN,
        "structure_date": "20/06/1999",
        **lines("indicators"),
        **lines("phases"),
    }
    page = client.post(address(Campaign, "add"), form, follow=True)
    assert "Chưa có địa bàn nào có hiệu lực ngày 20/06/1999" in page.content.decode()


def test_campaign_is_copied_with_its_indicators(client: Client, world: World) -> None:
    make_phase(campaign=world.campaign)
    form = {"action": "copy", "_selected_action": [world.campaign.pk]}
    page = client.post(address(Campaign, "changelist"), form)
    made = Campaign.objects.get(slug="de-an-06-2023-2")
    assert page["Location"] == address(Campaign, "change", made.pk)
    assert indicators_of(made).terms == indicators_of(world.campaign).terms
    assert made.indicators.get(code="upgraded").at_most == made.indicators.get(code="level2")
    assert (made.phases.count(), made.targets.count()) == (1, 0)


def test_formula_for_the_indicator_of_people_is_refused_in_words(
    client: Client, world: World
) -> None:
    campaign = world.campaign
    campaign.indicators.filter(code="level2").update(counts_people=True)
    form = {
        **campaign_form(campaign),
        **indicator_lines(campaign, level2={"formula": "level1"}, upgraded={"part_of": ""}),
        **lines("phases"),
    }
    page = client.post(address(Campaign, "change", campaign.pk), form)
    assert "Lượt tham gia được đếm" in errors(page)


# One indicator


def indicator_form(indicator: Indicator, **given: Any) -> dict[str, Any]:
    """Return the form of an indicator with its terms."""
    form = {
        "campaign": indicator.campaign_id,
        "code": indicator.code,
        "label": indicator.label,
        "order": indicator.order,
        "at_most": indicator.at_most_id or "",
        **({"is_derived": "on"} if indicator.is_derived else {}),
        **({"is_headline": "on"} if indicator.is_headline else {}),
        **given,
    }
    if not any(name.startswith("terms-") for name in form):
        rows = [
            {"id": t.pk, "source": t.source_id, "factor": t.factor} for t in indicator.terms.all()
        ]
        form |= lines("terms", *rows, initial=len(rows))
    return {name: value for name, value in form.items() if value is not None}


def save_indicator(client: Client, indicator: Indicator, **given: Any) -> Any:
    """Send the form of an indicator."""
    form = indicator_form(indicator, **given)
    return client.post(address(Indicator, "change", indicator.pk), form)


def test_derived_indicator_needs_a_term(client: Client, world: World) -> None:
    installed = world.indicators["installed"]
    page = save_indicator(client, installed, is_derived="on")
    assert "cần ít nhất một số hạng" in errors(page)
    term = lines("terms", {"source": world.indicators["level1"].pk, "factor": "1"})
    assert save_indicator(client, installed, is_derived="on", **term).status_code == 302
    assert "đánh dấu “Được tính ra”" in errors(save_indicator(client, installed, **term))


@pytest.mark.parametrize("factor", ["1.000", "0,5", "x"])
def test_factor_is_read_strictly(client: Client, world: World, factor: str) -> None:
    term = lines("terms", {"source": world.indicators["level1"].pk, "factor": factor})
    errors(save_indicator(client, world.indicators["installed"], is_derived="on", **term))
    term = lines("terms", {"source": world.indicators["level1"].pk, "factor": "−1"})
    page = save_indicator(client, world.indicators["installed"], is_derived="on", **term)
    assert page.status_code == 302


def test_source_of_others_cannot_be_derived(client: Client, world: World) -> None:
    term = lines("terms", {"source": world.indicators["installed"].pk, "factor": "1"})
    page = save_indicator(client, world.indicators["level2"], is_derived="on", **term)
    assert "Đang được dùng trong: activated, upgraded" in errors(page)


def test_term_of_another_campaign_is_no_choice(client: Client, world: World) -> None:
    foreign = Indicator.objects.create(
        campaign=Campaign.objects.create(
            slug="x", name="X", starts_on=TODAY, ends_on=TODAY, structure_date=TODAY
        ),
        code="a",
        label="A",
    )
    term = lines("terms", {"source": foreign.pk, "factor": "1"})
    errors(save_indicator(client, world.indicators["installed"], is_derived="on", **term))
    errors(save_indicator(client, world.indicators["installed"], at_most=foreign.pk))


def test_code_stays_once_reports_hold_it(client: Client, world: World) -> None:
    level1 = world.indicators["level1"]
    assert save_indicator(client, level1, code="muc1").status_code == 302
    level1.refresh_from_db()
    report(world, muc1=5)
    assert is_counted(level1)
    assert not is_counted(world.indicators["installed"])
    assert "báo cáo đã có số" in errors(save_indicator(client, level1, code="level1")).lower()
    form = {
        **campaign_form(world.campaign),
        **indicator_lines(world.campaign, muc1={"code": "m1"}, activated={"formula": "m1"}),
        **lines("phases"),
    }
    page = client.post(address(Campaign, "change", world.campaign.pk), form)
    assert "báo cáo đã có số" in errors(page).lower()
    assert save_indicator(client, level1, label="Mức một").status_code == 302


def test_indicator_that_is_held_is_not_deleted(client: Client, world: World) -> None:
    report(world, installed=5)
    for code, words in (("installed", "báo cáo đã có số"), ("level1", "số hạng")):
        row = world.indicators[code]
        for form in ({}, {"post": "yes"}):
            page = client.post(address(Indicator, "delete", row.pk), form)
            assert page.status_code == 200
            assert words in page.content.decode()
        action = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        assert words in client.post(address(Indicator, "changelist"), action).content.decode()
        assert Indicator.objects.filter(pk=row.pk).exists()
    rows = indicator_lines(world.campaign, installed={"DELETE": "on"})
    form = {**campaign_form(world.campaign), **rows, **lines("phases")}
    page = client.post(address(Campaign, "change", world.campaign.pk), form)
    assert "Không xóa được" in errors(page)


def test_indicator_that_nothing_holds_is_deleted(client: Client, world: World) -> None:
    row = world.indicators["installed"]
    assert client.get(address(Indicator, "delete", row.pk)).status_code == 200
    client.post(address(Indicator, "delete", row.pk), {"post": "yes"})
    assert not Indicator.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", ["commune", "branch", "campaign", "district"])
def test_what_reports_or_appointments_hold_is_not_deleted(
    root: Client, world: World, name: str
) -> None:
    report(world, level1=5)
    row: Any = getattr(world, name)
    for path, form in (
        (address(type(row), "delete", row.pk), {"post": "yes"}),
        (
            address(type(row), "changelist"),
            {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
        ),
    ):
        page = root.post(path, form)
        assert page.status_code == 200
        assert "đang được dùng ở" in page.content.decode()
    assert type(row).objects.filter(pk=row.pk).exists()


def test_campaign_without_reports_is_deleted_with_its_derived_indicators(
    client: Client, world: World
) -> None:
    url = address(Campaign, "delete", world.campaign.pk)
    assert client.get(url).status_code == 200
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Campaign.objects.exists()


# Units and branches


def unit_form(**given: Any) -> dict[str, Any]:
    """Return the form of a new commune."""
    return {
        "name": "Xã Giao An",
        "code": "14199",
        "kind": "xã",
        "level": "commune",
        "valid_from": "01/01/2023",
        "valid_to": "",
        **given,
    }


def test_new_unit_is_planted_and_found_without_marks(client: Client, world: World) -> None:
    client.post(address(Unit, "add"), unit_form(parent=world.district.pk))
    unit = Unit.objects.get(code="14199")
    assert unit.path == f"{world.district.path}{unit.pk}."
    for text in ("giao an", "GIAO  AN", "14199", "Giao An"):
        page = client.get(address(Unit, "changelist"), {"q": text})
        assert [u.pk for u in page.context["cl"].result_list] == [unit.pk]


def test_name_is_kept_in_one_form(client: Client, world: World) -> None:
    spread = unicodedata.normalize("NFD", "Xã Giao Tiến")
    form = unit_form(name=spread, code="14173", parent=world.district.pk)
    client.post(address(Unit, "change", world.commune.pk), form)
    world.commune.refresh_from_db()
    assert world.commune.name == "Xã Giao Tiến"
    form["name"] = "Xã \u202eGiao"
    assert "ký tự điều khiển" in errors(
        client.post(address(Unit, "change", world.commune.pk), form)
    )


def test_renamed_unit_is_found_by_its_new_name(client: Client, world: World) -> None:
    form = unit_form(name="Xã Đổi Tên", code="14173", parent=world.district.pk)
    client.post(address(Unit, "change", world.commune.pk), form)
    assert Unit.objects.search("doi ten").get() == world.commune


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parent": ""}, "chỉ cấp tỉnh không có cấp trên"),
        ({"level": "province", "parent": ""}, "do người quản trị hệ thống tạo"),
        ({"level": "district"}, "không phải cấp trên của cấp này"),
        ({"code": "14173"}, "Mã 14173 thuộc “Xã Giao Tiến”"),
        ({"valid_to": "01/01/2023"}, "Phải sau ngày có hiệu lực"),
        ({"valid_to": "31/12/2022", "valid_from": "01/01/2020"}, "không có hiệu lực"),
    ],
)
def test_unit_is_checked(client: Client, world: World, given: dict[str, Any], words: str) -> None:
    form = unit_form(**{"parent": world.district.pk, **given})
    assert words in errors(client.post(address(Unit, "add"), form))


def test_branch_cannot_hang_below_itself(client: Client, world: World) -> None:
    union = world.union
    form = {
        "code": union.code,
        "name": union.name,
        "kind": union.kind,
        "home_unit": union.home_unit_id,
        "parent": world.branch.pk,
    }
    page = client.post(address(Branch, "change", union.pk), form)
    assert "trực thuộc chính nó" in errors(page)


def suggestions(client: Client, source: Any, field: str, term: str) -> list[str]:
    """Return what a field to search in offers."""
    opts = source._meta
    target = opts.get_field(field).remote_field.model
    query = {
        "app_label": opts.app_label,
        "model_name": opts.model_name,
        "field_name": field,
        "term": term,
    }
    found = client.get(address(target, "choices"), query).json()["results"]
    return [row["text"] for row in found]


def test_suggestions_tell_namesakes_apart(client: Client, world: World) -> None:
    make_unit(code="14083", name="Xã Trực Hùng", parent=world.other_district)
    assert suggestions(client, Target, "unit", "trực hùng") == [
        "Xã Trực Hùng · Huyện Trực Ninh · 14083",
        "Xã Trực Hưng · Huyện Trực Ninh · 14050",
    ]
    assert suggestions(client, Appointment, "branch", "giao tien") == [
        "Đoàn xã Giao Tiến · Xã Giao Tiến · XD-14173"
    ]


# Scope


@pytest.fixture
def elsewhere(world: World) -> Unit:
    """Return a commune of another province."""
    province = make_unit(code="34", name="Tỉnh Thái Bình", kind="tỉnh", level="province")
    return make_unit(code="13000", name="Xã Giao Tiến", parent=province)


def test_other_province_does_not_exist_for_staff(client: Client, elsewhere: Unit) -> None:
    page = client.get(address(Unit, "changelist"), {"q": "13000"})
    assert list(page.context["cl"].result_list) == []
    assert client.get(address(Unit, "change", elsewhere.pk)).status_code == 302
    assert suggestions(client, Target, "unit", "13000") == []


def test_rows_cannot_refer_to_another_province(
    client: Client, world: World, elsewhere: Unit
) -> None:
    target = {
        "campaign": world.campaign.pk,
        "indicator": world.indicators["level1"].pk,
        "unit": elsewhere.pk,
        "value": "5",
        "due_on": "30/06/2023",
    }
    errors(client.post(address(Target, "add"), target))
    appointment = {
        "user": world.stranger.pk,
        "role": Role.PROVINCE_STAFF,
        "unit": elsewhere.pk,
        "starts_on": "01/06/2023",
    }
    errors(client.post(address(Appointment, "add"), appointment))
    errors(client.post(address(Unit, "add"), unit_form(parent=elsewhere.pk)))
    assert not Appointment.objects.filter(user=world.stranger).exists()


def test_superuser_sees_every_province(root: Client, elsewhere: Unit) -> None:
    assert root.get(address(Unit, "change", elsewhere.pk)).status_code == 200


# Targets and appointments


def test_target_is_read_strictly_in_form_and_list(client: Client, world: World) -> None:
    form = {
        "campaign": world.campaign.pk,
        "indicator": world.indicators["level1"].pk,
        "unit": world.commune.pk,
        "value": "1.000",
        "due_on": "30/06/2023",
    }
    assert "Chưa rõ “1.000”" in errors(client.post(address(Target, "add"), form))
    target = Target.objects.get()
    rows = lines("form", {"id": target.pk, "value": "2.000", "due_on": "30/06/2023"}, initial=1)
    page = client.post(address(Target, "changelist"), {**rows, "_save": "1"})
    assert "Chưa rõ “2.000”" in page.content.decode()
    rows["form-0-value"] = "2000"
    client.post(address(Target, "changelist"), {**rows, "_save": "1"})
    target.refresh_from_db()
    assert target.value == 2000


def test_target_belongs_to_its_campaign(client: Client, world: World) -> None:
    old = make_unit(code="13001", name="Xã Cũ", parent=world.district, valid_to=dt.date(2023, 3, 1))
    other = make_target().indicator
    form = {
        "campaign": world.campaign.pk,
        "indicator": other.pk,
        "unit": old.pk,
        "value": "5",
        "due_on": "30/06/2023",
    }
    text = errors(client.post(address(Target, "add"), form))
    assert "Chỉ số này thuộc chiến dịch khác" in text
    assert "không có hiệu lực ngày 20/06/2023" in text


def test_baseline_links_to_its_figures(client: Client, world: World) -> None:
    baseline = make_baseline(figures={world.commune: 9000, world.district: 90000})
    page = client.get(address(Baseline, "change", baseline.pk)).content.decode()
    assert f"?baseline__id__exact={baseline.pk}" in page
    assert "2 địa bàn" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Chọn một cơ sở Đoàn hoặc một địa bàn"),
        ({"unit": "commune"}, "gắn với một cơ sở Đoàn"),
        ({"unit": "commune", "branch": "branch", "role": "partner"}, "không cả hai"),
        ({"branch": "branch", "ends_on": "01/01/2023"}, "Phải từ ngày bắt đầu"),
    ],
)
def test_appointment_is_checked(
    client: Client, world: World, given: dict[str, str], words: str
) -> None:
    form = {"user": world.stranger.pk, "role": "secretary", "starts_on": "01/06/2023", **given}
    for name in ("unit", "branch"):
        if name in given:
            form[name] = getattr(world, given[name]).pk
    assert words in errors(client.post(address(Appointment, "add"), form))


def test_role_is_held_once_at_a_time(client: Client, world: World) -> None:
    form = {
        "user": world.owner.pk,
        "role": "secretary",
        "branch": world.branch.pk,
        "starts_on": "01/06/2023",
    }
    page = client.post(address(Appointment, "add"), form)
    assert "đã giữ vai trò này" in errors(page)
    world.owner.appointments.update(ends_on=dt.date(2023, 5, 31))
    assert client.post(address(Appointment, "add"), form).status_code == 302


def test_reports_have_no_page_in_the_admin(root: Client) -> None:
    assert "/admin/reports/" not in root.get("/admin/").content.decode()
