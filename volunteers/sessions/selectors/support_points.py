"""Where residents can go for help next: public facts, without any person."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Q, Value, When
from django.utils.translation import gettext as _

from campaign.models import Campaign, Unit
from core import clock
from core.templatetags.formatting import WEEKDAYS
from volunteers.sessions.models import PlaceKind, State, SupportSession

DAYS = 14
MOST = 8
# Nobody can walk in there.
NOT_LOCATIONS = (PlaceKind.HOME_VISITS, PlaceKind.TELEPHONE)


@dataclass(frozen=True)
class SupportPoint:
    """A place and its hours on one day, in words; cancelled ones are told of too."""

    place: str
    kind: str
    unit: str
    is_own: bool
    day: str
    begins_at: dt.time
    ends_at: dt.time
    is_cancelled: bool
    is_now: bool


def next_points(campaign: Campaign, unit: Unit) -> list[SupportPoint]:
    """Return the next support points: of the commune first, then of its district."""
    now = clock.now()
    today = now.date()
    district = unit.parent or unit
    sessions = (
        SupportSession.objects.exclude(state=State.CLOSED)
        .exclude(place_kind__in=NOT_LOCATIONS)
        .filter(
            Q(date__gt=today) | Q(date=today, ends_at__gt=now.time()),
            campaign=campaign,
            unit__path__startswith=district.path,
            date__lte=today + dt.timedelta(days=DAYS),
        )
        .annotate(
            is_far=Case(
                When(unit=unit, then=Value(False)),
                default=Value(True),
                output_field=BooleanField(),
            )
        )
        .select_related("unit")
        .order_by("is_far", "date", "begins_at", "pk")
    )
    return [
        SupportPoint(
            place=one.place,
            kind=one.get_place_kind_display(),
            unit=one.unit.name,
            is_own=one.unit_id == unit.pk,
            day=day_in_words(one.date, today),
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            is_cancelled=one.state == State.CANCELLED,
            is_now=one.date == today and one.begins_at <= now.time(),
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
