"""What tells whether a dashboard is still true: its tag, and up to which moment it holds."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from backups.selectors import MOMENTS, BackupState
from campaign.models import Campaign, Unit
from core import clock
from core.changes import TAG
from core.replica import known_until
from reports.rollup.selectors import SHOWN_FOR

OLDEST = "(SELECT min(since) FROM campaign_dirtyday WHERE campaign_id = %(campaign)s)"
# Asked along with it, so that a page where all is well asks the database nothing more.
DIFFERENCES = """(SELECT count(*) FROM reports_rollupdifference
    WHERE healed_at IS NULL OR found_at > %(since)s)"""
HISTORY = "(SELECT bool_or(NOT is_fine) FROM core_heartbeat WHERE name = 'history')"
HISTORY_LINES = "(SELECT message FROM core_heartbeat WHERE name = 'history')"
# Requests of data subjects that wait too long, for the province's own dashboard.
OVERDUE = """(SELECT count(*) FROM privacy_subjectrequest
    WHERE closed_at IS NULL AND due_on < %(today)s)"""
COLUMNS = (TAG, OLDEST, DIFFERENCES, HISTORY, HISTORY_LINES, OVERDUE, *MOMENTS)


@dataclass(frozen=True)
class Generation:
    """The tag of what a campaign's pages about a unit show, and what is asked along with it.

    ``as_of`` is up to which moment reports are in the totals; ``differences`` how many totals were
    lately found to be wrong, of any campaign; ``is_altered`` says that the history is not as the
    log has it, ``history`` in lines what was found, also what is known already;
    ``overdue_requests`` is how many data subjects wait too long.
    """

    tag: int
    as_of: dt.datetime
    differences: int
    is_altered: bool
    history: str
    overdue_requests: int
    backup: BackupState


def current_generation(campaign: Campaign, unit: Unit) -> Generation:
    """Return the generation of what pages about a unit show (one query).

    Whoever reads it before all else states no later "as of" than is true, and keeps nothing
    under a tag that is older than the tag.
    """
    asked: dict[str, Any] = {
        "campaign": campaign.pk,
        "unit": unit.pk,
        "since": clock.now() - SHOWN_FOR,
        "today": clock.today(),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)}", asked)
        tag, oldest, differences, is_altered, history, overdue, *moments = cursor.fetchone()
    now = known_until()
    return Generation(
        tag=tag,
        as_of=min(oldest or now, now),
        differences=differences,
        is_altered=bool(is_altered),
        history=history or "",
        overdue_requests=overdue,
        backup=BackupState(*moments),
    )
