"""A total that is not what the reports say is noticed, named, healed and logged by itself."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from campaign.models import Branch, DirtyDay, Unit
from config.schedule import app
from core import clock
from core.models import Heartbeat
from reports.daily.models import DailyReport
from reports.rollup.models import Cause, RollupDifference, UnitDay, UnitTotal
from reports.rollup.services import rollup, self_check
from reports.rollup.services.rollup import drain
from reports.rollup.services.self_check import TURN, part_on_turn
from reports.rollup.services.verify import Part, find_differences, verify
from reports.rollup.tasks import verify_part, verify_totals
from tests.conftest import TODAY, World
from tests.factories import make_campaign
from tests.reports.reporting import report
from tests.reports.rollup.test_rollup import TAMPERED

Browse = Callable[[User], Client]

pytestmark = pytest.mark.django_db(transaction=True)


def alter(statement: str, *values: Any) -> None:
    """Change rows behind the services' back."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def ready() -> tuple[int, dict[str, Any]]:
    """Ask whether the portal is ready."""
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


@pytest.fixture
def reported(world: World) -> World:
    """Two communes have reported, and all is added up."""
    report(world.owner, "XD-14173", {"level1": 5, "installed": 2})
    report(world.neighbour, "XD-14158", {"level1": 7})
    drain()
    return world


def causes() -> set[str]:
    return set(RollupDifference.objects.values_list("cause", flat=True))


def test_nothing_is_said_where_all_is_well(reported: World) -> None:
    assert (verify_totals(), verify_part()) == (0, 0)
    assert not RollupDifference.objects.exists()
    beats = dict(Heartbeat.objects.values_list("name", "message"))
    assert (beats["verify"], beats["verify-part"]) == ("khớp", "khớp")


