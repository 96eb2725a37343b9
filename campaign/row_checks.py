"""Checks of one row of settings that ask the database, for the portal's forms and the admin's.

What needs no database stands in ``campaign.cross_checks``. All raise ``ValidationError`` by field.
"""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.cross_checks import (
    CODE_IS_FIXED,
    SLUG_IS_FIXED,
    IndicatorDraft,
    check_campaign,
    check_phase,
    check_unit,
)
from campaign.indicator_usage import is_counted
from campaign.models import Campaign, Indicator, Phase, Unit

COUNTED = gettext_lazy("Báo cáo đã có số của chỉ số này: không đổi được.")


def check_unit_row(unit: Unit, *, actor: User, is_moved: bool) -> None:
    check_unit(unit, Unit.objects.filter(code=unit.code))
    if unit.parent is None and (unit._state.adding or is_moved) and not actor.is_superuser:
        raise ValidationError({"parent": _("Địa bàn cao nhất do người quản trị hệ thống tạo.")})


def check_campaign_row(campaign: Campaign, changed: Collection[str]) -> None:
    check_campaign(campaign)
    if "slug" in changed and campaign.pk and not campaign.is_draft:
        raise ValidationError({"slug": SLUG_IS_FIXED})


def check_phase_row(phase: Phase) -> None:
    check_phase(phase, phase.campaign)
    namesakes = Phase.objects.filter(campaign=phase.campaign_id, name=phase.name)
    if namesakes.exclude(pk=phase.pk).exists():
        raise ValidationError({"name": _("Tên này đã có ở một đợt khác.")})


def check_indicator_identity(indicator: Indicator, changed: Collection[str]) -> None:
    """Refuse another code or campaign once published, and another kind once counted."""
    identity = {"campaign", "code", "is_derived"} & {*changed}
    if not indicator.pk or not identity:
        return
    before = Indicator.objects.select_related("campaign").get(pk=indicator.pk)
    fixed = identity - {"is_derived"}
    if fixed and not before.campaign.is_draft:
        raise ValidationError(dict.fromkeys(sorted(fixed), CODE_IS_FIXED))
    if is_counted(before):
        raise ValidationError(dict.fromkeys(sorted(identity), COUNTED))


def other_drafts(indicator: Indicator) -> list[IndicatorDraft]:
    """Return the other indicators of the campaign, with what ties them to each other."""
    rows = Indicator.objects.filter(campaign=indicator.campaign_id).exclude(pk=indicator.pk)
    rows = rows.select_related("at_most").prefetch_related("terms__source")
    return [IndicatorDraft.of(other) for other in rows]
