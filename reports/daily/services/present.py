"""What stands where a report is to go: read after its branch is locked, in one statement."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.baselines import measure
from campaign.known_settings import KnownSettings, settings_at
from campaign.models import Baseline, BaselineFigure, Level
from campaign.report_day import ReportDay, lock_report_day
from core.changes import tag_of_settings
from reports.daily.anomalies import Expectation, expectation, expectation_of, first_before
from reports.daily.models import DailyReport
from reports.daily.services.report_input import InvalidReport, ReportInput
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.session_outcomes import closed_sessions

FIELDS = DailyReport._meta.concrete_fields
# The report of an id and that of a day, at most two, locked: who locks closed days does not lock
# their branches. Beside them, or beside nothing, what the day's report is held against.
WHAT_STANDS = f"""
WITH there AS MATERIALIZED (
    SELECT {", ".join(f'r."{one.column}"' for one in FIELDS)} FROM reports_dailyreport r
    WHERE r.id = %(id)s OR (r.campaign_id = %(campaign)s AND r.branch_id = %(branch)s
        AND r.unit_id = %(unit)s AND r.date = %(day)s)
    FOR UPDATE
)
SELECT {tag_of_settings("%(campaign)s")}, (
    SELECT jsonb_agg(jsonb_build_array(s.id, s.counts, s.closed_at) ORDER BY s.begins_at, s.id)
    FROM volunteers_supportsession s
    WHERE s.campaign_id = %(campaign)s AND s.branch_id = %(branch)s
    AND s.unit_id = %(unit)s AND s.date = %(day)s AND s.state = 'closed'
), (
    SELECT jsonb_agg(jsonb_build_array(r.date, r.status, r.counts)) FROM reports_dailyreport r
    WHERE r.campaign_id = %(campaign)s AND r.branch_id = %(branch)s
    AND r.unit_id = %(unit)s AND r.date >= %(first)s AND r.date < %(day)s
), (
    SELECT jsonb_agg(jsonb_build_array(f.value, f.past, b.id, b.as_of, b.past))
    FROM campaign_baselinefigure f JOIN campaign_baseline b ON b.id = f.baseline_id
    WHERE f.unit_id = %(bearer)s
), there.*
FROM (VALUES (1)) AS always LEFT JOIN there ON true
"""  # noqa: S608 - our own text


@dataclass
class Present:
    """What stands where a report is to go; what is not given is read where it is needed.

    ``around`` are the closed sessions of the hamlet's commune, None where nobody has read them;
    ``expects`` returns what is usual where there is no ``history``.
    """

    target: ReportDay
    report: DailyReport | None
    history: list[Any] | None = None
    residents: list[Any] = field(default_factory=list)
    around: list[SupportSession] | None = None
    expects: Callable[[ReportDay], Expectation] = expectation

    @cached_property
    def closed(self) -> list[SupportSession]:
        return closed_sessions(self.target)

    @cached_property
    def expected(self) -> Expectation:
        if self.history is None:
            return self.expects(self.target)
        lines = [(dt.date.fromisoformat(day), status, of) for day, status, of in self.history]
        _baseline, known = measure(map(_figure, self.residents), self.target.day)
        return expectation_of(lines, self.target.day, next(iter(known.values()), None))


def lock_present(actor: User, entry: ReportInput, settings: KnownSettings) -> Present:
    """Lock the branch of a report and return what stands there (two queries).

    The branch's row comes first: of two requests at once for a day without a report the second
    waits, and then finds the first one's. ``settings`` may be out of date by then.
    """
    target = lock_report_day(actor, settings, branch=entry.branch, unit=entry.unit, day=entry.date)
    rows = _read(entry, target)
    now = settings_at(rows[0][0], settings)
    if now is not settings:
        is_other = now.campaign.pk != target.campaign.pk
        target.campaign, target.indicators = now.campaign, now.indicators
        if is_other:
            rows = _read(entry, target)
    [(_tag, closed, history, residents), *_more] = [row[:4] for row in rows]
    found = [_report(row[4:]) for row in rows if row[4] is not None]
    same_id = next((report for report in found if report.pk == entry.id), None)
    if same_id is not None and same_id.branch_id != target.branch.pk:
        raise id_is_taken()
    present = Present(target, same_id or next(iter(found), None), history or [], residents or [])
    present.closed = [_session(*one) for one in closed or ()]
    return present


def id_is_taken() -> InvalidReport:
    """Refuse the id of another branch's report: a strange accident, and none of their business."""
    return InvalidReport({"id": [_("Mã báo cáo này đã dùng. Tải lại trang rồi gửi lại.")]})


def _read(entry: ReportInput, target: ReportDay) -> list[Any]:
    unit = target.unit
    with connection.cursor() as cursor:
        cursor.execute(
            WHAT_STANDS,
            {
                "id": entry.id,
                "campaign": target.campaign.pk,
                "branch": target.branch.pk,
                "unit": unit.pk,
                "day": target.day,
                "first": first_before(target.day),
                # A hamlet has no figure of its own, and stands for its commune.
                "bearer": (unit.parent_id if unit.level == Level.HAMLET else None) or unit.pk,
            },
        )
        rows = cursor.fetchall()
    return [(row[0], *(text and json.loads(text) for text in row[1:4]), *row[4:]) for row in rows]


def _report(columns: tuple[Any, ...]) -> DailyReport:
    values = [
        one.from_db_value(value, None, connection) if hasattr(one, "from_db_value") else value
        for one, value in zip(FIELDS, columns, strict=True)
    ]
    return DailyReport.from_db(connection.alias, [one.attname for one in FIELDS], values)


def _session(pk: int, counts: dict[str, int], closed_at: str | None) -> SupportSession:
    moment = dt.datetime.fromisoformat(closed_at) if closed_at else None
    names = ("id", "counts", "closed_at")
    return SupportSession.from_db(connection.alias, names, (pk, counts, moment))


def _figure(row: list[Any]) -> BaselineFigure:
    value, past, pk, as_of, past_of_all = row
    baseline = Baseline(pk=pk, as_of=dt.date.fromisoformat(as_of), past=past_of_all)
    return BaselineFigure(baseline=baseline, unit_id=0, value=value, past=past)
