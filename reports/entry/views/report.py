"""The daily report: form, check-answers, receipt."""

import uuid
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from campaign.addresses import lead_to, page_campaign
from campaign.count_fields import CountRow, assign_errors, read_counts, summary
from campaign.reporting_window import WindowClosed
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, indicators_of
from campaign.trials import trial_links
from core import clock
from core.counts import add_up
from core.vietnamese import one_line
from reports.daily.anomalies import anomaly_labels
from reports.daily.models import DailyReport, Explanation, Source
from reports.daily.reconciliation import question_of
from reports.daily.selectors import find_report
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import VersionConflict, submit_report
from reports.daily.texts import asking_on
from reports.dashboards.selectors.progress import progress_of_branch
from reports.entry.forms import ReportForm
from reports.entry.offline_snapshot import snapshot_for
from reports.entry.report_target import ReportTarget, read_target
from reports.entry.views.pwa import WORDS
from reports.notifications.contact_points import is_unreached
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.session_outcomes import closed_sessions

FORM = "reports/entry/report_form.html"
CHECK = "reports/entry/report_check.html"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    target = read_target(request)
    rows = [CountRow(indicator) for indicator in target.report_day.indicators.typed]
    existing = target.summary.report_of(target.report_day)
    asking = asking_on(target.report_day.campaign, target.report_day.day)
    if request.method == "GET":
        counts = existing.counts if existing else target.sessions.outcome
        for row in rows:
            row.show(counts.get(row.indicator.code))
        return _page(request, FORM, target, rows, ReportForm.blank(existing, _ids(target), asking))
    form = ReportForm.sent(request.POST, existing, asking)
    read_counts(request.POST, rows)
    is_right = form.is_valid() and target.is_chosen and not any(row.error for row in rows)
    if "back" in request.POST or not is_right:
        return _page(request, FORM, target, rows, form)
    return _take_in(request, target, rows, form)


def _take_in(
    request: HttpRequest, target: ReportTarget, rows: list[CountRow], form: ReportForm
) -> HttpResponse:
    """Check the report by the rules of the one door; keep it if it is confirmed."""
    user: Any = request.user
    day = target.report_day
    unseen = _closed_since(target, form)
    if unseen:
        form = ReportForm(dict(form.data.items()) | {"sessions": _ids(target)}, asking=form.asking)
        form.is_valid()
        for session in unseen:
            form.add_error(None, _about_closed(session, day.indicators))
        return _page(request, FORM, target, rows, form)
    is_confirmed = "confirm" in request.POST
    entry = ReportInput(
        campaign=day.campaign.slug,
        branch=day.branch.code,
        unit=day.unit.code,
        date=day.day,
        counts={row.indicator.code: row.count for row in rows if row.count is not None},
        **form.entry_fields(),
    )
    try:
        if not (is_confirmed and entry.explanation):
            asked = _rehearse(user, entry, DailyReport.objects.of_day(day).first())
            if asked.unusual or not is_confirmed:
                return _page(request, CHECK, target, rows, form, asked=asked)
        saved, _outcome = submit_report(actor=user, entry=entry, source=Source.PAGE)
        return lead_to(request, "receipt", saved.pk)
    except InvalidReport as error:
        assign_errors(error.errors, form, rows)
    except WindowClosed as error:
        form.add_error(None, str(error))
    except VersionConflict as error:
        return _conflict(request, target, rows, form, error)
    return _page(request, FORM, target, rows, form)


def _ids(target: ReportTarget) -> str:
    return ",".join(str(session.pk) for session in target.sessions.closed)


def _closed_since(target: ReportTarget, form: ReportForm) -> list[SupportSession]:
    """Return the sessions that were closed since the page of a first report was opened."""
    seen = form.seen_sessions
    if seen is None or target.summary.report_of(target.report_day) is not None:
        return []
    return [session for session in target.sessions.closed if session.pk not in seen]


def _about_closed(session: SupportSession, indicators: IndicatorSet) -> str:
    counts = ", ".join(
        f"{i.short_name} {number_format(session.counts[i.code], force_grouping=True)}"
        for i in indicators.entered
        if session.counts.get(i.code)
    )
    text = _(
        "Buổi %(time)s ở %(place)s vừa kết thúc: %(counts)s. Số của bạn chưa gồm buổi này thì cộng "
        "vào, rồi gửi lại."
    )
    return text % {
        "time": f"{session.begins_at:%H:%M}",
        "place": session.place,
        "counts": counts or _("không có số"),
    }


def _rehearse(user: User, entry: ReportInput, present_one: DailyReport | None) -> DailyReport:
    """Return the report as it would stand, with what is unusual about it; keep nothing.

    Who sends again what stands already gave a word for it then.
    """
    if present_one is not None and not entry.explanation:
        entry = replace(entry, explanation=present_one.explanation)
    return submit_report(actor=user, entry=entry, source=Source.PAGE, dry_run=True)[0]


def _conflict(
    request: HttpRequest,
    target: ReportTarget,
    rows: list[CountRow],
    form: ReportForm,
    error: VersionConflict,
) -> HttpResponse:
    present_one = {"report_id": str(error.current.pk), "base_version": str(error.current.version)}
    form = ReportForm(dict(form.data.items()) | present_one, asking=form.asking)
    form.is_valid()
    form.add_error(None, str(error))
    for row in rows:
        row.last = error.current.counts.get(row.indicator.code)
    return _page(request, FORM, target, rows, form, status=409, conflict=error.current)


