"""Files in and out of this app."""

from campaign.resources.appointments import AppointmentResource
from campaign.resources.campaigns import CampaignResource, IndicatorResource, PhaseResource
from campaign.resources.targets import BaselineFigureResource, BaselineResource, TargetResource
from campaign.resources.unit_lists import UnitListResource
from campaign.resources.units import BranchResource, UnitResource

__all__ = [
    "AppointmentResource",
    "BaselineFigureResource",
    "BaselineResource",
    "BranchResource",
    "CampaignResource",
    "IndicatorResource",
    "PhaseResource",
    "TargetResource",
    "UnitListResource",
    "UnitResource",
]
