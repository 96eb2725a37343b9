"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.police import nightly


@shared_task(name="reports.nightly_files")
def make_nightly_files() -> int:
    return nightly.make_nightly_files()
