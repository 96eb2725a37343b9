"""Gives each day's head to those who keep it, so that nobody can make the log anew unseen."""

import datetime as dt

from accounts.models import User
from campaign.models import Appointment
from campaign.permissions import Permission, roles_with
from core import clock
from core.log.day_heads import day_heads
from reports.notifications.outbox import enqueue
from reports.witness.notices import HEAD

# In the morning, of the day that is over; whoever was not reached by noon hears of the next.
SENT_FROM, SENT_UNTIL = dt.time(6), dt.time(12)


def announce_heads() -> int:
    """Leave yesterday's head for its witnesses; return how many notices are new.

    Safe to run as often as one likes, by several at once: ``enqueue`` makes each notice once.
    """
    now, yesterday = clock.now(), clock.today() - dt.timedelta(days=1)
    if not SENT_FROM <= now.time() < SENT_UNTIL or not day_heads(yesterday, 1):
        return 0
    return enqueue(_witnesses(clock.today()), kind=HEAD, campaign=None, day=yesterday)


def _witnesses(day: dt.date) -> list[User]:
    roles = roles_with(Permission.WITNESS)
    owned = Appointment.objects.on(day).filter(role__in=roles, user__is_active=True)
    return list(User.objects.filter(pk__in=owned.values("user")).order_by("pk"))
