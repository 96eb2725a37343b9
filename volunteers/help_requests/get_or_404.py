"""What an address names, or 404."""

from typing import Any
from uuid import UUID

from volunteers.help_requests.models import HelpRequest


def campaign_of_request(user: Any, request_id: UUID) -> str | None:
    found = HelpRequest.objects.visible_to(user).filter(pk=request_id)
    return found.values_list("campaign__slug", flat=True).first()
