"""Makes a new campaign from an old one: the next drive seldom begins from nothing."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign, FormulaTerm, Indicator, Phase
from campaign.models.dated import Dated
from campaign.scopes import may_set_up
from campaign.states import CampaignState

Part = TypeVar("Part", Phase, Indicator)


@transaction.atomic
def copy_campaign(*, actor: User, campaign: Campaign) -> Campaign:
    """Copy rules, phases and indicators into a draft with a new slug; no targets, no reports."""
    if not may_set_up(actor):
        raise PermissionDenied
    phases = list(campaign.phases.all())
    indicators = list(campaign.indicators.all())
    terms = list(FormulaTerm.objects.filter(indicator__campaign=campaign))
    copy = Campaign.objects.get(pk=campaign.pk)
    copy.pk, copy.slug, copy.past = None, _free_slug(campaign.slug), []
    copy.archived_at, copy.state = None, CampaignState.DRAFT
    copy._state.adding = True
    copy.name = (_("%(name)s (bản sao)") % {"name": campaign.name})[:200]
    copy.save()
    Phase.objects.bulk_create(_moved(phase, copy) for phase in phases)
    new: dict[int, Indicator] = {}
    for indicator in indicators:
        old = indicator.pk
        new[old] = _moved(indicator, copy)
        new[old].at_most_id = None
        new[old].save()
    for indicator in campaign.indicators.exclude(at_most=None):
        new[indicator.pk].at_most = new[indicator.at_most_id or 0]
        new[indicator.pk].save(update_fields=["at_most"])
    for term in terms:
        FormulaTerm.objects.create(
            indicator=new[term.indicator_id], source=new[term.source_id], factor=term.factor
        )
    return copy


def _moved(part: Part, campaign: Campaign) -> Part:
    part.pk, part.campaign = None, campaign
    if isinstance(part, Dated):
        part.past = []
    part._state.adding = True
    return part


def _free_slug(slug: str) -> str:
    taken = set(Campaign.objects.values_list("slug", flat=True))
    number = 2
    while f"{slug[:45]}-{number}" in taken:
        number += 1
    return f"{slug[:45]}-{number}"
