"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.daily.services import history, locking


@shared_task(name="reports.lock_closed")
def lock_closed() -> int:
    return locking.lock_closed()


@shared_task(name="reports.verify_history")
def verify_history() -> int:
    return len(history.check_history())
