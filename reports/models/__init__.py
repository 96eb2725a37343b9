"""Daily reports and their history, the totals, the receipts of exports, the notices."""

from reports.models.exports import Export
from reports.models.notices import Notice, PushSubscription, ZaloLink
from reports.models.reports import (
    APPROVED_BASIS,
    DailyReport,
    Door,
    Explanation,
    HistoryHead,
    Lateness,
    Revision,
    Status,
)
from reports.models.totals import (
    BranchDay,
    BranchTotal,
    UnitDay,
    UnitTotal,
)

__all__ = [
    "APPROVED_BASIS",
    "BranchDay",
    "BranchTotal",
    "DailyReport",
    "Door",
    "Explanation",
    "Export",
    "HistoryHead",
    "Lateness",
    "Notice",
    "PushSubscription",
    "Revision",
    "Status",
    "UnitDay",
    "UnitTotal",
    "ZaloLink",
]