def _page(
    request: HttpRequest,
    template: str,
    target: ReportTarget,
    rows: list[CountRow],
    form: ReportForm,
    *,
    status: int = 200,
    conflict: DailyReport | None = None,
    asked: DailyReport | None = None,
) -> HttpResponse:
    """Render the form or the check page, which asks about what is unusual in ``asked``."""
    day = target.report_day
    if conflict is None:
        last = target.summary.previous_counts(day, any_unit=not target.is_chosen)
        states = target.summary.last_states(day)
        for row in rows:
            row.last = last.get(row.indicator.code)
            if row.indicator.is_state:
                row.last = states.get(row.indicator.code)
    whole = day.indicators.complete(
        {row.indicator.code: row.count for row in rows if row.count is not None}
    )
    errors = summary(rows, form)
    if form.is_bound and not target.is_chosen:
        text = _("Chọn địa bàn đã hỗ trợ.")
        errors.insert(0, {"name": "unit", "label": _("Địa bàn hỗ trợ"), "message": text})
    existing = conflict or target.summary.report_of(day)
    least = add_up(existing.covered_sessions.values()) if existing else target.sessions.outcome
    for row in rows:
        row.least = least.get(row.indicator.code)
    if asked is not None and asked.unusual and "confirm" in request.POST:
        text = _("Chọn một ý rồi bấm Gửi, hoặc bấm Sửa lại.")
        errors.append({"name": "explanation", "label": _("Số liệu bất thường"), "message": text})
    context = {
        "report_day": day,
        "campaign": day.campaign,
        "branch": day.branch,
        "branches": target.branches,
        "running": target.running,
        "trials": trial_links(target.user, target.running),
        "unit": day.unit if target.is_chosen else None,
        "units": target.units,
        "day": day.day,
        "is_today": day.day == clock.today(),
        "days": target.summary.recent_days,
        "progress": target.summary.progress.main,
        "rows": rows,
        "reasons": _reasons(rows),
        "form": form,
        "existing": existing,
        "conflict": conflict,
        "errors": errors,
        "flags": anomaly_labels(asked.unusual, day.indicators) if asked else [],
        "explanations": Explanation.choices,
        "question": question_of(existing, target.sessions.closed) if existing else None,
        "word": _word(asked, existing, form),
        "cleared": _cleared(existing, rows) if asked else [],
        "query": target.query,
        "sessions": target.sessions,
        **WORDS,
        "snapshot": target.snapshot,
        "derived": [
            {"indicator": i, "value": whole[i.code]}
            for i in day.indicators.all
            if i.is_derived and i.code in whole
        ],
    }
    return render(request, template, context, status=status)


def _reasons(rows: list[CountRow]) -> dict[str, Any]:
    found = [row for row in rows if row.indicator.is_reason]
    are_shown = any(row.value or row.error for row in found)
    return {"rows": found, "are_shown": are_shown} if found else {}


def _cleared(existing: DailyReport | None, rows: list[CountRow]) -> list[dict[str, Any]]:
    """Return the counts that stand and would be blank (docs/counting.md C17)."""
    counts = existing.counts if existing is not None else {}
    blank = (row.indicator for row in rows if row.count is None)
    return [
        {"indicator": indicator, "value": counts[indicator.code]}
        for indicator in blank
        if counts.get(indicator.code) and not indicator.counts_people
    ]


def _word(asked: DailyReport | None, existing: DailyReport | None, form: ReportForm) -> str:
    """Return the word that is chosen already: just now, or for what stands and is the same."""
    if asked is None:
        return ""
    is_same = existing is not None and existing.unusual == asked.unusual
    chosen: str = form.cleaned_data["explanation"]
    return chosen or (existing.explanation if existing is not None and is_same else "")


def _as_line(report: DailyReport, indicators: IndicatorSet) -> str:
    """Return the report as a line for a chat group, as phone_reports.js writes it."""
    counts = "; ".join(
        f"{one_line(i.name)}: {report.counts[i.code]}"
        for i in indicators.entered
        if i.code in report.counts
    )
    unit = "" if report.unit_id == report.branch.home_unit_id else f", {one_line(report.unit.name)}"
    about = f"{one_line(report.branch.name)}{unit}, {report.date:%d/%m/%Y}"
    return f"{about} – {_('Không phát sinh') if report.no_activity else counts}"


@login_required
@never_cache
@require_safe
def receipt(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    found = find_report(request.user, page_campaign(request), report_id)
    indicators = indicators_of(found.campaign).on(found.date)
    whole = indicators.complete(found.counts)
    lines = [(i, {"indicator": i, "value": whole.get(i.code)}) for i in indicators.all]
    given = [(i, found.counts.get(i.code)) for i in indicators.reasons]
    lines += [(i, {"indicator": i, "value": n}) for i, n in given if n is not None]
    user: Any = request.user
    may_edit = scope_of(user).may_report_for(found.branch)
    context = {
        "report": found,
        "campaign": found.campaign,
        "text": _as_line(found, indicators) if may_edit else "",
        "is_unreached": may_edit and is_unreached(user),
        "flags": anomaly_labels(found.unusual, indicators),
        "rows": [line for indicator, line in lines if not indicator.is_derived],
        "derived": [line for indicator, line in lines if indicator.is_derived],
        "progress": progress_of_branch(found.campaign, found.branch, indicators).main,
        "query": {"branch": found.branch.code, "date": found.date, "unit": found.unit.code},
        "may_edit": may_edit,
        "question": question_of(found, closed_sessions(found.day)),
        "snapshot": snapshot_for(request.user, found.campaign, indicators),
    }
    return render(request, "reports/entry/report_receipt.html", context)
