"""``submit_report``: the only door through which counts come in."""

import datetime as dt
from enum import Enum
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.known_settings import known_settings
from campaign.models import Branch
from campaign.report_day import ReportDay
from campaign.reporting_window import Rules, WindowClosed
from campaign.services.dirty_days import mark_dirty
from campaign.services.enqueue_rollup import enqueue_rollup
from core import clock
from reports.daily.anomalies import Anomaly, judge
from reports.daily.models import DailyReport, Lateness, Source, Status
from reports.daily.reconciliation import (
    Counts,
    Covered,
    covered_by,
    question_of,
    with_people,
)
from reports.daily.services.present import Present, id_is_taken, lock_present
from reports.daily.services.report_input import (
    InvalidReport,
    ReportInput,
    check_not_below_sessions,
    validated_content,
)
from reports.daily.services.revisions import content_of, record_revision
from reports.daily.texts import TEXT_NAMES, missing_texts
from volunteers.sessions.selectors.session_outcomes import closed_sessions

# What is kept of what stands where nothing stands yet.
_NOTHING: dict[str, Any] = {"counts": {}, "explanation": "", **dict.fromkeys(TEXT_NAMES, "")}


class Outcome(Enum):
    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


class VersionConflict(Exception):
    """Another version stands; ``current`` is it, ``yours`` what was sent."""

    def __init__(self, current: DailyReport, yours: ReportInput) -> None:
        super().__init__(_("Báo cáo ngày này đã có số khác. So hai bản rồi gửi lại bản đúng."))
        self.current = current
        self.yours = yours


def submit_report(
    *, actor: User, entry: ReportInput, source: Source = Source.API, dry_run: bool = False
) -> tuple[DailyReport, Outcome]:
    """Take a report in; return it as it now stands, and what happened.

    Sent again it is the same report. Raises, in this order: ``Http404`` outside the actor's
    scope, ``PermissionDenied`` inside it without the right, ``InvalidReport`` for values,
    ``WindowClosed``, ``VersionConflict``. The broker is not touched before the transaction
    has ended: a report is taken in without it. ``dry_run`` goes all the way and keeps
    nothing: the page checks with it what the user then confirms. A part greater than its
    whole is unusual to it and not yet an error: the user is asked first.
    """
    settings = known_settings(actor, entry.campaign)
    with transaction.atomic():
        present = lock_present(actor, entry, settings)
        target = present.target
        report, outcome = weigh(entry, present, is_asked=dry_run)
        # For the receipt.
        vars(report)["is_unreconciled"] = question_of(report, present.closed) is not None
        if outcome is Outcome.SAME:
            return report, outcome
        _save(report, outcome)
        mark_dirty(report, since=target.now)
        # Last: with it the leaf is written, and the log has to wait for its commit.
        record_revision(report, actor=actor, source=source, at=target.now)
        transaction.set_rollback(dry_run)
        transaction.on_commit(enqueue_rollup)
    return report, outcome


def weigh(
    entry: ReportInput, present: Present, *, is_asked: bool = False
) -> tuple[DailyReport, Outcome]:
    """Return the report as it is to be kept, not saved, and what happens to it.

    Raises what ``submit_report`` does of values, window and version. ``is_asked`` says that the
    sender is asked about what is unusual before it counts.
    """
    target, report = present.target, present.report
    is_here = report is not None and _key_of(report) == target.key
    there = content_of(report) if report is not None and is_here else _NOTHING
    entry = entry.beside(there["counts"], there["explanation"])
    may_exceed = is_asked or bool(entry.explanation)
    content = validated_content(entry, target, parts_may_exceed=may_exceed, around=present.around)
    content = {n: there[n] if v is None else v for n, v in content.items()}
    if report is not None and is_here and _is_same(report, entry, content, present):
        return report, Outcome.SAME
    corrected = report if is_here else None
    content["covered_sessions"] = covered = _covered(entry, present, corrected)
    content["counts"] = counts = with_people(entry.counts, covered, target)
    check_not_below_sessions(counts, covered, no_activity=entry.no_activity)
    if missing := missing_texts(content, target.campaign, target.day):
        raise InvalidReport(missing)
    target.check_takes_counts()
    content["unusual"] = [one.as_json() for one in _unusual(counts, present)]
    if report is None:
        return _new(entry, target, content), Outcome.CREATED
    if not is_here or entry.base_version != report.version:
        raise VersionConflict(report, entry)
    if report.status == Status.LOCKED and target.grant is None:
        raise WindowClosed(_("Báo cáo này đã khóa. Cần sửa thì báo cấp trên mở lại."))
    _change(report, content, target.now)
    return report, Outcome.CHANGED


class Choice(models.TextChoices):
    """What becomes of sessions that a report does not cover as they are (docs/counting.md C3)."""

    ADD = "add", gettext_lazy("Cộng thêm")
    INCLUDED = "included", gettext_lazy("Đã gồm trong báo cáo")


