"""The calendar of sessions, and one session."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import page_campaign, reading
from campaign.models import Branch, Campaign, Unit
from campaign.querysets import below
from campaign.scopes import scope_of
from campaign.selectors import indicators_of, runs_a_branch, top_unit
from core import clock
from core.form_fields import parse_day
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.recurrence import words_of
from volunteers.sessions.selectors.calendar import (
    days_between,
    for_lines,
    month_of,
    week_of,
    weeks_of,
)
from volunteers.sessions.selectors.conflicts import overlapping_sessions
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.selectors.informing import summary_of
from volunteers.sessions.services.sessions import may_lead

VIEWS = ("week", "month", "day")
# What a phone on a village network is sent of one day before it asks for all of it.
EACH_IN_WEEK, EACH_IN_MONTH, PAGE = 20, 3, 50


@dataclass(frozen=True)
class CalendarQuery:
    """What of the calendar is asked for: days, and filters."""

    view: str
    day: dt.date
    campaign: Campaign
    unit: Unit | None
    branch: Branch | None
    state: str
    wrong_day: str = ""
    stored: dict[str, str] = field(default_factory=dict)

    @property
    def filters(self) -> str:
        return "".join(f"&{urlencode({name: value})}" for name, value in self.stored.items())

    def link(self, **changes: Any) -> str:
        query = {"view": self.view, "date": self.day.isoformat(), **self.stored, **changes}
        return "?" + urlencode({name: value for name, value in query.items() if value})

    def sessions(self, user: Any) -> QuerySet[SupportSession]:
        found = SupportSession.objects.visible_to(user).filter(campaign=self.campaign)
        if self.unit is not None:
            found = found.filter(below(frozenset({self.unit.path}), "unit__path"))
        if self.branch is not None:
            found = found.filter(branch=self.branch)
        if self.state:
            found = found.filter(state=self.state)
        return found


def read_query(request: HttpRequest) -> CalendarQuery:
    """Read the address: 404 for what lies outside the scope, today for a day that is none."""
    asked, user = request.GET, request.user
    campaign = page_campaign(request)
    day, wrong_day = min(max(clock.today(), campaign.starts_on), campaign.ends_on), ""
    if asked.get("date"):
        try:
            day = parse_day(asked["date"])
        except ValidationError as error:
            wrong_day = error.messages[0]
    # The weeks and months around the edges of the calendar cannot be told.
    if not 1900 < day.year < 9000:
        raise Http404
    view = asked.get("view", VIEWS[0])
    state = asked.get("state", "")
    if view not in VIEWS or (state and state not in State.values):
        raise Http404
    unit = branch = None
    if asked.get("unit"):
        unit = Unit.objects.visible_to(user).bearing(asked["unit"], day).or_404()
    if asked.get("branch"):
        branch = Branch.objects.visible_to(user).bearing(asked["branch"], day).or_404()
    names = ("unit", "branch", "state")
    stored = {name: asked[name] for name in names if asked.get(name)} | reading(request)
    return CalendarQuery(view, day, campaign, unit, branch, state, wrong_day, stored)


@login_required
@never_cache
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    asked = read_query(request)
    user: Any = request.user
    sessions = asked.sessions(user)
    context: dict[str, Any] = {
        "asked": asked,
        "filters": asked.filters,
        "campaign": asked.campaign,
        "views": [
            {"link": asked.link(view=view), "name": name, "is_here": view == asked.view}
            for view, name in (("day", _("Ngày")), ("week", _("Tuần")), ("month", _("Tháng")))
        ],
        "units": _units(user, asked),
        "states": State.choices,
        "without_branch": asked.link(branch=""),
        "may_plan": _may_plan(user, asked.branch),
        "now_link": asked.link(date=""),
        **_shown(request, asked, sessions),
    }
    return render(request, "volunteers/sessions/session_list.html", context)


def _may_plan(user: Any, branch: Branch | None) -> bool:
    """Whether the page that plans answers: for a branch, or for any."""
    if branch is not None:
        return branch.exists_on(clock.today()) and scope_of(user).may_report_for(branch)
    return runs_a_branch(user)


def _units(user: Any, asked: CalendarQuery) -> list[Unit]:
    """Return the units to filter by: those below the highest that one sees."""
    top = top_unit(user, asked.campaign)
    below_top = Unit.objects.visible_to(user).on(asked.campaign.shown_day).filter(parent=top)
    units = list(below_top.order_by("sort_key", "pk"))
    if asked.unit is not None and asked.unit not in units:
        units.insert(0, asked.unit)
    return units


def _shown(
    request: HttpRequest, asked: CalendarQuery, sessions: QuerySet[SupportSession]
) -> dict[str, Any]:
    day, one = asked.day, dt.timedelta(days=1)
    if asked.view == "day":
        rows = for_lines(sessions.filter(date=day).order_by("begins_at", "pk"))
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        return {"page_obj": page, **_around(asked, day, day)}
    if asked.view == "month":
        first, last = month_of(day)
        days = days_between(sessions, first, last, each=EACH_IN_MONTH)
        return {
            "weeks": weeks_of(days),
            "total": sum(each.existing for each in days),
            **_around(asked, first, last),
        }
    first, last = week_of(day)
    days = days_between(sessions, first, last, each=EACH_IN_WEEK)
    busy = [each for each in days if each.all or each.date == clock.today()]
    total = sum(each.existing for each in days)
    return {"days": busy, "total": total, "last": last, **_around(asked, first, last, one * 7)}


def _around(
    asked: CalendarQuery, first: dt.date, last: dt.date, step: dt.timedelta = dt.timedelta(days=1)
) -> dict[str, Any]:
    """Return the links to what comes before and after the days from ``first`` to ``last``."""
    return {
        "first": first,
        "last": last,
        "earlier": asked.link(date=(first - step).isoformat()),
        "later": asked.link(date=(last + dt.timedelta(days=1)).isoformat()),
    }


@login_required
@never_cache
@require_safe
def session_detail(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show one session; of people only how many."""
    user: Any = request.user
    session = find_session(user, session_id, page_campaign(request))
    may_plan = scope_of(user).may_report_for(session.branch)
    is_over = session.state in (State.CLOSED, State.CANCELLED)
    context = {
        "session": session,
        "campaign": session.campaign,
        "teams": list(session.teams.select_related("unit").order_by("sort_key", "pk")),
        "linked": set(session.teams.visible_to(user).values_list("pk", flat=True)),
        "partners": list(session.partners.order_by("depth", "sort_key", "pk")),
        "put_down": session.attendance.coming().count(),
        "waiting": session.attendance.waiting().count() if session.is_open else 0,
        "informing": summary_of(session) if may_lead(user, session) else None,
        "clashes": [] if is_over else overlapping_sessions([session], user),
        **_outcome(session),
        "series": _series(session),
        "may_plan": may_plan,
        "may_repeat": may_plan and (session.branch.last_day is None or runs_a_branch(user)),
        "may_change": may_plan and not is_over,
        "may_lead_session": session.state != State.CANCELLED and may_lead(user, session),
    }
    return render(request, "volunteers/sessions/session_detail.html", context)


def _outcome(session: SupportSession) -> dict[str, Any]:
    if session.state != State.CLOSED:
        return {}
    indicators = indicators_of(session.campaign)
    whole = indicators.complete(session.counts)
    results = [{"indicator": i, "value": whole[i.code]} for i in indicators.all if i.code in whole]
    return {"results": results, "of_people": indicators.of_people}


def _series(session: SupportSession) -> dict[str, Any] | None:
    if session.series is None:
        return None
    days = SupportSession.objects.filter(series=session.series).order_by("date", "pk")
    return {
        "words": words_of(session.series.rule),
        "until": session.series.ends_on,
        "days": list(days.only("date", "state", "begins_at")),
    }
