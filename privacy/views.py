"""The desk for data subjects, what ended by itself, and who read whose names and numbers."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to
from campaign.scopes import scope_of
from core import clock
from core.retention import PERIODS
from privacy.forms import SubjectRequestForm
from privacy.models import Outcome, PersonalDataRead, RequestKind, SubjectRequest
from privacy.page_names import page_name
from privacy.selectors import Holding, as_text, holdings_of, readers_of, recent_deletions
from privacy.services.requests import (
    close_request,
    enter_request,
    erase_for,
    may_answer,
    may_enter,
)
from volunteers.errors import NotNow

PAGE = 50
USER_ID = re.compile(r"[0-9]{1,18}")
# What closes a request by itself; deleting does it when it is done.
ANSWERS = [Outcome.GIVEN, Outcome.NOTHING, Outcome.UNPROVEN]


def _require_right(user: Any) -> None:
    """404 without an appointment, 403 where personal data is none of the user's work."""
    if not scope_of(user).roles:
        raise Http404
    if not may_enter(user):
        raise PermissionDenied


@login_required
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    _require_right(request.user)
    visible = SubjectRequest.objects.visible_to(request.user)
    answers = may_answer(request.user)
    closed = visible.exclude(closed_at=None).order_by("-closed_at", "-pk")
    context = {
        "waiting": visible.still_open(),
        "closed": closed[:PAGE],
        "answers": answers,
        "periods": PERIODS.items(),
        "deletions": [
            (one.day, PERIODS[one.code].what if one.code in PERIODS else one.code, one.count)
            for one in (recent_deletions() if answers else ())
        ],
    }
    return render(request, "privacy/personal_data.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Write down that somebody wants to see, or to have deleted, what is kept of them."""
    _require_right(request.user)
    form = SubjectRequestForm(request.POST or None, initial={"received_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        made = enter_request(actor=actor, **form.cleaned_data)
        text = _("Đã ghi yêu cầu. Tỉnh Đoàn phải trả lời chậm nhất ngày %(day)s.")
        messages.success(request, text % {"day": f"{made.due_on:%d/%m/%Y}"})
        return lead_to(request, "personal-data")
    return render(request, "privacy/request_form.html", {"form": form})


def _find(request: HttpRequest, request_id: int) -> SubjectRequest:
    """Return a request that the user answers; 404 outside the scope, 403 for who only wrote it."""
    _require_right(request.user)
    visible = SubjectRequest.objects.visible_to(request.user)
    found = visible.select_related("entered_by", "closed_by").filter(pk=request_id).or_404()
    if not may_answer(request.user):
        raise PermissionDenied
    return found


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show all that is kept of the person; delete it, or say how the request was answered."""
    asked = _find(request, request_id)
    holdings = holdings_of(asked) if asked.closed_at is None else []
    picked = _picked(holdings, request.POST.getlist("pick"))
    context: dict[str, Any] = {
        "asked": asked,
        "wants_deletion": asked.kind == RequestKind.DELETE,
        "is_overdue": asked.closed_at is None and asked.due_on < clock.today(),
        "holdings": [(one, one in picked if request.POST else one.is_sure) for one in holdings],
        "outcomes": [(one.value, one.label) for one in ANSWERS],
    }
    status = 200
    if request.method == "POST":
        if picked and request.POST.get("action") == "copy":
            return _copy(asked, picked)
        try:
            if done := _act(request, asked, picked, context):
                messages.success(request, done)
                return lead_to(request, "personal-data")
        except NotNow as error:
            context["problem"], status = str(error), 409
        else:
            status = 400 if context.get("problem") else 200
    return render(request, "privacy/request.html", context, status=status)


def _act(
    request: HttpRequest, asked: SubjectRequest, picked: list[Holding], context: dict[str, Any]
) -> str:
    """Do what a button says and return what was done; blank if the page is to come again."""
    actor: Any = request.user
    action = request.POST.get("action", "")
    if action == "close":
        outcome = request.POST.get("outcome", "")
        if outcome not in ANSWERS:
            context["problem"] = _("Chọn đã trả lời thế nào.")
            return ""
        close_request(actor=actor, request=asked, outcome=outcome)
        return _("Đã đóng yêu cầu. Tên và số trong yêu cầu đã xóa.")
    if action not in ("copy", "erase") or (action == "erase" and not context["wants_deletion"]):
        raise Http404
    if not picked:
        context["problem"] = _("Chưa chọn mục nào.")
        return ""
    if "confirm" not in request.POST:
        context["to_erase"] = picked
        return ""
    erase_for(actor=actor, request=asked, rows=[one.row for one in picked])
    return _("Đã xóa và đóng yêu cầu. Các con số đã tính giữ nguyên.")


def _picked(holdings: list[Holding], keys: list[str]) -> list[Holding]:
    return [holding for holding in holdings if holding.key in keys]


def _copy(asked: SubjectRequest, picked: list[Holding]) -> HttpResponse:
    """Hand out what is kept of the person as a plain text."""
    return HttpResponse(
        as_text(picked).encode("utf-8-sig"),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="du-lieu-ca-nhan-{asked.pk}.txt"'},
    )


@login_required
@never_cache
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Show who read names and telephone numbers: of oneself, and of those whose work one runs."""
    _require_right(request.user)
    visible = PersonalDataRead.objects.visible_to(request.user)
    who = request.GET.get("who", "")
    found = visible.select_related("reader").order_by("-at", "-pk")
    if who:
        found = found.filter(reader_id=int(who)) if USER_ID.fullmatch(who) else found.none()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": [(one, page_name(one.page)) for one in page],
        "readers": readers_of(visible),
        "who": who,
    }
    return render(request, "privacy/reads.html", context)
