"""What every page knows of this app."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from campaign.addresses import campaign_or_none
from reports.daily.selectors import waiting_in, waiting_now


def reviewing(request: HttpRequest) -> dict[str, Any]:
    """Tell how many reports wait for the user's decision; asked only where it is shown."""
    return {"reports_waiting": SimpleLazyObject(lambda: _waiting(request))}


def _waiting(request: HttpRequest) -> int:
    user, campaign = getattr(request, "user", None), campaign_or_none(request)
    state = getattr(request, "page_state", None)
    if campaign is None or state is None:
        return waiting_now(user, campaign)
    return waiting_in(user, campaign, state.reports)
