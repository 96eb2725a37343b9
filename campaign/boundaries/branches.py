"""Branches when boundaries change: who closes, who comes after, under whom, with which code.

A branch closes where its unit ends or its superior closes, so that no day of before moves. Of one
kind there is one that leads in a unit: those of units that become one become one. All others (the
schools, and what lies within a unit) go on one by one.
"""

import datetime as dt
from collections.abc import Mapping

from campaign.boundaries.journal import Journal
from campaign.models import Branch, BranchKind, Unit
from campaign.services.paths import rebuild_paths
from campaign.setup.branches import branch_name
from core.vietnamese import bare_name

Key = tuple[str, int]


class Succeeding:
    """Closes branches on ``day`` and opens those that come after; ``went_to`` by a unit's id."""

    def __init__(self, journal: Journal, day: dt.date, went_to: Mapping[int, Unit | None]) -> None:
        self.journal, self.day, self.went_to = journal, day, went_to
        before = Branch.objects.on(day - dt.timedelta(days=1)).on(day)
        self.open = list(before.select_related("home_unit", "parent").order_by("depth", "pk"))
        self.closing: dict[int, Branch] = {}
        for branch in self.open:
            if branch.home_unit_id in went_to or branch.parent_id in self.closing:
                self.closing[branch.pk] = branch
        staying = [branch for branch in self.open if branch.pk not in self.closing]
        later = Branch.objects.filter(opened_on__gte=day)
        self.codes = {branch.code for branch in (*staying, *later)}
        self.leading = {
            (branch.kind, branch.home_unit_id): branch for branch in staying if _leads(branch)
        }
        self.after: dict[int, Branch | None] = {}

    def write(self) -> dict[int, Branch | None]:
        """Return what comes after each that closes, by its id; None where nobody knows."""
        for branch in self.closing.values():
            self.journal.update(branch, closed_on=self.day)
        for branches in self._groups():
            found = self._successor(branches)
            for branch in branches:
                self.after[branch.pk] = found
                if found is not None:
                    self.journal.update(branch, successor=found)
        rebuild_paths(Branch)
        return self.after

    def _groups(self) -> list[list[Branch]]:
        """Return who becomes one, from the top of the new tree."""
        found: dict[Key, list[Branch]] = {}
        for branch in self.closing.values():
            home = self._home(branch)
            key = (f"one {branch.pk}", 0)
            if home is not None and _leads(branch) and home.level == branch.home_unit.level:
                key = (branch.kind, home.pk)
            found.setdefault(key, []).append(branch)

        def place(branches: list[Branch]) -> tuple[bool, int, int]:
            home = self._home(branches[0])
            inner = not _leads(branches[0])
            return inner, home.depth if home else 0, branches[0].depth

        return sorted(found.values(), key=place)

    def _home(self, branch: Branch) -> Unit | None:
        return self.went_to.get(branch.home_unit_id, branch.home_unit)

    def _successor(self, branches: list[Branch]) -> Branch | None:
        """Return the one that leads there already, or a new one; None without a unit."""
        first, home = branches[0], self._home(branches[0])
        if home is None:
            return None
        leads = _leads(first) and home.level == first.home_unit.level
        if leads and (known := self.leading.get((first.kind, home.pk))) is not None:
            return known
        code = self._code(branches, home)
        made = Branch(
            code=code,
            name=_name(branches, home),
            kind=first.kind,
            parent=self._parent(first, home, leads=leads),
            home_unit=home,
            reports_daily=any(branch.on(self.day).reports_daily for branch in branches),
            opened_on=self.day,
        )
        self.journal.create(made)
        self.codes.add(code)
        if leads:
            self.leading[made.kind, home.pk] = made
        return made

    def _parent(self, first: Branch, home: Unit, *, leads: bool) -> Branch | None:
        """Return the superior: who comes after the old one, else who leads above the new home."""
        if not leads and first.parent_id is not None:
            following = self.after.get(first.parent_id, first.parent)
            if following is not None:
                return following
        if first.parent_id is None:
            return None
        above = home.parent if leads else home
        while above is not None:
            for kind in (first.kind, BranchKind.YOUTH_UNION):
                if (found := self.leading.get((kind, above.pk))) is not None:
                    return found
            above = above.parent
        return None

    def _code(self, branches: list[Branch], home: Unit) -> str:
        """Return the code of whose unit bore the new one's, else one made like it, that is free."""
        alike = next((b for b in branches if b.home_unit.code == home.code), branches[0])
        code = alike.code.replace(alike.home_unit.code, home.code)
        number, free = 2, code
        while free in self.codes:
            free, number = f"{code}-{number}", number + 1
        return free


def _leads(branch: Branch) -> bool:
    """Whether it is the one of its kind for its unit, and not one within it."""
    inner = branch.parent is not None and branch.parent.home_unit_id == branch.home_unit_id
    return branch.kind != BranchKind.SCHOOL and not inner


def _name(branches: list[Branch], home: Unit) -> str:
    first = next((b for b in branches if b.home_unit.name == home.name), None)
    if first is not None:
        return first.name
    first = branches[0]
    if not _leads(first):
        return first.name
    if first.kind == BranchKind.YOUTH_UNION:
        return branch_name(home)
    old, new = bare_name(first.home_unit.name), bare_name(home.name)
    return first.name.replace(old, new) if old in first.name else f"{first.name} {new}"
