"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.digests import services as digests


@shared_task(name="reports.digest")
def announce_digests() -> int:
    return digests.announce_digests()
