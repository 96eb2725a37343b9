"""Where residents can go for help next: public facts, without any person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import BooleanField, Case, Q, Value, When
from django.utils.translation import gettext as _

from campaign.models import Campaign, Unit
from core import clock
from core.templatetags.formatting import WEEKDAYS
from volunteers.sessions.models import PlaceKind, State, SupportSession
from volunteers.sessions.querysets import SessionQuerySet

DAYS = 14
MOST, MOST_IN_CALENDAR = 8, 100
# Nobody can walk in there.
NOT_LOCATIONS = (PlaceKind.HOME_VISITS, PlaceKind.TELEPHONE)


@dataclass(frozen=True)
class SupportPoint:
    """A place and its hours on one day, in words; cancelled ones are told of too."""

    session_id: int
    place: str
    kind: str
    unit: str
    is_own: bool
    day: str
    begins_at: dt.time
    ends_at: dt.time
    is_cancelled: bool
    is_now: bool
    # What a map is asked for: the place and where it lies.
    address: str

    @property
    def map_url(self) -> str:
        return f"https://www.openstreetmap.org/search?query={quote(self.address)}"


def first_open(points: Sequence[SupportPoint]) -> SupportPoint | None:
    """Return the next point to which one can go."""
    return next((point for point in points if not point.is_cancelled), None)


def open_to_all() -> SessionQuerySet:
    """Return the sessions into which a resident can walk."""
    sessions = SupportSession.objects.exclude(place_kind__in=NOT_LOCATIONS)
    return sessions.select_related("unit", "campaign", "branch")


def calendar_of(campaign: Campaign, unit: Unit) -> list[SupportSession]:
    """Return the sessions of a commune for a telephone's calendar: the last and the next ones.

    What is cancelled stays on it, so that the calendar says so.
    """
    since = clock.today() - dt.timedelta(days=DAYS)
    here = open_to_all().filter(campaign=campaign, unit__path__startswith=unit.path)
    return list(here.filter(date__gte=since).order_by("date", "begins_at", "pk")[:MOST_IN_CALENDAR])


def next_points(campaign: Campaign, unit: Unit) -> list[SupportPoint]:
    """Return the next support points: of the commune first, then of what lies above it."""
    now = clock.now()
    today = now.date()
    above = unit.parent or unit
    sessions = (
        SupportSession.objects.exclude(state=State.CLOSED)
        .exclude(place_kind__in=NOT_LOCATIONS)
        .filter(
            Q(date__gt=today) | Q(date=today, ends_at__gt=now.time()),
            campaign=campaign,
            unit__path__startswith=above.path,
            date__lte=today + dt.timedelta(days=DAYS),
        )
        .annotate(
            is_far=Case(
                When(unit=unit, then=Value(False)),
                default=Value(True),
                output_field=BooleanField(),
            )
        )
        .select_related("unit__parent")
        .order_by("is_far", "date", "begins_at", "pk")
    )
    return [
        SupportPoint(
            session_id=one.pk,
            place=one.place,
            kind=one.get_place_kind_display(),
            unit=one.unit.name,
            is_own=one.unit_id == unit.pk,
            day=day_in_words(one.date, today),
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            is_cancelled=one.state == State.CANCELLED,
            is_now=one.date == today and one.begins_at <= now.time(),
            address=", ".join(
                (one.place, one.unit.name, *([one.unit.parent.name] if one.unit.parent else []))
            ),
        )
        for one in sessions[:MOST]
    ]


def day_in_words(day: dt.date, today: dt.date) -> str:
    """Return a day as people say it: ``Chủ nhật 25/6``, ``Hôm nay, Thứ Ba 20/6``."""
    wording = f"{WEEKDAYS[day.weekday()]} {day.day}/{day.month}"
    if day == today:
        return _("Hôm nay, %(day)s") % {"day": wording}
    if day == today + dt.timedelta(days=1):
        return _("Ngày mai, %(day)s") % {"day": wording}
    return wording
