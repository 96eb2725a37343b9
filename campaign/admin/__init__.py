"""The admin of this app. Reports are not in it: they have one door only."""

from campaign.admin.appointments import AppointmentAdmin
from campaign.admin.campaigns import CampaignAdmin, PhaseAdmin
from campaign.admin.indicators import IndicatorAdmin
from campaign.admin.settings_changes import SettingsChangeAdmin
from campaign.admin.targets import BaselineAdmin, BaselineFigureAdmin, TargetAdmin
from campaign.admin.units import BranchAdmin, UnitAdmin

__all__ = [
    "AppointmentAdmin",
    "BaselineAdmin",
    "BaselineFigureAdmin",
    "BranchAdmin",
    "CampaignAdmin",
    "IndicatorAdmin",
    "PhaseAdmin",
    "SettingsChangeAdmin",
    "TargetAdmin",
    "UnitAdmin",
]
