"""The outbox: who is to be told what. Nothing is sent here (see ``delivery``)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import User
from campaign.models import Branch, Campaign, Unit
from core import clock
from reports.notifications.contact_points import contact_points
from reports.notifications.models import Notice
from reports.notifications.quiet_hours import after_quiet
from reports.notifications.registry import CHANNELS, NoticeKind


@transaction.atomic
def enqueue(
    users: Iterable[User],
    *,
    kind: NoticeKind,
    campaign: Campaign | None,
    day: dt.date,
    about: str = "",
    branch: Branch | None = None,
    unit: Unit | None = None,
) -> int:
    """Leave a notice for each user on each channel that reaches them; return how many are new.

    Called in the caller's transaction: what is rolled back goes to nobody. However often it is
    called for the same, there is one notice on each channel. What concerns no campaign goes out
    at any hour.
    """
    able = [user for user in users if user.may_sign_in]
    now = clock.now()
    due_at = now if kind.at_any_hour or campaign is None else after_quiet(campaign, now)
    same: dict[str, Any] = {"campaign": campaign, "kind": kind.code, "day": day, "about": about}
    known = set(Notice.objects.filter(**same, user__in=able).values_list("user_id", "channel"))
    new = [
        Notice(**same, user=user, channel=channel, branch=branch, unit=unit, due_at=due_at)
        for user, channel in contact_points(able)
        if (user.pk, channel) not in known
    ]
    # Another job may leave the same at this moment: the database keeps one.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def purge_notices(older_than: dt.timedelta) -> int:
    """Delete notices that were closed longer ago; return how many."""
    old, _rows = Notice.objects.filter(closed_at__lt=clock.now() - older_than).delete()
    return old


def purge_contact_points() -> int:
    """Delete the contact points of closed accounts; return how many."""
    return sum(channel.purge() for channel in CHANNELS.values())
