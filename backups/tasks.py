"""Celery jobs of this app: thin, one service call each."""

from celery import shared_task

from backups import services


# It takes minutes, and more as the history grows. A second delivery finds the lock and gives up.
@shared_task(name="backups.nightly", time_limit=3 * 3600)
def nightly() -> str:
    return services.nightly()
