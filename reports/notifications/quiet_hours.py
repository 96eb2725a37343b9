"""The hours in which nothing is sent."""

import datetime as dt

from campaign.models import Campaign
from core import clock


def is_quiet(campaign: Campaign, moment: dt.datetime) -> bool:
    """Whether ``moment`` lies in the quiet hours, which may span midnight.

    The first minute is quiet, the last is not; from and to alike means that none are.
    """
    begins, ends, time = campaign.quiet_from, campaign.quiet_to, moment.time()
    if begins <= ends:
        return begins <= time < ends
    return time >= begins or time < ends


def after_quiet(campaign: Campaign, moment: dt.datetime) -> dt.datetime:
    """Return ``moment``, or when the quiet hours in which it lies end."""
    if not is_quiet(campaign, moment):
        return moment
    end = clock.at(moment.date(), campaign.quiet_to)
    return (
        end if end > moment else clock.at(moment.date() + dt.timedelta(days=1), campaign.quiet_to)
    )
