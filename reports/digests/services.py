"""Announces to those who lead, once a day at the set time, that the digest of the day is there."""

import datetime as dt

from accounts.models import User
from campaign.models import Appointment, Campaign, Unit
from campaign.permissions import Permission, roles_with
from campaign.reporting_window import reporting_days
from core import clock
from reports.digests.notices import DIGEST
from reports.notifications.outbox import enqueue

# For so long after the set time it is announced; the next morning nobody needs it.
ANNOUNCED_FOR = dt.timedelta(hours=4)


def announce_digests() -> int:
    """Announce the digests that are due now; return how many notices were made.

    Safe to run as often as one likes, by several at once, and to be killed at any moment:
    ``enqueue`` makes one notice for each person, day and channel, and makes those that are missing.
    """
    now = clock.now()
    made = 0
    for campaign in Campaign.objects.published().filter(starts_on__lte=now.date()).order_by("pk"):
        for day in (now.date() - dt.timedelta(days=1), now.date()):
            if _is_due(campaign, day, now):
                made += _announce(campaign, day)
    return made


def _is_due(campaign: Campaign, day: dt.date, now: dt.datetime) -> bool:
    due_at = clock.at(day, campaign.digest_at)
    return due_at <= now < due_at + ANNOUNCED_FOR and bool(reporting_days(campaign, day, day))


def _announce(campaign: Campaign, day: dt.date) -> int:
    made = 0
    for unit, users in _leaders(campaign, day).items():
        made += enqueue(users, kind=DIGEST, campaign=campaign, day=day, unit=unit)
    return made


def _leaders(campaign: Campaign, day: dt.date) -> dict[Unit, list[User]]:
    """Return who leads which unit on the day; who leads several hears of the highest."""
    appointments = (
        Appointment.objects.on(day)
        .filter(role__in=roles_with(Permission.LEAD), user__is_active=True)
        .select_related("user", "unit", "branch__home_unit")
        .order_by("pk")
    )
    highest: dict[User, Unit] = {}
    for appointment in appointments:
        unit = appointment.branch.home_unit if appointment.branch else appointment.unit
        if unit is None or not unit.path:
            continue
        known = highest.get(appointment.user)
        if known is None or unit.depth < known.depth:
            highest[appointment.user] = unit
    found: dict[Unit, list[User]] = {}
    for user, unit in highest.items():
        found.setdefault(unit, []).append(user)
    return found
