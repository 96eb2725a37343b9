"""Closing a session: counts, a look at them, done; and the same again to correct them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from campaign.count_fields import CountRow, assign_errors, read_counts, summary
from campaign.reporting_window import WindowClosed
from campaign.selectors import IndicatorSet, indicators_of
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.forms.presence import CloseForm
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.services.sessions import (
    check_closable,
    close_session,
    may_lead,
    reopen_session,
)

FORM = "volunteers/sessions/session_close.html"
CHECK = "volunteers/sessions/session_close_check.html"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_close(request: HttpRequest, session_id: int) -> HttpResponse:
    session = find_session(request.user, session_id, page_campaign(request))
    if not may_lead(request.user, session):
        raise PermissionDenied
    indicators = indicators_of(session.campaign).of_sessions
    of_people = indicators.of_people
    rows = [CountRow(i) for i in indicators.entered if i != of_people]
    if request.method == "GET":
        is_closed = session.state == State.CLOSED
        for row in rows:
            row.show(session.counts.get(row.indicator.code) if is_closed else None)
        headcount = session.headcount or "" if is_closed else ""
        form = CloseForm(initial={"base_version": session.version, "headcount": headcount})
        return _page(request, FORM, session, indicators, rows, form)
    form = CloseForm(request.POST)
    read_counts(request.POST, rows)
    if "reopen" in request.POST and form.is_valid():
        return _reopen(request, session, indicators, rows, form)
    is_right = form.is_valid() and not any(row.error for row in rows)
    if "back" in request.POST or not is_right:
        return _page(request, FORM, session, indicators, rows, form)
    return _close(request, session, indicators, rows, form)


def _reopen(
    request: HttpRequest,
    session: SupportSession,
    indicators: IndicatorSet,
    rows: list[CountRow],
    form: CloseForm,
) -> HttpResponse:
    actor: Any = request.user
    try:
        reopen_session(actor=actor, session=session, base_version=form.cleaned_data["base_version"])
    except WindowClosed as error:
        form.add_error(None, str(error))
        return _page(request, FORM, session, indicators, rows, form)
    except SessionConflict as error:
        return _conflict(request, indicators, rows, error)
    messages.success(request, _("Đã mở lại buổi. Xong việc thì kết thúc lại."))
    # Where a report includes it, the report's pages ask at once.
    return lead_to(request, "session-counted", session.pk)


def _close(
    request: HttpRequest,
    session: SupportSession,
    indicators: IndicatorSet,
    rows: list[CountRow],
    form: CloseForm,
) -> HttpResponse:
    """Check the outcome; close with it once it is confirmed."""
    actor: Any = request.user
    is_confirmed = "confirm" in request.POST
    try:
        closed = close_session(
            actor=actor,
            session=session,
            counts={row.indicator.code: row.count for row in rows if row.count is not None},
            headcount=form.cleaned_data["headcount"],
            base_version=form.cleaned_data["base_version"],
            dry_run=not is_confirmed,
        )
    except InvalidInput as error:
        assign_errors(error.errors, form, rows)
    except (WindowClosed, NotNow) as error:
        form.add_error(None, str(error))
    except SessionConflict as error:
        return _conflict(request, indicators, rows, error)
    else:
        if is_confirmed:
            text = _("Đã kết thúc buổi với %(people)s lượt tham gia.")
            messages.success(request, text % {"people": closed.participations})
            # The report's pages say what counts now, and ask where a report was sent before.
            return lead_to(request, "session-counted", closed.pk)
        return _page(request, CHECK, session, indicators, rows, form)
    return _page(request, FORM, session, indicators, rows, form)


def _conflict(
    request: HttpRequest, indicators: IndicatorSet, rows: list[CountRow], error: SessionConflict
) -> HttpResponse:
    current = error.current
    form = CloseForm({**request.POST.dict(), "base_version": str(current.version)})
    form.is_valid()
    form.add_error(None, str(error))
    for row in rows:
        row.last = current.counts.get(row.indicator.code)
    page = _page(request, FORM, current, indicators, rows, form, conflict=current)
    page.status_code = 409
    return page


def _page(
    request: HttpRequest,
    template: str,
    session: SupportSession,
    indicators: IndicatorSet,
    rows: list[CountRow],
    form: CloseForm,
    *,
    conflict: SupportSession | None = None,
) -> HttpResponse:
    listed = list(session.attendance.coming().values_list("checked_in_at", flat=True))
    present = sum(at is not None for at in listed)
    counts = {row.indicator.code: row.count for row in rows if row.count is not None}
    headcount = getattr(form, "cleaned_data", {}).get("headcount", session.headcount) or 0
    of_people = indicators.of_people
    if of_people is not None:
        counts[of_people.code] = present + headcount
    whole = indicators.complete(counts)
    context = {
        "session": session,
        "rows": rows,
        "form": form,
        "conflict": conflict,
        "present": present,
        "missing": len(listed) - present if session.state != State.CLOSED else 0,
        "headcount": headcount,
        "people": present + headcount,
        "waiting": session.walk_ins.count() if session.is_open else 0,
        "of_people": of_people,
        "blocked": _blocked(session),
        "errors": summary(rows, form),
        "derived": [
            {"indicator": i, "value": whole[i.code]}
            for i in indicators.all
            if i.is_derived and i.code in whole
        ],
    }
    return render(request, template, context)


def _blocked(session: SupportSession) -> str:
    """Say why the session cannot be closed now; empty if it can."""
    try:
        check_closable(session)
    except (NotNow, WindowClosed) as error:
        return str(error)
    return ""
