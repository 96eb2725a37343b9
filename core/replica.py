"""Reading from a replica: of a page all or nothing, and never older than its reader knows.

What somebody has written, or seen, lies before a position in the log of the primary (an LSN).
Whoever is answered by the primary is noted with its position afterwards; the replica answers her
only when it has come as far, and her position is then where the replica stood in the end. Positions
lie in Valkey, by person and not by device. Of whom nothing is known, the primary is asked.
"""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections

from core import clock
from core.throttle import valkey

ALIAS = "replica"
# A replica that is further behind, or is away, is left alone: the primary answers then.
MOST_BEHIND = dt.timedelta(seconds=10)
ASKED_AGAIN = 5.0
# Whoever comes later is asked of the primary first.
KNOWN_FOR = 15 * 60
WRITTEN = "SELECT pg_current_wal_insert_lsn() - '0/0'"
REPLAYED = """
    SELECT pg_last_wal_replay_lsn() - '0/0', clock_timestamp() - pg_last_xact_replay_timestamp()
    WHERE pg_is_in_recovery()
"""


@dataclass(frozen=True)
class ReplicaState:
    """How far the replica has come, and by how much time it may be behind."""

    position: int
    behind: dt.timedelta


_read_from: ContextVar[ReplicaState | None] = ContextVar("read_from", default=None)
_left_alone_until = 0.0


def is_set_up() -> bool:
    return ALIAS in settings.DATABASES


def known_until() -> dt.datetime:
    """Return up to which moment we know what was committed: now, unless a replica is read."""
    state = _read_from.get()
    return clock.now() - (state.behind if state else dt.timedelta())


def source() -> str:
    """Return which database is read, told apart by a name: "" is the primary."""
    return ALIAS if _read_from.get() else ""


def current_state() -> ReplicaState | None:
    """Return where the replica stands; None if it is away, no replica, or has replayed nothing."""
    try:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(REPLAYED)
            found: Any = cursor.fetchone()
    except DatabaseError:
        return None
    if found is None or None in found:
        return None
    return ReplicaState(int(found[0]), max(found[1], dt.timedelta()))


def state_for(user: Any) -> ReplicaState | None:
    """Return where the replica stands if it may answer this user; raises ``UNREACHED``."""
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return None
    known = valkey().zscore(_key(user), "")
    if known is None:
        return None
    found = current_state()
    if found is None or found.behind > MOST_BEHIND:
        _left_alone_until = time.monotonic() + ASKED_AGAIN
        return None
    return found if found.position >= known else None


def note_primary(user: Any) -> None:
    """Note that the user may have seen all there is; raises ``UNREACHED``."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        note(user, int(cursor.fetchone()[0]))


def note(user: Any, position: int) -> None:
    """Note a position of the user, unless a later one is known; raises ``UNREACHED``."""
    with valkey().pipeline() as both:
        # A score is exact up to 2^53, which is 8 petabytes written.
        both.zadd(_key(user), {"": position}, gt=True)
        both.expire(_key(user), KNOWN_FOR)
        both.execute()


@contextmanager
def reading_from_replica(at: ReplicaState) -> Iterator[None]:
    """Let all that is asked of the database in the block be asked of the replica."""
    primary, noted = connections[DEFAULT_DB_ALIAS], _read_from.set(at)
    connections[DEFAULT_DB_ALIAS] = connections[ALIAS]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = primary
        _read_from.reset(noted)


def _key(user: Any) -> str:
    return cache.make_key(f"position-{user.pk}")
