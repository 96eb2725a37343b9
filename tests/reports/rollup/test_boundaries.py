"""Boundaries that change in the middle of a campaign: the real merger of 2024, on today's day."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.models import User
from campaign.boundaries.services import (
    difference_of,
    take_change_back,
)
from campaign.branches_by_day import BranchesByDay
from campaign.models import (
    Appointment,
    BoundaryChange,
    Branch,
    SettingsChange,
    Succession,
    Target,
    Unit,
)
from campaign.permissions import Role
from campaign.setup.branches import make_branches
from config.environment import BASE_DIR
from core import clock
from core.importing.table import Sheet
from reports.daily.models import DailyReport
from reports.notifications.models import Notice
from reports.reminders.non_reporting import non_reporting_branches
from reports.reminders.services import remind
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from reports.spreadsheet import columns as meaning
from reports.spreadsheet.columns import Columns
from reports.spreadsheet.lines import LineReader
from tests.conftest import TODAY
from tests.factories import (
    make_appointment,
    make_campaign,
    make_help_request,
    make_indicators,
    make_session,
    make_staff,
    make_target,
    make_team,
    make_user,
)
from tests.reports.notifications.notification_fixtures import fake_channel
from tests.reports.rollup.committed import committed
from tests.reports.rollup.merged import (
    CARRIED,
    at,
    by_sql,
    by_unit,
    leads,
    merge,
    police,
    report,
    totals,
    whole,
)

Api = Callable[[User], APIClient]
Browse = Callable[[User], Client]
YESTERDAY = TODAY - dt.timedelta(days=1)
MAPS = ("then", "now", "x")


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    with committed(django_db_blocker, TODAY, _load) as made:
        yield made


@pytest.fixture
def province(_made: dict[str, Any], db: None) -> dict[str, Any]:
    return _made


def _load() -> dict[str, Any]:
    """Make Nam Định of 2023 with reports of the two days before in every commune."""
    path = str(BASE_DIR / "data" / "units_2023.csv")
    call_command("load_units", path, "--valid-from", "2023-01-01", verbosity=0)
    staff = make_staff(unit=at("36"))
    make_branches(actor=staff, reason="Lập")
    Branch.objects.update(past=[])
    campaign = make_campaign(slug="de-an-06-2023", editable_days=91)
    indicators = make_indicators(campaign)
    branches = list(Branch.objects.filter(reports_daily=True).order_by("code"))
    report(campaign, branches, (TODAY - dt.timedelta(days=2), YESTERDAY))
    for code in ("36", "356", "13636", "13642", "13633"):
        make_target(campaign=campaign, unit=at(code), indicator=indicators["level1"], value=1000)
    people = {code: make_user() for code in ("13636", "13642", "13633")}
    for code, user in people.items():
        make_appointment(user=user, role=Role.SECRETARY, branch=leads(code))
    return {"staff": staff, "campaign": campaign, **people}


@pytest.mark.django_db(transaction=True)
def test_a_merger_in_the_middle_of_a_campaign_loses_and_doubles_nothing(
    _made: dict[str, Any],  # noqa: PT019 - its value is wanted
    api: Api,
    browse: Browse,
) -> None:
    province = _made
    staff, campaign = province["staff"], province["campaign"]
    before = whole(totals(api(staff), level="province"))
    units = Unit.objects.count()
    change = merge(staff)
    assert Unit.objects.on(TODAY).communes().count() == 175
    assert Unit.objects.on(YESTERDAY).communes().count() == 226
    assert Succession.objects.filter(new=None).count() == 11
    assert dict(change.report["figures"])["địa bàn chưa rõ kế tiếp"] == 11
    expected = Branch.objects.on(TODAY).filter(reports_daily=True)
    assert expected.count() == 175
    assert len({*expected.values_list("code", flat=True)}) == 175
    assert not expected.exclude(home_unit__in=Unit.objects.on(TODAY)).exists()
    client = api(staff)
    assert whole(totals(client, level="province")) == before
    report(campaign, list(expected.order_by("code")), (TODAY,))
    (top,) = totals(client, level="province")
    days = (TODAY - campaign.starts_on).days
    assert (top["reports_expected"], top["reports_received"]) == (226 * days + 175, 627)
    then, now = (totals(client, level="commune", map=of) for of in ("then", "now"))
    assert len(then) == 226 + Unit.objects.communes().filter(valid_from=TODAY).count()
    assert len(now) == 176
    assert whole(then) == whole(now) == whole([top]) == sum(by_sql().values()) > before
    assert by_unit(now) == by_sql()
    assert sum(line["reports_received"] for line in now) == 627
    for line in (then, now):
        assert sum(of["target"].get("level1", 0) for of in line) == 3000
    lines = totals(client, level="commune", by="day", **{"from": str(YESTERDAY)})
    today = [line for line in lines if line["date"] == str(TODAY) and line["reports_expected"]]
    assert len(today) == 175
    files = {of: police(browse(staff), of) for of in ("then", "now")}
    for rows in files.values():
        assert sum(int(row["level1"] or 0) for row in rows) == whole([top])
        assert sum(int(row["reports_received"]) for row in rows) == 627
    assert [*files["then"][0]] == [*files["now"][0]]
    assert len(files["then"]) == 226 * days + 175
    last = [row for row in files["now"] if row["date"] == str(TODAY)]
    assert len(last) == 176
    assert {row["commune_code"]: int(row["activated_to_date"] or 0) for row in last} == by_sql()
    pages = {of: browse(staff).get(f"/c/de-an-06-2023/dashboard/?map={of}") for of in MAPS}
    assert [page.status_code for page in pages.values()] == [200, 200, 404]
    assert verify() == []
    rebuild()
    assert by_unit(totals(client, level="commune", map="now")) == by_sql()
    assert Unit.objects.count() > units


def test_a_day_of_before_is_corrected_by_whoever_came_after_and_counts_at_the_old_unit(
    province: dict[str, Any], api: Api, browse: Browse
) -> None:
    merge(province["staff"])
    old, new = leads("13642", YESTERDAY), leads("13636")
    first = Branch.objects.on(YESTERDAY).get(code="XD-13636")
    assert (new.code, new.name, old.successor_id, first.successor_id) == (
        "XD-13636", "Đoàn phường Vị Xuyên", new.pk, new.pk,
    )  # fmt: skip

    def send(user: User, branch: str, day: dt.date, known: DailyReport | None = None) -> int:
        body = {
            "id": str(known.pk if known else uuid4()), "campaign": "de-an-06-2023",
            "branch": branch, "date": day.isoformat(), "counts": {"level1": 7},
            "base_version": known.version if known else 0,
        }  # fmt: skip
        answer = api(user).post("/api/v1/daily-reports/", body, format="json")
        return int(answer.status_code)

    both = (province["13636"], province["13642"])
    for user in both:  # each is secretary of what came after
        assert Appointment.objects.on(TODAY).get(user=user).branch_id == new.pk
    stranger = make_user()
    make_appointment(user=stranger, role=Role.SECRETARY, branch=leads("13681"))
    for branch in (first, old):
        row = DailyReport.objects.get(branch=branch, date=YESTERDAY)
        assert send(stranger, branch.code, YESTERDAY, row) == 404
        assert send(both[0], branch.code, YESTERDAY, row) == 200
        row.refresh_from_db()
        assert (row.counts["level1"], row.branch_id, row.unit_id) == (
            7, branch.pk, branch.home_unit_id,
        )  # fmt: skip
    assert send(both[0], "XD-13642", TODAY) == 400  # which is no more
    assert send(both[0], "XD-13636", TODAY) == 201
    assert DailyReport.objects.get(date=TODAY).branch_id == new.pk
    page = browse(both[1]).get(f"/c/de-an-06-2023/report/?date={YESTERDAY}&branch=XD-13642")
    assert page.status_code == 200
    drain()
    assert by_unit(totals(api(province["staff"]), level="commune", map="now")) == by_sql()


def test_every_way_in_finds_the_branch_of_the_day_or_says_who_was_there(
    province: dict[str, Any], browse: Browse, api: Api
) -> None:
    """Two communes became one, which bears the code of the first and the name of the second."""
    merge(province["staff"])
    user, staff = province["13642"], province["staff"]
    link = "/c/de-an-06-2023/"
    sheet = browse(user).get(f"{link}report/paper/", {"date": YESTERDAY.isoformat()})
    typed = {row.day.branch.name for row in sheet.context["rows"]}
    assert typed == {"Đoàn phường Trần Tế Xương", "Đoàn phường Vị Xuyên"}

    def read(text: str, day: dt.date, who: User = user) -> list[dict[str, Any]]:
        asked = {"campaign": "de-an-06-2023", "date": day.isoformat(), "text": text}
        answer = api(who).post("/api/v1/pasted-messages/", asked, format="json")
        assert answer.status_code == 200, answer.json()
        return list(answer.json()["lines"])

    def of(line: dict[str, Any]) -> tuple[str, str | None]:
        return line["status"], line["branch"]

    (today,) = read("Vị Xuyên: mức 1: 5", TODAY)
    assert of(today) == ("understood", "XD-13636")
    (before,) = read("Vị Xuyên: mức 1: 5", YESTERDAY)
    assert before["branch"] == "XD-13642"  # who was called so, and not who bears the code now
    (dated,) = read(f"Vị Xuyên ngày {YESTERDAY:%d/%m}: mức 1: 5", TODAY)
    assert dated["branch"] == "XD-13642"
    (unnamed,) = read("mức 1: 5", YESTERDAY)
    assert of(unnamed) == ("ask", None)
    page = browse(user).post(
        f"{link}report/paste/", {"text": "Vị Xuyên: mức 1: 5", "date": f"{YESTERDAY:%d/%m/%Y}"}
    )
    assert [form.place.code for form in page.context["lines"]] == ["XD-13642"]
    head = ["Mã đơn vị", "Đơn vị", "Ngày", "Mức 1"]
    days = f"{YESTERDAY:%d/%m/%Y}", f"{TODAY:%d/%m/%Y}"
    rows = [
        ["XD-13642", "", days[0], 1], ["XD-13636", "", days[0], 2], ["XD-13636", "", days[1], 3],
        ["", "Đoàn phường Vị Xuyên", days[1], 4], ["XD-13642", "", days[1], 5],
        ["XD-13636", "Đoàn phường Vị Xuyên", days[0], 6],
    ]  # fmt: skip
    reader = LineReader(province["campaign"], BranchesByDay(staff, province["campaign"]), no_choice)
    columns = Columns([meaning.CODE, meaning.BRANCH, meaning.DAY, "level1"], [])
    lines = list(reader.read(Sheet(head, dict(enumerate(rows))), columns, None))
    found: list[Any] = [
        (line.branch.home_unit.name, line.branch.exists_on(TODAY))
        if line.branch
        else [problem.text for problem in line.problems]
        for line in lines
    ]
    assert found[:4] == [
        ("Phường Vị Xuyên", False), ("Phường Trần Tế Xương", False),
        ("Phường Vị Xuyên", True), ("Phường Vị Xuyên", True),
    ]  # fmt: skip
    for problems, instead in zip(
        found[4:],
        (
            "Ngày ấy là Đoàn phường Vị Xuyên (XD-13636):",
            "Ngày ấy là Đoàn phường Trần Tế Xương (XD-13636), Đoàn phường Vị Xuyên (XD-13642):",
        ),
        strict=True,
    ):
        assert instead in problems[0]
    closed = leads("13642", YESTERDAY)
    text = browse(user).get(f"{link}branches/{closed.code}/").content.decode()
    assert "Khép lại từ 20/06/2023" in text
    assert f"date={YESTERDAY}" in text  # a day that it had, and none on which it is no more


def test_who_has_come_after_is_reminded_and_nobody_of_what_has_closed(
    province: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    merge(province["staff"])
    campaign = province["campaign"]
    missing = non_reporting_branches(campaign, TODAY)
    assert (len(missing), all(branch.exists_on(TODAY) for branch in missing)) == (175, True)
    due = clock.at(TODAY, campaign.due_at) - dt.timedelta(minutes=30)
    monkeypatch.setattr(clock, "now", lambda: due)
    with fake_channel():
        remind(due)
    reminded = Notice.objects.values_list("user_id", flat=True)
    # Of the third nobody knows what comes after: that branch has closed.
    assert {*reminded} == {province["13636"].pk, province["13642"].pk}


def no_choice(_branch: Branch, _day: dt.date) -> None:
    return None


def test_what_lies_ahead_goes_along_and_what_nobody_knows_is_said(
    province: dict[str, Any], api: Api
) -> None:
    campaign, tomorrow = province["campaign"], TODAY + dt.timedelta(days=1)
    known, unknown = leads("13642"), leads("13633")
    teams = [make_team(name="Tổ 1", branch=b, unit=b.home_unit) for b in (known, unknown)]
    planned, lost = (
        make_session(campaign=campaign, branch=b, unit=b.home_unit, date=tomorrow)
        for b in (known, unknown)
    )
    done = make_session(campaign=campaign, branch=known, unit=known.home_unit, date=YESTERDAY)
    asked = make_help_request(campaign=campaign, unit=known.home_unit)
    campaign.takes_part = {"kinds": [], "below": [], "single": [], "without": [str(known.pk)]}
    campaign.save()
    change = merge(province["staff"])
    new, day = at("13636"), TODAY
    for row in (*teams, planned, lost, done, asked):
        row.refresh_from_db()
    assert (planned.unit_id, planned.branch_id) == (new.pk, leads("13636").pk)
    assert (done.unit_id, lost.state, asked.unit_id) == (
        at("13642", YESTERDAY).pk, "cancelled", new.pk,
    )  # fmt: skip
    assert teams[0].unit_id == new.pk
    assert teams[1].unit_id == unknown.home_unit_id
    campaign.refresh_from_db()
    assert campaign.on(day).takes_part["without"] == [str(known.pk), str(leads("13636").pk)]
    assert campaign.on(YESTERDAY).takes_part["without"] == [str(known.pk)]
    values = Target.objects.filter(campaign=campaign)
    shown = values.exclude(unit__code="13642")  # which is called as the new one is
    assert {t.unit.name: (t.value_on(YESTERDAY), t.value_on(day)) for t in shown} == {
        "Tỉnh Nam Định": (1000, 1000), "Thành phố Nam Định": (1000, 1000),
        "Phường Trần Tế Xương": (1000, 0), "Phường Hạ Long": (1000, 1000),
        "Phường Vị Xuyên": (None, 2000),
    }  # fmt: skip
    left = " ".join(change.report["left"])
    for name in ("Phường Hạ Long", "Đoàn phường Hạ Long", "Tổ 1"):
        assert name in left
    assert Appointment.objects.on(day).get(user=province["13633"]).branch_id == unknown.pk


def test_it_is_taken_back_whole_while_nothing_was_counted_after_it(
    province: dict[str, Any], api: Api
) -> None:
    def rows() -> list[Any]:
        found: list[Any] = []
        for model in (Unit, Branch, Succession, Appointment, Target):
            found += model._default_manager.order_by("pk").values()
        return [{k: v for k, v in row.items() if k != "updated_at"} for row in found]

    staff = province["staff"]
    before, sums = rows(), totals(api(staff), level="commune")
    change = merge(staff)
    assert rows() != before
    take_change_back(actor=staff, change_id=change.pk, reason="Nhầm ngày")
    drain()
    assert rows() == before
    assert totals(api(staff), level="commune") == sums
    assert SettingsChange.objects.filter(reason="Nhầm ngày", actor=staff).count() == 1
    with pytest.raises(ValidationError, match="đã lấy lại"):
        take_change_back(actor=staff, change_id=change.pk, reason="Nữa")
    change = merge(staff)
    report(province["campaign"], [leads("13636")], (TODAY,))
    after = rows()
    with pytest.raises(ValidationError, match="đã được dùng sau đó"):
        take_change_back(actor=staff, change_id=change.pk, reason="Nhầm ngày")
    assert rows() == after


def test_nothing_is_written_where_a_day_after_was_counted_in_what_ends(
    province: dict[str, Any],
) -> None:
    report(province["campaign"], [leads("13642")], (TODAY,))
    with pytest.raises(ValidationError, match="không còn"):
        merge(province["staff"])
    assert not Unit.objects.filter(valid_from=TODAY).exists()
    assert BoundaryChange.objects.get().state == "draft"


def test_it_is_done_in_the_browser_from_end_to_end(
    province: dict[str, Any], browse: Browse
) -> None:
    client = browse(province["staff"])
    asked = {"source": "2024", "holds_from": TODAY.isoformat()}
    answer = client.post("/setup/boundaries/", asked)
    change = BoundaryChange.objects.get()
    link = f"/setup/boundaries/{change.pk}/"
    assert answer.headers["Location"] == link
    page = client.get(link).content.decode()
    for title in ("Chưa rõ kế tiếp", "Nhập vào đơn vị khác", "Giữ mã, đổi tên hoặc loại"):
        assert title in page
    assert "chưa thực hiện được" in page
    fields = {"to-13633": "13636 Phường Vị Xuyên", "kind-13633": "unclear", "to-13639": "99999"}
    answer = client.post(link, {**fields, "kind-13639": "unclear", "confirmed": ["13633"]})
    assert (answer.status_code, "không có mã “99999”" in answer.content.decode()) == (400, True)
    change.refresh_from_db()
    assert (change.successors["13633"], change.confirmed) == (["13636"], ["13633"])
    applied = {"apply": "1", "carried": CARRIED, "reason": "NQ 1104"}
    assert client.post(link, applied).status_code == 400
    lines = difference_of(change).lines
    client.post(link, {"confirmed": [line.unit.code for line in lines]})
    assert client.post(link, {**applied, "reason": ""}).status_code == 400
    assert client.post(link, applied).status_code == 302
    page = client.get(link).content.decode()
    assert ("Đã làm gì" in page, "Lấy lại" in page) == (True, True)
    assert Succession.objects.filter(new=None).count() == 10
    assert client.post(link, {"reason": "Nhầm"}).status_code == 302
    assert not Succession.objects.exists()
    assert browse(province["13636"]).get(link).status_code == 403
