"""Appointments, rules and targets when boundaries change."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.boundaries.carried import Carried, Ending, register_carrier
from campaign.boundaries.journal import Journal
from campaign.models import Appointment, BaselineFigure, Branch, Campaign, Target, Unit
from campaign.states import CampaignState

APPOINTED = gettext_lazy("phân công chuyển sang đơn vị mới")
TARGETS = gettext_lazy("chỉ tiêu chuyển sang đơn vị mới")
FIGURES = gettext_lazy("mẫu số chuyển sang đơn vị mới")


def carry_people(ending: Ending, journal: Journal, carried: Carried) -> None:
    """End what people hold where it ends, and give them the same in what comes after.

    Where that is not known nothing ends: they go on to answer for the days of before.
    """
    last = ending.day - dt.timedelta(days=1)
    owned = Appointment.objects.not_ended(ending.day)
    found = owned.filter(branch__in=ending.branches) | owned.filter(unit__in=ending.units)
    owned_now: set[tuple[Any, ...]] = set(
        owned.values_list("user_id", "role", "branch_id", "unit_id")
    )
    for old in found.select_related("branch", "unit").order_by("pk"):
        after = _after(ending, old)
        if after is None:
            carried.left.append(
                _("%(row)s: phân công chưa chuyển") % {"row": old.branch or old.unit}
            )
            continue
        where = {"branch": after} if isinstance(after, Branch) else {"unit": after}
        if old.starts_on >= ending.day:
            # It has not begun: it begins in what comes after.
            key = (old.user_id, old.role, old.branch_id and after.pk, old.unit_id and after.pk)
            if key not in owned_now:
                journal.update(old, **where)
                carried.count(APPOINTED)
            continue
        new = Appointment(
            user_id=old.user_id,
            role=old.role,
            starts_on=ending.day,
            ends_on=old.ends_on,
            awaits_owner=old.awaits_owner,
            proposed_by_id=old.proposed_by_id,
            confirmed_by_id=old.confirmed_by_id,
            **where,
        )
        key = (new.user_id, new.role, new.branch_id, new.unit_id)
        if key not in owned_now:
            owned_now.add(key)
            journal.create(new)
        journal.update(old, ends_on=last)
        carried.count(APPOINTED)


def _after(ending: Ending, old: Appointment) -> Branch | Unit | None:
    if old.branch_id is not None:
        return ending.branches[old.branch_id]
    return ending.units[old.unit_id or 0]


def carry_rules(ending: Ending, journal: Journal) -> None:
    """Let whoever comes after take part where the one before was chosen, or left out."""
    for campaign in Campaign.objects.filter(ends_on__gte=ending.day):
        rule: dict[str, list[str]] = {}
        for name, ids in campaign.takes_part.items():
            after = (ending.branches.get(int(pk)) for pk in ids if pk.isdigit())
            more = [] if name == "kinds" else [str(branch.pk) for branch in after if branch]
            rule[name] = [*ids, *(pk for pk in dict.fromkeys(more) if pk not in ids)]
        if rule != campaign.takes_part:
            journal.update(campaign, takes_part=rule)


def carry_targets(ending: Ending, journal: Journal, carried: Carried) -> None:
    """Add up what units that become one were to reach, from the day on; before it all stays."""
    running = Campaign.objects.filter(ends_on__gte=ending.day).exclude(state=CampaignState.ARCHIVED)
    targets = Target.objects.filter(campaign__in=running).select_related("unit", "indicator")
    _carry_sums(ending, journal, carried, targets, ("campaign_id", "indicator_id"), TARGETS)
    figures = BaselineFigure.objects.select_related("unit")
    _carry_sums(ending, journal, carried, figures, ("baseline_id",), FIGURES)


def _carry_sums(
    ending: Ending,
    journal: Journal,
    carried: Carried,
    rows: Any,
    of: tuple[str, ...],
    what: Any,
) -> None:
    own: dict[Any, Any] = {}
    added: dict[Any, list[Any]] = defaultdict(list)
    for row in rows.order_by("pk"):
        key = tuple(getattr(row, name) for name in of)
        if row.unit_id not in ending.units:
            own[row.unit_id, key] = row
            continue
        after = ending.units[row.unit_id]
        if after is not None and row.value_on(ending.day):
            added[after.pk, key].append(row)
    for (unit, key), parts in added.items():
        value = sum(row.value_on(ending.day) for row in parts)
        if (known := own.get((unit, key))) is not None:
            journal.update(known, value=(known.value_on(ending.day) or 0) + value)
        else:
            more = (
                {"due_on": max(row.due_on for row in parts)} if hasattr(parts[0], "due_on") else {}
            )
            journal.create(
                type(parts[0])(unit_id=unit, value=value, **dict(zip(of, key, strict=True)), **more)
            )
        for row in parts:
            journal.update(row, value=0)
        carried.count(what, len(parts))


register_carrier("people", carry_people)
register_carrier("targets", carry_targets)
