"""Celery jobs of this app: thin, one service call each."""

from celery import shared_task

from reports.digests import services as digests
from reports.services import (
    delivery,
    history,
    locking,
    notices,
    reach,
    reminding,
    rollup,
    verify,
)


@shared_task(name="reports.drain")
def drain() -> int:
    """Make stale days again."""
    return rollup.drain()


@shared_task(name="reports.verify")
def verify_totals() -> int:
    """Compare all totals with the reports, and alarm on a difference."""
    return len(verify.verify())


@shared_task(name="reports.remind")
def remind() -> int:
    """Leave the reminders that are due."""
    return reminding.remind()


@shared_task(name="reports.deliver")
def deliver() -> int:
    """Send the notices that are due."""
    return delivery.deliver()


@shared_task(name="reports.link_chats")
def link_chats() -> int:
    """Link the people who have written their code to the Zalo bot."""
    return reach.link_chats()


@shared_task(name="reports.purge_notices")
def purge_notices() -> int:
    """Forget old notices, and the phones of closed accounts."""
    return notices.purge_notices()


@shared_task(name="reports.digest")
def tell_digests() -> int:
    """Tell those who lead that the digest of the day is there."""
    return digests.tell_digests()


@shared_task(name="reports.lock_closed")
def lock_closed() -> int:
    """Lock the approved reports of closed days."""
    return locking.lock_closed()


@shared_task(name="reports.verify_history")
def verify_history() -> int:
    """Make the chain of revisions again, note its head, and alarm on a difference."""
    return len(history.check_history())
