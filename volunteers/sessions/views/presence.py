"""Who comes: the leader's list, the QR code, and the doors of the volunteers themselves."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to, page_campaign
from core import clock
from core.qr_codes import qr_of
from core.throttle import address_of, allow, is_spent
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.forms.presence import GuestPhoneForm, PeopleForm
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.selectors.participants import eligible_for, own_people, people_of
from volunteers.sessions.services.presence import (
    check_in_self,
    code_stands,
    put_down,
    sign_up,
    tick,
    withdraw,
)
from volunteers.sessions.services.sessions import may_lead
from volunteers.teams.models import Volunteer

COOKIE, COOKIE_SALT, COOKIE_LIFE = "volunteer", "volunteers.phone", 180 * 24 * 60 * 60
CODE = signing.Signer(sep=".", salt="volunteers.here")
# Wrong numbers of one address at one session. Beyond them everybody is let in still, and nobody is
# told any more whether a number is known.
TRIES, TRY_SECONDS = 60, 600


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
        line.volunteer.pk for line in lines if (line.is_present if is_day else line.participation)
    }
    ticked = getattr(form, "cleaned_data", {}).get("ticked", existing)
    context = {
        "session": session,
        "form": form,
        "leads": leads,
        "is_day": is_day,
        "is_open": session.state in (State.PLANNED, State.UNDER_WAY)
        and (is_day or session.date >= clock.today()),
        "lines": [(line, line.volunteer.pk in ticked) for line in lines],
        "was": ",".join(str(pk) for pk in sorted(existing)),
        "signed_up": sum(line.participation is not None for line in lines),
        "present": sum(line.is_present for line in lines),
        "join_url": request.build_absolute_uri(reverse("session-join", args=[session.join_key])),
    }
    return render(request, "volunteers/sessions/session_people.html", context)


def _save_list(
    request: HttpRequest, session: SupportSession, form: PeopleForm, *, is_day: bool
) -> None:
    actor: Any = request.user
    save = tick if is_day else put_down
    names = ("on", "off", "phone")
    save(actor=actor, session=session, **{name: form.cleaned_data[name] for name in names})


@login_required
@never_cache
@require_safe
def session_qr(request: HttpRequest, session_id: int) -> HttpResponse:
    session = find_session(request.user, session_id, page_campaign(request))
    if not may_lead(request.user, session):
        raise PermissionDenied
    is_open = session.state in (State.PLANNED, State.UNDER_WAY) and session.date >= clock.today()
    url = request.build_absolute_uri(reverse("session-here", args=[code_for(session)]))
    context = {
        "session": session,
        "qr": qr_of(url) if is_open else None,
        "url": url,
        "present": session.attendance.present().count(),
    }
    return render(request, "volunteers/sessions/session_qr.html", context)


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
    if not code_stands(session, day):
        return _over(request, session, day)
    entrance = _Entrance(request, session)
    if request.method == "POST" and entrance.volunteer is not None:
        try:
            check_in_self(session=session, volunteer=entrance.volunteer)
        except InvalidInput as error:
            entrance.say(error)
        except NotNow:
            session.refresh_from_db()
            return _over(request, session, day)
        else:
            return entrance.remember(redirect("session-here", token=token))
    return entrance.page("volunteers/sessions/check_in.html")


def _over(request: HttpRequest, session: SupportSession, day: dt.date) -> HttpResponse:
    """Say why a code does not work, to whoever holds it."""
    context = {"session": session, "day": day}
    return render(request, "volunteers/sessions/check_in_over.html", context, status=410)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_up_page(request: HttpRequest, key: str) -> HttpResponse:
    sessions = SupportSession.objects.select_related("unit", "branch")
    session = sessions.prefetch_related("teams").filter(join_key=key).or_404()
    entrance = _Entrance(request, session)
    if request.method == "POST" and entrance.volunteer is not None:
        act = withdraw if "withdraw" in request.POST else sign_up
        try:
            act(session=session, volunteer=entrance.volunteer)
        except (InvalidInput, NotNow) as error:
            entrance.say(error)
        else:
            return entrance.remember(redirect("session-join", key=key))
    is_open = session.state in (State.PLANNED, State.UNDER_WAY) and session.date >= clock.today()
    return entrance.page("volunteers/sessions/sign_up.html", is_open=is_open)


class _Entrance:
    """A page for somebody without an account, who is known by cookie or telephone number.

    Neither a name nor whether a number stands anywhere else is ever shown.
    """

    def __init__(self, request: HttpRequest, session: SupportSession) -> None:
        self.request, self.session = request, session
        self.known = None if "other" in request.GET else self._of_cookie()
        self.volunteer: Volunteer | None = self.known
        # After too many wrong numbers every answer is the same.
        self.is_quiet = False
        is_typed = request.method == "POST" and "phone" in request.POST
        self.form = GuestPhoneForm(request.POST if is_typed or self._is_lost() else None)
        if is_typed:
            self.volunteer = self._of_phone()

    def _is_lost(self) -> bool:
        """Whether a button was pressed that needs a cookie, and the cookie is gone."""
        return self.request.method == "POST" and self.known is None

    def _of_cookie(self) -> Volunteer | None:
        """Return who acted from this phone before, if they may take part in this session."""
        pk = self.request.get_signed_cookie(
            COOKIE, default=None, salt=COOKIE_SALT, max_age=COOKIE_LIFE
        )
        return eligible_for(self.session).filter(pk=pk).first() if pk else None

    def _of_phone(self) -> Volunteer | None:
        """Find the person by the number typed; with a number unknown here nobody."""
        if not self.form.is_valid():
            return None
        key = f"phone:{address_of(self.request)}:{self.session.pk}"
        self.is_quiet = is_spent(key, TRIES)
        people = eligible_for(self.session)
        found = people.filter(phone=self.form.cleaned_data["phone"]).first()
        if found is None:
            allow(key, TRIES, TRY_SECONDS)
            text = _("Số này không có trong các tổ của buổi. Xem lại số, hoặc hỏi tổ trưởng.")
            self.form.add_error("phone", text)
        return found

    def say(self, error: InvalidInput | NotNow) -> None:
        self.form = GuestPhoneForm(self.request.POST)
        self.form.is_valid()
        self.form.errors.clear()
        self.form.add_error(None, str(error))

    def remember(self, response: HttpResponse) -> HttpResponse:
        """Let this phone be known the next time: only after somebody acted on it."""
        if self.is_quiet:
            return self.page("")
        if self.volunteer is not None:
            response.set_signed_cookie(
                COOKIE,
                str(self.volunteer.pk),
                salt=COOKIE_SALT,
                max_age=COOKIE_LIFE,
                httponly=True,
                samesite="Lax",
                secure=settings.HTTPS,
            )
        return response

    def page(self, template: str, **more: Any) -> HttpResponse:
        owned = self.session.attendance.filter(volunteer=self.known).first() if self.known else None
        context = {
            "session": self.session,
            "form": self.form,
            "known": self.known,
            "digits": (self.known.phone or "")[-3:] if self.known else "",
            "participation": owned,
            **more,
        }
        if self.is_quiet:
            template = "volunteers/sessions/noted.html"
            context |= {"form": GuestPhoneForm(), "known": None, "participation": None}
        response = render(self.request, template, context)
        response.headers["X-Robots-Tag"] = "noindex"
        return response
