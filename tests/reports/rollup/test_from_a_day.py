"""What holds from a day on: the day before is read by what held then, wherever it is shown."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from campaign.models import (
    Branch,
    Campaign,
    DirtyDay,
    Indicator,
    Phase,
    SettingsChange,
    Target,
    Unit,
)
from campaign.models.dated import past_with, values_on
from campaign.reporting_window import reporting_days, rules_on
from campaign.services.paths import rebuild_paths
from campaign.services.settings_change import settings_change
from campaign.services.targets import save_shares
from core import clock
from core.templatetags.formatting import count
from reports.daily.models import DailyReport
from reports.digests.selectors import digest
from reports.digests.text import text
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_baseline, make_branch, make_phase, make_target
from tests.importing import address, as_csv, confirm, upload
from tests.reports.reporting import report
from tests.reports.rollup.test_settings_change import form_of

pytestmark = pytest.mark.django_db

Browse = Callable[[User], Client]
DAY = dt.timedelta(days=1)
YESTERDAY, TOMORROW = TODAY - DAY, TODAY + DAY
BASE = "/c/de-an-06-2023"


@pytest.fixture
def staff(world: World, browse: Browse) -> Client:
    """Return the browser of the province; three days are reported, 250 accounts each."""
    for day in (YESTERDAY, TODAY):
        report(world.owner, "XD-14173", {"level1": 250}, date=day)
    drain()
    return browse(world.staff)


def of_target(world: World, **values: Any) -> dict[str, Any]:
    """Return the form of the commune's target, as its page shows it."""
    target = Target.objects.get(unit=world.commune)
    return {
        "campaign": target.campaign_id,
        "unit": target.unit_id,
        "indicator": target.indicator_id,
        "value": target.value,
        "due_on": f"{target.due_on:%d/%m/%Y}",
        **values,
    }


def change(client: Client, world: World, since: dt.date, **values: Any) -> Any:
    """Change the commune's target from a day on, as somebody who reads what is asked."""
    target = Target.objects.get(unit=world.commune)
    path = address(Target, "change", target.pk)
    day = since.isoformat()
    answers = {"settings_reason": "Kế hoạch 12", "settings_since": day, "settings_shown": day}
    return client.post(path, {**of_target(world, **values), **answers})


def seen_on(client: Client, world: World, day: dt.date, settings: LazySettings) -> dict[str, Any]:
    """Return the commune's target wherever it is read as of a day, and what it comes to."""
    settings.PORTAL_TODAY = day
    overview = client.get(f"{BASE}/units/14173/").context["dashboard"]
    league = client.get(f"{BASE}/units/{world.district.code}/").context["dashboard"]
    [row] = [row for row in league.rows if row.unit == world.commune]
    branch = client.get(f"{BASE}/branches/XD-14173/").context["progress"]
    public = client.get("/public/?unit=14173").context["progress"]
    # Files and texts are about a day, whenever they are read.
    settings.PORTAL_TODAY = TOMORROW
    days = {"from": day.isoformat(), "to": day.isoformat()}
    query = {**days, "unit": "14173", "by": "day", "level": "commune"}
    [line] = client.get("/api/v1/totals/", query).json()["results"]
    file = client.get(f"{BASE}/exports/police.csv", {**days, "basis": "reported"})
    content = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    [cells] = [c for c in csv.DictReader(io.StringIO(content)) if c["commune_code"] == "14173"]
    of_day = digest(campaign=world.campaign, unit=world.commune, day=day)
    league_of_day = digest(campaign=world.campaign, unit=world.district, day=day)
    return {
        "dashboard": overview.progress.target,
        "ranking": row.progress.target,
        "branch page": branch.unit.target,
        "residents' page": public.target,
        "API": line["target"].get("activated"),
        "police file": (cells["target"], cells["percent_of_target"]),
        "digest": (of_day.progress.target, of_day.progress.percent),
        "ranking of the digest": [s.progress.target for s in league_of_day.below.ranked],
        "text of the digest": f"chỉ tiêu {count(of_day.progress.target)} " in text(of_day),
    }


def everywhere(target: int | None, percent: float | None) -> dict[str, Any]:
    return {
        **dict.fromkeys(("dashboard", "ranking", "branch page", "residents' page", "API"), target),
        "police file": (str(target or ""), "" if percent is None else f"{percent:.1f}"),
        "digest": (target, percent),
        "ranking of the digest": [target] if target else [],
        "text of the digest": target is not None,
    }


