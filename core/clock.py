"""The one clock of the portal: server time in Asia/Ho_Chi_Minh, or the demo's day."""

import datetime as dt

from django.conf import settings
from django.utils import timezone


def now() -> dt.datetime:
    """Return the present moment, aware, in local time.

    With ``PORTAL_TODAY`` (demo only) the date is that day and the time of day is real.
    """
    moment = timezone.localtime()
    if settings.PORTAL_TODAY is None:
        return moment
    day = settings.PORTAL_TODAY
    return moment.replace(year=day.year, month=day.month, day=day.day)


def today() -> dt.date:
    return now().date()


def at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=timezone.get_default_timezone())
