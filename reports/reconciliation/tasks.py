"""Celery jobs: thin, one service call each."""

import datetime as dt

from celery import shared_task

from reports.reconciliation.spells import find_spells

# Twice as long as between two turns: a turn that is lost leaves nothing out.
ARRIVED = dt.timedelta(minutes=20)


@shared_task(name="reports.find_higher")
def find_higher() -> int:
    """Look at campaigns of which figures have just arrived."""
    return find_spells(arrived_since=ARRIVED)


@shared_task(name="reports.find_higher_daily")
def find_higher_daily() -> int:
    """Look at all of them: what we report changes each day."""
    return find_spells()