def test_target_is_that_of_the_day_everywhere(
    world: World, staff: Client, settings: LazySettings
) -> None:
    assert change(staff, world, TODAY, value=2000).status_code == 302
    assert seen_on(staff, world, YESTERDAY, settings) == everywhere(1000, 25)
    assert seen_on(staff, world, TODAY, settings) == everywhere(2000, 25)
    assert seen_on(staff, world, TOMORROW, settings) == everywhere(2000, 25)
    stored = SettingsChange.objects.get()
    assert (stored.since, stored.moves[0]["before"]) == (TODAY, "1.000")
    listed = staff.get(address(Target, "changelist")).content.decode()
    assert "đến hết 19/06/2023: chỉ tiêu 1.000" in listed


def test_target_of_a_day_to_come_does_not_hold_yet(
    world: World, staff: Client, settings: LazySettings
) -> None:
    assert change(staff, world, TOMORROW, value=2000).status_code == 302
    assert seen_on(staff, world, TODAY, settings) == everywhere(1000, 50)
    assert seen_on(staff, world, TOMORROW, settings) == everywhere(2000, 25)


def test_day_is_today_unless_another_is_chosen(world: World, staff: Client) -> None:
    path = address(Target, "change", Target.objects.get(unit=world.commune).pk)
    form = of_target(world, value=2000)
    page = staff.post(path, form)
    assert f'name="settings_since" value="{TODAY}"' in page.content.decode()
    answers = {"settings_reason": "ghi sai", "settings_shown": TODAY.isoformat()}
    # For another day it is shown again before it is done.
    again = staff.post(path, {**form, **answers, "settings_since": YESTERDAY.isoformat()})
    assert f'name="settings_shown" value="{YESTERDAY}"' in again.content.decode()
    assert "ghi sai</textarea>" in again.content.decode()
    assert not SettingsChange.objects.exists()
    assert "Không có ngày" in staff.post(path, {**form, "settings_since": "32/6"}).content.decode()


def test_target_that_was_wrong_is_put_right_for_days_that_are_over(
    world: World, staff: Client, settings: LazySettings
) -> None:
    change(staff, world, TODAY, value=2000)
    change(staff, world, YESTERDAY, value=4000)
    assert seen_on(staff, world, YESTERDAY, settings)["digest"] == (4000, 6.25)
    assert seen_on(staff, world, TODAY, settings)["digest"] == (4000, 12.5)
    target = Target.objects.get(unit=world.commune)
    assert target.on(YESTERDAY - DAY).value == 1000


def test_target_that_was_used_is_not_removed(world: World, staff: Client) -> None:
    target = Target.objects.get(unit=world.commune)
    page = staff.post(address(Target, "delete", target.pk), {"post": "yes"})
    assert "ghi 0 và chọn ngày" in page.content.decode()
    assert Target.objects.filter(pk=target.pk).exists()
    with settings_change(actor=world.staff, reason="giao nhầm hôm nay"):
        other = make_target(unit=world.sibling, indicator=world.indicators["activated"], value=9)
    with settings_change(actor=world.staff, reason="bỏ"):
        other.delete()


def test_target_that_is_given_or_taken_back_leaves_the_days_before(
    world: World, staff: Client, settings: LazySettings
) -> None:
    with settings_change(actor=world.staff, reason="giao thêm"):
        given = make_target(unit=world.sibling, indicator=world.indicators["activated"], value=9)
    given.refresh_from_db()
    assert (given.value_on(YESTERDAY), given.value_on(TODAY)) == (None, 9)
    change(staff, world, TODAY, value=0)
    assert seen_on(staff, world, YESTERDAY, settings)["dashboard"] == 1000
    assert seen_on(staff, world, TODAY, settings)["dashboard"] == 0


def test_target_that_is_shared_out_holds_from_its_day(
    world: World, staff: Client, settings: LazySettings
) -> None:
    census = make_baseline(figures=dict.fromkeys((world.commune, world.sibling), 10))
    save_shares(
        actor=world.staff,
        campaign=world.campaign,
        indicator=world.indicators["activated"],
        top=world.district,
        total=4000,
        baseline=census,
        due_on=dt.date(2023, 6, 30),
        reason="giao lại",
    )
    assert seen_on(staff, world, YESTERDAY, settings)["police file"] == ("1000", "25.0")
    assert seen_on(staff, world, TODAY, settings)["police file"] == ("2000", "25.0")


def test_target_of_a_file_holds_from_its_day(
    world: World, staff: Client, settings: LazySettings
) -> None:
    data = as_csv(
        ["campaign", "unit", "indicator", "value"],
        [world.campaign.slug, "14173", "activated", "2000"],
    )
    confirm(staff, Target, upload(staff, Target, data))
    assert seen_on(staff, world, YESTERDAY, settings)["digest"] == (1000, 25)
    assert seen_on(staff, world, TODAY, settings)["digest"] == (2000, 25)
    # The same file again changes nothing.
    assert upload(staff, Target, data).context["totals"]["skip"] == 1


