"""The nouns of a campaign; fields and constraints only."""

from campaign.models.appointments import Appointment
from campaign.models.boundary_changes import BoundaryChange, BoundaryState
from campaign.models.branches import BRANCH_KINDS, Branch, BranchKind, branch_kinds
from campaign.models.campaigns import Aggregation, Campaign, FormulaTerm, Indicator, Phase
from campaign.models.dirty_days import DirtyDay
from campaign.models.grants import LateEntryGrant
from campaign.models.settings_changes import SettingsChange
from campaign.models.successions import Succession, SuccessionKind
from campaign.models.targets import Baseline, BaselineFigure, Target
from campaign.models.trials import Trial
from campaign.models.units import Boundary, Level, Unit

__all__ = [
    "BRANCH_KINDS",
    "Aggregation",
    "Appointment",
    "Baseline",
    "BaselineFigure",
    "Boundary",
    "BoundaryChange",
    "BoundaryState",
    "Branch",
    "BranchKind",
    "Campaign",
    "DirtyDay",
    "FormulaTerm",
    "Indicator",
    "LateEntryGrant",
    "Level",
    "Phase",
    "SettingsChange",
    "Succession",
    "SuccessionKind",
    "Target",
    "Trial",
    "Unit",
    "branch_kinds",
]
