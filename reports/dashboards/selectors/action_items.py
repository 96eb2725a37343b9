"""What deserves a telephone call today, and the recent days of each branch behind it."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from campaign.models import Branch, Campaign, Unit
from campaign.scopes import Scope
from reports.daily.models import APPROVED_BASIS, Lateness, Status
from reports.dashboards.selectors.ranking import ReportQuality
from reports.rollup.expected import Expected, expected_reports

WINDOW = 14
# A branch is worth a call after so many silent days.
SILENT_DAYS = 3
# What is unusual and says how many times something it is: see ``reports.daily.anomalies``.
JUMPS = ("tenfold", "far")
MOST_SILENT = 3
MOST_JUMPS = MOST_ALMOST = MOST_UNRECONCILED = 2


# The days of each branch: on which it has reported, and on which the closed sessions are not what
# its report covers (see ``reports.daily.querysets.mark_unreconciled``); what it found difficult and
# proposed, the newest first. Then a row for each report
# of the last day, from within the unit and of its branches wherever they worked.
REPORTED = """
    WITH closed AS (
        SELECT branch_id, unit_id, date, jsonb_object_agg(id::text, counts) AS outcome
        FROM volunteers_supportsession
        WHERE campaign_id = %(campaign)s AND state = 'closed'
        AND date BETWEEN %(first)s AND %(last)s AND branch_id = ANY (%(branches)s::bigint[])
        GROUP BY branch_id, unit_id, date
    )
    SELECT r.branch_id, array_agg(r.date), array_agg(r.date) FILTER (
        WHERE r.status <> 'returned' AND coalesce(outcome, '{}') <> r.covered_sessions), NULL,
        jsonb_agg(jsonb_build_array(r.id, r.date, left(r.difficulties, 160), left(r.proposals, 160))
            ORDER BY r.date DESC) FILTER (WHERE r.difficulties <> '' OR r.proposals <> '')
    FROM reports_dailyreport r LEFT JOIN closed USING (branch_id, unit_id, date)
    WHERE r.campaign_id = %(campaign)s AND r.date BETWEEN %(first)s AND %(last)s
    AND r.branch_id = ANY (%(branches)s::bigint[])
    GROUP BY r.branch_id
    UNION ALL
    SELECT r.branch_id, NULL, NULL, jsonb_build_array(
        u.path, r.lateness, r.status, r.explanation, r.unusual), NULL
    FROM reports_dailyreport r JOIN campaign_unit u ON u.id = r.unit_id
    WHERE r.campaign_id = %(campaign)s AND r.date = %(last)s
    AND (starts_with(u.path, %(path)s) OR r.branch_id = ANY (%(branches)s::bigint[]))
