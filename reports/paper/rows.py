"""The rows of the page for typing day sheets in: one sheet a row, each taken in by itself."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.count_fields import CountRow, assign_count_errors, read_counts
from campaign.count_validation import Errors
from campaign.models import Branch, Campaign
from campaign.report_day import ReportDay, read_grants
from campaign.reporting_window import WindowClosed
from campaign.selectors import AT_HOME, IndicatorSet, branches_run_by
from campaign.takes_part import takes_part
from reports.daily.anomalies import AnomalyLabel, anomaly_labels
from reports.daily.models import DailyReport, Explanation, Source
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import VersionConflict, submit_report
from reports.daily.texts import TEXT_NAMES

TAKEN, ASKED, WRONG = "taken", "asked", "wrong"


@dataclass(frozen=True)
class Change:
    """A count that stands and would be another; None is blank."""

    name: str
    before: int | None
    after: int | None


@dataclass
class SheetRow:
    """One branch's row. Blank cells say nothing: what stands of them stays (C17).

    ``existing`` is the report that stands; ``state`` says what came of what was typed, blank
    where nothing was.
    """

    day: ReportDay
    cells: list[CountRow]
    existing: DailyReport | None = None
    report_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    is_none: bool = False
    # The version that stands, where somebody has said that it is to be replaced.
    replaces: str = ""
    explanation: str = ""
    state: str = ""
    problems: list[str] = field(default_factory=list)
    flags: list[AnomalyLabel] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        return _prefix(self.day.branch)

    @property
    def is_typed(self) -> bool:
        return self.is_none or any(cell.value.strip() for cell in self.cells)

    @property
    def is_wrong(self) -> bool:
        return bool(self.problems) or any(cell.error for cell in self.cells)

    @property
    def explanations(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Explanation.choices]

    def read(self, data: QueryDict) -> None:
        read_counts(data, self.cells)
        self.is_none = f"{self.prefix}none" in data
        self.replaces = data.get(f"{self.prefix}replace", "")
        self.explanation = data.get(f"{self.prefix}reason", "")
        try:
            self.report_id = str(uuid.UUID(data.get(f"{self.prefix}id", "")))
        except ValueError:
            return

    def show(self, existing: DailyReport | None) -> None:
        self.existing = existing
        for cell in self.cells:
            cell.last = existing.counts.get(cell.indicator.code) if existing else None

    def entry(self) -> ReportInput:
        """Return what the sheet says; a first report covers no session: nobody saw any (C2)."""
        day, existing = self.day, self.existing
        counts = {c.indicator.code: c.count for c in self.cells if c.count is not None}
        # A sheet that says that nothing happened speaks of every count.
        names = {c.indicator.code for c in self.cells} if self.is_none else counts.keys()
        return ReportInput(
            id=uuid.UUID(self.report_id),
            campaign=day.campaign.slug,
            branch=day.branch.code,
            unit=day.unit.code,
            date=day.day,
            counts=counts,
            no_activity=self.is_none,
            names=names,
            texts=dict.fromkeys(TEXT_NAMES),
            explanation=self.explanation,
            base_version=existing.version if existing else 0,
            sessions=None if existing else (),
        )

    def compare(self, entry: ReportInput) -> None:
        """Note which counts that stand the sheet says otherwise."""
        if self.existing is None:
            return
        stands = self.existing.counts
        for cell in self.cells:
            code = cell.indicator.code
            before, after = stands.get(code), entry.counts.get(code)
            if code in (entry.names or ()) and before not in (None, after):
                self.changes.append(Change(cell.indicator.short_name, before, after))
        if self.existing.no_activity != self.is_none and not self.changes:
            self.changes.append(Change(_("Không phát sinh"), None, None))

    def assign_errors(self, errors: Errors) -> None:
        for messages in assign_count_errors(errors, self.cells).values():
            self.problems.extend(messages)


def _prefix(branch: Branch) -> str:
    return f"r{branch.pk}-"


def branches_on_paper(user: Any, campaign: Campaign, day: dt.date) -> list[Branch]:
    """Return whose sheets the user prints and types in, in the order of the tree.

    These are the branches of the own scope that take part and are at home in one commune.
    """
    found = [
        branch.on(day)
        for branch in branches_run_by(user, day)
        if branch.home_unit.level in AT_HOME and takes_part(campaign, branch, day)
    ]
    return sorted(found, key=lambda b: b.path)


def rows_of(
    campaign: Campaign, branches: Sequence[Branch], indicators: IndicatorSet, day: dt.date
) -> list[SheetRow]:
    """Return a row for each branch with what stands of its day (one query, and one for grants)."""
    days = [ReportDay(campaign, branch, branch.home_unit, day) for branch in branches]
    reports = DailyReport.objects.filter(campaign=campaign, date=day, branch__in=branches)
    found = {(report.branch_id, report.unit_id): report for report in reports}
    rows = []
    for one in days:
        one.indicators = indicators
        cells = [CountRow(i, prefix=f"{_prefix(one.branch)}n-") for i in indicators.entered]
        row = SheetRow(one, cells)
        row.show(found.get((one.branch.pk, one.unit.pk)))
        rows.append(row)
    if days:
        read_grants(days)
    return rows


def refusal_of(rows: Sequence[SheetRow]) -> str:
    """Return why the day takes no counts of any row; blank where it takes some."""
    if not rows or any(row.day.takes_counts for row in rows):
        return ""
    try:
        rows[0].day.check_takes_counts()
    except WindowClosed as error:
        return str(error)
    return ""


def take_row(*, actor: User, row: SheetRow) -> None:
    """Send what was typed through the one door; say on the row what is to be seen to.

    Counts that stand are replaced, and unusual ones taken, once somebody has said so.
    """
    if not row.is_typed:
        return
    row.state = WRONG
    if row.is_wrong:
        return
    entry = row.entry()
    row.compare(entry)
    if row.existing is not None and row.replaces == str(row.existing.version):
        row.changes = []
    try:
        if not entry.explanation:
            tried, _outcome = submit_report(
                actor=actor, entry=entry, source=Source.PAPER, dry_run=True
            )
            named = [one for one in tried.unusual if one["code"] in ("", *entry.counts)]
            row.flags = anomaly_labels(named, row.day.indicators)
        if row.flags or row.changes:
            row.state = ASKED
            return
        report, _outcome = submit_report(actor=actor, entry=entry, source=Source.PAPER)
    except InvalidReport as error:
        row.assign_errors(error.errors)
    except WindowClosed as error:
        row.problems.append(str(error))
    except VersionConflict as error:
        row.show(error.current)
        row.compare(entry)
        row.state = ASKED
        row.problems.append(str(error))
    except (Http404, PermissionDenied):
        row.problems.append(_("Đơn vị này không thuộc phạm vi của bạn."))
    else:
        _clear(row, report)


def _clear(row: SheetRow, report: DailyReport) -> None:
    """Show what stands now, and blank cells for what may still come."""
    row.show(report)
    row.state, row.is_none, row.explanation = TAKEN, False, ""
    for cell in row.cells:
        cell.show(None)
