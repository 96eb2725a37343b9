"""Django finds the subjects' models here; all else imports them from their own folder."""

from reports.checks.models import Check, CheckOutcome, CheckPlan
from reports.conversation.models import Conversation, ReceivedMessage
from reports.daily.models import DailyReport, Revision
from reports.deletion.models import FinalExport
from reports.desk.models import FollowUp
from reports.digests.models import Publication
from reports.exports.models import Export, FigureCode
from reports.notifications.models import Notice
from reports.official.models import OfficialColumn, OfficialFigure, OfficialFile
from reports.phones.models import PhoneState
from reports.plans.models import PlanAssumption, SessionDraft
from reports.reconciliation.models import DifferenceRemark, DifferenceTolerance, HigherSpell
from reports.rollup.models import BranchDay, BranchTotal, RollupDifference, UnitDay, UnitTotal
from reports.spreadsheet.models import ColumnMeaning, CountsFile
from reports.trial.models import TrialReport

__all__ = [
    "BranchDay",
    "BranchTotal",
    "Check",
    "CheckOutcome",
    "CheckPlan",
    "ColumnMeaning",
    "Conversation",
    "CountsFile",
    "DailyReport",
    "DifferenceRemark",
    "DifferenceTolerance",
    "Export",
    "FigureCode",
    "FinalExport",
    "FollowUp",
    "HigherSpell",
    "Notice",
    "OfficialColumn",
    "OfficialFigure",
    "OfficialFile",
    "PhoneState",
    "PlanAssumption",
    "Publication",
    "ReceivedMessage",
    "Revision",
    "RollupDifference",
    "SessionDraft",
    "TrialReport",
    "UnitDay",
    "UnitTotal",
]
