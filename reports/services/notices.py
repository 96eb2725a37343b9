"""The outbox: who is to be told what. Nothing is sent here (see ``delivery``)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import User
from campaign import clock
from campaign.models import Branch, Campaign, Unit
from reports.channels import ways_to
from reports.models import Notice, NoticeKind, PushSubscription
from reports.quiet import after_quiet

# Who asks whether it works is told at once, whatever the hour.
AT_ANY_HOUR = (NoticeKind.TEST,)
KEPT = dt.timedelta(days=60)


@transaction.atomic
def tell(
    users: Iterable[User],
    kind: NoticeKind,
    campaign: Campaign,
    day: dt.date,
    *,
    about: str = "",
    branch: Branch | None = None,
    unit: Unit | None = None,
    due_at: dt.datetime | None = None,
) -> int:
    """Leave a notice for each user and each way that reaches the user; return how many are new.

    Called in the caller's transaction: what is rolled back is told to nobody. However often
    it is called for the same, there is one notice for each way.
    """
    able = [user for user in users if user.may_sign_in]
    due_at = due_at or clock.now()
    if kind not in AT_ANY_HOUR:
        due_at = after_quiet(campaign, due_at)
    same: dict[str, Any] = {"campaign": campaign, "kind": kind, "day": day, "about": about}
    known = set(Notice.objects.filter(**same, user__in=able).values_list("user_id", "way"))
    new = [
        Notice(**same, user=user, way=way, branch=branch, unit=unit, due_at=due_at)
        for user, way in ways_to(able)
        if (user.pk, way) not in known
    ]
    # Another job may be telling the same at this moment: the database keeps one.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def purge_notices() -> int:
    """Delete what was settled long ago, and the phones of closed accounts; return how many."""
    old, _rows = Notice.objects.filter(settled_at__lt=clock.now() - KEPT).delete()
    closed, _rows = PushSubscription.objects.filter(user__is_active=False).delete()
    return old + closed
