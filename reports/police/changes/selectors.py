"""What changed since a file: by line, from what to what, why."""

from collections.abc import Iterator

from django.db import connection

from accounts.models import User
from reports.exports.models import Export, ExportKind
from reports.police.changes.comparison import LineChange, Tally, compared
from reports.police.changes.lines import Day, between, days_now, stored_days
from reports.police.changes.reasons import Reasons
from reports.police.changes.why import Why
from reports.rollup.archived import refuse_archived

MOST_FILES = 20
# More lines are compared as a file alone, which goes out while it is made: a province has a tenth.
MOST_COMPARED = 400_000
# A line is another where its own day changed, or a day before it that is in what it has to date.
CHANGED_LINES = """
    WITH changed AS (
        SELECT node_id, min(date) FILTER (WHERE {basis}_to_date_at > %(since)s) AS carried_from,
               array_agg(date) FILTER (WHERE {basis}_at > %(since)s AND date >= %(first)s) AS days
        FROM reports_unitday
        WHERE campaign_id = %(campaign)s AND node_id = ANY(%(communes)s) AND date <= %(last)s
        AND ({basis}_at > %(since)s OR {basis}_to_date_at > %(since)s)
        GROUP BY node_id
    )
    SELECT coalesce(sum(
        CASE WHEN carried_from IS NULL THEN 0
            ELSE %(last)s::date - greatest(carried_from, %(first)s::date) + 1 END
        + (SELECT count(*) FROM unnest(days) AS day WHERE day < coalesce(carried_from, 'infinity'))
    ), 0) FROM changed
"""


def changes_since(
    export: Export, later: Export | None, reader: User, tally: Tally
) -> Iterator[tuple[LineChange, list[Why]]]:
    """Yield the lines of a file that are others in a later one, or now, with the reasons.

    Of the days that are in both. One day of each is held at a time.
    Raises ``ArchivedError`` where the days are not here.
    """
    first, last = export.first_day, export.last_day
    if later is None:
        refuse_archived(export.campaign)
        now: Iterator[Day] = days_now(export, reader)
    else:
        first, last = max(first, later.first_day), min(last, later.last_day)
        now = between(stored_days(later), first, last)
    reasons = Reasons(export, later, reader)
    for date, changes in compared(between(stored_days(export), first, last), now, tally):
        yield from reasons.of_day(date, changes)


def comparable(export: Export, later: Export) -> bool:
    """Whether a later file answers the same question, for some days that are in both."""
    is_same = (later.is_police, later.basis, later.map) == (True, export.basis, export.map)
    overlaps = later.first_day <= export.last_day and later.last_day >= export.first_day
    return is_same and overlaps and later.content is not None and later.pk > export.pk


def changed_lines(export: Export) -> int:
    """Return how many lines of a file have other figures by now (one query, no line is made).

    What changed by settings alone is not among them.
    """
    known = {
        "campaign": export.campaign_id,
        "communes": (export.figures or {}).get("communes", []),
        "first": export.first_day,
        "last": export.last_day,
        "since": export.as_of,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_LINES.format(basis=export.basis), known)
        (found,) = cursor.fetchone()
    return int(found)


def last_file_of(reader: User, campaign_id: int) -> Export | None:
    """Return the last file with figures that somebody has taken of a campaign, without it.

    What a machine fetches each night is none that somebody remembers.
    """
    files = Export.objects.filter(kind=ExportKind.POLICE, actor=reader, campaign=campaign_id)
    return files.exclude(figures=None).defer("content").select_related("campaign").first()


def later_files(export: Export, reader: User) -> list[Export]:
    """Return the files with which one may be compared: of the same question, the newest first."""
    same = {name: getattr(export, name) for name in ("campaign_id", "basis", "map")}
    found = Export.objects.visible_to(reader).police().filter(**same, pk__gt=export.pk)
    found = found.exclude(content=None).filter(
        first_day__lte=export.last_day, last_day__gte=export.first_day
    )
    return list(found.defer("content", "figures").select_related("actor")[:MOST_FILES])
