"""Faults to be planted, one at a time: what the simulator does not find it does not see."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from campaign import reporting_window
from campaign.models import Branch, Campaign, Target, Unit
from campaign.selectors import IndicatorSet
from campaign.services import dirty_days
from campaign.services.settings_change import change
from core.counts import add_up
from reports.daily import hamlets
from reports.daily.models import DailyReport, Status
from reports.daily.reconciliation import covered_by
from reports.daily.services import report_input, review, submit
from reports.dashboards.selectors import completeness, days_of_units
from reports.digests import selectors as digests
from reports.police import lines
from reports.rollup import expected, totals
from reports.rollup.services import rebuild, rollup
from volunteers.sessions.models import SupportSession
from volunteers.sessions.services import session_planning, session_validation, sessions

Patch = Callable[[], Any]


@dataclass(frozen=True)
class Fault:
    name: str
    patch: Patch

    def __str__(self) -> str:
        return self.name.replace(" ", "-")

    @contextmanager
    def planted(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(self.patch())
            yield


def swap(name: str, old: str, new: str, where: Any = rollup) -> Patch:
    """Change an SQL statement; what is no longer in it is no fault."""

    def patch() -> Any:
        statement = getattr(where, name)
        assert old in statement, (name, old)
        return mock.patch.object(where, name, statement.replace(old, new))

    return patch


def put(where: Any, name: str, new: Any) -> Patch:
    return lambda: mock.patch.object(where, name, new)


def rule(name: str, new: str) -> Patch:
    return lambda: mock.patch.dict(rollup.RULES, {name: new})


def wrap(where: Any, name: str, change: Callable[..., Any]) -> Patch:
    """Let ``change`` be called instead, with what it stands in for first."""
    true = getattr(where, name)
    return put(where, name, lambda *args, **given: change(true, *args, **given))


def not_atomic(name: str) -> Patch:
    return put(rollup, name, vars(getattr(rollup, name))["__wrapped__"])


def nothing(*_args: Any, **_given: Any) -> int:
    return 0


def _stale_page_wins(true: Any, *, actor: Any, entry: Any, **given: Any) -> Any:
    try:
        return true(actor=actor, entry=entry, **given)
    except submit.VersionConflict as conflict:
        again = {**vars(entry), "base_version": conflict.current.version}
        return true(actor=actor, entry=report_input.ReportInput(**again), **given)


def _keeps_status(true: Any, report: DailyReport, *args: Any) -> None:
    status = report.status
    true(report, *args)
    if status == Status.APPROVED:
        report.status = status
        report.save()


def _adds_whole_session(true: Any, report: DailyReport, closed: Any) -> Any:
    question = true(report, closed)
    if question is None:
        return None
    counts = add_up([report.counts, *covered_by(closed).values()])
    return type(question)(**{**vars(question), "added": counts})


def _forgets_cancelled(true: Any, report: DailyReport, closed: Any) -> Any:
    closed = list(closed)
    return true(report, closed) if closed else None


def _keeps_counts(true: Any, **given: Any) -> Any:
    before = SupportSession.objects.get(pk=given["session"].pk)
    after = true(**given)
    if after.version != before.version:
        after.state, after.counts, after.headcount = before.state, before.counts, before.headcount
        after.participations, after.closed_at = before.participations, before.closed_at
        after.save()
    return after


def _loses_one(true: Any, cursor: Any, tree: Any, days: Any, now: Any, *, has_states: bool) -> None:
    true(cursor, tree, days[:-1] if len(days) > 3 else days, now, has_states=has_states)


def _ignores_what_is_taken_off(true: Any, self: IndicatorSet, counts: Any) -> Any:
    whole = true(self, counts)
    if "activated" in whole:
        whole["activated"] = counts.get("level1", 0) + counts.get("level2", 0)
    return whole


def _of_reported(true: Any, *args: Any) -> Any:
    return true(*args[:-1], "reported")


def _forgets_last_day(
    true: Any, tree: Any, campaign: Any, nodes: Any, last: Any, basis: str
) -> Any:
    return true(tree, campaign, nodes, campaign.ends_on, basis)


def _without_returned(true: Any, *args: Any) -> Any:
    return [row for row in true(*args) if not row[-1]]


def _ever_open(true: Any, self: Any, branch: Any, day: Any) -> bool:
    branch.opened_on = branch.closed_on = None
    return bool(true(self, branch, day))


def _falls_back_on_itself(true: Any, reports: Any) -> Any:
    return {r.pk: (r.counts, False) for r in reports}


def _fallback_not_approved(true: Any, reports: Any) -> Any:
    return {pk: f and (f[0], False) for pk, f in true(reports).items()}


def _silences_elsewhere() -> Any:
    same = rollup.REMAKE_DAYS
    for alias in "rs":
        same = same.replace(
            f"{alias}.branch_id, {alias}.unit_id, {alias}.date", f"{alias}.branch_id, {alias}.date"
        )
    assert same != rollup.REMAKE_DAYS
    return mock.patch.object(rollup, "REMAKE_DAYS", same)


HOSTED = "AND s.state <> 'cancelled'"
SILENCED = "AND {counted} IS NOT NULL"

FAULTS = (
    # One outcome, taken whole (C1)
    Fault(
        "report and sessions added", swap("REMAKE_DAYS", "WHERE NOT EXISTS", "WHERE TRUE OR EXISTS")
    ),
    Fault(
        "sessions never counted", swap("REMAKE_DAYS", "s.state = 'closed'", "s.state = 'planned'")
    ),
    Fault("returned report silences sessions", swap("REMAKE_DAYS", SILENCED, "")),
    Fault("sessions of another place silenced", _silences_elsewhere),
    # Reports and the sessions that they cover (C2, C3, C18)
    Fault("stale page wins", wrap(submit, "submit_report", _stale_page_wins)),
    Fault("resent report is a correction", put(submit, "_is_same", lambda *_args: False)),
    Fault("whole session added again", wrap(submit, "question_of", _adds_whole_session)),
    Fault("cancelled session not asked about", wrap(submit, "question_of", _forgets_cancelled)),
    Fault("report below its sessions", put(submit, "check_not_below_sessions", nothing)),
    Fault("what is below zero is taken", put(report_input, "check_counts", lambda *_a, **_g: {})),
    # Approved and returned (C8, C9)
    Fault("returned counts", rule("counted", "r.counts")),
    Fault("everything is approved", rule("is_approved", "(r.status = ANY(%(approved)s) OR TRUE)")),
    Fault(
        "approved before it was returned is lost",
        rule("is_approved", "(r.status = ANY(%(approved)s))"),
    ),
    Fault("locked is not approved", put(rollup, "APPROVED_BASIS", ("approved",))),
    Fault("correction stays approved", wrap(submit, "_change", _keeps_status)),
    Fault("falls back on what was returned", wrap(review, "fallbacks_of", _falls_back_on_itself)),
    Fault("falls back unapproved", wrap(review, "fallbacks_of", _fallback_not_approved)),
    Fault("returned is silent", wrap(completeness, "_arrivals", _without_returned)),
    # Expected and received (C11-C13)
    Fault("closed branch expected", wrap(expected.Expected, "is_expected", _ever_open)),
    Fault(
        "heard once a commune",
        swap("REMAKE_DAYS", "count(DISTINCT r.branch_id)", "count(r.branch_id)"),
    ),
    Fault("heard without being asked", swap("REMAKE_DAYS", "WHERE daily OR hosts", "")),
    Fault("cancelled session expects", swap("REMAKE_DAYS", HOSTED, "")),
    Fault("heard on days off", put(totals, "RECEIVED_UNSCHEDULED", totals.RECEIVED)),
    # Sums (C14, C15)
    Fault("parent not told", swap("PARENTS", "node.parent_id IS NOT NULL", "FALSE")),
    Fault("home not told", swap("SPREAD", "(NULL, b.home_unit_id),", "")),
    Fault(
        "branch not told",
        swap(
            "SPREAD",
            "(NULL, changed.unit_id), (NULL, b.home_unit_id), (b.id, NULL)",
            "(NULL::bigint, changed.unit_id), (NULL, b.home_unit_id)",
        ),
    ),
    Fault(
        "approved to date is the reported",
        swap("ADD_UP_DAYS", "array_agg(approved)", "array_agg(reported)"),
    ),
    Fault("day is added to date again", swap("REMAKE_DAYS", "SELECT -1, *", "SELECT 0, *")),
    Fault("count gone blank is zero to date", swap("REMAKE_DAYS", "has_blanks OR ", "")),
    Fault(
        "approved children are the reported",
        swap("REMAKE_DAYS", "t.reported, t.approved", "t.reported, t.reported"),
    ),
    # What stands (C28)
    Fault("day after not told", swap("SPREAD", " UNION ALL {later}", "")),
    Fault("what stands adds up", put(rollup, "BY_STEPS", rollup.WHOLE)),
    Fault(
        "approved goes by the reported",
        lambda: mock.patch.dict(
            rollup.BY_STEPS, approved=rollup.BY_STEPS["approved"].replace(".approved", ".reported")
        ),
    ),
    Fault("one of many days forgotten", wrap(rollup, "recompute", _loses_one)),
    Fault(
        "rebuild forgets sessions",
        swap("OUTCOMES", "state = 'closed'", "state = 'planned'", rebuild),
    ),
    Fault(
        "derived without what is taken off",
        wrap(IndicatorSet, "complete", _ignores_what_is_taken_off),
    ),
    Fault("to date runs on", wrap(totals, "sums_to_date", _forgets_last_day)),
    # Workers
    Fault("kill loses days", not_atomic("drain_batch")),
    # Nobody tells the roll-up
    Fault("report tells nobody", put(submit, "mark_dirty", nothing)),
    Fault("review tells nobody", put(review, "mark_dirty", nothing)),
    Fault("closing tells nobody", put(sessions, "mark_dirty", nothing)),
    Fault("reopened session goes on counting", wrap(sessions, "reopen_session", _keeps_counts)),
    Fault("planning tells nobody", put(session_planning, "mark_dirty", nothing)),
    Fault("settings tell nobody", put(dirty_days, "mark_nodes_dirty", nothing)),
    Fault("settings leave reports outside", put(change, "refuse_strays", nothing)),
    # Settings that are read when something is shown or sent
    Fault("phases ignored", put(reporting_window, "phases_of", lambda _campaign: [])),
    Fault("targets ignored", put(totals, "targets_of", lambda *_args: totals.Targets())),
    Fault("target of today for every day", put(Target, "on", lambda target, _day: target)),
    Fault("rules of today for every day", put(Campaign, "on", lambda campaign, _day: campaign)),
    Fault("who reports today has always", put(Branch, "on", lambda branch, _day: branch)),
    Fault("unit that is gone takes reports", put(Unit, "exists_on", lambda *_args: True)),
    Fault("hamlet beside its commune", put(hamlets, "closed_sessions", lambda _day: [])),
    Fault("session beside a hamlet of its commune", put(sessions, "_closing_checks", [])),
    Fault("session of nobody", put(session_validation, "_check_existing", nothing)),
    # Pages, file, digest
    Fault("police file of the other basis", wrap(lines, "statement_of", _of_reported)),
    Fault("digest says all is approved", wrap(digests, "_line", _of_reported)),
    Fault(
        "dashboard hears on days off", put(days_of_units, "RECEIVED_UNSCHEDULED", totals.RECEIVED)
    ),
)
