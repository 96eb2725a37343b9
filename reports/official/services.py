"""Takes what the police published: whole or not at all, once, and one after the other."""

import datetime as dt
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign, Unit
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.states import CampaignState
from core import clock
from reports.official.models import (
    MIXED,
    FileKind,
    MapOfUnits,
    OfficialFile,
    Source,
)

# No figure of a province, nor of the country, comes near it; and the column holds it.
MOST = 200_000_000

GIVEN = """
    WITH given AS (
        SELECT * FROM unnest(%(units)s::bigint[], %(days)s::date[], %(kinds)s::text[],
            %(indicators)s::bigint[], %(values)s::int[])
            AS g(unit_id, day, kind, indicator_id, value)
    )
"""
SUPERSEDE = f"""{GIVEN}
    UPDATE reports_officialfigure f SET superseded_by_id = %(file)s FROM given g
    WHERE f.campaign_id = %(campaign)s AND f.superseded_by_id IS NULL AND f.value <> g.value
    AND (f.unit_id, f.day, f.kind, f.indicator_id) = (g.unit_id, g.day, g.kind, g.indicator_id)
"""  # noqa: S608 - our own text
# What is left of a key stands as it was given. (A search for it would go through the rows written
# by then, while the database takes the table for an empty one.)
WRITE = f"""{GIVEN}
    INSERT INTO reports_officialfigure
        (file_id, campaign_id, unit_id, day, kind, indicator_id, value)
    SELECT %(file)s, %(campaign)s, g.* FROM given g
    ON CONFLICT (campaign_id, unit_id, day, kind, indicator_id) WHERE superseded_by_id IS NULL
    DO NOTHING
"""  # noqa: S608 - our own text
NEXT = "SELECT nextval(pg_get_serial_sequence('reports_officialfile', 'id'))"
HASH = "SELECT reports_official_hash(%s)"


class Figure(NamedTuple):
    """One figure as it was read; ids of unit and indicator."""

    unit: int
    day: dt.date
    kind: str
    indicator: int
    value: int


@dataclass(frozen=True)
class Taken:
    """A file that was taken; ``is_same`` where it had been, and nothing was written."""

    file: OfficialFile
    is_same: bool = False


def take_figures(
    *,
    actor: User,
    campaign: Campaign,
    source: str,
    figures: Sequence[Figure],
    rows: int,
    sha256: str,
    map: str = MapOfUnits.THEN,
    name: str = "",
    content: bytes | None = None,
    expected: tuple[int, int] | None = None,
) -> Taken:
    """Take figures that were read without an error; what stood otherwise is superseded, and stays.

    Figures that stand as they are given are not written again. What was handed in before, of the
    same bytes and read in the same way, changes nothing even if it was superseded since; what is
    typed always counts. ``expected`` is how many were to be new and to replace others, as somebody
    has seen it. Raises ``PermissionDenied``, and ``ValidationError`` where it would be others by
    now, there is nothing to take, or the campaign takes nothing.
    """
    check_may_take(actor, campaign)
    if not figures:
        raise ValidationError(_("Tệp không có số nào để nhận."))
    with transaction.atomic():
        # One after the other: what stands is read, and then superseded.
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        units = _checked_units(actor, figures)
        if (earlier := same_file(campaign, sha256, figures)) is not None:
            return Taken(earlier, is_same=True)
        key, new, replaced, written = _write(campaign, figures)
        if expected is not None and expected != (new, replaced):
            raise ValidationError(_("Vừa có số khác được nhận. Xem lại rồi xác nhận."))
        kinds, days = {one.kind for one in figures}, [one.day for one in figures]
        levels = {unit.level for unit in units}
        file = OfficialFile.objects.create(
            pk=key,
            campaign=campaign,
            actor=actor,
            received_at=clock.now(),
            source=source,
            name=name[:200],
            sha256=sha256,
            figures_sha256=digest_of(figures),
            written_sha256=written,
            content=None if content is None else gzip.compress(content),
            kind=kinds.pop() if len(kinds) == 1 else FileKind.BOTH,
            level=levels.pop() if len(levels) == 1 else MIXED,
            map=map,
            first_day=min(days),
            last_day=max(days),
            rows=rows,
            figures=len(figures),
            new=new,
            replaced=replaced,
        )
    return Taken(file)


def same_file(campaign: Campaign, sha256: str, figures: Sequence[Figure]) -> OfficialFile | None:
    """Return what was handed in before with the same bytes, read in the same way; not typed."""
    files = OfficialFile.objects.filter(campaign=campaign, sha256=sha256).defer("content")
    digest = digest_of(figures)
    return files.filter(figures_sha256=digest).exclude(source=Source.TYPED).last()


def check_may_take(actor: User, campaign: Campaign) -> None:
    """Raise ``PermissionDenied``, and ``ValidationError`` where the campaign takes nothing."""
    if not scope_of(actor).may(Permission.OFFICIAL_FIGURES):
        raise PermissionDenied
    if campaign.state not in (CampaignState.RUNNING, CampaignState.CLOSED):
        raise ValidationError(_("Chiến dịch này không nhận số liệu Công an nữa."))


def digest_of(figures: Sequence[Figure]) -> str:
    """Return the hash of figures, in whatever order they come."""
    lines = (f"{f.unit} {f.day} {f.kind} {f.indicator} {f.value}" for f in figures)
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _checked_units(actor: User, figures: Sequence[Figure]) -> list[Unit]:
    wanted = {figure.unit for figure in figures}
    units = Unit.objects.where_may(actor, Permission.OFFICIAL_FIGURES).filter(pk__in=wanted)
    found = list(units)
    if len(found) != len(wanted):
        raise PermissionDenied
    return found


def _write(campaign: Campaign, figures: Sequence[Figure]) -> tuple[int, int, int, str]:
    """Write figures that are new or other than what stands; return the file's key, how many were
    new, how many replaced another, and the hash of it all.

    The file's own row, and with it its leaf, comes last: foreign keys wait.
    """
    units, days, kinds, indicators, values = zip(*figures, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        (key,) = cursor.fetchone()
        given = {
            "file": key,
            "campaign": campaign.pk,
            "units": list(units),
            "days": list(days),
            "kinds": list(kinds),
            "indicators": list(indicators),
            "values": list(values),
        }
        cursor.execute(SUPERSEDE, given)
        replaced = cursor.rowcount
        cursor.execute(WRITE, given)
        new = cursor.rowcount - replaced
        cursor.execute(HASH, [key])
        (written,) = cursor.fetchone()
    return key, new, replaced, written
