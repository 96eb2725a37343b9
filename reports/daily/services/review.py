"""Reports are approved, or returned with a reason; all that were asked for, or none."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.count_validation import Errors
from campaign.models import Appointment, Branch, LateEntryGrant
from campaign.permissions import Permission, roles_with
from campaign.reporting_window import rules_on
from campaign.scopes import scope_of
from campaign.services.dirty_days import mark_dirty
from campaign.services.enqueue_rollup import enqueue_rollup
from campaign.services.grants import reopen_day
from campaign.states import locked_words
from core import clock
from core.validators import clean_note
from reports.daily.counted_versions import Counted, counted_versions
from reports.daily.hamlets import beside_sessions
from reports.daily.models import DailyReport, Revision, Source, Status
from reports.daily.notices import RETURNED
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.revisions import record_revision
from reports.notifications.outbox import enqueue

MOST = 500


class Decision(models.TextChoices):
    """What a reviewer says about a report."""

    APPROVE = "approve", gettext_lazy("Duyệt")
    RETURN = "return", gettext_lazy("Trả lại để sửa")


BECOMES = {Decision.APPROVE: Status.APPROVED, Decision.RETURN: Status.RETURNED}


@dataclass(frozen=True)
class Conflict:
    """A report that does not stand as the reviewer saw it, and its last revision."""

    report: DailyReport
    last: Revision | None


class ReviewConflict(Exception):
    """Some reports have changed or are locked; nothing was decided about any of them."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        is_locked = all(c.report.status == Status.LOCKED for c in conflicts)
        super().__init__(
            _("Báo cáo đã khóa. Mở lại ngày đó cho đơn vị rồi mới trả lại để sửa.")
            if is_locked
            else _("Có báo cáo vừa được người khác xử lý hoặc sửa số. Xem lại rồi quyết định.")
        )
        self.conflicts = conflicts


def review_reports(
    *, actor: User, seen: Mapping[UUID, int], decision: str, reason: str = ""
) -> list[DailyReport]:
    """Approve or return the reports of ``seen``, whose values are the versions that were seen.

    Returns them as they now stand, in the order given. Raises, in this order: ``Http404``
    where one lies outside the actor's scope, ``PermissionDenied`` where the actor may not
    review it, ``InvalidReport`` for values, ``ReviewConflict``. What stands as decided
    already stays as it is; so does what the actor's own lost request has decided.
    """
    _check_right(actor, seen)
    choice, reason = _checked(seen, decision, reason)
    now = clock.now()
    with transaction.atomic():
        found = _locked(seen)
        changing = [r for r in found if not _is_done(r, seen[r.pk], actor, choice, reason)]
        granted = _granted(changing, now)
        conflicts = [
            report
            for report in changing
            if report.version != seen[report.pk]
            or (report.status == Status.LOCKED and _day_of(report) not in granted)
        ]
        if conflicts:
            raise ReviewConflict(_with_last(conflicts))
        fallbacks = fallbacks_of(changing) if choice is Decision.RETURN else {}
        _refuse_beside_sessions(changing, choice, fallbacks)
        _refuse_locked(changing)
        if choice is Decision.RETURN:
            _open_days(actor, changing, granted, reason, now)
        for report in changing:
            _decide(report, choice, reason, now, fallbacks.get(report.pk))
        if choice is Decision.RETURN:
            _tell_secretaries(changing)
        for report in changing:
            record_revision(report, actor=actor, source=Source.REVIEW, at=now, reason=reason)
        if changing:
            transaction.on_commit(enqueue_rollup)
    by_id = {report.pk: report for report in found}
    return [by_id[pk] for pk in seen]


def _check_right(actor: User, seen: Mapping[UUID, int]) -> None:
    """Tell outside the scope from inside without the right."""
    visible = DailyReport.objects.visible_to(actor).filter(pk__in=list(seen))
    paths = visible.select_related("branch__home_unit")
    if len(paths) != len(seen):
        raise Http404
    scope = scope_of(actor)
    if not scope.may(Permission.LEAD):
        raise PermissionDenied
    if not all(scope.may(Permission.LEAD, unit=r.branch.home_unit) for r in paths):
        raise PermissionDenied


def _checked(seen: Mapping[UUID, int], decision: str, reason: str) -> tuple[Decision, str]:
    errors: Errors = {}
    if not seen:
        errors["reports"] = [_("Chưa chọn báo cáo nào. Đánh dấu ít nhất một báo cáo.")]
    if len(seen) > MOST:
        errors["reports"] = [_("Mỗi lần nhiều nhất %(most)s báo cáo. Chia ra.") % {"most": MOST}]
    if decision not in Decision.values:
        errors["decision"] = [_("Chọn duyệt hoặc trả lại.")]
    try:
        reason = clean_note(reason)
        if decision == Decision.RETURN and not reason:
            errors["reason"] = [_("Ghi lý do trả lại, để bí thư biết cần sửa gì.")]
    except ValidationError as error:
        errors["reason"] = error.messages
    if errors:
        raise InvalidReport(errors)
    return Decision(decision), reason


