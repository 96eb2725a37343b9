"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.witness import services


@shared_task(name="reports.announce_heads")
def announce_heads() -> int:
    return services.announce_heads()
