"""What leads learn of the phones of those who report to them."""

from collections.abc import Collection

from accounts.models import User
from core import clock
from core.retention import time_of
from reports.phones.models import PhoneState


def phones_of(users: Collection[User]) -> dict[int, list[PhoneState]]:
    """Return by user's id the phone that asked last, and then those others on which something is.

    Nothing for who has none (one query).
    """
    since = clock.now() - time_of("phones")
    found: dict[int, list[PhoneState]] = {}
    known = PhoneState.objects.filter(user__in=users, seen_at__gte=since) if users else ()
    for state in sorted(known, key=lambda one: (one.seen_at, one.pk), reverse=True):
        phones = found.setdefault(state.user_id, [])
        if not phones or state.waiting or state.refused:
            phones.append(state)
    return found
