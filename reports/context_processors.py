"""What every page knows of this app."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from campaign.addresses import campaign_or_none
from reports.daily.selectors import waiting_now


def reviewing(request: HttpRequest) -> dict[str, Any]:
    """Tell how many reports wait for the user's decision; asked only where it is shown."""
    user = getattr(request, "user", None)
    return {
        "reports_waiting": SimpleLazyObject(lambda: waiting_now(user, campaign_or_none(request)))
    }
