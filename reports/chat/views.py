"""Paste messages of the chat group, see what was understood, send what is right."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from campaign.addresses import page_campaign
from campaign.branches_by_day import BranchesByDay
from campaign.models import Campaign
from campaign.report_day import ReportDay
from campaign.reporting_window import WindowClosed
from campaign.selectors import IndicatorSet, indicators_of
from core import clock
from core.form_fields import parse_day
from core.vietnamese import bare_name
from reports.chat.examples import examples
from reports.chat.forms import (
    SHORT_LIST,
    LineForm,
    find_existing,
    from_pasted,
    in_order,
    read_forms,
)
from reports.chat.message_matching import read_pasted, unusual_questions
from reports.chat.parser.parsing import TooLong
from reports.daily.anomalies import unusual_values
from reports.daily.models import Source
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import VersionConflict, submit_report


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    campaign = page_campaign(request)
    there = BranchesByDay(user, campaign)
    if not there.everywhere:
        raise PermissionDenied
    branches = there.on(clock.today()) or there.everywhere
    page: dict[str, Any] = {
        "campaign": campaign,
        "branches": branches,
        "is_long_list": len(branches) > SHORT_LIST,
        "text": request.POST.get("text", ""),
        "example": ", ".join(
            [bare_name(branches[0].home_unit.name), *examples(indicators_of(campaign))]
        ),
    }
    try:
        page["day"] = _day(request)
    except ValidationError as error:
        if request.method == "GET":
            raise Http404 from error
        page["error"] = error.messages[0]
    page["day"] = page.get("day") or min(max(clock.today(), campaign.starts_on), campaign.ends_on)
    if "send" in request.POST:
        return _send(request, campaign, there, page)
    if "error" in page:
        return render(request, "reports/chat/paste.html", page)
    if request.method == "POST":
        return _read(request, campaign, page)
    return render(request, "reports/chat/paste.html", page)


def _day(request: HttpRequest) -> dt.date | None:
    """Return the day typed for messages that name none; ``ValidationError`` if it is no day."""
    typed = request.POST.get("date", request.GET.get("date", "")).strip()
    return parse_day(typed) if typed else None


def _read(request: HttpRequest, campaign: Campaign, page: dict[str, Any]) -> HttpResponse:
    text = page["text"]
    if not text.strip():
        page["error"] = _("Chưa có tin nào. Dán tin vào ô rồi bấm “Đọc tin”.")
        return render(request, "reports/chat/paste.html", page)
    try:
        pasted = read_pasted(request.user, campaign, text, page["day"])
    except TooLong as error:
        page["error"] = str(error)
        return render(request, "reports/chat/paste.html", page)
    lines, ignored = from_pasted(pasted)
    if not lines:
        page["error"] = _("Không thấy số liệu nào trong tin. Xem lại, hoặc nhập ở trang báo cáo.")
    return render(
        request,
        "reports/chat/paste.html",
        {**page, "lines": in_order(lines), "ignored": ignored, **_share(lines)},
    )


def _share(lines: list[LineForm]) -> dict[str, int]:
    """Return how many lines may go as they are, and how many somebody has to look at."""
    ready = sum(line.is_chosen and line.is_clear for line in lines)
    return {"ready": ready, "to_see": len(lines) - ready}


def _send(
    request: HttpRequest, campaign: Campaign, there: BranchesByDay, page: dict[str, Any]
) -> HttpResponse:
    """Send the chosen lines, each on its own; what is not taken in stays to be put right."""
    user: Any = request.user
    indicators = indicators_of(campaign)
    lines = list(read_forms(request.POST, indicators.entered, there))
    find_existing(campaign, lines)
    chosen = [line for line in lines if line.is_chosen]
    for line in chosen:
        _submit(user, campaign, line, indicators)
    taken = sum(line.report is not None for line in lines)
    if not chosen:
        page["error"] = _("Chưa chọn dòng nào. Đánh dấu những dòng muốn gửi.")
    return render(
        request,
        "reports/chat/paste.html",
        {
            **page,
            "lines": in_order(lines),
            "taken": taken,
            "left": len(chosen) - taken,
            "was_sent": True,
        },
    )


def _strikes(
    campaign: Campaign, line: LineForm, entry: ReportInput, indicators: IndicatorSet
) -> bool:
    """Whether the counts are unusual and nobody has said why; then the line asks."""
    unit = line.at()
    if entry.explanation or line.place is None or unit is None:
        return False
    if not campaign.starts_on <= entry.date <= campaign.ends_on:
        return False
    target = ReportDay(campaign, line.place, unit, entry.date)
    target.indicators = indicators  # those of all lines
    present = line.existing.counts if line.existing is not None else {}
    found = unusual_values(target, entry.beside(present, "").counts)
    named = [u for u in found if u.kind != "part" and u.code in ("", *entry.counts)]
    questions = unusual_questions(named, indicators)
    line.errors.extend(questions)
    line.is_unusual = bool(questions)
    return line.is_unusual


def _submit(user: User, campaign: Campaign, line: LineForm, indicators: IndicatorSet) -> None:
    entry = line.entry(campaign)
    if entry is None or _strikes(campaign, line, entry, indicators):
        return
    try:
        line.report, _outcome = submit_report(actor=user, entry=entry, source=Source.PASTE)
    except InvalidReport as error:
        line.assign_errors(error.errors)
    except WindowClosed as error:
        line.errors.append(str(error))
    except VersionConflict as error:
        line.show(error.current)
        line.errors.append(
            _("Ngày này đã có báo cáo với số khác. Số của bạn đúng thì gửi lần nữa để thay.")
        )
    except (Http404, PermissionDenied):
        line.errors.append(_("Đơn vị này không thuộc phạm vi của bạn. Chọn đơn vị khác."))
