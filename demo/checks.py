"""Two plans of checks by sample: one that is over, and one under way. All outcomes are made up."""

import datetime as dt
import uuid

from accounts.models import User
from campaign.models import Campaign
from campaign.selectors import indicators_of
from core import clock
from demo.seeded_random import SeededRandom
from demo.territory import LAST_DAY
from reports.checks.models import Check, CheckerKind, CheckOutcome, CheckPlan, How, Obstacle
from reports.checks.services.outcomes import asked_codes
from reports.checks.services.planning import close_plan, make_plan

DAY = dt.timedelta(days=1)
REMARK = "Số liệu minh họa"
# How many of a hundred branches of these districts report too much; of the others, HONEST.
INFLATING, HONEST = {"358": 16, "366": 10}, 3


def add_checks(actor: User, campaign: Campaign) -> int:
    if CheckPlan.objects.filter(campaign=campaign).exists():
        return 0
    over = make_plan(
        actor=actor,
        campaign=campaign,
        first_day=LAST_DAY - 20 * DAY,
        last_day=LAST_DAY - 11 * DAY,
        per_area=20,
        asked=CheckerKind.LIAISON,
    )
    added = _recount(over, 96)
    close_plan(actor=actor, plan=over)
    running = make_plan(
        actor=actor,
        campaign=campaign,
        first_day=LAST_DAY - 10 * DAY,
        last_day=LAST_DAY - 3 * DAY,
        per_area=8,
    )
    return added + _recount(running, 35, without=("365",))


def _recount(plan: CheckPlan, percent: int, without: tuple[str, ...] = ()) -> int:
    """Enter outcomes of so many of a hundred, none of the areas left out."""
    rng, outcomes, done = SeededRandom("checks", plan.number), [], []
    indicators, at = indicators_of(plan.campaign), clock.now() - 3 * DAY
    for number, check in enumerate(
        plan.checks.select_related("branch").order_by("stratum", "date")
    ):
        if check.area in without or check.checker_id is None or not rng.happens(percent):
            continue
        outcome = CheckOutcome(
            id=uuid.uuid5(uuid.NAMESPACE_URL, f"demo/check/{plan.number}/{number}"),
            of=check,
            version=1,
            how=How.ON_THE_SPOT if rng.happens(60) else How.TELEPHONE,
            remark=REMARK,
            actor_id=check.checker_id,
            at=at + dt.timedelta(minutes=number),
        )
        if rng.happens(4):
            outcome.how, outcome.obstacle = How.NOT_POSSIBLE, Obstacle.NO_LIST
        else:
            outcome.counts = _counted(check, asked_codes(check, indicators))
        outcomes.append(outcome)
        check.version = 1
        done.append(check)
    Check.objects.bulk_update(done, ["version"])
    return len(CheckOutcome.objects.bulk_create(outcomes))


def _counted(check: Check, codes: list[str]) -> dict[str, int]:
    rng = SeededRandom("recount", check.branch.code)
    inflates = rng.happens(INFLATING.get(check.area, HONEST))
    share = rng.between(60, 88) if inflates else 100
    counts = {code: check.reported[code] * share // 100 for code in codes}
    # An upgrade is one of those of level 2.
    if "upgraded" in counts:
        counts["upgraded"] = min(counts["upgraded"], counts.get("level2", 0))
    return counts
