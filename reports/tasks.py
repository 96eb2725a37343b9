"""Celery jobs of this app: thin, one service call each."""

from celery import shared_task

from reports.daily.services import history, locking
from reports.digests import services as digests
from reports.notifications import contact_points, delivery, outbox
from reports.reminders import services as reminders
from reports.rollup.services import rollup, verify


@shared_task(name="reports.drain")
def drain() -> int:
    """Make dirty days again."""
    return rollup.drain()


@shared_task(name="reports.verify")
def verify_totals() -> int:
    """Compare all totals with the reports, and alarm on a difference."""
    return len(verify.verify())


@shared_task(name="reports.remind")
def remind() -> int:
    """Leave the reminders that are due."""
    return reminders.remind()


@shared_task(name="reports.deliver")
def deliver() -> int:
    """Send the notices that are due."""
    return delivery.deliver()


@shared_task(name="reports.poll_channels")
def poll_channels() -> int:
    """Ask the channels what people have written to them."""
    return contact_points.poll_channels()


@shared_task(name="reports.purge_notices")
def purge_notices() -> int:
    """Forget old notices, and the phones of closed accounts."""
    return outbox.purge()


@shared_task(name="reports.digest")
def announce_digests() -> int:
    """Tell those who lead that the digest of the day is there."""
    return digests.announce_digests()


@shared_task(name="reports.lock_closed")
def lock_closed() -> int:
    """Lock the approved reports of closed days."""
    return locking.lock_closed()


@shared_task(name="reports.verify_history")
def verify_history() -> int:
    """Make the chain of revisions again, note its head, and alarm on a difference."""
    return len(history.check_history())
