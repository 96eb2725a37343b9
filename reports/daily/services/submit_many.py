"""Many reports through the one door at once, all of them or none."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.known_settings import KnownSettings, current_settings
from campaign.models import Branch, Campaign, Level, Unit
from campaign.report_day import ReportDay, read_grants
from campaign.reporting_window import WindowClosed, rules_on
from campaign.scopes import scope_of
from campaign.services.dirty_days import mark_dirty
from campaign.services.enqueue_rollup import enqueue_rollup
from core import clock
from core.collecting import without_collecting
from reports.daily.anomalies import Expectations
from reports.daily.models import DailyReport, Source
from reports.daily.reconciliation import Counts
from reports.daily.services.bulk_write import correct_reports, insert_reports
from reports.daily.services.present import Present, id_is_taken
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.revisions import record_revisions
from reports.daily.services.submit import Outcome, VersionConflict, weigh
from volunteers.sessions.models import SupportSession

Problem = Http404 | PermissionDenied | InvalidReport | WindowClosed | VersionConflict
PROBLEMS = (Http404, PermissionDenied, InvalidReport, WindowClosed, VersionConflict)
# How often it is said how far one is.
STEP = 100


@dataclass
class Weighed:
    """One of many: what came of it, beside what stood there.

    ``report`` is the report as it is kept, or would be; ``version`` is the one that stood before
    it, 0 for none, and ``counts`` its counts. ``closed`` are the closed sessions of its day.
    """

    entry: ReportInput
    report: DailyReport | None = None
    outcome: Outcome | None = None
    problem: Problem | None = None
    version: int = 0
    counts: Counts | None = None
    was_none: bool = False
    closed: Sequence[SupportSession] = ()


class NotTaken(Exception):
    """Something is wrong with one of them, so that none was taken; ``lines`` say with which."""

    def __init__(self, lines: list[Weighed]) -> None:
        super().__init__("reports not taken")
        self.lines = lines


def submit_reports(
    *,
    actor: User,
    campaign: Campaign,
    entries: Sequence[ReportInput],
    source: Source,
    dry_run: bool = False,
    on_step: Callable[[int], None] = lambda _done: None,
) -> list[Weighed]:
    """Take reports of one campaign in, each as ``submit_report`` would; all or nothing.

    Two of one branch, unit and day, or of one id, are refused both. What they need is read for
    all at once. They are weighed before their branches are locked, so that nobody else waits for
    it, and again if something has changed by then. Raises ``NotTaken``; a ``dry_run`` instead
    returns what is wrong with the lines, and neither locks nor keeps anything.
    """
    with without_collecting(), transaction.atomic():
        settings = current_settings(campaign)
        days = _find_days(actor, settings, entries)
        before = None if dry_run else _stamp(entries, days)
        lines = _weigh_all(entries, days, is_asked=dry_run, on_step=on_step)
        if dry_run:
            return lines
        if not any(line.problem for line in lines):
            has_changed = _lock(entries, days) != before
            if (now := current_settings(campaign)) is not settings:
                days, has_changed = _find_days(actor, now, entries), True
            if has_changed:
                lines = _weigh_all(entries, days, is_asked=False, on_step=on_step)
        if any(line.problem for line in lines):
            raise NotTaken(lines)
        _write(lines, actor, source)
        transaction.on_commit(enqueue_rollup)
    return lines


def _lock(entries: Sequence[ReportInput], days: Sequence[ReportDay | Problem]) -> object:
    """Lock the branches of the days and their reports, and then say what stands there."""
    # In one order, so that two who send much wait for each other only.
    locked = Branch.objects.filter(pk__in={d.branch.pk for d in days if isinstance(d, ReportDay)})
    list(locked.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    reports = _reports_of(entries, days)
    list(reports.select_for_update().order_by("pk").values_list("pk"))
    return _stamp(entries, days)


def _stamp(entries: Sequence[ReportInput], days: Sequence[ReportDay | Problem]) -> object:
    """Return what changes with the reports and the closed sessions of the days (three queries)."""
    reports = _reports_of(entries, days).values_list("pk", "version", "status")
    sessions = SupportSession.objects.closed().filter(**_asked(days))
    closed = sessions.values_list("pk", "unit", "counts")
    return set(reports), {(*place, repr(counts)) for *place, counts in closed}


def _reports_of(
    entries: Sequence[ReportInput], days: Sequence[ReportDay | Problem]
) -> QuerySet[DailyReport]:
    """Return the reports of the days, and those that bear an id of the entries elsewhere.

    Reads the latter's ids (one query).
    """
    asked = _asked(days)
    ids = RawSQL("SELECT unnest(%s::uuid[])", [[entry.id for entry in entries]])
    elsewhere = DailyReport.objects.filter(pk__in=ids).exclude(**asked).values_list("pk", flat=True)
    return DailyReport.objects.filter(Q(**asked) | Q(pk__in=list(elsewhere)))


def _asked(days: Sequence[ReportDay | Problem]) -> dict[str, Any]:
    owned = [day for day in days if isinstance(day, ReportDay)]
    return {
        "campaign__in": {day.campaign.pk for day in owned},
        "branch__in": {day.branch.pk for day in owned},
        "date__in": {day.day for day in owned},
    }


def _find_days(
    actor: User, settings: KnownSettings, entries: Sequence[ReportInput]
) -> list[ReportDay | Problem]:
    """Return the days of the entries, or why they are not the actor's (three queries)."""
    codes = {entry.branch for entry in entries}
    found = (
        Branch.objects.visible_to(actor).filter(code__in=codes).select_related("home_unit__parent")
    )
    branches: dict[str, list[Branch]] = defaultdict(list)
    for branch in found.order_by(F("opened_on").desc(nulls_last=True), "-pk"):
        branches[branch.code].append(branch)
    every = [branch for of_code in branches.values() for branch in of_code]
    named = {entry.unit for entry in entries} - {branch.home_unit.code for branch in every}
    bearers: dict[str, list[Unit]] = defaultdict(list)
    for unit in Unit.objects.visible_to(actor).filter(code__in=named).select_related("parent"):
        bearers[unit.code].append(unit)
    scope, now, campaign = scope_of(actor), clock.now(), settings.campaign
    own = {branch.pk for branch in every if scope.may_report_for(branch)}
    rules = {day: rules_on(campaign, day) for day in {entry.date for entry in entries}}

    def day_of(entry: ReportInput) -> ReportDay | Problem:
        of_code = branches.get(entry.branch)
        if not of_code:
            return Http404()
        branch = next((b for b in of_code if b.exists_on(entry.date)), of_code[0])
        unit: Unit | None = branch.home_unit
        if entry.unit and entry.unit != branch.home_unit.code:
            unit = next((u for u in bearers[entry.unit] if u.exists_on(entry.date)), None)
        if unit is None:
            return Http404()
        if branch.pk not in own:
            return PermissionDenied()
        day = ReportDay(campaign, branch, unit, entry.date, now)
        day.indicators, day.rules = settings.indicators, rules[entry.date]  # those of all of them
        return day

    days = [day_of(entry) for entry in entries]
    keys = [day.key if isinstance(day, ReportDay) else None for day in days]
    of_a_day, of_an_id = Counter(keys), Counter(entry.id for entry in entries)

    def once(entry: ReportInput, day: ReportDay | Problem) -> ReportDay | Problem:
        if not isinstance(day, ReportDay):
            return day
        if of_a_day[day.key] > 1:
            return InvalidReport({"date": [_("Đơn vị và ngày này có hai lần. Chỉ gửi một.")]})
        if of_an_id[entry.id] > 1:
            return InvalidReport({"id": [_("Mã này có hai lần. Mỗi báo cáo một mã.")]})
        return day

    return [once(entry, day) for entry, day in zip(entries, days, strict=True)]


