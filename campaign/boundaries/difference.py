"""What differs between the units there are and a list of new ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy

from campaign.boundaries.lists import Known
from campaign.models import Level, Unit
from campaign.services.import_units import UnitRow, going_on
from core.vietnamese import bare_name, fold

# What becomes of a unit, in the order in which the groups are shown.
KINDS = {
    "unclear": gettext_lazy("Chưa rõ kế tiếp"),
    "split": gettext_lazy("Bị tách"),
    "merged": gettext_lazy("Nhập vào đơn vị khác"),
    "recoded": gettext_lazy("Đổi mã"),
    "renamed": gettext_lazy("Giữ mã, đổi tên hoặc loại"),
    "moved": gettext_lazy("Giữ mã và tên, đổi cấp trên"),
    "level": gettext_lazy("Cấp không còn"),
}


@dataclass(frozen=True)
class Line:
    """What becomes of one unit that ends; ``after`` are the rows that come after it."""

    unit: Unit
    after: tuple[UnitRow, ...]
    kind: str
    is_confirmed: bool


@dataclass(frozen=True)
class Difference:
    """``same`` go on as they are; ``new`` are rows that come after none."""

    same: Mapping[str, Unit]
    lines: tuple[Line, ...]
    new: tuple[UnitRow, ...]
    rows: Mapping[str, UnitRow] = field(default_factory=dict)

    @property
    def unconfirmed(self) -> list[Line]:
        return [line for line in self.lines if not line.is_confirmed]

    @property
    def groups(self) -> list[tuple[str, object, list[Line]]]:
        found = (
            (k, title, [one for one in self.lines if one.kind == k]) for k, title in KINDS.items()
        )
        return [(kind, title, lines) for kind, title, lines in found if lines]


def propose(units: Sequence[Unit], rows: Sequence[UnitRow], known: Known) -> dict[str, list[str]]:
    """Return by the code of each unit that ends which codes come after it; none is guessed.

    What is known is taken; else the same code on the same level; else the same name on the same
    level, where there is one such, or one below where the unit above goes.
    """
    by_code = {row.code: row for row in rows}
    same = going_on(list(rows), {unit.code: unit for unit in units})
    named: dict[tuple[str, str], list[UnitRow]] = defaultdict(list)
    for row in rows:
        named[row.level, fold(bare_name(row.name))].append(row)
    found: dict[str, list[str]] = {}
    for unit in units:
        if unit.code in same:
            continue
        if unit.code in known:
            found[unit.code] = [code for code in known[unit.code] if code in by_code]
            continue
        alike_code = by_code.get(unit.code)
        if alike_code is not None and alike_code.level == unit.level:
            found[unit.code] = [unit.code]
            continue
        alike = named[unit.level, fold(bare_name(unit.name))]
        if len(alike) > 1 and unit.parent is not None:
            above = found.get(unit.parent.code, [unit.parent.code])
            alike = [row for row in alike if row.parent_code in above]
        found[unit.code] = [alike[0].code] if len(alike) == 1 else []
    return found


def difference(
    units: Sequence[Unit],
    rows: Sequence[UnitRow],
    successors: Mapping[str, Sequence[str]],
    confirmed: Sequence[str],
) -> Difference:
    """Compare; a unit that ``successors`` does not name is unclear."""
    by_code = {row.code: row for row in rows}
    same = going_on(list(rows), {unit.code: unit for unit in units})
    levels = {row.level for row in rows}
    many: dict[str, int] = defaultdict(int)
    for unit in units:
        for code in {unit.code} if unit.code in same else set(successors.get(unit.code, ())):
            many[code] += 1
    lines: list[Line] = []
    for unit in units:
        if unit.code in same:
            continue
        codes = successors.get(unit.code, ())
        after = tuple(by_code[code] for code in codes if code in by_code)
        # That a whole level is no more is said once, not asked of each.
        is_gone = not after and unit.level not in levels
        kind = "level" if is_gone else _kind(unit, after, many)
        lines.append(Line(unit, after, kind, is_gone or unit.code in confirmed))
    new = tuple(row for row in rows if row.code not in same and not many[row.code])
    return Difference(same, tuple(lines), new, by_code)


def _kind(unit: Unit, after: Sequence[UnitRow], many: Mapping[str, int]) -> str:
    if not after:
        return "unclear"
    if len(after) > 1:
        return "split"
    row = after[0]
    if row.code != unit.code:
        is_alike = (row.name, row.level) == (unit.name, Level(unit.level))
        return "recoded" if is_alike and many[row.code] == 1 else "merged"
    return "moved" if (row.name, row.kind) == (unit.name, unit.kind) else "renamed"
