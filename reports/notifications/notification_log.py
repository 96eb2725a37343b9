"""What went out: to oneself, and to those whom one leads."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from accounts.models import User
from campaign.models import Branch, Campaign
from reports.notifications.channel import Channel
from reports.notifications.models import Notice
from reports.notifications.registry import CHANNELS, KINDS, NoticeKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LAST = 30


@dataclass(frozen=True)
class LoggedNotice:
    """A notice with the names of its kind and its channel."""

    notice: Notice
    kind: "StrOrPromise"
    channel: "StrOrPromise"


@dataclass(frozen=True)
class DaySummary:
    """How the notices of one day went, below somebody who leads."""

    sent: int
    waiting: int
    needless: int
    failed: int


def received(user: User) -> list[LoggedNotice]:
    found = Notice.objects.visible_to(user).select_related("branch__home_unit")[:LAST]
    return [LoggedNotice(n, _label(KINDS, n.kind), _label(CHANNELS, n.channel)) for n in found]


def _label(registered: Mapping[str, NoticeKind | Channel], code: str) -> "StrOrPromise":
    """Return the name; the code where it is no longer installed."""
    known = registered.get(code)
    return known.label if known else code


def day_summary(
    user: User, campaign: Campaign, day: dt.date, kinds: Iterable[NoticeKind]
) -> DaySummary:
    closed = Q(closed_at__isnull=False)
    counted = Notice.objects.filter(
        campaign=campaign,
        day=day,
        kind__in=[kind.code for kind in kinds],
        branch__in=Branch.objects.visible_to(user),
    ).aggregate(
        n_sent=Count("pk", filter=Q(sent=True)),
        n_waiting=Count("pk", filter=~closed),
        n_needless=Count("pk", filter=closed & Q(sent=False, failed="")),
        n_failed=Count("pk", filter=closed & Q(sent=False) & ~Q(failed="")),
    )
    return DaySummary(
        counted["n_sent"], counted["n_waiting"], counted["n_needless"], counted["n_failed"]
    )