def _read(
    entries: Sequence[ReportInput], days: Sequence[ReportDay | Problem]
) -> tuple[dict[ReportDay, Present], Expectations]:
    """Return what stands on the days: reports, closed sessions, grants, and what is usual."""
    owned = [day for day in days if isinstance(day, ReportDay)]
    expected = Expectations(owned)
    if not owned:
        return {}, expected
    read_grants(owned)
    asked, reports = _asked(days), list(_reports_of(entries, days))
    reports_by_key = {(r.campaign_id, r.branch_id, r.unit_id, r.date): r for r in reports}
    reports_by_id = {report.pk: report for report in reports}
    closed: dict[tuple[object, ...], list[SupportSession]] = defaultdict(list)
    for session in SupportSession.objects.closed().filter(**asked).order_by("begins_at", "pk"):
        key = session.campaign_id, session.branch_id, session.unit_id, session.date
        closed[key].append(session)
    presents = {}
    for entry, day in zip(entries, days, strict=True):
        if not isinstance(day, ReportDay):
            continue
        commune = (day.campaign.pk, day.branch.pk, day.unit.parent_id, day.day)
        around = closed.get(commune, []) if day.unit.level == Level.HAMLET else []
        report = reports_by_id.get(entry.id) or reports_by_key.get(day.key)
        presents[day] = present = Present(day, report, around=around, expects=expected.of)
        present.closed = closed.get(day.key, [])
    return presents, expected


def _weigh_all(
    entries: Sequence[ReportInput],
    days: Sequence[ReportDay | Problem],
    *,
    is_asked: bool,
    on_step: Callable[[int], None],
) -> list[Weighed]:
    """Weigh the days in their order, so that each is held against those before it in the file."""
    presents, expected = _read(entries, days)
    lines = [Weighed(entry) for entry in entries]
    order = sorted(range(len(entries)), key=lambda number: entries[number].date)
    for done, number in enumerate(order):
        if done % STEP == 0:
            on_step(done)
        line, day = lines[number], days[number]
        if not isinstance(day, ReportDay):
            line.problem = day
            continue
        present = presents[day]
        line.closed = present.closed
        if present.report is not None and present.report.branch_id != day.branch.pk:
            line.problem = id_is_taken()
            continue
        if present.report is not None:
            line.version, line.counts = present.report.version, dict(present.report.counts)
            line.was_none = present.report.no_activity
        try:
            line.report, line.outcome = weigh(line.entry, present, is_asked=is_asked)
        except PROBLEMS as problem:
            line.problem = problem
            continue
        expected.add(line.report)
    return lines


def _write(lines: Sequence[Weighed], actor: User, source: Source) -> None:
    new = [line.report for line in lines if line.report and line.outcome is Outcome.CREATED]
    corrected = [line.report for line in lines if line.report and line.outcome is Outcome.CHANGED]
    try:
        insert_reports(new)
    except IntegrityError as error:
        raise NotTaken(list(lines)) from error
    correct_reports(corrected)
    changed = new + corrected
    if changed:
        at = changed[0].received_at
        mark_dirty(*changed, since=at)
        record_revisions(changed, actor=actor, source=source, at=at)
