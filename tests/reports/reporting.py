"""Reports and approvals as they come in, and the indicators of the demo's campaign."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from accounts.models import User
from campaign.models import Campaign, Indicator
from campaign.services.dirty_days import mark_dirty
from core import clock
from reports.daily.models import DailyReport, Status
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit import submit_report
from reports.daily.texts import TEXT_NAMES
from tests.conftest import TODAY, World
from tests.factories import make_indicator

CAMPAIGN = "de-an-06-2023"


def report(
    actor: User,
    branch: str,
    counts: dict[str, int],
    *,
    date: dt.date = TODAY,
    report_id: UUID | None = None,
    **given: Any,
) -> DailyReport:
    """Take a report in, through the one door."""
    texts = {name: given.pop(name) for name in TEXT_NAMES if name in given}
    entry = ReportInput(
        id=report_id or uuid4(),
        campaign=given.pop("campaign", CAMPAIGN),
        branch=branch,
        date=date,
        counts=counts,
        texts=texts,
        **given,
    )
    return submit_report(actor=actor, entry=entry)[0]


def set_status(stored: DailyReport, status: Status = Status.APPROVED) -> None:
    """Approve a report, or send it back; its day is stale again."""
    stored.status = status
    stored.save(update_fields=["status"])
    mark_dirty(stored, since=clock.now())


def police_indicators(world: World) -> dict[str, Indicator]:
    """Give the campaign the default indicators, in their order; two are not for the police."""
    campaign: Campaign = world.campaign
    campaign.indicators.filter(code="installed").update(order=1)
    for order, code in enumerate(("level1", "level2", "upgraded"), start=2):
        campaign.indicators.filter(code=code).update(order=order)
    campaign.indicators.filter(code="activated").update(order=7)
    added = [
        make_indicator(campaign=campaign, code="assisted", label="Người được hướng dẫn", order=0),
        *(
            make_indicator(campaign=campaign, code=code, order=order, in_police_csv=False)
            for order, code in enumerate(("portal_login", "participations"), start=5)
        ),
    ]
    return {**world.indicators, **{indicator.code: indicator for indicator in added}}
