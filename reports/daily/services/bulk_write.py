"""Writes reports by the thousand: the database takes their rows as JSON, by one statement each."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection

from reports.daily.models import DailyReport

BATCH = 5000
COLUMNS = tuple(field.attname for field in DailyReport._meta.concrete_fields)
NAMES = ", ".join(COLUMNS)
INSERT = f"""
    INSERT INTO reports_dailyreport ({NAMES})
    SELECT {NAMES} FROM jsonb_populate_recordset(NULL::reports_dailyreport, %s)
"""  # noqa: S608 - our own names
CHANGES = ", ".join(f"{name} = excluded.{name}" for name in DailyReport.changing().values())
# An update by way of an insert that collides is one statement for all of them.
CORRECT = f"{INSERT} ON CONFLICT (id) DO UPDATE SET {CHANGES}"


def insert_reports(reports: Sequence[DailyReport]) -> None:
    """Insert new reports; raise ``IntegrityError`` where an id or a day is taken."""
    _write(INSERT, reports)


def correct_reports(reports: Sequence[DailyReport]) -> None:
    """Save what a correction may change of reports that stand."""
    _write(CORRECT, reports)


def _write(statement: str, reports: Iterable[DailyReport]) -> None:
    rest = iter(reports)
    with connection.cursor() as cursor:
        while rows := [
            {name: one.__dict__[name] for name in COLUMNS} for one in islice(rest, BATCH)
        ]:
            cursor.execute(statement, [json.dumps(rows, default=str)])
