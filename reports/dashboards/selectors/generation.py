"""The generation of what dashboards show: a stamp that changes whenever anything of it does.

Every model of ours belongs to it, a new one by itself; what does not is named in ``LEFT_OUT``,
and rows that are seen by nobody but one user stand on no dashboard.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.db.models import Model

from backups.selectors import MOMENTS, BackupState
from campaign.models import Campaign, Unit
from campaign.scopes import scope_of
from core import clock
from core.querysets import OwnQuerySet, ScopedQuerySet
from reports.rollup.selectors import SHOWN_FOR

# Written often or large, and on no dashboard by itself.
LEFT_OUT = {
    "accounts.User": "no person stands on a dashboard, and each sign-in writes one",
    "campaign.SettingsChange": "the record; what was changed is in the stamp itself",
    "campaign.DirtyDay": "says what is not shown yet; “as of” is left out",
    "privacy.Deletion": "the machinery of the night",
    "privacy.PersonalDataRead": "every page with people on it writes one",
    "core.Heartbeat": "says that the machinery runs",
    "core.Leaf": "the log is on no dashboard",
    "core.PendingUpload": "counts once it is confirmed, which writes its rows",
    "core.Remark": "what is known of the history goes with what was last found of it",
    "core.SignedHead": "the log is on no dashboard",
    "core.Tile": "the log is on no dashboard",
    "reports.ColumnMeaning": "says how files are read",
    "reports.DailyReport": "shown once its totals are made again, with the sums of its unit",
    "reports.PlanAssumption": "a branch plans by it, on a page of its own",
    "reports.Publication": "what was said stands on the digest's page",
    "reports.Revision": "the history is on no dashboard",
    "reports.SessionDraft": "proposed on the same page; accepted it is a session",
    "reports.UnitDay": "made again with the unit's total to date, in one transaction",
    "reports.BranchDay": "made again with the branch's total to date, in one transaction",
    "volunteers.Decline": "who does not come stands on the session's page",
    "volunteers.WalkIn": "counts once it is confirmed, and its session is closed",
    "volunteers.OwnPageCode": "opens one person's page",
    "volunteers.Participation": "counts once its session is closed, which writes the session",
}

# Where each row lies and which transaction wrote it: whatever adds, changes or deletes a row
# changes the sum, writes in bulk too, and two that end in the other order than they began.
OLDEST = "(SELECT min(since) FROM campaign_dirtyday WHERE campaign_id = %(campaign)s)"
# Asked along with it, so that a page where all is well asks the database nothing more.
DIFFERENCES = """(SELECT count(*) FROM reports_rollupdifference
    WHERE healed_at IS NULL OR found_at > %(since)s)"""
HISTORY = "(SELECT bool_or(NOT is_fine) FROM core_heartbeat WHERE name = 'history')"
HISTORY_LINES = "(SELECT message FROM core_heartbeat WHERE name = 'history')"
# Requests of data subjects that wait too long, for the province's own dashboard.
OVERDUE = """(SELECT count(*) FROM privacy_subjectrequest
    WHERE closed_at IS NULL AND due_on < %(today)s)"""
ROWS = "(SELECT sum(hash_record_extended(ROW(t.ctid, t.xmin), 0)) FROM {table} t{where})"


@dataclass(frozen=True)
class Generation:
    """A stamp of all that is kept, and up to which moment reports are in the totals.

    ``differences`` is how many totals were lately found to be wrong, of any campaign;
    ``is_altered`` says that the history is not as the log has it, ``history`` in lines what was
    found, also what is known already; ``overdue_requests`` is how many data subjects wait too long.
    """

    stamp: tuple[Any, ...]
    as_of: dt.datetime
    differences: int
    is_altered: bool
    history: str
    overdue_requests: int
    backup: BackupState


def stamped_models() -> list[type[Model]]:
    """Return the models of ours that belong to the stamp, in one order everywhere."""
    rows = ((model, model._default_manager.all()) for model in apps.get_models())
    ours = (m for m, r in rows if isinstance(r, ScopedQuerySet) and not isinstance(r, OwnQuerySet))
    return sorted(
        (m for m in ours if m._meta.label not in LEFT_OUT), key=lambda model: model._meta.label
    )


def current_generation(campaign: Campaign) -> Generation:
    """Return the generation of a campaign's dashboards (one query).

    Whoever reads it before the totals states no later "as of" than is true.
    """
    with connection.cursor() as cursor:
        since = clock.now() - SHOWN_FOR
        asked: dict[str, Any] = {
            "campaign": campaign.pk,
            "since": since,
            "today": clock.today(),
        }
        cursor.execute(_statement(), asked)
        oldest, differences, is_altered, history, overdue, *rest = cursor.fetchone()
    proved_at, begun_at, *stamp = rest
    now, backup = clock.now(), BackupState(proved_at, begun_at)
    as_of = min(oldest or now, now)
    return Generation(
        stamp=tuple(stamp),
        as_of=as_of,
        differences=differences,
        is_altered=bool(is_altered),
        history=history or "",
        overdue_requests=overdue,
        backup=backup,
    )


@lru_cache
def _statement() -> str:
    parts = [OLDEST, DIFFERENCES, HISTORY, HISTORY_LINES, OVERDUE, *MOMENTS]
    for model in stamped_models():
        columns = {field.column for field in model._meta.concrete_fields}
        where = " WHERE t.campaign_id = %(campaign)s" if "campaign_id" in columns else ""
        parts.append(ROWS.format(table=model._meta.db_table, where=where))
    return f"SELECT {', '.join(parts)}"


def dashboard_tag(
    *, generation: Generation, user: Any, unit: Unit, campaign: Campaign, reading: Any
) -> str:
    """Return the entity tag of a dashboard; ``reading`` is all that the address chooses.

    It leaves "as of" out: while nothing changes, the moment that the page shows stays true.
    """
    parts = (
        getattr(user, "pk", None),
        sorted(a.pk for a in scope_of(user).appointments),
        campaign.pk,
        unit.pk,
        reading,
        clock.today(),
        getattr(staticfiles_storage, "manifest_hash", ""),
        generation.stamp,
        generation.differences,
        generation.is_altered,
        generation.history,
        getattr(campaign, "is_recomputing", None),
    )
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
