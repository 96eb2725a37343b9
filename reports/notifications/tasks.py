"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.notifications import contact_points, delivery, outbox


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
