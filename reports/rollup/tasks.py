"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.rollup.services import rollup, verify


@shared_task(name="reports.drain")
def drain() -> int:
    return rollup.drain()


@shared_task(name="reports.verify")
def verify_totals() -> int:
    return len(verify.verify())
