"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.notifications import delivery


@shared_task(name="reports.deliver")
def deliver() -> int:
    return delivery.deliver()
