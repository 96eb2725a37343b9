"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from campaign.scopes import EXPORTS, INVITES, REPORTS, scope_of
from core import clock


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give the local day, whether it is the demo's, and which doors the user sees."""
    user = getattr(request, "user", None)
    scope = scope_of(user)
    return {
        "today": clock.today(),
        "demo_day": settings.PORTAL_TODAY,
        "scope": scope,
        "may_report": scope.holds(REPORTS),
        "may_lead": scope.holds(INVITES),
        "may_export": scope.holds(EXPORTS),
    }
