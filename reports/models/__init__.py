"""Daily reports, the totals rolled up from them, and the receipts of exports."""

from reports.models.exports import Export
from reports.models.reports import DailyReport, Door, Lateness, Revision, Status
from reports.models.totals import (
    BranchDay,
    BranchTotal,
    Heartbeat,
    StaleBranchDay,
    StaleUnitDay,
    UnitDay,
    UnitTotal,
)

__all__ = [
    "BranchDay",
    "BranchTotal",
    "DailyReport",
    "Door",
    "Export",
    "Heartbeat",
    "Lateness",
    "Revision",
    "StaleBranchDay",
    "StaleUnitDay",
    "Status",
    "UnitDay",
    "UnitTotal",
]
