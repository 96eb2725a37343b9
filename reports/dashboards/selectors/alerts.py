"""What is said over a dashboard's figures of the portal itself: asked along with its tag."""

from typing import Any

from backups.selectors import MOMENTS, BackupState
from campaign.page_tags import PageState
from campaign.permissions import Permission
from campaign.scopes import scope_of
from core.log.findings import remarks_in

# Asked along with it, so that a page where all is well asks the database nothing more.
DIFFERENCES = """(SELECT count(*) FROM reports_rollupdifference
    WHERE healed_at IS NULL OR found_at > %(now)s - interval '1 day')"""
HISTORY = "(SELECT bool_or(NOT is_fine) FROM core_heartbeat WHERE name = 'history')"
HISTORY_LINES = "(SELECT message FROM core_heartbeat WHERE name = 'history')"
# Requests of data subjects that wait too long, for the province's own dashboard.
OVERDUE = """(SELECT count(*) FROM privacy_subjectrequest
    WHERE closed_at IS NULL AND due_on < %(today)s)"""
# Where what was reported is higher than the police's for days (reports.reconciliation).
HIGHER = """(SELECT count(*) FROM reports_higherspell spell
    WHERE spell.campaign_id = campaign_campaign.id AND spell.ended_at IS NULL)"""
COLUMNS = (DIFFERENCES, HISTORY, HISTORY_LINES, OVERDUE, HIGHER, *MOMENTS)


def has_differences(state: PageState) -> bool:
    """Return whether totals were lately found to be wrong, of any campaign."""
    return bool(state.columns[0])


def alerts_of(user: Any, state: PageState) -> dict[str, Any]:
    """Return what the user is told of history, backups and requests that wait too long.

    ``is_altered`` says that the history is not as the log has it; what was found and is known
    already stands beside it.
    """
    permissions = scope_of(user).permissions
    _differences, is_altered, history, overdue, higher, *moments = state.columns
    alerts = {"higher": higher} if Permission.OFFICIAL_FIGURES in permissions else {}
    if Permission.SET_UP not in permissions:
        return alerts
    return alerts | {
        "is_altered": bool(is_altered),
        "known_findings": remarks_in(history) if history else [],
        "backup": BackupState(*moments).words,
        "overdue_requests": overdue,
    }
