"""Who comes to a session that takes so many and no more, and who waits for a free place.

A person whom a leader puts down comes anyway: the leader sees how many there are.
"""

from collections.abc import Callable, Sequence

from django.db.models import QuerySet

from core import clock
from volunteers.sessions.models import Participation, SupportSession

# Reaches those who have moved up and have an account.
MovedUp = Callable[[SupportSession, Sequence[Participation]], object]
_on_moving_up: list[MovedUp] = []


def register_moving_up(teller: MovedUp) -> MovedUp:
    _on_moving_up.append(teller)
    return teller


def room_left(session: SupportSession) -> int | None:
    """Return how many more can come; None where there is no limit."""
    if session.capacity is None:
        return None
    return max(session.capacity - session.attendance.coming().count(), 0)


def fill_up(session: SupportSession) -> None:
    """Let those who wait longest come, as far as there is room; the session is locked."""
    if session.takes_sign_ups:
        move_up(session, session.attendance.waiting()[: room_left(session)])


def move_up(session: SupportSession, waiting: QuerySet[Participation]) -> None:
    """Let people come who wait, and tell them."""
    found = list(waiting.select_related("volunteer"))
    if not found:
        return
    session.attendance.filter(pk__in=[one.pk for one in found]).update(
        waiting_since=None, moved_up_at=clock.now(), updated_at=clock.now()
    )
    for tell in _on_moving_up:
        tell(session, found)
