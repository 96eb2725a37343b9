"""Files in and out of this app."""

from campaign.resources.appointments import AppointmentResource
from campaign.resources.campaigns import CampaignResource, IndicatorResource, PhaseResource
from campaign.resources.territory import BranchResource, UnitResource
from campaign.resources.yardsticks import BaselineFigureResource, BaselineResource, TargetResource

__all__ = [
    "AppointmentResource",
    "BaselineFigureResource",
    "BaselineResource",
    "BranchResource",
    "CampaignResource",
    "IndicatorResource",
    "PhaseResource",
    "TargetResource",
    "UnitResource",
]