def test_parts_that_are_not_the_whole_are_shown_beside_it(world: World, staff: Client) -> None:
    path = f"{BASE}/units/{world.district.code}/"
    make_target(unit=world.district, indicator=world.indicators["activated"], value=1000)
    assert 'id="parts"' not in staff.get(path).content.decode()
    form = of_target(world, value=1200)
    page = staff.post(address(Target, "change", Target.objects.get(unit=world.commune).pk), form)
    words = "Tài khoản kích hoạt: chỉ tiêu các đơn vị trực thuộc cộng lại"
    rows = {what: (before, after) for _c, _n, what, before, after in page.context["change"].figures}
    assert rows[next(what for what in rows if "cộng lại" in what)] == (None, 1200), words
    change(staff, world, TODAY, value=1200)
    text_of = staff.get(path).content.decode()
    assert "cộng lại là 1.200, không bằng 1.000" in text_of


def test_past_is_the_shortest_that_says_it() -> None:
    first, second, third = YESTERDAY, TODAY, TOMORROW
    past = past_with([], second, {"value": 1}, {"value": 2})
    past = past_with(past, third, {"value": 2}, {"value": 3})
    assert [values_on(Target, past, day).get("value") for day in (first, second, third)] == [
        *(1, 2, None)
    ]
    # What was set for later is overruled, what was before stays.
    assert past_with(past, second, {"value": 3}, {"value": 4}) == [
        {"field": "value", "until": second.isoformat(), "was": 1}
    ]
    assert past_with(past, second, {"value": 3}, {"value": 1}) == []


def expected_on(client: Client, world: World, day: dt.date, settings: LazySettings) -> list[int]:
    """Return how many reports are expected in the commune on a day, wherever that is shown."""
    settings.PORTAL_TODAY = day
    overview = client.get(f"{BASE}/units/14173/").context["dashboard"]
    settings.PORTAL_TODAY = TOMORROW
    days = {"from": day.isoformat(), "to": day.isoformat()}
    query = {**days, "unit": "14173", "by": "day", "level": "commune"}
    [line] = client.get("/api/v1/totals/", query).json()["results"]
    cells = client.get("/api/v1/completeness/", {**days, "unit": "14173"}).json()["results"]
    file = client.get(f"{BASE}/exports/police.csv", {**days, "basis": "reported"})
    content = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = csv.DictReader(io.StringIO(content))
    return [
        overview.expected,
        line["reports_expected"],
        cells[0]["expected"],
        next(int(row["reports_expected"]) for row in rows if row["commune_code"] == "14173"),
        digest(campaign=world.campaign, unit=world.commune, day=day).expected,
    ]


def weekdays(world: World) -> None:
    Campaign.objects.update(weekdays="3")


def phase(world: World) -> None:
    make_phase(campaign=world.campaign, starts_on=YESTERDAY, ends_on=TOMORROW, weekdays="3")


def silence(world: World) -> None:
    Branch.objects.filter(pk=world.branch.pk).update(reports_daily=False)


def newcomer(world: World) -> None:
    make_branch(home_unit=world.commune, parent=world.district_union, reports_daily=True)
    rebuild_paths(Branch)


@pytest.mark.parametrize(
    ("write", "expected"),
    [(weekdays, (1, 0, 1)), (phase, (1, 0, 1)), (silence, (1, 0, 0)), (newcomer, (1, 2, 2))],
)
def test_rule_is_that_of_the_day_everywhere(
    world: World,
    staff: Client,
    settings: LazySettings,
    write: Callable[[World], None],
    expected: tuple[int, int, int],
) -> None:
    with settings_change(actor=world.staff, reason="Kế hoạch 13"):
        write(world)
    drain()
    world.campaign = Campaign.objects.get(pk=world.campaign.pk)
    for day, number in zip((YESTERDAY, TODAY, TOMORROW), expected, strict=True):
        assert set(expected_on(staff, world, day, settings)) == {number}, day


def test_due_time_is_that_of_the_day(world: World, staff: Client) -> None:
    with settings_change(actor=world.staff, reason="Kế hoạch 13"):
        Campaign.objects.update(due_at=dt.time(12))
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    assert rules_on(campaign, YESTERDAY).due_at == clock.at(YESTERDAY, dt.time(18, 30))
    assert rules_on(campaign, TODAY).due_at == clock.at(TODAY, dt.time(12))


