"""Sessions that a report does not cover: the question, and where closing a session leads."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to, page_campaign
from campaign.reporting_window import WindowClosed
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, indicators_of
from reports.daily.models import DailyReport, Status
from reports.daily.reconciliation import Question, question_of
from reports.daily.selectors import find_report
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.submit import VersionConflict, reconcile_sessions
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.selectors.session_outcomes import closed_sessions

PAGE = "reports/entry/reconcile.html"


@login_required
@never_cache
@require_safe
def session_counted(request: HttpRequest, session_id: int) -> HttpResponse:
    """Say what became of a session's outcome just now, and ask if the report is to follow."""
    user: Any = request.user
    session = find_session(user, session_id, page_campaign(request))
    report = DailyReport.objects.filter(
        campaign=session.campaign, branch=session.branch, unit=session.unit, date=session.date
    ).first()
    may_report = scope_of(user).may_report_for(session.branch)
    question = question_of(report, closed_sessions(report.day)) if report else None
    if report is not None and question is not None and may_report:
        return lead_to(request, "reconcile", report.pk)
    if text := _what_counts(session, report, question, may_report=may_report):
        messages.info(request, text)
    return lead_to(request, "session", session.pk)


def _what_counts(
    session: SupportSession,
    report: DailyReport | None,
    question: Question | None,
    *,
    may_report: bool,
) -> str:
    if question is not None:
        text = _(
            "Báo cáo ngày %(day)s của %(branch)s đã gửi trước đó và chưa tính thay đổi này. "
            "Bí thư được hỏi có cộng vào không; trong lúc chờ, số của báo cáo giữ nguyên."
        )
    elif report is not None and report.status == Status.RETURNED:
        text = _(
            "Báo cáo ngày %(day)s của %(branch)s đang sửa. Gửi lại xong, bí thư được hỏi về "
            "buổi này."
        )
    elif report is not None or session.state != State.CLOSED:
        return ""
    elif may_report:
        text = _(
            "Số này tính cho ngày %(day)s của %(branch)s và có sẵn trong mẫu báo cáo; mở báo "
            "cáo để gửi."
        )
    else:
        text = _("Số này tính cho ngày %(day)s của %(branch)s cho đến khi bí thư gửi báo cáo.")
    return text % {"day": date_format(session.date, "d/m/Y"), "branch": session.branch}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reconcile(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Show both figures, and let the report cover its sessions as is chosen."""
    user: Any = request.user
    report = find_report(user, page_campaign(request), report_id)
    if not scope_of(user).may_report_for(report.branch):
        raise PermissionDenied
    if request.method == "GET":
        return _page(request, report)
    try:
        version = int(request.POST.get("base_version", ""))
    except ValueError:
        return _page(request, report, _("Trang này thiếu dữ liệu. Chọn lại."), status=400)
    try:
        saved = reconcile_sessions(
            actor=user,
            report=report,
            choice=request.POST.get("choice", ""),
            base_version=min(version, 2**31 - 1),
        )
    except InvalidReport as error:
        return _page(request, report, _first(error), status=400)
    except WindowClosed as error:
        return _page(request, report, str(error), status=409)
    except VersionConflict:
        text = _("Báo cáo hoặc buổi vừa được sửa. Xem lại các số dưới đây rồi chọn.")
        return _page(request, find_report(user, report.campaign, report_id), text, status=409)
    messages.success(request, _("Đã đối chiếu. Báo cáo gồm mọi buổi đã kết thúc của ngày."))
    return lead_to(request, "receipt", saved.pk)


def _first(error: InvalidReport) -> str:
    for texts in error.errors.values():
        for text in texts if isinstance(texts, list) else [t for ts in texts.values() for t in ts]:
            return text
    return str(error)


def _page(
    request: HttpRequest, report: DailyReport, error: str = "", *, status: int = 200
) -> HttpResponse:
    closed = closed_sessions(report.day)
    question = question_of(report, closed)
    if question is None:
        if error:
            messages.error(request, error)
        return lead_to(request, "receipt", report.pk)
    indicators = indicators_of(report.campaign)
    context = {
        "report": report,
        "question": question,
        "sessions": [s for s in closed if report.covered_sessions.get(str(s.pk)) != s.counts],
        "gone": sum(pk not in question.sessions for pk in report.covered_sessions),
        "error": error,
        "lines": lines_of(question, indicators),
    }
    return render(request, PAGE, context, status=status)


def lines_of(question: Question, indicators: IndicatorSet) -> list[dict[str, Any]]:
    """Return for each indicator that differs the report's count, the difference, and the sum."""
    before = indicators.complete(question.report.counts)
    after = indicators.complete(question.added)
    return [
        {
            "indicator": indicator,
            "before": before.get(indicator.code),
            "difference": after.get(indicator.code, 0) - before.get(indicator.code, 0),
            "after": after.get(indicator.code),
        }
        for indicator in indicators.all
        if before.get(indicator.code, 0) != after.get(indicator.code, 0)
    ]
