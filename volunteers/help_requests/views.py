"""Help requests, for those who see to them."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign, path_of
from campaign.count_fields import CountRow, read_counts
from campaign.count_validation import Errors
from campaign.models import Indicator
from campaign.permissions import Permission
from campaign.reporting_window import WindowClosed
from campaign.scopes import scope_of
from core import clock
from core.templatetags.formatting import weekday_day
from volunteers.errors import InvalidInput, NotNow
from volunteers.help_requests.finding import requests_called
from volunteers.help_requests.forms import AssignForm, CannotForm, OutcomeForm
from volunteers.help_requests.models import OPEN_STATES, HelpRequest, HelpState
from volunteers.help_requests.selectors import (
    may_handle,
    may_see_person,
    seen_persons,
    sizes,
    teams_for,
)
from volunteers.help_requests.services import asked_indicators, assign, cannot, finish, mark_of
from volunteers.help_requests.telling import notices_about

PAGE = 25
# No number of a request and no telephone is longer.
LONGEST = 50
READ = ("campaign", "unit", "team", "session__branch")
TABS = {
    "open": gettext_lazy("Đang chờ"),
    "overdue": gettext_lazy("Quá hạn"),
    **{state.value: state.label for state in HelpState},
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_list(request: HttpRequest) -> HttpResponse:
    """List requests by state; what is looked for is sent, so that no address holds a number."""
    _require_right(request.user)
    campaign = page_campaign(request)
    called = request.POST.get("called", "").strip()[:LONGEST]
    today = clock.today()
    requests = HelpRequest.objects.visible_to(request.user).filter(campaign=campaign)
    tab = request.GET.get("state", "open")
    if tab not in TABS:
        raise Http404
    counted = sizes(requests, today)
    if tab == "open":
        found = requests.still_open()
    elif tab == "overdue":
        found = requests.overdue(today)
    else:
        found = requests.filter(state=tab)
    if tab in (HelpState.DONE, HelpState.CANNOT):
        found = found.order_by("-closed_at", "pk")
    if called:
        tab, found = "", requests_called(request.user, called).filter(campaign=campaign)
    found = found.select_related("unit__parent", "team")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    known = seen_persons(request.user, page.object_list)
    context = {
        "campaign": campaign,
        "page_obj": page,
        "lines": [
            {
                "asked": one,
                "is_known": one.pk in known,
                "is_overdue": one.state in OPEN_STATES and one.due_on < today,
            }
            for one in page
        ],
        "tabs": [(name, label, counted[name]) for name, label in TABS.items()],
        "tab": tab,
        "called": called,
        "has_units": scope_of(request.user).may(Permission.LEAD),
    }
    return render(request, "volunteers/help_requests/request_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_detail(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    _require_right(request.user)
    visible = HelpRequest.objects.visible_to(request.user)
    visible = visible.filter(campaign=page_campaign(request))
    asked = visible.filter(pk=request_id).select_related(*READ).or_404()
    work = RequestPage(request, asked)
    if request.method != "POST":
        return work.page()
    try:
        done = work.act(request.POST.get("action", ""))
    except NotNow as error:
        asked = visible.select_related(*READ).get(pk=asked.pk)
        return RequestPage(request, asked).page(status=409, problem=str(error))
    if done is None:
        return work.page(status=400)
    messages.success(request, done)
    # A leader who has given it to another team does not see it any more.
    if not visible.filter(pk=asked.pk).exists():
        return lead_to(request, "requests")
    return lead_to(request, "request", asked.pk)


class RequestPage:
    """What can be done about one request, and the page on which it is done."""

    def __init__(self, request: HttpRequest, asked: HelpRequest) -> None:
        self.request, self.asked = request, asked
        self.actor: Any = request.user
        self.teams = teams_for(self.actor, asked)
        self.assign_form = AssignForm(self.teams, initial={"team": asked.team_id})
        self.cannot_form = CannotForm()
        self.outcome_form = OutcomeForm(initial={"day": clock.today(), "people": "1"})
        self.rows = [CountRow(indicator) for indicator in asked_indicators(asked.campaign)]
        self.count_errors: list[str] = []

    def act(self, action: str) -> str | None:
        """Do what a button says and return what was done; None if something is to be mended."""
        actions: dict[str, Callable[[str], str | None]] = {
            "assign": self._assign,
            "done": self._finish,
            "cannot": self._cannot,
        }
        if action not in actions:
            raise Http404
        return actions[action](self.request.POST.get("seen", ""))

    def _assign(self, seen: str) -> str | None:
        self.assign_form = AssignForm(self.teams, self.request.POST)
        if not self.assign_form.is_valid():
            return None
        team = self.assign_form.cleaned_data["team"]
        try:
            given = assign(actor=self.actor, request=self.asked, team=team, seen=seen)
        except InvalidInput as error:
            error.assign_to(self.assign_form)
            return None
        notices = notices_about(given)
        if notices.sent or notices.waiting:
            return _("Đã giao cho %(team)s. Cổng đang báo cho tổ trưởng.") % {"team": team}
        return _("Đã giao cho %(team)s. Gửi tin cho tổ ở dưới.") % {"team": team}

    def _finish(self, seen: str) -> str | None:
        read_counts(self.request.POST, self.rows)
        self.outcome_form = OutcomeForm(self.request.POST)
        if not self.outcome_form.is_valid() or any(row.error for row in self.rows):
            return None
        counts = {row.indicator.code: row.count for row in self.rows if row.count is not None}
        given = self.outcome_form.given
        try:
            done = finish(
                actor=self.actor, request=self.asked, counts=counts, given=given, seen=seen
            )
        except InvalidInput as error:
            self._location(error.errors)
            return None
        except WindowClosed as error:
            self.count_errors = [str(error)]
            return None
        if done.session is None:
            return _("Đã ghi là giúp xong.")
        words = {"day": f"{done.session.date:%d/%m}", "branch": done.session.branch}
        return _("Đã ghi là giúp xong, thành một buổi hỗ trợ ngày %(day)s của %(branch)s.") % words

    def _location(self, errors: Errors) -> None:
        named = self.outcome_form.fields
        for name, texts in errors.items():
            if name != "counts" and not isinstance(texts, dict):
                at = {"headcount": "people"}.get(name, name)
                self.outcome_form.add_error(at if at in named else None, list(texts))
        wrong = errors.get("counts", [])
        if isinstance(wrong, dict):
            for row in self.rows:
                row.error = " ".join(wrong.get(row.indicator.code, [])) or row.error
        else:
            self.count_errors = wrong

    def _cannot(self, seen: str) -> str | None:
        self.cannot_form = CannotForm(self.request.POST)
        self.cannot_form.is_valid()
        note = self.cannot_form.cleaned_data.get("outcome_note")
        if note is None:
            return None
        try:
            cannot(actor=self.actor, request=self.asked, note=note, seen=seen)
        except InvalidInput as error:
            error.assign_to(self.cannot_form)
            return None
        return _("Đã ghi là không giúp được.")

    def page(self, status: int = 200, problem: str = "") -> HttpResponse:
        asked = self.asked
        is_open = asked.state in OPEN_STATES
        context = {
            "asked": asked,
            "campaign": asked.campaign,
            "is_known": may_see_person(self.actor, asked),
            "is_open": is_open,
            "is_overdue": is_open and asked.due_on < clock.today(),
            "problem": problem,
            "errors": self._errors(),
            "assign_form": self.assign_form,
            "has_teams": self.teams.exists(),
            "cannot_form": self.cannot_form,
            "outcome_form": self.outcome_form,
            "rows": self.rows,
            "seen": mark_of(asked),
            "outcome": self._outcome(),
            "notices": notices_about(asked),
            "share_text": self._share_text(),
        }
        return render(
            self.request, "volunteers/help_requests/request_detail.html", context, status=status
        )

    def _outcome(self) -> list[tuple[Indicator, int]]:
        """Return what was done: as it counts now, or as it was written down where it does not."""
        asked = self.asked
        counts = asked.counts if asked.session is None else asked.session.counts
        return [
            (row.indicator, counts[row.indicator.code])
            for row in self.rows
            if row.indicator.code in counts
        ]

    def _share_text(self) -> str:
        """Return what the team's group may read: who asked stands behind the sign-in."""
        asked = self.asked
        if asked.state != HelpState.ASSIGNED:
            return ""
        text = _(
            "%(team)s được giao một yêu cầu hỗ trợ ở %(unit)s, trả lời chậm nhất %(due)s. "
            "Tổ trưởng đăng nhập để xem: %(url)s"
        )
        path = path_of(asked.campaign, "request", asked.pk)
        return text % {
            "team": asked.team,
            "unit": asked.unit.name,
            "due": weekday_day(asked.due_on),
            "url": self.request.build_absolute_uri(path),
        }

    def _errors(self) -> list[dict[str, Any]]:
        found = [
            {
                "name": f"id_{name}" if name in form.fields else "outcome",
                "label": form.fields[name].label if name in form.fields else _("Kết quả"),
                "message": message,
            }
            for form in (self.assign_form, self.cannot_form, self.outcome_form)
            for name, wording in form.errors.items()
            for message in wording
        ]
        found += [
            {"name": "outcome", "label": _("Kết quả"), "message": message}
            for message in self.count_errors
        ]
        return found + [
            {"name": row.name, "label": row.indicator.name, "message": row.error}
            for row in self.rows
            if row.error
        ]


def _require_right(user: Any) -> None:
    """404 without an appointment, 403 where requests are none of the user's work."""
    if not scope_of(user).roles:
        raise Http404
    if not may_handle(user):
        raise PermissionDenied
