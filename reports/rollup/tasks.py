"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.rollup.services import rollup, verify


@shared_task(name="reports.drain")
def drain() -> int:
    """Make dirty days again."""
    return rollup.drain()


@shared_task(name="reports.verify")
def verify_totals() -> int:
    """Compare all totals with the reports, and alarm on a difference."""
    return len(verify.verify())
