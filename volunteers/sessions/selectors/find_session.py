"""What pages and endpoints begin with: the row in the address, or 404."""

from typing import Any

from campaign.models import Campaign
from volunteers.sessions.models import SupportSession


def find_session(user: Any, session_id: int, campaign: Campaign | None = None) -> SupportSession:
    """Return a session that the user may see, of the campaign if one is given, or 404."""
    sessions = SupportSession.objects.visible_to(user).filter(pk=session_id)
    if campaign is not None:
        sessions = sessions.filter(campaign=campaign)
    return sessions.select_related("campaign", "branch__home_unit", "unit").or_404()


def campaign_of_session(user: Any, session_id: int) -> str | None:
    found = SupportSession.objects.visible_to(user).filter(pk=session_id)
    return found.values_list("campaign__slug", flat=True).first()
