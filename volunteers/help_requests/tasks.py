"""Celery jobs of this app: thin, one service call each."""

from celery import shared_task

from volunteers.help_requests import services as help_requests


@shared_task(name="volunteers.purge_requests")
def purge_requests() -> int:
    return help_requests.purge_requests()
