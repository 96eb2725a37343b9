"""The file that a machine fetches each day: all days until yesterday, the same until midnight."""

import datetime as dt
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from campaign.models import Campaign, Unit
from campaign.permissions import Permission
from campaign.scopes import scope_of
from core import clock
from reports.exports.models import Export, ExportKind
from reports.police.exports import police_file
from reports.police.marks import Marks
from reports.rollup.archived import refuse_archived

# For whoever has fetched one within so many days it is made before it is asked for.
FETCHED_WITHIN = dt.timedelta(days=7)


def nightly_file(*, actor: User, campaign: Campaign, basis: str) -> Export:
    """Return today's file of a receiver; made when it is asked for first, once whoever asks.

    It holds the days until yesterday as they were known then, with the receiver's marks. Who may
    see others than this morning gets a new one.
    """
    refuse_archived(campaign)
    paths = sorted(scope_of(actor).unit_paths_with(Permission.EXPORT))
    asked = {"night": str(clock.today()), "units": paths}
    with transaction.atomic():
        _wait_for_others(actor, campaign)
        made = Export.objects.filter(
            kind=ExportKind.NIGHTLY, actor=actor, campaign=campaign, basis=basis, filter=asked
        )
        found = made.select_related("campaign").first()
        return found or _make(actor, campaign, basis, asked)


def _make(actor: User, campaign: Campaign, basis: str, asked: dict[str, Any]) -> Export:
    export, pieces = police_file(
        actor=actor,
        campaign=campaign,
        units=Unit.objects.where_may(actor, Permission.EXPORT),
        first=None,
        last=clock.today() - dt.timedelta(days=1),
        basis=basis,
        kind=ExportKind.NIGHTLY,
        asked=asked,
        marks=Marks(actor.pk),
    )
    for _piece in pieces:
        pass
    return Export.objects.select_related("campaign").get(pk=export.pk)


def make_nightly_files() -> int:
    """Make today's files for who fetched one lately; return of how many."""
    since = clock.now() - FETCHED_WITHIN
    lately = Export.objects.filter(kind=ExportKind.NIGHTLY, started_at__gte=since)
    made = 0
    for actor, campaign, basis in (
        lately.order_by().values_list("actor", "campaign", "basis").distinct()
    ):
        user = User.objects.get(pk=actor)
        of = Campaign.objects.visible_to(user).filter(pk=campaign, archived_at=None).first()
        if of is not None and user.is_active and scope_of(user).may(Permission.EXPORT):
            nightly_file(actor=user, campaign=of, basis=basis)
            made += 1
    return made


def _wait_for_others(actor: User, campaign: Campaign) -> None:
    """Let whoever asks for the same at the same time come after, and find what was made."""
    with connection.cursor() as cursor:
        name = f"nightly {actor.pk} {campaign.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