"""


@dataclass(frozen=True)
class NonReportingBranch:
    """A branch that has not reported today, and for how many expected days in a row."""

    branch: Branch
    days: int


@dataclass(frozen=True)
class Remark:
    """What a report says of difficulties and proposals, as far as a line holds it."""

    branch: Branch
    report_id: UUID
    date: dt.date
    difficulties: str
    proposals: str

    def is_visible_in(self, scope: Scope) -> bool:
        """As ``DailyReport.visible_to`` says of the report."""
        paths = (
            (self.branch.path, scope.branch_paths),
            (self.branch.home_unit.path, scope.lead_unit_paths),
        )
        return any(path.startswith(top) for path, tops in paths for top in tops)


@dataclass(frozen=True)
class RecentDays:
    """The last two weeks of the branches below a unit that are expected to report.

    ``quality`` is of the reports of the day itself, by the path of the unit in which they are.
    ``unreconciled`` are the days, by branch id, whose sessions are not what the report covers.
    """

    day: dt.date
    expected: Expected
    reported: Mapping[int, frozenset[dt.date]] = field(default_factory=dict)
    unusual: Mapping[int, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    quality: Mapping[str, ReportQuality] = field(default_factory=dict)
    unreconciled: Mapping[int, frozenset[dt.date]] = field(default_factory=dict)
    remarks: Mapping[int, Sequence[Sequence[str]]] = field(default_factory=dict)

    def difficulties(self, path: str) -> list[Remark]:
        """Return what the branches below a unit found difficult or proposed, the newest first."""
        found = [
            Remark(branch, UUID(report), dt.date.fromisoformat(day), difficulties, proposals)
            for branch in self.expected.by_path.get(path, ())
            for report, day, difficulties, proposals in self.remarks.get(branch.pk, ())
        ]
        found.sort(key=lambda remark: remark.branch.sort_key)
        return sorted(found, key=lambda remark: remark.date, reverse=True)

    def silent(self, path: str) -> list[NonReportingBranch]:
        """Return who has not reported today below a unit, the longest silent first."""
        missing = [
            NonReportingBranch(branch, self._silence(branch))
            for branch in self.expected.branches(path, self.day)
            if self.day not in self.reported.get(branch.pk, frozenset())
        ]
        return sorted(missing, key=lambda s: (-s.days, s.branch.sort_key))

    def _silence(self, branch: Branch) -> int:
        """Count the expected days without a report back from today, as far as is read."""
        arrived = self.reported.get(branch.pk, frozenset())
        days = self.expected.days_of(branch)[::-1]
        return next((n for n, day in enumerate(days) if day in arrived), len(days))

    def jumps(self, path: str) -> list[tuple[Branch, int]]:
        """Return the branches far over their usual today, and how many times, the most first.

        Who was asked and stands by it need not be called.
        """
        found = []
        for branch in self.expected.branches(path, self.day):
            times = [
                one["value"] // one["usual"]
                for one in self.unusual.get(branch.pk, ())
                if one["kind"] in JUMPS and one["usual"]
            ]
            if times:
                found.append((branch, max(times)))
        return sorted(found, key=lambda jump: (-jump[1], jump[0].sort_key))


def recent_days(campaign: Campaign, unit: Unit, day: dt.date) -> RecentDays:
    """Read the last two weeks of the branches below ``unit`` (two queries, three with phases)."""
    first = day - dt.timedelta(days=WINDOW - 1)
    expected = expected_reports(campaign, first, day, within=unit.path)
    branches = {branch.pk for branch in expected.by_path.get(unit.path, ())}
    unusual: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    quality: dict[str, ReportQuality] = defaultdict(ReportQuality)
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {
            "campaign": campaign.pk,
            "branches": [*branches],
            "first": first,
            "last": day,
            "path": unit.path,
        }
        cursor.execute(REPORTED, asked)
        rows = cursor.fetchall()
    days_of = [
        (branch, days, unlike) for branch, days, unlike, report, _w in rows if report is None
    ]
    of_day = [(branch, *json.loads(report)) for branch, *_days, report, _words in rows if report]
    for branch, path, lateness, status, explanation, found in of_day:
        if path.startswith(unit.path):
            quality[path] += ReportQuality(
                1,
                lateness == Lateness.LATE,
                lateness == Lateness.OFFLINE_LATE,
                status in APPROVED_BASIS,
                status == Status.RETURNED,
            )
        if branch in branches and not explanation:
            unusual[branch] += found
    return RecentDays(
        day=day,
        expected=expected,
        reported={branch: frozenset(days) for branch, days, _unlike in days_of},
        unusual=unusual,
        quality=quality,
        unreconciled={branch: frozenset(unlike) for branch, _days, unlike in days_of if unlike},
        remarks={row[0]: json.loads(row[4]) for row in rows if row[4]},
    )


@dataclass(frozen=True)
class ActionItem:
    """One line of the list of calls: ``kind`` decides the words, ``code`` names whom."""

    kind: str
    name: str
    code: str
    number: int = 0


def action_items(
    unit: Unit,
    slowest: tuple[Unit, float] | None,
    recent: RecentDays,
    almost: Iterable[tuple[Unit, int]],
) -> tuple[ActionItem, ...]:
    """Return what to do today: who lags, who is silent, what looks odd, who is nearly there.

    ``slowest`` is the unit furthest behind the time gone with its percentage; ``almost`` are
    units near their target with what is left.
    """
    found: list[ActionItem] = []
    if slowest is not None:
        place, percent = slowest
        found.append(ActionItem("slow", place.name, place.code, round(percent)))
    silent = [s for s in recent.silent(unit.path) if s.days >= SILENT_DAYS]
    found += [
        ActionItem("silent", s.branch.name, s.branch.code, s.days) for s in silent[:MOST_SILENT]
    ]
    found += [
        ActionItem("jump", branch.name, branch.code, times)
        for branch, times in recent.jumps(unit.path)[:MOST_JUMPS]
    ]
    asked = [
        (branch, len(days))
        for branch in recent.expected.by_path.get(unit.path, ())
        if (days := recent.unreconciled.get(branch.pk))
    ]
    asked.sort(key=lambda pair: (-pair[1], pair[0].sort_key))
    found += [
        ActionItem("sessions", branch.name, branch.code, days)
        for branch, days in asked[:MOST_UNRECONCILED]
    ]
    for place, remaining in sorted(almost, key=lambda pair: pair[1])[:MOST_ALMOST]:
        found.append(ActionItem("almost", place.name, place.code, remaining))
    return tuple(found)
