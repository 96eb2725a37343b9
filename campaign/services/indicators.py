"""Ties the indicators of a campaign to each other."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from campaign.cross_checks import IndicatorDraft
from campaign.models import FormulaTerm, Indicator
from campaign.permissions import Permission
from campaign.scopes import scope_of


@transaction.atomic
def set_links(*, actor: User, draft: IndicatorDraft) -> None:
    """Say which indicator a saved one may not exceed, and of which it is the sum.

    All by code, within the campaign; ``campaign.cross_checks`` has checked them. What is there
    already is left alone.
    """
    if not (actor.is_superuser or scope_of(actor).may(Permission.SET_UP)):
        raise PermissionDenied
    indicator, terms = draft.indicator, draft.terms
    by_code = {i.code: i for i in Indicator.objects.filter(campaign=indicator.campaign_id)}
    whole = by_code[draft.part_of] if draft.part_of else None
    if indicator.at_most_id != (whole.pk if whole else None):
        indicator.at_most = whole
        indicator.save(update_fields=["at_most", "updated_at"])
    if indicator.is_derived != bool(terms):
        indicator.is_derived = bool(terms)
        indicator.save(update_fields=["is_derived", "updated_at"])
    there = {term.source_id: term for term in FormulaTerm.objects.filter(indicator=indicator)}
    wanted = {by_code[code].pk: factor for code, factor in terms.items()}
    for source_id, term in there.items():
        if source_id not in wanted:
            term.delete()
    for source_id, factor in wanted.items():
        stored = there.get(source_id)
        if stored is None:
            FormulaTerm.objects.create(indicator=indicator, source_id=source_id, factor=factor)
        elif stored.factor != factor:
            stored.factor = factor
            stored.save(update_fields=["factor", "updated_at"])
