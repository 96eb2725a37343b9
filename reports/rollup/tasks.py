"""Celery jobs: thin, one service call each."""

from celery import shared_task

from reports.rollup import states
from reports.rollup.services import partitions, rollup, self_check


@shared_task(name="reports.drain")
def drain() -> int:
    return rollup.drain()


@shared_task(name="reports.verify")
def verify_totals() -> int:
    return self_check.check_all()


@shared_task(name="reports.verify_part")
def verify_part() -> int:
    return self_check.check_part()


@shared_task(name="reports.begin_day")
def begin_day() -> int:
    return states.begin_day()


@shared_task(name="reports.add_partitions")
def add_partitions() -> int:
    return partitions.add_partitions()
