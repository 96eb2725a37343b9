"""Sends what is due in the outbox.

Each notice is taken, sent and closed in one short transaction of its own, with SKIP LOCKED.
A worker that is killed leaves at most the one in its hand open; that one goes out
again under the same key, which a phone shows once (see docs/decisions/0010).
"""

import datetime as dt
import logging
import time

from django.db import DatabaseError, connection, transaction
from django.utils import translation

from core import clock
from reports.notifications.channel import PermanentFailure, TemporaryFailure
from reports.notifications.models import Notice
from reports.notifications.quiet_hours import after_quiet
from reports.notifications.registry import CHANNELS, KINDS

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
FIRST_PAUSE = dt.timedelta(minutes=1)
# A service that hangs must not keep a worker from making totals for longer.
MOST_SECONDS = 20
# Any number that no other lock of ours bears.
ONE_AT_A_TIME = 604_006
IDLE_TIMEOUT = "SET LOCAL idle_in_transaction_session_timeout = '60s'"


def key_of(notice: Notice) -> str:
    return f"notice-{notice.pk}"


def deliver() -> int:
    """Send what is due, one after the other; return how many were taken in hand."""
    taken, ends = 0, time.monotonic() + MOST_SECONDS
    while time.monotonic() < ends and _deliver_one():
        taken += 1
    return taken


@transaction.atomic
def _deliver_one() -> bool:
    """Take the notice that has waited longest; return whether there was one.

    Whoever comes while another worker sends goes home. The lock ends with the transaction: behind
    a pool the next one may have another connection.
    """
    with connection.cursor() as cursor:
        cursor.execute(IDLE_TIMEOUT)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return False
    notice = (
        Notice.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(closed_at=None, due_at__lte=clock.now())
        .select_related("user", "campaign", "branch", "unit")
        .order_by("due_at", "pk")
        .first()
    )
    if notice is None:
        return False
    kind, now = KINDS.get(notice.kind), clock.now()
    is_free = kind is None or kind.at_any_hour or notice.campaign is None
    later = now if is_free else after_quiet(notice.campaign, now)
    if later > now:
        notice.due_at = later
        notice.save(update_fields=["due_at"])
    else:
        with translation.override("vi"):
            _send(notice)
    return True


def _send(notice: Notice) -> None:
    kind, channel = KINDS.get(notice.kind), CHANNELS.get(notice.channel)
    try:
        if kind is None:
            raise PermanentFailure("this kind of notice is no longer installed")
        message = kind.message(notice) if notice.user.may_sign_in else None
        if message is None:
            _close(notice)
            return
        notice.attempts += 1
        if channel is None or not channel.is_on():
            raise PermanentFailure("this channel is off")
        fitting = message if channel.is_brief else message.in_full()
        channel.send(notice.user, fitting, key_of(notice))
    except DatabaseError:
        # Nothing can be written down any more; the next run takes the notice again.
        raise
    except PermanentFailure as error:
        _close(notice, failed=str(error))
    except TemporaryFailure as error:
        _try_later(notice, str(error))
    except Exception as error:
        # A fault of ours must not keep everybody else's notices back.
        logger.exception("Notice %s could not be sent", notice.pk)
        _try_later(notice, type(error).__name__)
    else:
        _close(notice, sent=True)
        if kind.sent is not None:
            kind.sent(notice)


def _close(notice: Notice, *, sent: bool = False, failed: str = "") -> None:
    notice.closed_at, notice.sent, notice.failed = clock.now(), sent, failed[:300]
    notice.save(update_fields=["closed_at", "sent", "failed", "attempts"])


def _try_later(notice: Notice, reason: str) -> None:
    """Wait longer each time: 1, 2, 4, 8 minutes; then give up."""
    if notice.attempts >= MOST_ATTEMPTS:
        _close(notice, failed=reason)
        return
    notice.due_at = clock.now() + FIRST_PAUSE * 2 ** (notice.attempts - 1)
    notice.failed = reason[:300]
    notice.save(update_fields=["due_at", "failed", "attempts"])
