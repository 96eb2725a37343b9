"""What tests of plans do again and again."""

import datetime as dt
from typing import Any

from campaign.models import Branch
from campaign.services.dirty_days import mark_dirty
from core import clock
from reports.plans import services
from reports.plans.models import SessionDraft
from reports.plans.selectors import BranchPlan, branch_plan
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_session
from volunteers.sessions.models import State, SupportSession

DAY = dt.timedelta(days=1)


def closed(world: World, *counts: int | None, **given: Any) -> list[SupportSession]:
    """Make closed sessions, a day each back from yesterday; None has not counted."""
    given = {"campaign": world.campaign, "branch": world.branch, "place": "Chợ Bể", **given}
    sessions = [
        make_session(
            **given,
            date=TODAY - DAY * (n + 1),
            begins_at=dt.time(7, 30),
            ends_at=dt.time(10, 0),
            state=State.CLOSED,
            counts={} if number is None else {"level1": number},
            participations=4,
            headcount=0,
        )
        for n, number in enumerate(counts)
    ]
    mark_dirty(*sessions, since=clock.now())
    return sessions


def plan_of(world: World, branch: Branch | None = None) -> BranchPlan:
    drain()
    return branch_plan(world.campaign, branch or world.branch)


def draft(world: World) -> list[SessionDraft]:
    services.draft_sessions(actor=world.owner, campaign=world.campaign, branch=world.branch)
    return list(SessionDraft.objects.filter(dropped_at=None).order_by("date", "pk"))
