"""What a plan draws from, by which seed, and whom it asks."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from campaign.models import Level, Unit
from campaign.permissions import Role
from campaign.selectors import indicators_of
from core.log.models import Leaf, SignedHead
from reports.checks.drawing import draw, seed_of
from reports.checks.frame import branch_days
from reports.checks.models import Check, CheckOutcome, CheckPlan, How
from reports.checks.services.planning import EMPTY_ROOT, make_plan
from reports.daily.models import DailyReport, Revision, Source, Status
from tests.conftest import World
from tests.factories import make_appointment, make_session
from tests.reports.checks.conftest import FIRST, LAST

Make = Callable[..., CheckPlan]


def test_plan_draws_of_each_district_by_a_seed_that_nobody_chose(
    reported: World, make: Make
) -> None:
    yesterday = timezone.make_aware(dt.datetime(2023, 6, 19, 23))  # noqa: DTZ001 - made aware
    SignedHead.objects.create(size=7, root=b"\7" * 32, signed_at=yesterday, note="")
    SignedHead.objects.create(
        size=9, root=b"\1" * 32, signed_at=yesterday + dt.timedelta(hours=2), note=""
    )

    plan, second = make(), make()

    assert plan.seed == sha256(f"{'07' * 32}|1".encode()).hexdigest()
    assert (second.number, second.seed) == (2, seed_of("07" * 32, 2))
    checks = list(plan.checks.select_related("branch", "unit"))
    assert Counter(check.area for check in checks) == {"363": 6, "365": 6}
    assert sum(one["reported"] for one in plan.strata) == sum(
        report.counts["level1"] + report.counts["level2"] - 1
        for report in DailyReport.objects.all()
    )
    assert plan.frame_sha256 == sha256(plan.frame.encode()).hexdigest()
    assert plan.frame.count("\n") == 41
    # Who has frame and seed draws the same again.
    indicators = indicators_of(reported.campaign)
    days = branch_days(reported.campaign, reported.province, FIRST, LAST, indicators)
    again = {one.item.key for one in draw((day.item for day in days), plan.seed, 6)[1]}
    assert again == {f"{c.branch.code}/{c.unit.code}/{c.date}" for c in checks}


def test_plan_begins_with_the_empty_log_where_there_is_no_head(make: Make) -> None:
    assert make().seed == seed_of(EMPTY_ROOT, 1)


def test_nobody_checks_what_is_their_own(reported: World, make: Make) -> None:
    # Who leads the far district is a secretary in it, and entered a day of the near one.
    make_appointment(user=reported.other_lead, role=Role.SECRETARY, branch=reported.far_branch)
    report = DailyReport.objects.get(branch=reported.branch, date=LAST)
    Revision.objects.create(
        report=report,
        version=1,
        actor=reported.neighbour,
        at=timezone.now(),
        content={},
        source=Source.PAGE,
    )

    for asked, per_area in (("neighbour", 20), ("lead", 20), ("liaison", 20)):
        for check in make(asked=asked, per_area=per_area).checks.select_related("branch"):
            assert check.checker is not None, (asked, check)
            appointments = check.checker.appointments.all()
            assert check.branch not in [one.branch for one in appointments]
            if asked == "liaison":
                assert check.checker == reported.liaison
            elif check.branch == reported.branch and check.date == LAST:
                # The neighbour entered it: the next one who may.
                assert check.checker == reported.lead
            elif check.branch == reported.branch:
                assert check.checker == (
                    reported.neighbour if asked == "neighbour" else reported.lead
                )
            elif check.branch == reported.far_branch and asked == "lead":
                assert check.checker != reported.other_lead


def test_who_is_above_checks_nothing_below(reported: World, make: Make) -> None:
    make_appointment(user=reported.owner, role=Role.SECRETARY, branch=reported.district_union)

    checks = make(per_area=20).checks.filter(branch=reported.neighbour_branch)

    assert {check.checker for check in checks} == {reported.lead}


def test_who_was_checked_before_weighs_less(reported: World, make: Make) -> None:
    check = make().checks.filter(branch=reported.branch).first()
    assert check is not None
    Check.objects.filter(pk=check.pk).update(version=1)

    frame = make().frame.splitlines()

    assert {line[-1] for line in frame if line.startswith("XD-14173/")} == {"1"}
    assert {line[-1] for line in frame if line.startswith("XD-14158/")} == {"0"}


def test_frame_counts_each_day_once_as_it_counts(reported: World) -> None:
    day, branch = FIRST - dt.timedelta(days=1), reported.branch
    for level2 in (3, 4):
        make_session(
            campaign=reported.campaign,
            branch=branch,
            unit=branch.home_unit,
            date=day,
            state="closed",
            counts={"level2": level2},
            headcount=0,
            participations=0,
            closed_at=timezone.now(),
        )
    # A day with a report counts the report, one that was sent back what stood before.
    make_session(
        campaign=reported.campaign,
        branch=branch,
        unit=branch.home_unit,
        date=FIRST,
        state="closed",
        counts={"level2": 99},
        headcount=0,
        participations=0,
        closed_at=timezone.now(),
    )
    DailyReport.objects.filter(branch=branch, date=LAST).update(
        status=Status.RETURNED, fallback_counts={"level1": 2}
    )
    DailyReport.objects.filter(branch=branch, date=LAST - dt.timedelta(days=1)).update(
        status=Status.RETURNED
    )

    found = branch_days(
        reported.campaign, reported.province, day, LAST, indicators_of(reported.campaign)
    )

    sizes = {one.date: one.item.size for one in found if one.branch == branch}
    assert sizes[day] == 7
    assert sizes[FIRST] == 3
    assert sizes[LAST] == 2
    assert LAST - dt.timedelta(days=1) not in sizes
    assert len(found) == 40


def test_province_without_districts_is_drawn_by_size(reported: World, make: Make) -> None:
    districts = Unit.objects.filter(level=Level.DISTRICT)
    Unit.objects.filter(level=Level.COMMUNE).update(parent=reported.province)
    districts.update(valid_to=dt.date(2023, 5, 1))

    plan = make()

    assert {one["area"] for one in plan.strata} == {"large", "middle", "small"}
    assert plan.checks.count() == 18


def test_only_the_province_plans_and_only_of_what_there_is(reported: World, make: Make) -> None:
    with pytest.raises(PermissionDenied):
        make_plan(
            actor=reported.lead,
            campaign=reported.campaign,
            first_day=FIRST,
            last_day=LAST,
            per_area=6,
        )
    with pytest.raises(ValidationError):
        make(first_day=dt.date(2023, 4, 1), last_day=dt.date(2023, 4, 2))
    assert not CheckPlan.objects.exists()


def test_plan_and_outcome_are_leaves_of_the_log(plan: CheckPlan, drawn: Check) -> None:
    outcome = CheckOutcome.objects.create(
        id=uuid4(),
        of=drawn,
        version=1,
        how=How.TELEPHONE,
        counts={"level1": 1},
        actor=drawn.checker,
        at=timezone.now(),
    )

    leaf = Leaf.objects.get(subject="check_plan", key=str(plan.pk))
    assert plan.seed in (leaf.content or "")
    assert "XD-14173/" not in (leaf.content or "")
    assert Leaf.objects.filter(subject="check_outcome", key=str(outcome.pk)).exists()
