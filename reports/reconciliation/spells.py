"""Where ours is higher for days and nothing says why, somebody is asked to look: once a spell."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import transaction

from accounts.models import User
from campaign.models import Appointment, Campaign, Level, Unit
from campaign.permissions import Permission, roles_with
from campaign.states import CampaignState
from core import clock
from reports.notifications.outbox import enqueue
from reports.official.models import OfficialFigure, OfficialFile
from reports.reconciliation.classes import DifferenceClass
from reports.reconciliation.lines import Line
from reports.reconciliation.models import HigherSpell
from reports.reconciliation.notices import HIGHER
from reports.reconciliation.selectors import Question, compare, latest_of, tolerance_of

# So many days running.
DAYS = 3


def find_spells(*, arrived_since: dt.timedelta | None = None) -> int:
    """Begin and end the spells of all campaigns that run; return how many have begun.

    ``arrived_since`` leaves out campaigns for which the police handed in nothing in that time.
    However often it is called, a spell is announced once.
    """
    campaigns = Campaign.objects.filter(state=CampaignState.RUNNING, archived_at=None)
    files = OfficialFile.objects.all()
    if arrived_since is not None:
        files = files.filter(received_at__gte=clock.now() - arrived_since)
    campaigns = campaigns.filter(pk__in=files.order_by().values("campaign"))
    return sum(note_spells(one, _lines(one)) for one in campaigns.order_by("pk"))


def note_spells(campaign: Campaign, lines: Iterable[Line]) -> int:
    """Begin and end the spells of a campaign as its lines have it; return how many have begun."""
    higher = _higher(lines)
    with transaction.atomic():
        # One after the other: what is open is read, and then begun or ended.
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        now = clock.now()
        running = HigherSpell.objects.filter(campaign=campaign, ended_at=None)
        running.exclude(unit__in=higher).update(ended_at=now)
        known = set(running.values_list("unit_id", flat=True))
        begun = HigherSpell.objects.bulk_create(
            HigherSpell(campaign=campaign, unit_id=unit, since=since, begun_at=now)
            for unit, since in higher.items()
            if unit not in known
        )
        if begun:
            _announce(campaign, begun)
    return len(begun)


def _higher(lines: Iterable[Line]) -> dict[int, dt.date]:
    """Return since when ours is higher without an explanation, by the unit's id."""
    found: dict[int, dt.date] = {}
    for line in lines:
        is_higher = line.kind == DifferenceClass.OURS_HIGHER and line.needs_a_look
        if not is_higher or line.unit is None or line.higher_since is None:
            continue
        if line.finding.higher_days >= DAYS:
            found[line.unit.pk] = line.higher_since
    return found


def _lines(campaign: Campaign) -> Iterator[Line]:
    """Yield the differences of the lowest level that is published, with what was last said."""
    figures = OfficialFigure.objects.current().filter(campaign=campaign)
    published = set(figures.order_by().values_list("unit__level", flat=True).distinct())
    level = max(published, key=Level.values.index, default=None)
    last = min(clock.today(), campaign.ends_on)
    if level is None or last < campaign.starts_on:
        return
    latest, tolerance = latest_of(campaign), tolerance_of(campaign)
    tops = Unit.objects.filter(parent=None).during(campaign.starts_on, last)
    for top in tops.order_by("pk"):
        asked = Question(campaign, top, level, campaign.starts_on, last)
        yield from compare(None, asked, tolerance).with_remarks(latest).lines


def _announce(campaign: Campaign, begun: Iterable[HigherSpell]) -> None:
    """Leave one notice for all that have begun at once, to province and liaison."""
    first = min(begun, key=lambda spell: spell.pk)
    today = clock.today()
    appointed = Appointment.objects.on(today).filter(
        role__in=roles_with(Permission.OFFICIAL_FIGURES), user__is_active=True
    )
    users = User.objects.filter(pk__in=appointed.order_by().values("user"))
    enqueue(users, kind=HIGHER, campaign=campaign, day=today, about=str(first.pk))
