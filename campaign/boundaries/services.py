"""Begins a change of boundaries, keeps what was confirmed, writes all of it, takes it back."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.boundaries.branches import Succeeding
from campaign.boundaries.carried import CHOICES, Carried, Ending, carriers_of, forget_looks
from campaign.boundaries.difference import Difference, Line, difference, propose
from campaign.boundaries.journal import Journal, take_back
from campaign.boundaries.lists import NewList, as_rows, units_before
from campaign.boundaries.people import carry_rules
from campaign.models import (
    BoundaryChange,
    BoundaryState,
    Branch,
    Succession,
    SuccessionKind,
    Unit,
)
from campaign.services.import_units import save_units
from campaign.services.paths import rebuild_paths
from campaign.services.predecessors import rebuild_predecessors
from campaign.services.settings_change import settings_change
from core import clock

ENDED = gettext_lazy("địa bàn hết hiệu lực")
OPENED = gettext_lazy("địa bàn mới")
GOING_ON = gettext_lazy("địa bàn giữ nguyên")
UNKNOWN = gettext_lazy("địa bàn chưa rõ kế tiếp")
CLOSED = gettext_lazy("cơ sở Đoàn khép lại")
BEGUN = gettext_lazy("cơ sở Đoàn mới")


def begin_change(*, actor: User, new: NewList, holds_from: dt.date) -> BoundaryChange:
    """Keep two lists to compare, with what is known or plain of who follows whom."""
    units = units_before(holds_from)
    if not units:
        raise ValidationError(
            _("Trước ngày %(day)s chưa có địa bàn nào.") % {"day": f"{holds_from:%d/%m/%Y}"}
        )
    change = BoundaryChange(
        source=new.source,
        holds_from=holds_from,
        rows=[[row.code, row.name, row.kind, row.parent_code] for row in new.rows],
        successors=propose(units, new.rows, new.known),
        carried=list(CHOICES),
        begun_by=actor,
    )
    if not difference_of(change).lines and len(units) == len(new.rows):
        raise ValidationError(_("Hai danh sách giống nhau, không có gì để đổi."))
    change.save()
    return change


def difference_of(change: BoundaryChange) -> Difference:
    return difference(
        units_before(change.holds_from),
        as_rows(change.rows),
        change.successors,
        change.confirmed,
    )


def correct(
    change: BoundaryChange, given: Mapping[str, str], confirmed: Iterable[str]
) -> dict[str, str]:
    """Keep what was typed of units by code, and which lines were looked at.

    Returns what is wrong, by code: those lines stay as they were.
    """
    rows = {row[0] for row in change.rows}
    known = difference_of(change)
    problems: dict[str, str] = {}
    ticked = set(confirmed)
    for line in known.lines:
        code = line.unit.code
        if code in given:
            named = [part.split()[0] for part in given[code].split(";") if part.split()]
            if strange := [one for one in named if one not in rows]:
                problems[code] = _("Danh sách mới không có mã “%(code)s”.") % {
                    "code": strange[0][:20]
                }
                ticked.discard(code)
                continue
            change.successors[code] = list(dict.fromkeys(named))
    lines = {line.unit.code for line in known.lines}
    change.confirmed = sorted(ticked & lines)
    change.save(update_fields=["successors", "confirmed", "updated_at"])
    return problems


@dataclass
class _Writing:
    change: BoundaryChange
    journal: Journal
    carried: Carried


def apply_change(
    *, actor: User, change_id: int, carried: Sequence[str], reason: str
) -> BoundaryChange:
    """Close, open and succeed, and carry over what was chosen: all in one transaction.

    Raises ``ValidationError`` where a line is not confirmed, and where something was counted after
    the day in what ends; ``ReasonWanted`` without a reason, with what would move.
    """
    day = BoundaryChange.objects.get(pk=change_id).holds_from
    with settings_change(actor=actor, reason=reason, since=day):
        change = BoundaryChange.objects.select_for_update().get(pk=change_id)
        if change.state != BoundaryState.DRAFT:
            raise ValidationError(_("Lần đổi này đã thực hiện rồi."))
        found = difference_of(change)
        if found.unconfirmed:
            raise ValidationError(
                _("Còn %(n)s dòng chưa xác nhận.") % {"n": len(found.unconfirmed)}
            )
        writing = _Writing(change, Journal(), Carried({}, []))
        ending = _write_trees(writing, found)
        for choice in CHOICES:
            for carry in carriers_of(choice) if choice in carried else ():
                carry(ending, writing.journal, writing.carried)
        change.state, change.applied_by = BoundaryState.APPLIED, actor
        change.applied_at, change.carried = clock.now(), list(carried)
        change.report = {
            "figures": [*writing.carried.figures.items()],
            "left": sorted(set(writing.carried.left)),
            "written": writing.journal.written,
        }
        change.save()
    return change


def _write_trees(writing: _Writing, found: Difference) -> Ending:
    change, journal, carried = writing.change, writing.journal, writing.carried
    day = change.holds_from
    for line in found.lines:
        journal.update(line.unit, valid_to=day)
    known = set(Unit.objects.values_list("pk", flat=True))
    save_units(as_rows(change.rows), day, dict(found.same))
    units = {unit.code: unit for unit in Unit.objects.on(day).select_related("parent")}
    made = [unit for unit in units.values() if unit.pk not in known]
    for unit in sorted(made, key=lambda unit: unit.depth):
        journal.made(unit)
    went_to = {line.unit.pk: _write_line(journal, change, line, units) for line in found.lines}
    ids = set(Branch.objects.values_list("pk", flat=True))
    branches = Succeeding(journal, day, went_to).write()
    ending = Ending(day, went_to, branches)
    carry_rules(ending, journal)
    rebuild_predecessors()
    carried.count(GOING_ON, len(found.same))
    carried.count(ENDED, len(found.lines))
    carried.count(OPENED, len(made))
    unknown = [line.unit for line in found.lines if line.kind == "unclear"]
    carried.count(UNKNOWN, len(unknown))
    carried.count(CLOSED, len(branches))
    carried.count(BEGUN, len(set(Branch.objects.values_list("pk", flat=True)) - ids))
    carried.left += [_("%(row)s: chưa rõ kế tiếp") % {"row": unit} for unit in unknown]
    alone = [pk for pk, after in branches.items() if after is None]
    names = Branch.objects.filter(pk__in=alone).values_list("name", flat=True)
    carried.left += [_("%(row)s: khép lại, chưa rõ kế tiếp") % {"row": name} for name in names]
    return ending


def _write_line(
    journal: Journal, change: BoundaryChange, line: Line, units: Mapping[str, Unit]
) -> Unit | None:
    """Write who comes after one; return it where all of it goes there."""
    kind = {0: SuccessionKind.UNKNOWN, 1: SuccessionKind.WHOLE}.get(
        len(line.after), SuccessionKind.PART
    )
    after: list[Any] = [units[row.code] for row in line.after] or [None]
    for unit in after:
        journal.create(
            Succession(
                old=line.unit, new=unit, since=change.holds_from, kind=kind, source=change.source
            )
        )
    return after[0] if kind == SuccessionKind.WHOLE else None


def take_change_back(*, actor: User, change_id: int, reason: str) -> BoundaryChange:
    """Put everything back as it was before; raise ``ValidationError`` where that cannot be.

    That is where something was counted, or written by hand, in what the change has made. Of
    who has only looked at it nothing stays.
    """
    day = BoundaryChange.objects.get(pk=change_id).holds_from
    with settings_change(actor=actor, reason=reason, since=day):
        change = BoundaryChange.objects.select_for_update().get(pk=change_id)
        if change.state != BoundaryState.APPLIED:
            raise ValidationError(_("Lần đổi này chưa thực hiện, hoặc đã lấy lại."))
        written = change.report["written"]
        made = [e["pk"] for e in written if e["model"] == Unit._meta.label and "was" not in e]
        forget_looks(made)
        take_back(written)
        rebuild_paths(Unit)
        rebuild_paths(Branch)
        rebuild_predecessors()
        change.state, change.report = BoundaryState.TAKEN_BACK, {**change.report, "written": []}
        change.save()
    return change


def drop_change(*, change: BoundaryChange) -> None:
    """Throw a draft away; what was applied stays known."""
    if change.state == BoundaryState.DRAFT:
        change.delete()
