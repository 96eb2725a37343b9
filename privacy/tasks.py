"""Celery jobs: thin, one service call each."""

from celery import shared_task

from privacy.services import expiry


@shared_task(name="privacy.purge")
def purge() -> dict[str, int]:
    return expiry.purge()
