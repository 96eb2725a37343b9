"""What leads learn of the phones of those who report to them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import User
from core import clock
from core.retention import time_of
from reports.phones.models import PhoneState


@dataclass(frozen=True)
class Phones:
    """The phones of one user: when one of them last asked, and what waited on all of them then.

    ``is_latest`` says whether the one that asked last has the current version of the pages.
    """

    seen_at: dt.datetime
    is_latest: bool
    waiting: int
    refused: int


def phones_of(users: Collection[User]) -> dict[int, Phones]:
    """Return by user's id what is known of their phones; nothing for who has none (one query)."""
    since = clock.now() - time_of("phones")
    states: dict[int, list[PhoneState]] = {}
    known = PhoneState.objects.filter(user__in=users, seen_at__gte=since) if users else ()
    for state in sorted(known, key=lambda one: (one.seen_at, one.pk), reverse=True):
        states.setdefault(state.user_id, []).append(state)
    return {
        user: Phones(
            seen_at=owned[0].seen_at,
            is_latest=owned[0].is_latest,
            waiting=sum(one.waiting for one in owned),
            refused=sum(one.refused for one in owned),
        )
        for user, owned in states.items()
    }
