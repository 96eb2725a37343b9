"""What every page knows of this app."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from privacy.selectors import open_counts
from privacy.services.requests import may_enter


def desk(request: HttpRequest) -> dict[str, Any]:
    """Tell how many data subjects wait; asked only where it is shown, and that is to the staff."""
    return {
        "subject_requests": SimpleLazyObject(open_counts),
        "may_see_personal_data": may_enter(getattr(request, "user", None)),
    }
