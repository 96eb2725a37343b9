"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.notifications import contact_points, delivery


@shared_task(name="reports.deliver")
def deliver() -> int:
    return delivery.deliver()


@shared_task(name="reports.poll_channels")
def poll_channels() -> int:
    return contact_points.poll_channels()
