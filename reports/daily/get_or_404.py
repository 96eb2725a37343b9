"""One report that somebody may see."""

from typing import Any
from uuid import UUID

from django.http import Http404

from campaign.models import Campaign
from reports.daily.models import DailyReport


def find_report(user: Any, campaign: Campaign, report_id: UUID) -> DailyReport:
    """Return a report of the campaign that the user may see, or 404."""
    reports = DailyReport.objects.visible_to(user).filter(campaign=campaign, pk=report_id)
    found = reports.select_related("campaign", "branch__home_unit", "unit").first()
    if found is None:
        raise Http404
    return found


def campaign_of_report(user: Any, report_id: UUID) -> str | None:
    found = DailyReport.objects.visible_to(user).filter(pk=report_id)
    return found.values_list("campaign__slug", flat=True).first()
