"""What was told: to oneself, and to those whom one leads."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from campaign.models import Branch, Campaign
from reports.models import Notice, NoticeKind

LAST = 30


@dataclass(frozen=True)
class Told:
    """How the reminders of one day went, below somebody who leads."""

    sent: int
    waiting: int
    needless: int
    failed: int


def received(user: User) -> list[Notice]:
    """Return the user's own last notices."""
    return list(Notice.objects.visible_to(user).select_related("branch__home_unit")[:LAST])


def told_below(user: User, campaign: Campaign, day: dt.date) -> Told:
    """Return how the day's reminders to the branches went that the user sees."""
    settled = Q(settled_at__isnull=False)
    counted = Notice.objects.filter(
        campaign=campaign,
        day=day,
        kind__in=(NoticeKind.BEFORE, NoticeKind.AFTER),
        branch__in=Branch.objects.visible_to(user),
    ).aggregate(
        n_sent=Count("pk", filter=Q(sent=True)),
        n_waiting=Count("pk", filter=~settled),
        n_needless=Count("pk", filter=settled & Q(sent=False, failed="")),
        n_failed=Count("pk", filter=settled & Q(sent=False) & ~Q(failed="")),
    )
    return Told(counted["n_sent"], counted["n_waiting"], counted["n_needless"], counted["n_failed"])
