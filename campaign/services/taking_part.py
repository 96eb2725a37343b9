"""Who takes part in a campaign is chosen, from a day on."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from campaign.models import Campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.services.settings_change import settings_change
from campaign.states import CampaignState, locked_words


def set_takes_part(
    *,
    actor: User,
    campaign: Campaign,
    rule: dict[str, Any],
    since: dt.date | None = None,
    reason: str = "",
) -> Campaign:
    """Let a rule (``campaign.takes_part``) hold from ``since`` on, by default from today.

    Raises ``PermissionDenied``, ``ReasonWanted`` of a campaign that is published, and
    ``ValidationError`` of one that is closed.
    """
    if not scope_of(actor).may(Permission.SET_UP):
        raise PermissionDenied
    with settings_change(actor=actor, reason=reason, since=since):
        found = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if found.state in (CampaignState.CLOSED, CampaignState.ARCHIVED):
            raise ValidationError(locked_words(found.state, found.name))
        found.takes_part = rule
        found.save(update_fields=["takes_part"])
    return found
