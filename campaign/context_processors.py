"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from campaign.permissions import Permission
from campaign.scopes import scope_of
from core import clock


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give the local day and how the demo differs, and what the menu offers the user."""
    user = getattr(request, "user", None)
    scope = scope_of(user)
    return {
        "today": clock.today(),
        "demo_day": settings.PORTAL_TODAY,
        "factor_is_off": not settings.SECOND_FACTOR,
        "scope": scope,
        "may_report": scope.may(Permission.REPORT),
        "may_lead": scope.may(Permission.INVITE),
        "may_export": scope.may(Permission.EXPORT),
        "may_hand_in_figures": scope.may(Permission.OFFICIAL_FIGURES),
        "may_set_up": scope.may(Permission.SET_UP),
    }
