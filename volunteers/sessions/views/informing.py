"""The page on which a leader tells those who signed up, and sees who knows and who answered."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from core.templatetags.formatting import weekday_day
from volunteers.sessions.forms.presence import TicksForm
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.selectors.informing import informed_people
from volunteers.sessions.selectors.participants import own_people
from volunteers.sessions.services.informing import mark_informed
from volunteers.sessions.services.sessions import may_lead


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_inform(request: HttpRequest, session_id: int) -> HttpResponse:
    user: Any = request.user
    session = find_session(user, session_id, page_campaign(request))
    if not may_lead(user, session) and not own_people(user, session).exists():
        raise PermissionDenied
    form = TicksForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ticks = {name: form.cleaned_data[name] for name in ("on", "off")}
        mark_informed(actor=user, session=session, **ticks)
        messages.success(request, _("Đã lưu ai đã được báo."))
        return lead_to(request, "session-inform", session.pk)
    lines = [] if session.has_ended else informed_people(user, session)
    text, overlap = words_for(request, session), words_for(request, session, is_overlapping=True)
    marked = {line.volunteer.pk for line in lines if line.informed_at is not None}
    context = {
        "session": session,
        "form": form,
        "lines": lines,
        "was": ",".join(str(pk) for pk in sorted(marked)),
        "text": text,
        # What the phone's own message begins with; both kinds of phones read it so.
        "sms": f"?&body={quote(text)}",
        "sms_overlap": f"?&body={quote(overlap)}",
        "uninformed": sum(not line.is_informed for line in lines),
        "answers": {
            answer: sum(line.answer == answer for line in lines)
            for answer in ("yes", "no", "open", "waiting", "put")
        },
    }
    return render(request, "volunteers/sessions/session_inform.html", context)


def words_for(
    request: HttpRequest, session: SupportSession, *, is_overlapping: bool = False
) -> str:
    """Return what to write into the team's group, and to each person: how the session stands.

    ``is_overlapping``: to who knows that, and has signed up for another one at the same hours.
    """
    words = {
        "place": f"{session.place}, {session.unit.name}",
        "hours": f"{session.begins_at:%H:%M}–{session.ends_at:%H:%M}",
        "day": weekday_day(session.date),
        "reason": session.cancel_reason,
        "url": request.build_absolute_uri(reverse("session-join", args=[session.join_key])),
    }
    if session.state == State.CANCELLED:
        text = _("Buổi hỗ trợ %(hours)s %(day)s tại %(place)s đã HỦY. Lý do: %(reason)s")
    elif is_overlapping:
        text = _(
            "Bạn đã đăng ký buổi hỗ trợ %(hours)s %(day)s tại %(place)s và một buổi khác trùng "
            "giờ. Mở đường link này báo buổi này có đi được không: %(url)s"
        )
    elif session.moved_at is None:
        text = _(
            "Buổi hỗ trợ %(hours)s %(day)s tại %(place)s. Không đi được thì mở đường link này báo "
            "lại: %(url)s"
        )
    else:
        text = _(
            "Buổi hỗ trợ đã đổi lịch. Nay là %(hours)s %(day)s tại %(place)s. Ai đã đăng ký thì mở "
            "đường link này báo lại có đi được không: %(url)s"
        )
    return text % words
