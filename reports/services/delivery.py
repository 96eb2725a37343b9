"""Sends what is due in the outbox.

Each notice is taken, sent and settled in one short transaction of its own, with SKIP LOCKED.
A worker that is killed leaves at most the one in its hand unsettled; that one goes out
again under the same key, which a phone shows once (see docs/decisions/0010).
"""

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction
from django.utils import translation

from campaign import clock
from reports.channels import CHANNELS, Gone, TryLater
from reports.models import Notice
from reports.quiet import after_quiet
from reports.selectors.wording import words_of
from reports.services.notices import AT_ANY_HOUR

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
FIRST_PAUSE = dt.timedelta(minutes=1)
# A service that hangs must not keep a worker from making totals for longer.
MOST_SECONDS = 20
# Any number that no other lock of ours bears.
ONE_AT_A_TIME = 604_006
PATIENCE = "SET LOCAL idle_in_transaction_session_timeout = '60s'"


def key_of(notice: Notice) -> str:
    """Return what is the same however often this notice is sent."""
    return f"notice-{notice.pk}"


def deliver() -> int:
    """Send what is due, one after the other; return how many were taken in hand."""
    taken = 0
    with _alone() as is_alone:
        if not is_alone:
            return 0
        ends = time.monotonic() + MOST_SECONDS
        while time.monotonic() < ends and _deliver_one():
            taken += 1
    return taken


@contextmanager
def _alone() -> Iterator[bool]:
    """Say whether no other worker delivers; the lock ends with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


@transaction.atomic
def _deliver_one() -> bool:
    """Take the notice that has waited longest; return whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
    notice = (
        Notice.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(settled_at=None, due_at__lte=clock.now())
        .select_related("user", "campaign", "branch", "unit")
        .order_by("due_at", "pk")
        .first()
    )
    if notice is None:
        return False
    now = clock.now()
    later = now if notice.kind in AT_ANY_HOUR else after_quiet(notice.campaign, now)
    if later > now:
        notice.due_at = later
        notice.save(update_fields=["due_at"])
    else:
        with translation.override("vi"):
            _send(notice)
    return True


def _send(notice: Notice) -> None:
    """Send one notice if it is still wanted, and write down how that went."""
    channel = CHANNELS[notice.way]
    try:
        message = words_of(notice) if notice.user.may_sign_in else None
        if message is None:
            _settle(notice)
            return
        notice.attempts += 1
        if not channel.is_on():
            raise Gone("this way is off")
        channel.send(notice.user, message, key_of(notice))
    except DatabaseError:
        # Nothing can be written down any more; the next run takes the notice again.
        raise
    except Gone as error:
        _settle(notice, failed=str(error))
    except TryLater as error:
        _try_later(notice, str(error))
    except Exception as error:
        # A fault of ours must not keep everybody else's notices back.
        logger.exception("Notice %s could not be sent", notice.pk)
        _try_later(notice, type(error).__name__)
    else:
        _settle(notice, sent=True)


def _settle(notice: Notice, *, sent: bool = False, failed: str = "") -> None:
    notice.settled_at, notice.sent, notice.failed = clock.now(), sent, failed[:300]
    notice.save(update_fields=["settled_at", "sent", "failed", "attempts"])


def _try_later(notice: Notice, reason: str) -> None:
    """Wait longer each time: 1, 2, 4, 8 minutes; then give up."""
    if notice.attempts >= MOST_ATTEMPTS:
        _settle(notice, failed=reason)
        return
    notice.due_at = clock.now() + FIRST_PAUSE * 2 ** (notice.attempts - 1)
    notice.failed = reason[:300]
    notice.save(update_fields=["due_at", "failed", "attempts"])
