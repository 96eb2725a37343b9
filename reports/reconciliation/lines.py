"""What a reconciliation shows: lines of units, and what is explained in all of them."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from campaign.models import Campaign, Indicator, Unit
from reports.reconciliation.classes import UNEXPLAINED, DifferenceClass, Figures, Finding
from reports.reconciliation.series import Tolerance


@dataclass(frozen=True)
class Latest:
    """What was last said of a difference, as far as figures need it."""

    number: int
    state: str
    covers: int
    is_explained: bool


@dataclass(frozen=True)
class Line:
    """One unit: what each side has by indicator, and why they differ.

    ``unit`` is None for what leads to no unit of today. ``parts`` are the lines below, where the
    police published of these and not of the unit; ``size`` and ``explained`` are their sums then.
    """

    unit: Unit | None
    finding: Finding
    reported: Mapping[str, int] = field(default_factory=dict)
    approved: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    # By the class alone.
    explained: int = 0
    parts: tuple["Line", ...] = ()
    latest: Latest | None = None
    # Up to when both are compared, and since when ours was higher.
    day: dt.date | None = None
    higher_since: dt.date | None = None

    @property
    def kind(self) -> DifferenceClass | None:
        return self.finding.kind

    def figures(self, code: str) -> Figures | None:
        return self.finding.figures.get(code)

    @property
    def by_remark(self) -> int:
        """How much of what no class explains a remark does: no more than was there then."""
        below = sum(part.by_remark for part in self.parts)
        left = self.size - self.explained - below
        if self.latest is None or not self.latest.is_explained:
            return below
        return below + min(left, self.latest.covers)

    @property
    def unexplained(self) -> int:
        return self.size - self.explained - self.by_remark

    @property
    def alike(self) -> int:
        """Of how many of its parts the class is."""
        return sum(part.kind == self.kind for part in self.parts)

    @property
    def needs_a_look(self) -> bool:
        return self.kind in UNEXPLAINED and self.unexplained > 0


@dataclass(frozen=True)
class OfClass:
    kind: DifferenceClass
    units: int
    size: int
    explained: int


@dataclass(frozen=True)
class Reconciliation:
    """Two sources of a campaign side by side.

    ``day`` is the last of which anything was published (None: nothing was), ``level`` that of the
    lines, ``published_level`` that of what was published. ``sizes`` say for each day, from the
    first that was published, how far the two are from each other, ``codes`` are the published
    indicators.
    """

    campaign: Campaign
    level: str
    published_level: str
    first: dt.date
    last: dt.date
    day: dt.date | None
    basis: str
    tolerance: Tolerance
    indicators: tuple[Indicator, ...]
    lines: tuple[Line, ...]
    sizes: tuple[tuple[dt.date, int], ...] = ()

    @cached_property
    def leaves(self) -> list[Line]:
        return [leaf for line in self.lines for leaf in (line.parts or (line,))]

    @cached_property
    def size(self) -> int:
        return sum(line.size for line in self.lines)

    @cached_property
    def unexplained(self) -> int:
        return sum(line.unexplained for line in self.lines)

    @cached_property
    def by_remark(self) -> int:
        return sum(line.by_remark for line in self.lines)

    @property
    def share_explained(self) -> float | None:
        """How many percent of the difference are explained; None where there is none."""
        return 100 * (self.size - self.unexplained) / self.size if self.size else None

    @cached_property
    def worklist(self) -> list[Line]:
        """The units that need a look, those with the most unexplained first."""
        wanted = [line for line in self.leaves if line.needs_a_look and line.unit is not None]
        return sorted(wanted, key=lambda line: -line.unexplained)

    @cached_property
    def of_classes(self) -> list[OfClass]:
        """How many units each class has, and what it explains; the largest first."""
        number = Counter(leaf.kind for leaf in self.leaves if leaf.kind)
        found = [
            OfClass(
                kind,
                units,
                sum(leaf.size for leaf in self.leaves if leaf.kind == kind),
                sum(leaf.explained for leaf in self.leaves if leaf.kind == kind),
            )
            for kind, units in number.items()
        ]
        return sorted(found, key=lambda one: (-one.size, one.kind))

    def sums(self, code: str) -> tuple[int, int]:
        """Return ours and theirs of one indicator, of the units of which both have it."""
        both = [one for line in self.leaves if (one := line.figures(code))]
        pairs = [(o.ours, o.theirs) for o in both if o.ours is not None and o.theirs is not None]
        return sum(ours for ours, _t in pairs), sum(theirs for _o, theirs in pairs)

    def with_remarks(self, latest: Mapping[int, Latest]) -> "Reconciliation":
        return replace(self, lines=tuple(_with_latest(line, latest) for line in self.lines))


def _with_latest(line: Line, latest: Mapping[int, Latest]) -> Line:
    parts = tuple(_with_latest(part, latest) for part in line.parts)
    last = latest.get(line.unit.pk) if line.unit is not None else None
    return replace(line, parts=parts, latest=last)


def grouped(unit: Unit | None, parts: Sequence[Line], codes: Sequence[str]) -> Line:
    """Return one line over lines below: its class is the one that makes up the most of it."""
    sizes: Counter[DifferenceClass] = Counter()
    for part in parts:
        if part.kind is not None:
            sizes[part.kind] += part.size if part.kind != DifferenceClass.WITHIN else 0
    kind = max(sizes, key=lambda one: (sizes[one], one == DifferenceClass.WITHIN), default=None)
    figures = {
        code: Figures(_sum(of, "ours"), _sum(of, "theirs"))
        for code in codes
        if (of := [one for part in parts if (one := part.figures(code))])
    }
    days = [part.day for part in parts if part.day is not None]
    return Line(
        unit=unit,
        finding=Finding(kind, figures),
        day=max(days, default=None),
        reported=_added([part.reported for part in parts]),
        approved=_added([part.approved for part in parts]),
        size=sum(part.size for part in parts),
        explained=sum(part.explained for part in parts),
        parts=tuple(parts),
    )


def _sum(figures: Sequence[Figures], side: str) -> int | None:
    known = [value for one in figures if (value := getattr(one, side)) is not None]
    return sum(known) if known else None


def _added(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return dict(found)
