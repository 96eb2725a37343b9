"""Django finds the subjects' models here; all else imports them from their own folder."""

from reports.daily.models import DailyReport, HistoryHead, Revision
from reports.digests.models import Publication
from reports.notifications.models import Notice
from reports.police.models import Export
from reports.rollup.models import BranchDay, BranchTotal, RollupDifference, UnitDay, UnitTotal

__all__ = [
    "BranchDay",
    "BranchTotal",
    "DailyReport",
    "Export",
    "HistoryHead",
    "Notice",
    "Publication",
    "Revision",
    "RollupDifference",
    "UnitDay",
    "UnitTotal",
]
