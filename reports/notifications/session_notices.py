"""The notice that a session for which one has signed up was moved or called off."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.templatetags.formatting import weekday_day
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.outbox import enqueue
from reports.notifications.registry import NoticeKind, register_kind
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.sessions.services.informing import note_delivered
from volunteers.sessions.services.sessions import register_teller


@register_teller
def tell(session: SupportSession) -> None:
    """Leave a notice for whoever signed up with an account; it says how things stand then."""
    waiting = session.attendance.to_be_informed()
    users = User.objects.filter(pk__in=waiting.values("volunteer__user"))
    enqueue(
        users,
        kind=MOVED,
        campaign=session.campaign,
        day=session.date,
        about=_about(session),
        branch=session.branch,
        unit=session.unit,
    )


def _about(session: SupportSession) -> str:
    """Say which session, and since when it is as it is."""
    return f"{session.pk} {session.moved_at.isoformat() if session.moved_at else ''}"


def _read(notice: Notice) -> tuple[int, dt.datetime]:
    pk, _blank, moved_at = notice.about.partition(" ")
    return int(pk), dt.datetime.fromisoformat(moved_at)


def _message(notice: Notice) -> Message | None:
    """Tell it, unless it was moved again since, or is over, or the person is not on the list."""
    pk, moved_at = _read(notice)
    listed = Participation.objects.filter(
        session=pk, session__moved_at=moved_at, volunteer__user=notice.user
    )
    found = listed.select_related("session__unit").first()
    if found is None:
        return None
    session = found.session
    words = {
        "place": session.place,
        "hours": f"{session.begins_at:%H:%M}–{session.ends_at:%H:%M}",
        "day": weekday_day(session.date),
        "reason": session.cancel_reason,
    }
    if session.state == State.CANCELLED:
        title = _("Buổi hỗ trợ ngày %(day)s đã hủy")
        body = _("%(place)s, %(hours)s. Lý do: %(reason)s")
    elif session.is_open:
        title = _("Buổi hỗ trợ bạn đăng ký đã đổi lịch")
        body = _("Nay là %(hours)s, %(day)s, tại %(place)s. Mở ra báo lại có đi được không.")
    else:
        return None
    return Message(title % words, body % words, reverse("session-join", args=[session.join_key]))


def _sent(notice: Notice) -> None:
    pk, moved_at = _read(notice)
    note_delivered(pk, notice.user, moved_at)


MOVED = register_kind(
    NoticeKind("session-moved", gettext_lazy("Buổi hỗ trợ đổi lịch, hủy"), _message, sent=_sent)
)
