"""Support sessions as an iCalendar file (RFC 5545), as telephones subscribe to it."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.addresses import path_of
from core import clock
from core.lazy_module import lazy_module
from core.portal import portal
from volunteers.sessions.models import State, SupportSession

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = lazy_module("icalendar")

ZONE = "Asia/Ho_Chi_Minh"
# Telephones ask more often than this only when they are told to.
REFRESH = dt.timedelta(hours=1)


def tag_of(user: Any, sessions: Sequence[SupportSession], language: str) -> str:
    wording = [
        (
            session.pk,
            session.version,
            session.updated_at,
            session.unit.updated_at,
            session.branch.updated_at,
            [(team.pk, team.updated_at) for team in session.teams.all()],
            [(branch.pk, branch.updated_at) for branch in session.partners.all()],
        )
        for session in sessions
    ]
    text = repr((user.pk, language, wording))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def make_feed(sessions: Iterable[SupportSession], *, root: str, is_public: bool = False) -> bytes:
    """Return the file; ``root`` is the portal's address, without a slash at the end.

    It names places, branches and teams; no person and no telephone number. A public one says
    where and when, and who hosts.
    """
    feed = icalendar.Calendar()
    feed.add("prodid", "-//Tien Phong//Lich buoi ho tro//VI")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", _("Buổi hỗ trợ · %(portal)s") % {"portal": portal().name})
    feed.add("x-wr-timezone", ZONE)
    feed.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", "PT1H")
    year = clock.today().year
    zone = icalendar.Timezone.from_tzid(
        ZONE, first_date=dt.date(year - 1, 1, 1), last_date=dt.date(year + 2, 1, 1)
    )
    # Its remark about the years is for programmers; the zone has had one time since 1975.
    zone.pop("comment", None)
    feed.add_component(zone)
    for session in sessions:
        feed.add_component(_event(session, root, is_public=is_public))
    return bytes(feed.to_ical())


def _event(session: SupportSession, root: str, *, is_public: bool) -> "icalendar.Event":
    event = icalendar.Event()
    # The same by whatever name the portal is reached.
    event.add("uid", f"session-{session.pk}@tienphong06")
    event.add("dtstamp", session.updated_at)
    event.add("last-modified", session.updated_at)
    event.add("sequence", session.version)
    event.add("dtstart", _local(session.date, session.begins_at))
    event.add("dtend", _local(session.date, session.ends_at))
    is_off = session.state == State.CANCELLED
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add(
        "summary", _("ĐÃ HỦY: %(place)s") % {"place": session.place} if is_off else session.place
    )
    event.add("location", f"{session.place}, {session.unit.name}")
    if is_public:
        event.add("description", "\n".join(_who(session)))
        event.add("url", root + path_of(session.campaign, "public", unit=session.unit.code))
    else:
        event.add("description", _description(session))
        event.add("url", root + path_of(session.campaign, "session", session.pk))
    return event


def _local(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=timezone.get_default_timezone())


def _who(session: SupportSession) -> list[str]:
    return [
        _("Chiến dịch: %(name)s") % {"name": session.campaign.name},
        _("Đơn vị chủ trì: %(branch)s") % {"branch": session.branch.name},
    ]


def _description(session: SupportSession) -> str:
    """Say who hosts and who joins: organisations and teams only."""
    lines = _who(session)
    partners = ", ".join(branch.name for branch in session.partners.all())
    teams = ", ".join(team.name for team in session.teams.all())
    if partners:
        lines.append(_("Phối hợp: %(partners)s") % {"partners": partners})
    if teams:
        lines.append(_("Các tổ: %(teams)s") % {"teams": teams})
    if session.state == State.CANCELLED:
        lines.append(_("Đã hủy: %(reason)s") % {"reason": session.cancel_reason})
    return "\n".join(lines)