def _locked(seen: Mapping[UUID, int]) -> list[DailyReport]:
    """Return the reports, locked in one order: branches first, as in ``submit_report``."""
    reports = DailyReport.objects.filter(pk__in=list(seen))
    branches = reports.order_by().values("branch_id")
    list(Branch.objects.select_for_update(no_key=True).filter(pk__in=branches).order_by("pk"))
    return list(
        reports.select_related("campaign", "branch__home_unit", "unit")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def _refuse_locked(reports: Sequence[DailyReport]) -> None:
    """Refuse a decision about a campaign that is closed: nothing of it is changed any more."""
    found = {locked_words(r.campaign.state, r.campaign.name) for r in reports} - {""}
    if found:
        raise InvalidReport({"reports": sorted(found)})


def _is_done(
    report: DailyReport, base_version: int, actor: User, choice: Decision, reason: str
) -> bool:
    """Whether the decision stands already: by anybody as seen, or by the actor just now."""
    is_same_reason = choice is Decision.APPROVE or report.return_reason == reason
    is_so = report.status == BECOMES[choice] and is_same_reason
    if report.version == base_version:
        return is_so
    # The answer was lost; the day may have been locked since.
    was_so = choice is Decision.APPROVE and report.status == Status.LOCKED
    decided = report.version - 1 if was_so else report.version
    if not (is_so or was_so) or decided != base_version + 1:
        return False
    revisions = Revision.objects.filter(report=report, version=decided)
    return revisions.filter(actor=actor, source=Source.REVIEW, reason=reason).exists()


Day = tuple[int, int, dt.date]


def _day_of(report: DailyReport) -> Day:
    return report.campaign_id, report.branch_id, report.date


def _granted(reports: Sequence[DailyReport], now: dt.datetime) -> set[Day]:
    """Return which days of which branches are open by a grant (one query)."""
    grants = LateEntryGrant.objects.existing(now).filter(branch__in={r.branch_id for r in reports})
    return set(grants.values_list("campaign_id", "branch_id", "date"))


def _open_days(
    actor: User,
    reports: Sequence[DailyReport],
    granted: set[Day],
    reason: str,
    now: dt.datetime,
) -> None:
    """Open each closed day again: who has to correct a report must be able to."""
    prefetch_related_objects([report.campaign for report in reports], "phases")
    for report in reports:
        is_past = now > rules_on(report.campaign, report.date).closes_at
        if is_past and _day_of(report) not in granted:
            reopen_day(
                actor=actor,
                campaign=report.campaign,
                branch=report.branch,
                day=report.date,
                reason=reason,
            )
            granted.add(_day_of(report))


def fallbacks_of(reports: Sequence[DailyReport]) -> dict[UUID, Counted | None]:
    """Return by id what counts of the reports once they are returned (one query)."""
    revisions = Revision.objects.filter(report__in=reports).order_by("report", "version")
    contents: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for pk, content in revisions.values_list("report_id", "content"):
        contents[pk].append(content)
    returned = {"status": Status.RETURNED}
    return {pk: counted_versions([*of, returned])[-1] for pk, of in contents.items()}


def _refuse_beside_sessions(
    reports: Sequence[DailyReport], choice: Decision, fallbacks: Mapping[UUID, Counted | None]
) -> None:
    """Raise ``InvalidReport`` where what counts after the decision would be counted twice."""
    problems = []
    for report in reports:
        counts, _is_approved = fallbacks.get(report.pk) or ({}, False)
        if choice is Decision.APPROVE:
            counts = report.counts
        if problem := beside_sessions(report.day, counts):
            problems.append(f"{report.unit.name}: {problem}")
    if problems:
        raise InvalidReport({"reports": problems})


def _decide(
    report: DailyReport,
    choice: Decision,
    reason: str,
    now: dt.datetime,
    fallback: Counted | None,
) -> None:
    """Write the decision; when the counts came in does not change."""
    report.status = BECOMES[choice]
    report.return_reason = reason if choice is Decision.RETURN else ""
    report.fallback_counts, report.fallback_approved = fallback or (None, False)
    report.version += 1
    report.save(
        update_fields=["status", "return_reason", "version", "fallback_counts", "fallback_approved"]
    )
    mark_dirty(report, since=now)


def _tell_secretaries(reports: Sequence[DailyReport]) -> None:
    appointments = Appointment.objects.on(clock.today()).filter(
        role__in=roles_with(Permission.REPORT), branch__in={r.branch_id for r in reports}
    )
    people: dict[int | None, list[User]] = {}
    for appointment in appointments.select_related("user"):
        people.setdefault(appointment.branch_id, []).append(appointment.user)
    for report in reports:
        enqueue(
            people.get(report.branch_id, []),
            kind=RETURNED,
            campaign=report.campaign,
            day=report.date,
            about=f"{report.pk}:{report.version}",
            branch=report.branch,
            unit=report.unit,
        )


def _with_last(reports: Sequence[DailyReport]) -> list[Conflict]:
    revisions = Revision.objects.filter(report__in=reports).select_related("actor")
    last = {r.report_id: r for r in revisions.order_by("report", "version")}
    return [Conflict(report, last.get(report.pk)) for report in reports]
