"""A province whose boundaries change while a campaign runs, and its sums by SQL of our own."""

import csv
import datetime as dt
import io
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.boundaries.lists import built_in
from campaign.boundaries.services import apply_change, begin_change, correct, difference_of
from campaign.models import BoundaryChange, Branch, Campaign, Unit
from campaign.services.dirty_days import mark_dirty
from core import clock
from reports.daily.models import DailyReport, Lateness
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY

CARRIED = ["people", "targets", "teams", "sessions", "requests"]
# From the reports alone, by where each unit's went: nothing of ours but the table of successions.
BY_SQL = """
    SELECT coalesce(new.code, CASE WHEN old.valid_to IS NULL THEN old.code ELSE '' END),
           sum((counts ->> 'level1')::int)
    FROM reports_dailyreport r JOIN campaign_unit old ON old.id = r.unit_id
    LEFT JOIN campaign_succession s ON s.old_id = old.id
    LEFT JOIN campaign_unit new ON new.id = s.new_id
    GROUP BY 1
"""


def at(code: str, day: dt.date = TODAY) -> Unit:
    return Unit.objects.on(day).get(code=code)


def leads(code: str, day: dt.date = TODAY) -> Branch:
    return Branch.objects.on(day).get(home_unit=at(code, day))


def report(
    campaign: Campaign,
    branches: list[Branch],
    days: tuple[dt.date, ...],
    codes: tuple[str, ...] = ("level1",),
) -> None:
    made = [
        DailyReport(
            id=uuid4(), campaign=campaign, branch=branch, unit_id=branch.home_unit_id, date=day,
            counts=dict.fromkeys(codes, 10 * number + back), lateness=Lateness.ON_TIME,
            received_at=clock.now(),
        )
        for number, branch in enumerate(branches, start=1)
        for back, day in enumerate(days)
    ]  # fmt: skip
    DailyReport.objects.bulk_create(made)
    mark_dirty(*made, since=clock.now())
    drain()


def merge(staff: User, year: str = "2024") -> BoundaryChange:
    change = begin_change(actor=staff, new=built_in(year), holds_from=TODAY)
    correct(change, {}, [line.unit.code for line in difference_of(change).lines])
    change = apply_change(actor=staff, change_id=change.pk, carried=CARRIED, reason="Nghị quyết")
    with connection.cursor() as cursor:
        # Rows that have just come are unknown to the planner.
        cursor.execute("ANALYZE campaign_dirtyday, campaign_branch, campaign_unit")
    drain()
    return change


def totals(client: APIClient, **asked: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/totals/", {"campaign": "de-an-06-2023", **asked})
    assert answer.status_code == 200, answer.json()
    return list(answer.json()["results"])


def by_unit(lines: list[dict[str, Any]], code: str = "level1") -> dict[str, int]:
    found = {line["unit"]: line["counts_to_date"].get(code, 0) for line in lines}
    return {unit: count for unit, count in found.items() if count}


def police(client: Client, of: str) -> list[dict[str, str]]:
    asked = {"basis": "reported", "map": of}
    answer: Any = client.get("/c/de-an-06-2023/exports/police.csv", asked)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def by_sql() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(BY_SQL)
        return dict(cursor.fetchall())


def whole(lines: list[dict[str, Any]], code: str = "level1") -> int:
    return sum(line["counts_to_date"].get(code, 0) for line in lines)
