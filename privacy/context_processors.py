"""What every page knows of this app."""

from typing import Any

from django.http import HttpRequest

from privacy.services.requests import may_enter


def desk(request: HttpRequest) -> dict[str, Any]:
    """Tell whether the desk for requests of data subjects stands in the menu."""
    return {"may_see_personal_data": may_enter(getattr(request, "user", None))}
