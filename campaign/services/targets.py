"""Shares a target out over the units below: in proportion to a baseline, or evenly."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Baseline, BaselineFigure, Campaign, Indicator, Target, Unit
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.services.settings_change import settings_change
from core import clock


def distribute(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Split ``total`` in proportion to ``weights`` by largest remainder.

    The parts always sum to ``total``. Equal remainders go to the lower key, so that the
    same input gives the same shares on every machine. Raises ``ValueError`` where there is
    something to share and no weight to share it by.
    """
    whole = sum(weights.values())
    if total == 0 or whole == 0:
        if total:
            raise ValueError("nothing to share by")
        return dict.fromkeys(weights, 0)
    parts = {key: total * weight // whole for key, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda key: (-(total * weights[key] % whole), key))
    for key in by_remainder[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


@dataclass(frozen=True)
class Share:
    """One unit's part of a shared target, beside the weight it came from."""

    unit: Unit
    weight: int
    value: int
    before: int | None = None


def plan_shares(
    *, campaign: Campaign, top: Unit, total: int, baseline: Baseline | None, day: dt.date
) -> list[Share]:
    """Return the shares of ``top`` and of all units below it down to the communes.

    They are worked out by what the baseline said on ``day``; without one the units that have
    none below them weigh the same.

    Each unit's share is split over its own children, so that communes sum to their district
    and districts to the province. Raises ``ValidationError`` naming the units for which the
    baseline has no figure: none is guessed.
    """
    units = list(
        Unit.objects.within(top)
        .on(min(max(day, campaign.starts_on), campaign.ends_on))
        .exclude(level="hamlet")
        .order_by("depth", "code")
    )
    weights = _figures(baseline, units, day) if baseline else _even(units)
    missing = [unit.name for unit in units if unit.pk not in weights and unit != top]
    if missing:
        raise ValidationError(
            _("Mẫu số “%(baseline)s” chưa có số của %(n)s địa bàn: %(names)s.")
            % {"baseline": baseline, "n": len(missing), "names": ", ".join(missing[:10])}
        )
    values = {top.pk: total}
    for parent in units:
        children = [u for u in units if u.parent_id == parent.pk]
        if not children:
            continue
        try:
            parts = distribute(values[parent.pk], {u.code: weights[u.pk] for u in children})
        except ValueError as error:
            raise ValidationError(
                _("Mẫu số của các địa bàn thuộc %(name)s đều bằng 0.") % {"name": parent.name}
            ) from error
        values |= {u.pk: parts[u.code] for u in children}
    return [Share(u, weights.get(u.pk, 0), values[u.pk]) for u in units]


def _figures(baseline: Baseline, units: list[Unit], day: dt.date) -> dict[int, int]:
    rows = BaselineFigure.objects.filter(baseline=baseline, unit__in=units)
    known = ((row.unit_id, row.value_on(day)) for row in rows)
    return {pk: value for pk, value in known if value is not None}


def _even(units: list[Unit]) -> dict[int, int]:
    """Return how many units without any below them each unit has, itself included."""
    above = {unit.parent_id for unit in units}
    lowest = [unit for unit in units if unit.pk not in above]
    return {u.pk: sum(low.path.startswith(u.path) for low in lowest) for u in units}


def targets_on(
    day: dt.date, *, campaign: Campaign, indicator: Indicator, units: Collection[Unit]
) -> dict[int, int]:
    """Return what units are to reach as of a day, by their ids."""
    rows = Target.objects.filter(campaign=campaign, indicator=indicator, unit__in=units)
    values = ((target.unit_id, target.value_on(day)) for target in rows)
    return {unit: value for unit, value in values if value is not None}


def save_shares(
    *,
    actor: User,
    campaign: Campaign,
    indicator: Indicator,
    top: Unit,
    total: int,
    baseline: Baseline | None,
    due_on: dt.date,
    reason: str = "",
    since: dt.date | None = None,
) -> int:
    """Save the shares as targets of ``indicator``; return how many units have one.

    They hold from ``since`` on, by default from today; those of the days before stay.
    Raises ``ReasonWanted`` where targets that are in use change and no reason is given.
    """
    if not scope_of(actor).may(Permission.SET_UP, unit=top):
        raise PermissionDenied
    day = since or clock.today()
    shares = plan_shares(campaign=campaign, top=top, total=total, baseline=baseline, day=day)
    with settings_change(actor=actor, reason=reason, since=since):
        below = Target.objects.filter(
            campaign=campaign, indicator=indicator, unit__path__startswith=top.path
        )
        below.exclude(unit__in=[share.unit for share in shares]).update(value=0)
        Target.objects.bulk_create(
            (
                Target(
                    campaign=campaign,
                    indicator=indicator,
                    unit=share.unit,
                    value=share.value,
                    due_on=due_on,
                )
                for share in shares
            ),
            update_conflicts=True,
            unique_fields=["campaign", "unit", "indicator"],
            update_fields=["value", "due_on", "updated_at"],
        )
    return len(shares)
