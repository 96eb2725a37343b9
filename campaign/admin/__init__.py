"""The admin of this app. Reports are not in it: they have one door only."""

from campaign.admin.appointments import AppointmentAdmin
from campaign.admin.campaigns import CampaignAdmin, PhaseAdmin
from campaign.admin.indicators import IndicatorAdmin
from campaign.admin.territory import BranchAdmin, UnitAdmin
from campaign.admin.yardsticks import BaselineAdmin, BaselineFigureAdmin, TargetAdmin

__all__ = [
    "AppointmentAdmin",
    "BaselineAdmin",
    "BaselineFigureAdmin",
    "BranchAdmin",
    "CampaignAdmin",
    "IndicatorAdmin",
    "PhaseAdmin",
    "TargetAdmin",
    "UnitAdmin",
]