@transaction.atomic
def reconcile_sessions(
    *, actor: User, report: DailyReport, choice: str, base_version: int
) -> DailyReport:
    """Let a report cover the closed sessions of its day, with what they changed added or as it is.

    A correction like any other, and raises as ``submit_report`` does. Where nothing is left to be
    asked nothing changes.
    """
    if choice not in Choice.values:
        raise InvalidReport({"choice": [_("Chọn cộng thêm, hoặc đã gồm trong báo cáo.")]})
    # Whoever closes a session waits, so that what is added is what is then covered.
    Branch.objects.select_for_update(no_key=True).get(pk=report.branch_id)
    report = DailyReport.objects.select_related("campaign", "branch__home_unit", "unit").get(
        pk=report.pk
    )
    closed = closed_sessions(report.day)
    question = question_of(report, closed)
    if question is None:
        return report
    counts = question.added if choice == Choice.ADD else report.counts
    entry = ReportInput(
        id=report.pk,
        campaign=report.campaign.slug,
        branch=report.branch.code,
        unit=report.unit.code,
        date=report.date,
        counts=counts,
        no_activity=report.no_activity and not any(counts.values()),
        texts=dict.fromkeys(TEXT_NAMES),
        explanation=report.explanation,
        base_version=base_version,
        sessions=[session.pk for session in closed],
    )
    return submit_report(actor=actor, entry=entry, source=Source.SESSION)[0]


def lateness_of(rules: Rules, received: dt.datetime, captured: dt.datetime | None) -> Lateness:
    """Tell on time, late, and written in time but sent late for lack of network."""
    if received <= rules.due_at:
        return Lateness.ON_TIME
    begins = clock.at(rules.day, dt.time.min)
    if captured is not None and begins <= captured <= rules.due_at:
        return Lateness.OFFLINE_LATE
    return Lateness.LATE


def _covered(entry: ReportInput, present: Present, report: DailyReport | None) -> Covered:
    """Return the closed sessions that are covered: those that the sender saw.

    A correction that names none covers what the report covers. The branch is locked, and whoever
    closes a session of it locks it too.
    """
    if report is not None and entry.sessions is None:
        return dict(report.covered_sessions)
    closed, captured, now = present.closed, entry.captured_at, present.target.now
    if entry.sessions is not None:
        return covered_by(s for s in closed if s.pk in entry.sessions)
    return covered_by(s for s in closed if not captured or (s.closed_at or now) <= captured)


def _is_same(
    report: DailyReport, entry: ReportInput, content: dict[str, Any], present: Present
) -> bool:
    """Whether the report says so already and nobody insists: it was sent again."""
    counts = with_people(entry.counts, report.covered_sessions, present.target)
    sent = {**content, "counts": counts, "covered_sessions": report.covered_sessions}
    is_answer = entry.base_version == report.version
    if is_answer and entry.sessions is not None:
        sent["covered_sessions"] = _covered(entry, present, report)
    is_insisted = report.status == Status.RETURNED and is_answer
    return sent == content_of(report) and not is_insisted


def _unusual(counts: Counts, present: Present) -> list[Anomaly]:
    if not any(counts.values()):
        return []
    indicators = present.target.indicators
    reasons = {reason.code for reason in indicators.reasons}
    counts = {code: n for code, n in counts.items() if code not in reasons}
    return judge(counts, present.expected, indicators.wholes, indicators.states)


def _key_of(report: DailyReport) -> tuple[int, int, int, dt.date]:
    return report.campaign_id, report.branch_id, report.unit_id, report.date


def _new(entry: ReportInput, target: ReportDay, content: dict[str, Any]) -> DailyReport:
    if entry.base_version != 0:
        raise InvalidReport(
            {"base_version": [_("Chưa có báo cáo nào để sửa. Gửi với base_version bằng 0.")]}
        )
    return DailyReport(
        id=entry.id,
        campaign=target.campaign,
        branch=target.branch,
        unit=target.unit,
        date=target.day,
        captured_at=entry.captured_at,
        received_at=target.now,
        lateness=lateness_of(target.rules, target.now, entry.captured_at),
        **content,
    )


def _change(report: DailyReport, content: dict[str, Any], now: dt.datetime) -> None:
    """Make a correction of a report; it has to be approved anew."""
    for name, value in content.items():
        setattr(report, name, value)
    report.status, report.return_reason = Status.SUBMITTED, ""
    report.fallback_counts, report.fallback_approved = None, False
    report.version += 1
    report.received_at = now


def _save(report: DailyReport, outcome: Outcome) -> None:
    if outcome is Outcome.CHANGED:
        report.save(update_fields=DailyReport.changing().keys())
        return
    try:
        report.save(force_insert=True)
    except IntegrityError as error:
        # The branch is locked, the id is not: another branch took it at the same moment.
        raise id_is_taken() from error
