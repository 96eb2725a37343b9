"""What the province sets, on pages of the portal: seen, asked why, written, taken back."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaign.models import Branch, Campaign, Indicator, Phase, SettingsChange, Unit
from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_indicators
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
SETTINGS = "/c/de-an-06-2023/settings/"


def sent(page: Any, **changed: Any) -> dict[str, Any]:
    """Return what the browser would send of the form on a page."""
    values: dict[str, Any] = {}
    for field in page.context["form"]:
        value = field.value()
        if isinstance(value, dt.time):
            value = f"{value:%H:%M}"
        if value is True:
            value = "on"
        if value not in (None, False):
            values[field.html_name] = value
    return {**values, **hidden(page), **changed}


def hidden(page: Any) -> dict[str, str]:
    """Return what goes along unseen: over which values the form is typed."""
    found = re.search(r'name="stands" value="([^"]*)"', text_of(page))
    return {"stands": unescape(found[1])} if found else {}


def answered(asked: Any, data: dict[str, Any], reason: str = "Theo kế hoạch 12") -> dict[str, Any]:
    """Return the same once more, with the answers to what the page has asked."""
    since = asked.context["change"].since
    day = f"{since:%Y-%m-%d}" if since else ""
    return {**data, "since": day, "shown": day, "reason": reason}


def text_of(page: Any) -> str:
    text: str = page.content.decode()
    return text


def words_on(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


def test_rule_is_asked_about_written_and_taken_back(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    page = client.get(SETTINGS)
    # What is sent as it was moves nothing, though hours are typed without their seconds.
    assert client.post(SETTINGS, sent(page)).status_code == 302
    assert not SettingsChange.objects.exists()

    wrong = client.post(SETTINGS, sent(page, due_at="25:00", notice="Số liệu thử"))
    assert "Không có giờ “25:00”" in text_of(wrong)
    assert wrong.context["form"]["notice"].value() == "Số liệu thử"

    data = sent(page, due_at="17:00")
    asked = client.post(SETTINGS, data)
    assert "18:30 → 17:00" in text_of(asked)
    assert Campaign.objects.get().due_at == dt.time(18, 30)
    assert "Chưa ghi lý do" in text_of(client.post(SETTINGS, answered(asked, data, " ")))
    # For another day than the one shown it is shown again.
    other = {**answered(asked, data), "since": "2023-06-25"}
    assert client.post(SETTINGS, other).context["change"].since == dt.date(2023, 6, 25)
    assert client.post(SETTINGS, answered(asked, data)).status_code == 302
    stored = Campaign.objects.get()
    assert (stored.due_at, stored.on(TODAY - dt.timedelta(days=1)).due_at) == (
        dt.time(17),
        dt.time(18, 30),
    )

    page = client.get(SETTINGS)
    assert "Lấy lại như trước lần đổi này" in text_of(page)
    change = page.context["history"][0].change
    back = client.post(f"/setup/changes/{change.pk}/take-back/", {"back": SETTINGS}, follow=True)
    assert words_on(back) == "Đã lấy lại như trước."
    stored = Campaign.objects.get()
    assert (stored.due_at, stored.past) == (dt.time(18, 30), [])
    again = client.post(f"/setup/changes/{change.pk}/take-back/", {"back": SETTINGS}, follow=True)
    assert "còn được đổi sau đó" in words_on(again)
    assert SettingsChange.objects.count() == 2


def test_later_of_two_is_shown_what_stands_and_keeps_what_was_typed(
    world: World, browse: Browse
) -> None:
    first, second = browse(world.staff), browse(world.staff)
    page = f"/setup/branches/{world.branch.pk}/"
    theirs, ours = (sent(one.get(page)) for one in (first, second))
    move = {"name": "Đoàn xã Của Người Trước", "closed_on": "2024-01-31"}
    first.post(page, answered(first.post(page, {**theirs, **move}), {**theirs, **move}))
    typed = {**ours, "name": "Đoàn xã Của Người Sau", "reports_daily": "on"}
    refused = second.post(page, typed)
    form = refused.context["form"]
    assert (form["name"].value(), refused.context["change"]) == ("Đoàn xã Của Người Sau", None)
    assert form.errors["name"] == ["Người khác vừa sửa, nay là: Đoàn xã Của Người Trước"]
    assert form.errors["closed_on"] == ["Người khác vừa sửa, nay là: 31/01/2024"]
    assert form.errors.keys() == {"__all__", "name", "closed_on"}
    assert Branch.objects.get(pk=world.branch.pk).name == "Đoàn xã Của Người Trước"
    # Whoever has read that and saves once more means it; what is wrong meanwhile asks no less.
    typed |= hidden(refused)
    assert second.post(page, typed).context["change"].moves
    unseen = second.post(page, {**ours, "name": ""})
    late = {**ours, "name": "Đoàn xã Muộn", **hidden(unseen)}
    assert "name" in second.post(page, late).context["form"].errors

    campaign = sent(first.get(SETTINGS))
    assert first.post(SETTINGS, {**campaign, "notice": "Trước"}).status_code == 302
    # What somebody else has changed to the same, or what is only different here, hinders nobody.
    assert second.post(SETTINGS, {**campaign, "notice": "Trước"}).status_code == 302
    refused = second.post(SETTINGS, campaign)
    assert refused.context["form"].errors["notice"] == ["Người khác vừa sửa, nay là: Trước"]


def test_closed_campaign_and_fixed_codes_stay(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    data = sent(client.get(SETTINGS), slug="khac", name="Tên mới")
    client.post(SETTINGS, data)
    indicator = Indicator.objects.get(code="level1")
    page = f"{SETTINGS}indicators/{indicator.pk}/"
    client.post(page, sent(client.get(page), code="khac", measure="lượt"))
    Campaign.objects.update(state="closed")
    refused = client.post(SETTINGS, sent(client.get(SETTINGS), name="Sau khi đóng"))
    assert "đã đóng" in text_of(refused)
    stored = Campaign.objects.get()
    assert (stored.slug, stored.name) == ("de-an-06-2023", "Tên mới")
    assert Indicator.objects.get(pk=indicator.pk).code == "level1"


def test_phase_comes_is_kept_within_the_campaign_and_goes(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    page = client.get(f"{SETTINGS}phases/new/")
    data = sent(page, name="Cao điểm", starts_on="2023-06-25", ends_on="2023-07-25")
    assert "Đợt phải nằm trong chiến dịch" in text_of(client.post(page.wsgi_request.path, data))
    data |= {"ends_on": "2023-06-28", "weekdays": ["1", "3"]}
    asked = client.post(page.wsgi_request.path, data)
    client.post(page.wsgi_request.path, answered(asked, data))
    phase = Phase.objects.get()
    assert (phase.campaign, phase.weekdays) == (world.campaign, "13")
    listed = text_of(client.get(f"{SETTINGS}phases/"))
    assert "Cao điểm" in listed
    assert "Đã đổi gần đây" in listed
    only = f"{SETTINGS}phases/{phase.pk}/"
    assert "Đây là lần thêm" in text_of(client.get(only))
    # Another campaign's pages do not lead to it.
    make_campaign(slug="khac")
    assert client.get(f"/c/khac/settings/phases/{phase.pk}/").status_code == 404
    client.post(only, {"remove": "1"})
    assert not Phase.objects.exists()


def test_indicator_is_checked_among_the_others(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    draft = make_campaign(slug="ban-soan", state="draft")
    make_indicators(draft)
    new = "/c/ban-soan/settings/indicators/new/"
    data = sent(client.get(new), label="Hỗ trợ", code="ho_tro")
    assert "Chưa đọc được" in text_of(client.post(new, {**data, "formula": "1 +"}))
    assert "không có chỉ số" in text_of(client.post(new, {**data, "formula": "khong_co"}))
    assert client.post(new, {**data, "formula": "level1", "is_headline": "on"}).status_code == 302
    made = draft.indicators.get(code="ho_tro")
    assert (made.is_derived, made.terms.get().source.code) == (True, "level1")
    assert list(draft.indicators.filter(is_headline=True)) == [made]
    # What another is made of is not made of others itself.
    source = f"/c/ban-soan/settings/indicators/{draft.indicators.get(code='level1').pk}/"
    refused = client.post(source, sent(client.get(source), formula="level2"))
    assert "Đang được dùng trong: activated, ho_tro" in text_of(refused)
    report(world.owner, "XD-14173", {"level1": 7})
    counted = f"{SETTINGS}indicators/{world.campaign.indicators.get(code='level1').pk}/"
    assert "báo cáo đã có số" in words_on(client.post(counted, {"remove": "1"}, follow=True))


def test_unit_is_found_added_renamed_moved_and_closed(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    new = "/setup/units/new/"
    data = sent(client.get(new), name="Xã Mới", kind="xã", level="commune", code="99001")
    assert "Chọn địa bàn cấp trên" in text_of(client.post(new, data))
    client.post(new, {**data, "parent": world.district.pk})
    made = Unit.objects.get(code="99001")
    assert made.path == f"{world.district.path}{made.pk}."
    assert "Xã Mới" in text_of(client.get("/setup/units/list/?q=xa+moi"))

    page = f"/setup/units/{made.pk}/"
    changed = sent(client.get(page), name="Xã Mới Hơn", parent=world.other_district.pk)
    asked = client.post(page, changed)
    client.post(page, answered(asked, changed))
    made.refresh_from_db()
    assert (made.name, made.fold, made.parent) == ("Xã Mới Hơn", "xa moi hon", world.other_district)
    change = SettingsChange.objects.get()
    client.post(f"/setup/changes/{change.pk}/take-back/")
    made.refresh_from_db()
    assert (made.name, made.path) == ("Xã Mới", f"{world.district.path}{made.pk}.")

    report(world.owner, "XD-14173", {"level1": 7})
    used = f"/setup/units/{world.commune.pk}/"
    assert "ghi ngày hết hiệu lực" in words_on(client.post(used, {"remove": "1"}, follow=True))
    early = sent(client.get(used), valid_to="2023-06-01")
    asked = client.post(used, early)
    assert asked.status_code == 200
    world.commune.refresh_from_db()
    assert world.commune.valid_to is None
    # The one that nothing uses goes.
    client.post(page, {"remove": "1"})
    assert not Unit.objects.filter(code="99001").exists()


def test_branch_is_added_and_closed_with_a_day(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    new = "/setup/branches/new/"
    data = sent(
        client.get(new),
        name="Đoàn trường THPT",
        kind="school",
        code="TH-01",
        home_unit=world.commune.pk,
        parent=world.union.pk,
        reports_daily="on",
    )
    asked = client.post(new, data)
    client.post(new, answered(asked, data))
    made = Branch.objects.get(code="TH-01")
    assert made.path == f"{world.union.path}{made.pk}."
    page = f"/setup/branches/{made.pk}/"
    data = sent(client.get(page), closed_on="2023-06-28")
    asked = client.post(page, data)
    client.post(page, answered(asked, data))
    made.refresh_from_db()
    assert made.closed_on == dt.date(2023, 6, 28)


def test_units_by_file_are_previewed_with_what_moves(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    lines = (
        f"code,name,kind,parent_code,valid_from\n{world.commune.code},Xã Đổi Tên,xã,365,2023-01-01"
    )
    file = SimpleUploadedFile("xa.csv", lines.encode(), "text/csv")
    preview = client.post("/setup/units/file/", {"import_file": file})
    change = preview.context["change"]
    assert [move.after for move in change.moves] == ["Xã Đổi Tên"], text_of(preview)
    sending = {"token": preview.context["token"], "since": "2023-06-20", "shown": "2023-06-20"}
    again = client.post("/setup/units/file/", {**sending, "reason": " "})
    assert "Chưa ghi lý do" in text_of(again)
    client.post("/setup/units/file/", {**sending, "reason": "Nghị quyết 5"})
    world.commune.refresh_from_db()
    assert world.commune.name == "Xã Đổi Tên"


def test_no_page_leads_staff_to_the_admin(world: World, browse: Browse) -> None:
    world.staff.is_staff = True
    world.staff.save()
    client = browse(world.staff)
    Campaign.objects.update(state="draft")
    paths = ("", "units/", "branches/", "people/", "campaign/", "units/list/", "branches/list/")
    for path in (*(f"/setup/{path}" for path in paths), SETTINGS, "/c/de-an-06-2023/state/"):
        assert "/admin/" not in text_of(client.get(path)), path


def test_change_of_before_is_not_taken_back(world: World, browse: Browse) -> None:
    """A change without the machine's values, as those of before, says why it cannot."""
    moves: list[dict[str, Any]] = [{"kind": "Chiến dịch", "row": "A", "campaign": "de-an-06-2023"}]
    of_row = {"model": "campaign", "pk": world.campaign.pk}
    change = SettingsChange.objects.create(
        changed_at=timezone.now(),
        reason="Sửa",
        moves=[*moves, *({**moves[0], **of_row, "after": f"số {n}"} for n in range(9))],
    )
    page = text_of(browse(world.staff).get(SETTINGS))
    assert "ghi khi cổng chưa giữ giá trị cũ" in page
    # A change of a whole province does not make a page of it.
    assert ("số 4" in page, "số 5" in page, "và 4 mục nữa" in page) == (True, False, True)
    assert browse(world.lead).post(f"/setup/changes/{change.pk}/take-back/").status_code == 403
