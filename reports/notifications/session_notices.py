"""What those are told who have signed up: moved, called off, a free place, two at one time."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from core.templatetags.formatting import weekday_day
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.outbox import enqueue
from reports.notifications.registry import NoticeKind, register_kind
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.sessions.selectors.informing import overlapping_sign_ups
from volunteers.sessions.services.informing import note_delivered, note_moved_up
from volunteers.sessions.services.presence import register_putting_down
from volunteers.sessions.services.sessions import register_teller
from volunteers.sessions.services.waiting_list import register_moving_up


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
    if session.has_ended:
        return None
    words = {**_words(session), "reason": session.cancel_reason}
    if session.state == State.CANCELLED:
        title = _("Buổi hỗ trợ ngày %(day)s đã hủy")
        body = _("%(place)s, %(hours)s. Lý do: %(reason)s")
    elif session.is_open:
        title = _("Buổi hỗ trợ bạn đăng ký đã đổi lịch")
        body = _("Nay là %(hours)s, %(day)s, tại %(place)s. Mở ra báo lại có đi được không.")
    else:
        return None
    text = " ".join(part for part in (body % words, _clash(found)) if part)
    return Message(title % words, text, reverse("session-join", args=[session.join_key]))


def _words(session: SupportSession) -> dict[str, str]:
    return {
        "place": session.place,
        "hours": f"{session.begins_at:%H:%M}–{session.ends_at:%H:%M}",
        "day": weekday_day(session.date),
    }


def _clash(found: Participation) -> str:
    """Say what else somebody has signed up for at the hours of a session; blank for nothing."""
    others = overlapping_sign_ups(found.session, [found.volunteer_id])[found.volunteer_id]
    if not others:
        return ""
    named = (f"{one.place} ({one.begins_at:%H:%M}–{one.ends_at:%H:%M})" for one in others)
    return _("Trùng giờ với buổi khác bạn đã đăng ký: %(others)s.") % {"others": ", ".join(named)}


def _sent(notice: Notice) -> None:
    pk, moved_at = _read(notice)
    note_delivered(pk, notice.user, moved_at)


@register_moving_up
def tell_moved_up(session: SupportSession, people: Sequence[Participation]) -> None:
    """Leave a notice for whoever waited and has an account."""
    enqueue(
        User.objects.filter(pk__in=[one.volunteer.user_id for one in people]),
        kind=MOVED_UP,
        campaign=session.campaign,
        day=session.date,
        about=f"{session.pk} {clock.now().isoformat()}",
        branch=session.branch,
        unit=session.unit,
    )


def _moved_up(notice: Notice) -> Message | None:
    """Tell it, unless they wait again or are gone, or the session is over."""
    listed = Participation.objects.coming().filter(
        session=int(notice.about.split()[0]), volunteer__user=notice.user
    )
    found = listed.select_related("session__unit").first()
    if found is None or not found.session.takes_sign_ups:
        return None
    session = found.session
    words = _words(session)
    text = _("%(place)s, %(hours)s, %(day)s. Không đi được nữa thì mở ra báo lại.")
    url = reverse("session-join", args=[session.join_key])
    return Message(_("Bạn đã có chỗ ở buổi hỗ trợ"), text % words, url)


def _sent_up(notice: Notice) -> None:
    note_moved_up(int(notice.about.split()[0]), notice.user)


@register_putting_down
def tell_overlap(session: SupportSession, volunteers: Collection[int]) -> None:
    """Leave a notice for whoever was put down at hours at which they go elsewhere."""
    clashing = [pk for pk, others in overlapping_sign_ups(session, volunteers).items() if others]
    enqueue(
        User.objects.filter(volunteer__in=clashing),
        kind=OVERLAPPING,
        campaign=session.campaign,
        day=session.date,
        about=str(session.pk),
        branch=session.branch,
        unit=session.unit,
    )


def _overlap(notice: Notice) -> Message | None:
    """Tell it while it is so."""
    listed = Participation.objects.filter(session=int(notice.about), volunteer__user=notice.user)
    found = listed.select_related("session__unit").first()
    if found is None or not found.session.takes_sign_ups or not (clash := _clash(found)):
        return None
    session = found.session
    words = _words(session)
    text = _("Bạn được ghi tên ở %(place)s, %(hours)s, %(day)s. Không đi được thì mở ra báo lại.")
    url = reverse("session-join", args=[session.join_key])
    return Message(_("Hai buổi hỗ trợ trùng giờ"), f"{text % words} {clash}", url)


OVERLAPPING = register_kind(
    NoticeKind("session-overlapping", gettext_lazy("Hai buổi hỗ trợ trùng giờ"), _overlap)
)
MOVED_UP = register_kind(
    NoticeKind("session-moved-up", gettext_lazy("Có chỗ ở buổi hỗ trợ"), _moved_up, sent=_sent_up)
)
MOVED = register_kind(
    NoticeKind("session-moved", gettext_lazy("Buổi hỗ trợ đổi lịch, hủy"), _message, sent=_sent)
)
