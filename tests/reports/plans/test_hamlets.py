"""Where a branch has been, and where nobody has."""

import datetime as dt
from typing import Any

import pytest

from campaign.models import Level, Target
from reports.plans import services
from reports.plans.hamlets import Hamlet, named_in
from reports.plans.models import PlanAssumption
from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_help_request, make_session, make_unit
from tests.reports.plans.planning import DAY, closed, draft, plan_of
from tests.reports.reporting import report
from volunteers.errors import InvalidInput
from volunteers.sessions.models import State


@pytest.mark.parametrize(
    ("name", "place", "is_there"),
    [
        ("Xóm 5", "Nhà văn hóa xóm 5", True),
        ("Xóm 5", "NVH XÓM 05", True),
        ("Xóm 5", "Nhà văn hóa xóm 50", False),
        ("Xóm 5", "Nhà văn hóa xóm 15", False),
        ("Xóm 5", "", False),
        ("", "Xóm 5", False),
        # Without marks it may be either; with them it is one.
        ("Xóm Đông", "Dinh xom dong", True),
        ("xom dong", "Đình xóm Đồng", True),
        ("Xóm Đông", "Đình xóm Đồng", False),
        ("Xóm Hòa", "Sân kho xóm Hoà", True),
    ],
)
def test_a_hamlet_is_known_by_its_name(name: str, place: str, is_there: bool) -> None:
    assert bool(named_in([Hamlet(name)], place)) == is_there


def test_of_names_that_stand_in_one_another_it_is_the_longest() -> None:
    hamlets = [Hamlet("Xóm Đông"), Hamlet("Đông Thượng"), Hamlet("Xóm Đông Thượng")]
    for place, names in {
        "Đình xóm Đông Thượng": ["Xóm Đông Thượng"],
        "Đình xóm Đông": ["Xóm Đông"],
        "Xóm Đông Thượng và xóm Đông": ["Xóm Đông", "Xóm Đông Thượng"],
    }.items():
        assert [hamlet.name for hamlet in named_in(hamlets, place)] == names


# What is there of one hamlet, how many days it was visited, and the next day.
COVERED: dict[str, tuple[list[dict[str, Any]], int, int | None]] = {
    "nothing": ([], 0, None),
    "two days": ([{"date": TODAY - DAY}, {"date": TODAY - DAY * 2}], 2, None),
    "twice on one day": ([{}, {"begins_at": dt.time(3), "ends_at": dt.time(4)}], 1, None),
    "called off": ([{"state": State.CANCELLED, "cancel_reason": "Mưa"}], 0, None),
    "over and never closed": ([{"state": State.PLANNED, "date": TODAY - DAY}], 0, None),
    "goes on": ([{"state": State.UNDER_WAY}], 0, 20),
    "moved to another day": ([{"state": State.PLANNED, "date": TODAY + DAY * 3}], 0, 23),
    "visited and planned": ([{}, {"state": State.PLANNED, "date": TODAY + DAY}], 1, 21),
    "in another campaign": ([{"campaign": None}], 0, None),
    "help for one at home": ([{"is_request": True}], 0, None),
}


@pytest.mark.parametrize("case", COVERED)
def test_a_visit_is_a_day_on_which_people_met_there(
    world: World, target: Target, case: str
) -> None:
    hamlet = make_unit(name="Xóm 2", level=Level.HAMLET, parent=world.commune)
    rows, times, coming = COVERED[case]
    for row in rows:
        is_request = row.get("is_request", False)
        values = {"campaign": world.campaign, "state": State.CLOSED, "date": TODAY, **row}
        values.pop("is_request", None)
        if values["campaign"] is None:
            values["campaign"] = make_campaign(slug="khac")
        if values["state"] == State.CLOSED:
            values |= {"participations": 3, "headcount": 0}
        session = make_session(branch=world.branch, place="Đình xóm 2", **values)
        if is_request:
            make_help_request(campaign=world.campaign, unit=world.commune, session=session)
    (found,) = plan_of(world).hamlets
    assert found.unit == hamlet
    assert (found.times, found.next and found.next.day) == (times, coming)
    assert found.is_new == (not times and coming is None)


def test_a_report_of_the_hamlet_itself_is_a_visit(world: World, target: Target) -> None:
    first, second = (
        make_unit(name=name, level=Level.HAMLET, parent=world.commune)
        for name in ("Xóm 1", "Xóm 2")
    )
    for hamlet in (first, second):
        report(world.owner, world.branch.code, {"level1": 3}, unit=hamlet.code)
    # On the same day, and on another.
    for day in (TODAY, TODAY - DAY):
        make_session(
            campaign=world.campaign,
            branch=world.branch,
            unit=second,
            date=day,
            state=State.CLOSED,
            participations=1,
            headcount=0,
        )
    assert [(one.times, one.last) for one in plan_of(world).hamlets] == [(1, TODAY), (2, TODAY)]


def test_those_never_visited_are_proposed_first(world: World, target: Target) -> None:
    for name in ("Xóm 1", "Xóm 2", "Xóm 3", "Xóm 4"):
        make_unit(name=name, level=Level.HAMLET, parent=world.commune)
    closed(world, 10, 10, place="Nhà văn hóa xóm 2")
    make_session(
        campaign=world.campaign, branch=world.branch, date=TODAY + DAY * 3, place="Đình xóm 3"
    )
    assert [hamlet.name for hamlet in plan_of(world).new_hamlets] == ["Xóm 1", "Xóm 4"]
    assert [one.hamlet for one in draft(world)][:3] == ["Xóm 1", "Xóm 4", "Xóm 2"]


def test_names_are_one_a_line_and_no_longer_than_a_name(world: World, target: Target) -> None:
    rates: dict[str, Any] = {"persons": None, "volunteers": None, "weekly": None}
    call = {"actor": world.owner, "campaign": world.campaign, "branch": world.branch, **rates}
    for typed in ("Xóm 1 " * 20, "\n".join(f"Xóm {n}" for n in range(101))):
        with pytest.raises(InvalidInput) as refused:
            services.assume(**call, hamlets=typed)
        assert list(refused.value.errors) == ["hamlets"]
    assert not PlanAssumption.objects.exists()
    services.assume(**call, hamlets=f"Xóm Đông\nxóm đông\nXóm Đồng\n{'x' * 100}")
    hamlets = plan_of(world).hamlets
    assert [hamlet.name for hamlet in hamlets] == ["Xóm Đông", "Xóm Đồng", "x" * 100]
    assert {one.hamlet for one in draft(world)} == {hamlet.name for hamlet in hamlets}
