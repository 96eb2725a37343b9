"""Ten days of reports of three branches in two districts, and a plan that has drawn of them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from campaign.models import Branch
from campaign.permissions import Role
from reports.checks.models import Check, CheckPlan
from reports.checks.services.planning import make_plan
from reports.daily.models import DailyReport, Lateness
from tests.conftest import TODAY, World
from tests.factories import make_appointment, make_branch, make_unit, make_user

FIRST, LAST = dt.date(2023, 6, 10), dt.date(2023, 6, 19)


@pytest.fixture
def reported(world: World) -> World:
    """Let the branches report; another commune of the far district has a secretary too."""
    unit = make_unit(code="14053", name="Xã Trung Đông", parent=world.other_district)
    other = make_branch(
        code="XD-14053", name="Đoàn xã Trung Đông", home_unit=unit, parent=world.union
    )
    make_appointment(user=make_user(), role=Role.SECRETARY, branch=other)
    branches = world.branch, world.neighbour_branch, world.far_branch, other
    for number, branch in enumerate(branches, start=4):
        make_reports(world, branch, number)
    return world


def make_reports(world: World, branch: Branch, most: int) -> None:
    days = [FIRST + dt.timedelta(days=n) for n in range(10)]
    DailyReport.objects.bulk_create(
        DailyReport(
            campaign=world.campaign,
            branch=branch,
            unit=branch.home_unit,
            date=day,
            counts={"installed": 9, "level1": most + n, "level2": n, "upgraded": 1},
            lateness=Lateness.ON_TIME,
            received_at=timezone.now(),
            unusual=[{"kind": "far"}] if n == 9 else [],
        )
        for n, day in enumerate(days)
    )


@pytest.fixture
def make(reported: World) -> Callable[..., CheckPlan]:
    """Return a way to draw six days in each district."""

    def made(**given: Any) -> CheckPlan:
        asked = {"first_day": FIRST, "last_day": LAST, "per_area": 6, **given}
        return make_plan(actor=reported.staff, campaign=reported.campaign, **asked)

    return made


@pytest.fixture
def plan(make: Callable[..., CheckPlan]) -> CheckPlan:
    return make()


@pytest.fixture
def drawn(plan: CheckPlan, world: World) -> Check:
    """A day of the neighbour's branch, which the owner recounts."""
    rows = plan.checks.filter(checker=world.owner, branch=world.neighbour_branch)
    found = rows.select_related("branch", "plan").order_by("date").first()
    assert found is not None
    return found


assert LAST < TODAY
