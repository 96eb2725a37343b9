"""Pages on which sessions are planned, changed and called off."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from campaign.models import Branch, Campaign, Unit
from campaign.reporting_window import WindowClosed
from campaign.scopes import scope_of
from campaign.selectors import branches_run_by, communes_to_choose, find_branch
from core import clock
from core.form_fields import parse_day
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.forms.sessions import CancelForm, PlanForm, ids_of, values_of
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.selectors.conflicts import OverlappingSession, overlapping_sessions
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.selectors.informing import uninformed_in
from volunteers.sessions.selectors.plan_choices import (
    last_at_locations,
    last_of_kinds,
    partners_for,
    teams_for,
)
from volunteers.sessions.selectors.series import (
    SeriesLeft,
    days_in_words,
    series_left,
)
from volunteers.sessions.services.series import Reach, Reached, cancel_series, change_series
from volunteers.sessions.services.session_planning import (
    AlreadyPlanned,
    change_session,
    plan_sessions,
)
from volunteers.sessions.services.sessions import cancel_session

FORM = "volunteers/sessions/session_form.html"
MOST_LISTED = 5


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_new(request: HttpRequest) -> HttpResponse:
    """Plan a session or a series; ``from`` names an earlier one to do again."""
    user: Any = request.user
    campaign = page_campaign(request)
    earlier = _earlier(request)
    branch, branches = _host(request, earlier)
    initial = _first_values(request, campaign, earlier)
    form = _form(request, branch, initial)
    if request.method == "POST" and "look" not in request.POST and form.is_valid():
        try:
            sessions = plan_sessions(actor=user, plan=form.plan(campaign.slug, branch.code))
        except AlreadyPlanned as error:
            messages.info(request, _("Lịch này đã được lưu từ trước, không lưu thêm lần nữa."))
            return _to(request, error.sessions)
        except InvalidInput as error:
            form.assign_errors(error.errors)
        else:
            _say(request, sessions)
            return _to(request, sessions)
    locations = last_at_locations(campaign, branch)
    context = {
        "form": form,
        "campaign": campaign,
        "branch": branch,
        "branches": branches,
        "earlier": earlier,
        "locations": locations,
        "like_last": last_of_kinds(locations) if request.method == "GET" and not earlier else [],
    }
    return render(request, FORM, context)


def _earlier(request: HttpRequest) -> SupportSession | None:
    asked = request.GET.get("from", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        raise Http404
    return find_session(request.user, int(asked))


def _host(request: HttpRequest, earlier: SupportSession | None) -> tuple[Branch, list[Branch]]:
    """Return the branch to plan for, and those one may plan for: 404, or 403."""
    branches = branches_run_by(request.user)
    asked = request.GET.get("branch") or (earlier.branch.code if earlier else "")
    branch = next((b for b in branches if asked in ("", b.code)), None)
    if branch is None and earlier is not None and branches and "branch" not in request.GET:
        # What a partner hosted can be done again by oneself.
        branch = branches[0]
    if branch is None:
        if asked:
            find_branch(request.user, asked)
        raise PermissionDenied
    return branch, branches


def _first_values(
    request: HttpRequest, campaign: Campaign, earlier: SupportSession | None
) -> dict[str, Any]:
    today, series = clock.today(), {"until": campaign.ends_on}
    if earlier is not None:
        weeks = max(-(-(today - earlier.date).days // 7), 1)
        day = earlier.date + dt.timedelta(weeks=weeks)
        return {**values_of(earlier), **series, "date": day if day <= campaign.ends_on else None}
    try:
        day = parse_day(request.GET["date"]) if request.GET.get("date") else today
    except ValidationError:
        day = today
    return {**series, "date": day if campaign.starts_on <= day <= campaign.ends_on else None}


def _form(
    request: HttpRequest,
    branch: Branch,
    initial: dict[str, Any],
    left: SeriesLeft | None = None,
) -> PlanForm:
    """Return the form with its choices; teams and partners are those near the unit chosen.

    ``look`` asks for the choices of another unit: what was typed stays, nothing is checked.
    """
    today, sent = clock.today(), request.POST if request.method == "POST" else None
    had = ids_of(initial.get("teams", [])) if "base_version" in initial else set()
    if sent is not None and "look" in sent:
        lists = {name: sent.getlist(name) for name in ("teams", "partners", "weekdays")}
        initial, sent = {**initial, **sent.dict(), **lists}, None
    chosen = {name: initial.get(name, []) for name in ("teams", "partners")}
    code = initial.get("unit")
    if sent is not None:
        chosen = {name: [*ticked, *sent.getlist(name)] for name, ticked in chosen.items()}
        code = sent.get("unit")
    units = communes_to_choose(branch, today)
    unit: Unit | None = branch.home_unit
    if units is not None:
        unit = next((u for u in units if u.code == code), None)
    return PlanForm(
        sent,
        initial=initial,
        units=units,
        teams=teams_for(request.user, branch, unit, ids_of(chosen["teams"]), had),
        partners=partners_for(branch, unit, [c for c in chosen["partners"] if "\0" not in c]),
        left=left,
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_edit(request: HttpRequest, session_id: int) -> HttpResponse:
    """Change the plan of a session; what somebody else changed meanwhile is shown."""
    user: Any = request.user
    session = find_session(user, session_id, page_campaign(request))
    if not scope_of(user).may_report_for(session.branch):
        raise PermissionDenied
    if session.state in (State.CLOSED, State.CANCELLED):
        messages.error(request, _("Buổi đã kết thúc hoặc đã hủy, không sửa lịch được nữa."))
        return lead_to(request, "session", session.pk)
    left = series_left(session)
    initial = {**values_of(session), "base_version": session.version}
    form = _form(request, session.branch, initial, left if left.is_named else None)
    conflict = None
    if request.method == "POST" and "look" not in request.POST and form.is_valid():
        try:
            reached = _change(user, session, form)
        except InvalidInput as error:
            form.assign_errors(error.errors)
        except NotNow as error:
            form.add_error(None, str(error))
        except SessionConflict as error:
            conflict = error.current
            form.go_on_from(conflict)
            form.add_error(None, str(error))
        else:
            if reached is None:
                messages.success(request, _("Đã lưu lịch mới của buổi."))
            else:
                _say_reached(request, session, reached, _("Đã sửa"))
            changed = [session] if reached is None else reached.changed
            session.refresh_from_db()
            _tell_of_signed_up(request, uninformed_in(changed))
            _tell(request, overlapping_sessions(changed, user))
            return lead_to(request, "session", session.pk)
    context = {
        "form": form,
        "session": session,
        "campaign": session.campaign,
        "branch": session.branch,
        "locations": last_at_locations(session.campaign, session.branch),
        "conflict": conflict,
    }
    return render(request, FORM, context, status=409 if conflict else 200)


def _change(user: Any, session: SupportSession, form: PlanForm) -> Reached | None:
    """Change the session, or what of its series was asked for: None where it is alone."""
    change = {
        "actor": user,
        "session": session,
        "plan": form.plan(session.campaign.slug, session.branch.code),
        "base_version": form.cleaned_data["base_version"],
    }
    asked = form.chosen_reach
    if asked["reach"] == Reach.ONE:
        change_session(**change)
        return None
    return change_series(**change, **asked)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_cancel(request: HttpRequest, session_id: int) -> HttpResponse:
    user: Any = request.user
    session = find_session(user, session_id, page_campaign(request))
    if not scope_of(user).may_report_for(session.branch):
        raise PermissionDenied
    left = series_left(session)
    if session.state == State.CANCELLED and not left.choices:
        messages.info(request, _("Buổi này đã hủy từ trước."))
        return lead_to(request, "session", session.pk)
    form = CancelForm(request.POST if request.method == "POST" else None, left=left)
    if request.method == "POST" and form.is_valid():
        try:
            reached = _cancel(user, session, form)
        except InvalidInput as error:
            error.assign_to(form)
        except (NotNow, WindowClosed) as error:
            form.add_error(None, str(error))
        else:
            _say_reached(request, session, reached, _("Đã hủy"))
            _tell_of_signed_up(request, uninformed_in(reached.changed))
            return lead_to(request, "session-counted", session.pk)
    context = {"form": form, "session": session}
    return render(request, "volunteers/sessions/session_cancel.html", context)


def _cancel(user: Any, session: SupportSession, form: CancelForm) -> Reached:
    call, asked = {"actor": user, "session": session}, form.chosen_reach
    reason = form.cleaned_data["reason"]
    if asked["reach"] == Reach.ONE:
        return Reached(cancel_session(**call, reason=reason), [])
    return cancel_series(**call, reason=reason, **asked)


def _to(request: HttpRequest, sessions: list[SupportSession]) -> HttpResponse:
    first = sessions[0]
    if len(sessions) == 1:
        return lead_to(request, "session", first.pk)
    return lead_to(request, "sessions", view="month", date=first.date, branch=first.branch.code)


def _say_reached(
    request: HttpRequest, session: SupportSession, reached: Reached, done: str
) -> None:
    """Say how many sessions of a series were reached, which were kept, and how many are left."""
    number = len(reached.changed)
    if not number:
        messages.info(request, _("Không buổi nào đổi: mọi thứ đã như vậy từ trước."))
        return
    text = [ngettext("%(done)s %(n)s buổi.", "%(done)s %(n)s buổi.", number)]
    if reached.unchanged:
        text.append(_("Giữ nguyên buổi đã sửa riêng: %(days)s."))
    if session.series_id:
        text.append(_("Chuỗi còn %(left)s buổi chưa diễn ra."))
    words = {
        "done": done,
        "n": number,
        "days": days_in_words(reached.unchanged),
        "left": len(series_left(session).all),
    }
    messages.success(request, " ".join(text) % words)


def _say(request: HttpRequest, sessions: list[SupportSession]) -> None:
    first, last = sessions[0], sessions[-1]
    if len(sessions) == 1:
        text = _("Đã lập buổi %(when)s tại %(place)s.") % {
            "when": f"{first.begins_at:%H:%M} {first.date:%d/%m}",
            "place": first.place,
        }
    else:
        text = _("Đã lập %(n)s buổi tại %(place)s, từ %(first)s đến %(last)s.") % {
            "n": len(sessions),
            "place": first.place,
            "first": f"{first.date:%d/%m}",
            "last": f"{last.date:%d/%m}",
        }
    messages.success(request, text)
    _tell(request, overlapping_sessions(sessions, request.user))


def _tell_of_signed_up(request: HttpRequest, number: int) -> None:
    """Say how many had signed up for what is otherwise now; on their own pages they see it."""
    if number:
        text = ngettext(
            "%(n)s người đã đăng ký: trang của họ báo việc này. Nhắn thêm cho họ.",
            "%(n)s người đã đăng ký: trang của họ báo việc này. Nhắn thêm cho họ.",
            number,
        )
        messages.warning(request, text % {"n": number})


def _tell(request: HttpRequest, clashes: list[OverlappingSession]) -> None:
    for clash in clashes[:MOST_LISTED]:
        messages.warning(request, clash.text)
    if len(clashes) > MOST_LISTED:
        messages.warning(
            request, _("Và %(n)s buổi trùng giờ khác.") % {"n": len(clashes) - MOST_LISTED}
        )
