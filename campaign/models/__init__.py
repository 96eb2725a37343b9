"""The nouns of a campaign; fields and constraints only."""

from campaign.models.appointments import Appointment
from campaign.models.branches import Branch, BranchKind
from campaign.models.campaigns import Campaign, Indicator, Phase, Term
from campaign.models.dirty_days import DirtyDay
from campaign.models.grants import Grant
from campaign.models.targets import Baseline, BaselineFigure, Target
from campaign.models.units import Level, Outline, Unit

__all__ = [
    "Appointment",
    "Baseline",
    "BaselineFigure",
    "Branch",
    "BranchKind",
    "Campaign",
    "DirtyDay",
    "Grant",
    "Indicator",
    "Level",
    "Outline",
    "Phase",
    "Target",
    "Term",
    "Unit",
]