@pytest.mark.parametrize("case", TAMPERED)
@pytest.mark.parametrize("job", [verify_totals, verify_part])
def test_total_changed_by_hand_is_named_and_healed(
    reported: World, case: str, job: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Part(reported.campaign.pk, (TODAY,))
    monkeypatch.setattr(self_check, "part_on_turn", lambda _now: [whole])
    alter(TAMPERED[case][0], reported.commune.pk)
    assert job() > 0
    found = list(RollupDifference.objects.all())
    assert {row.node for row in found} == {reported.commune}
    assert all(row.healed_at is not None for row in found)
    assert (verify(), DirtyDay.objects.count()) == ([], 0)
    assert UnitTotal.objects.get(node=reported.commune).reported == {"level1": 5, "installed": 2}
    assert job() == 0


def test_report_changed_behind_the_services_is_its_own_cause(reported: World) -> None:
    DailyReport.objects.filter(branch=reported.branch).update(counts={"level1": 6, "installed": 2})
    verify_totals()
    assert causes() == {Cause.REPORT}
    row = RollupDifference.objects.get(unit=reported.district, date=TODAY, basis="reported")
    assert (row.key, row.stored, row.truth) == ("level1", 12, 13)
    assert verify() == []
    assert UnitTotal.objects.get(node=reported.province).reported["level1"] == 13


def test_who_reports_daily_changed_behind_the_services(reported: World) -> None:
    Branch.objects.filter(pk=reported.branch.pk).update(reports_daily=False)
    verify_totals()
    assert causes() == {Cause.SETTINGS}
    assert verify() == []
    assert UnitDay.objects.get(node=reported.province, date=TODAY).received == 1


def test_total_without_known_cause_says_so(reported: World) -> None:
    alter("UPDATE reports_unitday SET reported = '{}' WHERE node_id = %s", reported.commune.pk)
    verify_totals()
    assert causes() == {Cause.UNKNOWN}


@pytest.mark.parametrize("job", [verify_totals, verify_part])
def test_unit_moved_by_hand_is_found_and_its_sums_go_to_the_new_parent(
    reported: World, job: Callable[[], int]
) -> None:
    alter(
        "UPDATE campaign_unit SET parent_id = %s WHERE id = %s",
        reported.other_district.pk,
        reported.commune.pk,
    )
    assert any("Xã Giao Tiến: cấp trên" in line for line in verify())
    assert job() > 0
    named = RollupDifference.objects.get(campaign=None)
    assert (named.unit, named.stored, named.truth) == (
        reported.commune,
        reported.district.pk,
        reported.other_district.pk,
    )
    assert causes() == {Cause.MOVED}
    assert not RollupDifference.objects.open().exists()
    assert verify() == []
    moved = Unit.objects.get(pk=reported.commune.pk)
    assert moved.path.split(".")[:-2] == [
        str(reported.province.pk),
        str(reported.other_district.pk),
    ]
    sums = dict(UnitTotal.objects.values_list("node__code", "reported"))
    assert (sums["365"], sums["363"]["level1"], sums["36"]["level1"]) == ({"level1": 7}, 5, 12)


def test_branch_moved_by_hand_is_found(reported: World) -> None:
    alter(
        "UPDATE campaign_branch SET parent_id = %s WHERE id = %s",
        reported.union.pk,
        reported.branch.pk,
    )
    verify_part()
    assert causes() == {Cause.MOVED}
    assert (verify(), RollupDifference.objects.open().count()) == ([], 0)


def test_unit_moved_with_its_path_is_found(reported: World) -> None:
    """The path says the same as the parent, and still nobody shown the sums."""
    alter(
        "UPDATE campaign_unit SET parent_id = %s, path = %s WHERE id = %s",
        reported.other_district.pk,
        f"{reported.other_district.path}{reported.commune.pk}.",
        reported.commune.pk,
    )
    verify_totals()
    assert verify() == []
    sums = dict(UnitTotal.objects.values_list("node__code", "reported"))
    assert (sums["365"], sums["363"]["level1"]) == ({"level1": 7}, 5)


def test_unit_under_itself_stays_open_and_is_told(reported: World) -> None:
    alter(
        "UPDATE campaign_unit SET parent_id = %s WHERE id = %s",
        reported.commune.pk,
        reported.district.pk,
    )
    verify_totals()
    assert RollupDifference.objects.open().filter(campaign=None).exists()
    assert ready()[0] == 503


def test_what_a_worker_still_has_in_hand_stays_open(
    reported: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter("UPDATE reports_unitday SET reported = '{}' WHERE node_id = %s", reported.commune.pk)
    monkeypatch.setattr(rollup, "drain", lambda: 0)
    verify_totals()
    assert not RollupDifference.objects.exclude(healed_at=None).filter(date=TODAY).exists()
    status, state = ready()
    assert (status, state["open_differences"]) == (503, RollupDifference.objects.open().count())
    assert "đang tính lại" in state["totals"]
    monkeypatch.undo()
    drain()
    # Whatever part has its turn, what is open is looked at again.
    monkeypatch.setattr(self_check, "part_on_turn", lambda _now: [])
    verify_part()
    assert not RollupDifference.objects.open().exists()


def test_ready_and_metrics_say_what_was_found(reported: World) -> None:
    status, state = ready()
    assert (status, state["open_differences"], state["totals"]) == (200, 0, "khớp")
    alter("UPDATE reports_unitday SET reported = '{}' WHERE node_id = %s", reported.commune.pk)
    verify_totals()
    status, state = ready()
    assert (status, state["open_differences"]) == (200, 0)
    assert "đã tính lại" in state["totals"]
    text = Client().get("/metrics").content.decode()
    assert "portal_rollup_differences_open 0.0" in text
    healed = RollupDifference.objects.count()
    assert f'portal_rollup_differences_found{{cause="unknown"}} {healed}.0' in text
    assert 'portal_heartbeat_age_seconds{job="verify"}' in text


@pytest.mark.parametrize(
    ("role", "path", "shown"),
    [
        ("staff", "dashboard/", True),
        ("staff", "units/365/", False),
        ("partner", "dashboard/", False),
        ("lead", "dashboard/", False),
    ],
)
def test_the_provinces_page_says_it_to_those_who_set_up(
    reported: World, browse: Browse, role: str, path: str, *, shown: bool
) -> None:
    client = browse(getattr(reported, role))
    url = f"/c/de-an-06-2023/{path}"
    assert "khác với báo cáo" not in client.get(url).content.decode()
    DailyReport.objects.filter(branch=reported.branch).update(counts={"level1": 6})
    verify_totals()
    page = client.get(url).content.decode()
    assert ("khác với báo cáo" in page) is shown
    if shown:
        assert "báo cáo bị đổi mà không qua cổng" in page
        assert "Xã Giao Tiến, ngày 20/06/2023: Mức 1 (đã báo cáo) đã lưu 5, đúng là 6" in " ".join(
            page.split()
        )
        RollupDifference.objects.update(found_at=clock.now() - dt.timedelta(days=2))
        assert "khác với báo cáo" not in client.get(url).content.decode()


def test_every_week_has_its_turn(world: World) -> None:
    begun = make_campaign(starts_on=TODAY, ends_on=TODAY)
    make_campaign(starts_on=TODAY + dt.timedelta(days=1), ends_on=TODAY + dt.timedelta(days=9))
    now = clock.now()
    turns = [part_on_turn(now + n * TURN) for n in range(13)]
    assert {len(parts) for parts in turns} == {1}
    days = [(p.campaign_id, day) for (p,) in turns for day in p.days]
    assert len(days) == len(set(days)) == 81 + 1
    assert (begun.pk, TODAY) in days
    assert part_on_turn(now + 13 * TURN) == turns[0]


def test_part_is_looked_at_alone(reported: World) -> None:
    other = TODAY - dt.timedelta(days=3)
    alter("UPDATE reports_unitday SET reported = '{}' WHERE node_id = %s", reported.commune.pk)
    found = [find_differences([Part(reported.campaign.pk, (day,))]) for day in (TODAY, other)]
    assert [{d.date for d in of} - {None} for of in found] == [{TODAY}, set()]


def test_beat_asks_for_both() -> None:
    jobs = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert jobs["reports.verify_part"] == TURN.total_seconds()
    assert "reports.verify" in jobs