def test_phase_that_was_applied_ends_and_is_not_removed(
    world: World, staff: Client, settings: LazySettings
) -> None:
    with settings_change(actor=world.staff, reason="Lễ", since=YESTERDAY):
        phase(world)
    stored = Phase.objects.filter(weekdays="3")
    with (
        pytest.raises(ValidationError, match="sửa ngày kết thúc"),
        settings_change(actor=world.staff, reason="bỏ"),
    ):
        stored.delete()
    with settings_change(actor=world.staff, reason="bỏ"):
        stored.update(ends_on=YESTERDAY)
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    assert reporting_days(campaign, YESTERDAY, TOMORROW) == [TODAY, TOMORROW]


def renamed(world: World, client: Client, since: dt.date) -> None:
    """Give commune, branch and indicator other names in the admin."""
    answers = {
        "settings_reason": "Nghị quyết 5",
        **dict.fromkeys(("settings_since", "settings_shown"), since.isoformat()),
    }
    for row, changed in (
        (world.commune, {"name": "Xã Mới"}),
        (world.neighbour_branch, {"name": "Đoàn xã Mới"}),
    ):
        form = {**form_of(row, **changed), **answers}
        assert client.post(address(type(row), "change", row.pk), form).status_code == 302
    with settings_change(actor=world.staff, reason="Nghị quyết 5", since=since):
        Indicator.objects.filter(code="activated").update(label="Tài khoản mới")


def names_on(client: Client, world: World, day: dt.date) -> dict[str, set[str]]:
    """Return which of the old and the new names stand where, as of a day."""
    days = {"from": day.isoformat(), "to": day.isoformat()}
    query = {**days, "unit": "365", "level": "commune"}
    lines = client.get("/api/v1/totals/", {**query, "by": "day"}).json()["results"]
    whole = client.get("/api/v1/totals/", query).json()["results"]
    cells = client.get("/api/v1/completeness/", query).json()["results"]
    file = client.get(f"{BASE}/exports/police.csv", {**days, "basis": "reported"})
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    of_district = digest(campaign=world.campaign, unit=world.district, day=day)
    of_commune = digest(campaign=world.campaign, unit=world.commune, day=day)
    page = client.get(f"{BASE}/completeness/365/", {"to": day.isoformat()})
    sent = DailyReport.objects.get(date=day)
    found = {
        "API": str(lines),
        "API of a range": str(whole),
        "completeness API": str(cells),
        "police file": content.decode("utf-8-sig"),
        "digest of the district": text(of_district),
        "digest of the commune": text(of_commune),
        "completeness": page.content.decode(),
        "report": client.get(f"{BASE}/report/{sent.pk}/history/").content.decode(),
    }
    names = ("Xã Giao Tiến", "Xã Mới", "Đoàn xã Mới", "Tài khoản mới")
    return {where: {name for name in names if name in shown} for where, shown in found.items()}


def test_name_is_that_of_the_day_everywhere(
    world: World, staff: Client, settings: LazySettings
) -> None:
    settings.PORTAL_TODAY = TOMORROW
    renamed(world, staff, TODAY)
    world.commune.refresh_from_db()
    # What the admin has to say stands on the next page.
    staff.get(f"{BASE}/dashboard/")
    before, after = names_on(staff, world, YESTERDAY), names_on(staff, world, TODAY)
    assert set.union(*before.values()) == {"Xã Giao Tiến"}
    assert "Xã Giao Tiến" not in set.union(*after.values())
    of_unit = ("API", "API of a range", "completeness API", "police file", "digest of the commune")
    assert all("Xã Giao Tiến" in before[where] and "Xã Mới" in after[where] for where in of_unit)
    assert {"Đoàn xã Mới", "Tài khoản mới"} <= after["digest of the district"]
    assert "Đoàn xã Mới" in after["completeness"]


def test_branch_of_a_day_is_at_home_where_it_was_called_so(world: World, staff: Client) -> None:
    """Lists of who has not reported name the home, whatever it is called by now."""
    renamed(world, staff, TODAY)
    branch = Branch.objects.select_related("home_unit").get(pk=world.branch.pk)
    names = [branch.on(day).home_unit.name for day in (YESTERDAY, TODAY)]
    assert [*names, branch.home_unit.name] == ["Xã Giao Tiến", "Xã Mới", "Xã Mới"]


def test_name_holds_from_no_day_to_come(world: World) -> None:
    with (
        pytest.raises(ValidationError, match="từ hôm nay"),
        settings_change(actor=world.staff, reason="đổi tên", since=TOMORROW),
    ):
        Unit.objects.filter(pk=world.commune.pk).update(name="Xã Mới")


def test_name_moves_no_sum(world: World, staff: Client) -> None:
    renamed(world, staff, TODAY)
    assert not DirtyDay.objects.exists()
    page = staff.get(address(Unit, "change", world.commune.pk)).content.decode()
    assert "đến hết 19/06/2023: tên Xã Giao Tiến" in page
