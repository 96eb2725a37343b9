"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.spreadsheet import services


@shared_task(name="reports.counts_files")
def counts_files() -> int:
    return services.work_off()
