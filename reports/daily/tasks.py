"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.daily.services import locking


@shared_task(name="reports.lock_closed")
def lock_closed() -> int:
    return locking.lock_closed()
