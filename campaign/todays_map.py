"""Where what was counted in the units of any day stands on the map of one day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import Http404

from campaign.models import Level, Succession, SuccessionKind, Unit
from campaign.scopes import scope_of

RANK = {level: rank for rank, level in enumerate(Level.values)}


@dataclass(frozen=True)
class MapLine:
    """What is summed in one line of a map; ``unit`` is None for what has no known successor.

    ``weights`` say by unit id which totals, each with all below it, are added (1) or taken off
    (-1), where a part went elsewhere than its whole. ``sources`` are the units of before.
    """

    unit: Unit | None
    weights: Mapping[int, int]
    sources: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class TodaysMap:
    """The units of ``day``, and to which of them every other unit leads; as one user sees them.

    ``tops`` are the paths that the user sees. Nobody sees more by this map: of a unit one sees what
    one sees of its sources, and all of them where one sees the unit itself.

    A unit leads to itself while it exists, else to where it went whole, else (a split, an unknown
    successor, a level that is no more) to where what lies above it leads: the sums of provinces
    are then right, and what is below them has a line of its own.
    """

    day: dt.date
    units: Mapping[int, Unit]
    went_to: Mapping[int, int]
    tops: frozenset[str]
    _found: dict[int, Unit | None] = field(default_factory=dict)

    def target(self, unit: Unit) -> Unit | None:
        """Return the unit of the day to which one leads; None where nothing is known."""
        if unit.pk not in self._found:
            # Where a row leads to itself in a circle, it leads nowhere.
            self._found[unit.pk] = None
            self._found[unit.pk] = self._lead(unit)
        return self._found[unit.pk]

    def _lead(self, unit: Unit) -> Unit | None:
        if unit.exists_on(self.day):
            return unit
        for following in (self.went_to.get(unit.pk), unit.parent_id):
            if following is not None and (found := self.target(self.units[following])) is not None:
                return found
        return None

    @cached_property
    def current(self) -> list[Unit]:
        return [unit for unit in self.units.values() if unit.exists_on(self.day)]

    def within(self, top: Unit, level: str) -> list[Unit]:
        """Return the units of the day on a level, of one of them and what lies below it."""
        found = (
            unit
            for unit in self.current
            if unit.level == level and unit.path.startswith(top.path) and self.may_see(unit)
        )
        return sorted(found, key=lambda unit: unit.code)

    def lines(self, top: Unit, nodes: Sequence[Unit], level: str) -> list[MapLine]:
        """Return a line for each of ``nodes``, and one for what of ``level`` none of them takes."""
        index_of = {node.pk: number for number, node in enumerate(nodes)}
        line_of: dict[int, int] = {}
        for unit in self.units.values():
            target = self.target(unit)
            if target is None or not target.path.startswith(top.path):
                continue
            if not (self._is_inside(unit) or self._is_inside(target)):
                continue
            above = (int(pk) for pk in target.path.split(".")[:-1])
            number = next((index_of[pk] for pk in above if pk in index_of), None)
            if number is not None:
                line_of[unit.pk] = number
            elif RANK[unit.level] >= RANK[level]:
                line_of[unit.pk] = len(nodes)
        weights: dict[int, dict[int, int]] = defaultdict(dict)
        for unit in self.units.values():
            own, above_it = line_of.get(unit.pk), line_of.get(unit.parent_id or 0)
            if own != above_it and own is not None:
                weights[own][unit.pk] = 1
            if own != above_it and above_it is not None:
                weights[above_it][unit.pk] = -1
        return [
            MapLine(node, weights[number], self._sources(node, weights[number]))
            for number, node in enumerate([*nodes, None])
            if node is not None or weights[number]
        ]

    def _sources(self, node: Unit | None, weights: Mapping[int, int]) -> tuple[Unit, ...]:
        units = (self.units[pk] for pk, weight in weights.items() if weight > 0)
        return tuple(sorted((u for u in units if u != node), key=lambda u: u.sort_key))

    def _is_inside(self, unit: Unit) -> bool:
        return any(unit.path.startswith(top) for top in self.tops)

    @cached_property
    def _wholly_seen(self) -> set[int]:
        """The ids of the units of which the user sees all that went into them."""
        seen: dict[int, bool] = {}
        for unit in self.units.values():
            target = self.target(unit)
            if target is None or target == unit:
                continue
            for pk in map(int, target.path.split(".")[:-1]):
                seen[pk] = seen.get(pk, True) and self._is_inside(unit)
        return {pk for pk, is_seen in seen.items() if is_seen}

    def may_see(self, unit: Unit) -> bool:
        return self._is_inside(unit) or unit.pk in self._wholly_seen

    def find(self, code: str = "") -> Unit:
        """Return the unit that bears ``code`` on the day, by default the highest that one sees.

        404 for what lies outside the user's scope.
        """
        units = sorted(self.current, key=lambda unit: (unit.depth, unit.pk))
        named = (unit for unit in units if not code or unit.code == code)
        found = next((unit for unit in named if self.may_see(unit)), None)
        if found is None:
            raise Http404
        return found


def map_of(user: Any, day: dt.date) -> TodaysMap:
    """Read all units and what became of them (two queries)."""
    whole = Succession.objects.filter(kind=SuccessionKind.WHOLE, since__lte=day)
    return TodaysMap(
        day,
        Unit.objects.in_bulk(),
        dict(whole.values_list("old_id", "new_id")),
        scope_of(user).unit_paths,
    )
