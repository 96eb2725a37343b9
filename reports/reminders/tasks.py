"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.reminders import services as reminders


@shared_task(name="reports.remind")
def remind() -> int:
    return reminders.remind()
