"""Who waits at a session to be confirmed by its leader."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.forms.presence import WalkInForm, ids_of
from volunteers.sessions.models import SupportSession, WalkIn
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.services.sessions import may_lead
from volunteers.sessions.services.walk_ins import (
    GONE,
    confirm_walk_in,
    refuse_walk_ins,
    waiting_at,
)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_walk_ins(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show who waits; confirm one, refuse one, or refuse all that were shown."""
    user: Any = request.user
    session = find_session(user, session_id, page_campaign(request))
    if not may_lead(user, session):
        raise PermissionDenied
    form, waiting = None, waiting_at(session, user)
    if request.method == "POST":
        named = _named(request)
        if "refuse" in request.POST:
            if refuse_walk_ins(actor=user, session=session, walk_ins=named):
                messages.success(request, _("Đã từ chối. Tên và số vừa gửi đã xóa."))
            else:
                messages.info(request, GONE)
            return lead_to(request, "session-walk-ins", session.pk)
        form = WalkInForm(request.POST)
        if _confirmed(request, session, form, named):
            return lead_to(request, "session-walk-ins", session.pk)
    context = {
        "session": session,
        "form": form,
        "lines": [(one, _form_of(one, form, request)) for one in waiting],
    }
    return render(request, "volunteers/sessions/session_walk_ins.html", context)


def _named(request: HttpRequest) -> set[int]:
    """Return who was shown and is meant; 404 for what is no id."""
    try:
        return ids_of(request.POST.getlist("walk_in"))
    except ValueError as error:
        raise Http404 from error


def _confirmed(
    request: HttpRequest, session: SupportSession, form: WalkInForm, named: set[int]
) -> bool:
    """Whether somebody was confirmed; else the form says why not."""
    user: Any = request.user
    if not form.is_valid() or not named:
        return False
    try:
        made = confirm_walk_in(
            actor=user, session=session, walk_in=next(iter(named)), **form.cleaned_data
        )
    except InvalidInput as error:
        error.assign_to(form)
    except NotNow as error:
        form.add_error(None, str(error))
    else:
        messages.success(request, _("Đã điểm danh %(name)s.") % {"name": made.volunteer})
        return True
    return False


def _form_of(one: WalkIn, sent: WalkInForm | None, request: HttpRequest) -> WalkInForm:
    """Return the form of one who waits: as it was sent, or as they typed."""
    if sent is not None and request.POST.get("walk_in") == str(one.pk):
        form = sent
    else:
        form = WalkInForm(initial={"full_name": one.full_name, "phone": one.phone})
    # One page has many of them.
    form.auto_id = f"id_{one.pk}_%s"
    return form
