"""Who comes: the leader's list, the QR code, and the doors of the volunteers themselves."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to, page_campaign
from campaign.selectors import runs_a_branch
from core import clock
from core.qr_codes import qr_of
from core.throttle import address_of, allow
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.forms.presence import GuestForm, PeopleForm
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.selectors.participants import own_people, people_of, who_is
from volunteers.sessions.services.presence import (
    check_in_self,
    code_stands,
    put_down,
    sign_up,
    tick,
    withdraw,
)
from volunteers.sessions.services.sessions import may_lead
from volunteers.sessions.services.walk_ins import add_newcomer, is_full, note_walk_in

COOKIE, COOKIE_LIFE = "volunteer", 180 * 24 * 60 * 60
CODE = signing.Signer(sep=".", salt="volunteers.here")
# One number at one session from one address, right or wrong: more often than anybody changes their
# mind, and too seldom to find the name.
TRIES, TRY_SECONDS = 10, 600
# Of one address at one session in all: a hall of people, and no list full of inventions.
CROWD = 300


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_people(request: HttpRequest, session_id: int) -> HttpResponse:
    session = find_session(request.user, session_id, page_campaign(request))
    leads = may_lead(request.user, session)
    if not leads and not own_people(request.user, session).exists():
        raise PermissionDenied
    is_day = leads and session.date <= clock.today()
    form = PeopleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _save_list(request, session, form, is_day=is_day)
        except (InvalidInput, NotNow) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Đã lưu danh sách."))
            return lead_to(request, "session-people", session.pk)
    lines = people_of(request.user, session)
    existing = {
        line.volunteer.pk
        for line in lines
        if (line.is_present if is_day else line.participation and not line.turn)
    }
    sent = getattr(form, "cleaned_data", {})
    # What somebody else has ticked meanwhile stays ticked on a page that comes back.
    ticked = (existing | sent.get("on", set())) - sent.get("off", set())
    context = {
        "session": session,
        "form": form,
        "leads": leads,
        "is_day": is_day,
        "is_open": session.takes_sign_ups or (is_day and session.is_open),
        "lines": [(line, line.volunteer.pk in ticked) for line in lines],
        "was": ",".join(str(pk) for pk in sorted(existing)),
        "signed_up": sum(line.participation is not None and not line.turn for line in lines),
        "moved_up": sum(line.has_news for line in lines),
        "on_waiting_list": sum(line.turn > 0 for line in lines),
        "present": sum(line.is_present for line in lines),
        "waiting": session.walk_ins.count() if leads else 0,
        "may_plan": session.state == State.CANCELLED and runs_a_branch(request.user),
        "join_url": request.build_absolute_uri(reverse("session-join", args=[session.join_key])),
    }
    return render(request, "volunteers/sessions/session_people.html", context)


def _save_list(
    request: HttpRequest, session: SupportSession, form: PeopleForm, *, is_day: bool
) -> None:
    actor: Any = request.user
    sent = form.cleaned_data
    ticks, phone, name = {n: sent[n] for n in ("on", "off")}, sent["phone"], sent["full_name"]
    with transaction.atomic():
        if is_day and name:
            tick(actor=actor, session=session, **ticks)
            add_newcomer(actor=actor, session=session, phone=phone, full_name=name)
        else:
            save = tick if is_day else put_down
            save(actor=actor, session=session, phone=phone, **ticks)


@login_required
@never_cache
@require_safe
def session_qr(request: HttpRequest, session_id: int) -> HttpResponse:
    session = find_session(request.user, session_id, page_campaign(request))
    if not may_lead(request.user, session):
        raise PermissionDenied
    is_open = _is_coming(session)
    url = request.build_absolute_uri(reverse("session-here", args=[code_for(session)]))
    context = {
        "session": session,
        "qr": qr_of(url) if is_open else None,
        "url": url,
        "present": session.attendance.present().count(),
        "waiting": session.walk_ins.count(),
    }
    return render(request, "volunteers/sessions/session_qr.html", context)


def _is_coming(session: SupportSession) -> bool:
    return session.is_open and session.date >= clock.today()


def code_for(session: SupportSession) -> str:
    """Return what the QR code of a session says: which session and which day, signed."""
    return CODE.sign(f"{session.pk}-{session.date:%Y%m%d}")


def _read_code(token: str) -> tuple[SupportSession, dt.date]:
    """Return the session and the day of a code; 404 for a code that is not ours."""
    try:
        pk, _dash, day = CODE.unsign(token).partition("-")
    except signing.BadSignature as error:
        raise Http404 from error
    session = SupportSession.objects.select_related("unit", "branch").filter(pk=pk).or_404()
    return session, dt.datetime.strptime(day, "%Y%m%d").date()  # noqa: DTZ007


@never_cache
@require_http_methods(["GET", "POST"])
def check_in_page(request: HttpRequest, token: str) -> HttpResponse:
    """Check oneself in with the code shown at the place; opening the page writes nothing."""
    session, day = _read_code(token)
    guest = _GuestPage(request, session)
    if code_stands(session, day):
        guest.pass_on(check_in_self, unknown=note_walk_in)
    if not code_stands(session, day):
        return _over(request, session, day)
    return guest.page("volunteers/sessions/check_in.html", act="check_in", full=is_full(session))


def _over(request: HttpRequest, session: SupportSession, day: dt.date) -> HttpResponse:
    """Say why a code does not work, to whoever holds it."""
    context = {"session": session, "day": day}
    return render(request, "volunteers/sessions/check_in_over.html", context, status=410)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_up_page(request: HttpRequest, key: str) -> HttpResponse:
    sessions = SupportSession.objects.select_related("unit", "branch")
    session = sessions.prefetch_related("teams").filter(join_key=key).or_404()
    guest = _GuestPage(request, session)
    is_withdrawing = "withdraw" in request.POST
    if session.takes_sign_ups:
        guest.pass_on(withdraw if is_withdrawing else sign_up)
    act = "withdraw" if is_withdrawing else "sign_up"
    return guest.page("volunteers/sessions/sign_up.html", act=act, is_open=session.takes_sign_ups)


class _GuestPage:
    """A page for somebody without an account, who says who they are by number and name.

    Whoever sends both is given one answer: whether the number is known, the name is right or
    something was written is told to nobody. What was typed is kept on the phone alone, as it was
    typed, so that a tap is enough the next time; the cookie is no more than typing again.
    """

    def __init__(self, request: HttpRequest, session: SupportSession) -> None:
        self.request, self.session = request, session
        is_sent = request.method == "POST"
        remembered = GuestForm(QueryDict(request.COOKIES.get(COOKIE, "")))
        is_remembered = "other" not in request.GET and remembered.is_valid()
        if "phone" in request.POST or (is_sent and not is_remembered):
            self.form, is_remembered = GuestForm(request.POST), False
        else:
            self.form = remembered if is_remembered else GuestForm()
        self.is_known = is_remembered
        self.is_answered = is_sent and self.form.is_valid()
        self.who = self.form.cleaned_data if self.form.is_valid() else {"phone": ""}
        self.status = HTTPStatus.OK

    def pass_on(self, act: Callable[..., Any], unknown: Callable[..., Any] | None = None) -> None:
        """Do what was asked for whoever it is; what comes of it shows on the session alone.

        ``unknown`` is done for a number and name that are nobody's who may come.
        """
        if not self.is_answered:
            return
        crowd = f"door:{address_of(self.request)}:{self.session.pk}"
        if not allow(crowd, CROWD, TRY_SECONDS):
            self._wait(_("Từ mạng này vừa có quá nhiều lần gửi. Đợi 10 phút, hoặc nhờ tổ trưởng."))
            return
        tries = f"door:{address_of(self.request)}:{self.session.pk}:{self.who['phone']}"
        if not allow(tries, TRIES, TRY_SECONDS):
            self._wait(_("Số này vừa gửi nhiều lần. Đợi 10 phút, hoặc nhờ tổ trưởng điểm danh."))
            return
        phone, name = self.who["phone"], self.who["name"]
        person = who_is(self.session, phone=phone, name=name)
        with suppress(InvalidInput, NotNow):
            if person is not None:
                act(session=self.session, volunteer=person)
            elif unknown is not None:
                unknown(session=self.session, phone=phone, full_name=name)
        self.session.refresh_from_db(fields=["state", "date"])

    def _wait(self, text: str) -> None:
        self.form.add_error(None, text)
        self.is_answered, self.status = False, HTTPStatus.TOO_MANY_REQUESTS

    def page(
        self, template: str, *, act: str, is_open: bool = True, full: bool = False
    ) -> HttpResponse:
        is_noted = self.is_answered and is_open
        context = {
            "session": self.session,
            "form": self.form,
            "known": self.is_known,
            "digits": self.who["phone"][-3:],
            "act": act,
            "is_open": is_open,
            "is_full": full,
        }
        if is_noted:
            template = "volunteers/sessions/noted.html"
        response = render(self.request, template, context, status=self.status)
        response.headers["X-Robots-Tag"] = "noindex"
        if is_noted:
            response.set_cookie(
                COOKIE,
                urlencode(self.who),
                max_age=COOKIE_LIFE,
                httponly=True,
                samesite="Lax",
                secure=settings.HTTPS,
            )
        return response
