"""From whom a report is expected on which day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from campaign.models import Branch, Campaign, Phase, Unit
from campaign.selectors import reporting_days
from reports.trees import UNITS, Tree


def is_open(branch: Branch, day: dt.date) -> bool:
    """Whether the branch exists on ``day``."""
    begun = branch.opened_on is None or branch.opened_on <= day
    return begun and (branch.closed_on is None or day < branch.closed_on)


@dataclass(frozen=True)
class Expected:
    """The branches that report daily, by the path of each node that they count for."""

    days: tuple[dt.date, ...]
    by_path: dict[str, list[Branch]] = field(default_factory=lambda: defaultdict(list))

    def branches(self, path: str, day: dt.date) -> list[Branch]:
        """Return the branches below a node from which a report is expected on ``day``."""
        if day not in self.days:
            return []
        return [b for b in self.by_path.get(path, ()) if is_open(b, day)]

    def count(self, path: str, days: Iterable[dt.date] | None = None) -> int:
        """Return how many reports are expected below a node over these days, or all."""
        wanted = self.days if days is None else [d for d in days if d in self.days]
        return sum(sum(is_open(b, day) for day in wanted) for b in self.by_path.get(path, ()))


def expected_reports(
    campaign: Campaign,
    first: dt.date,
    last: dt.date,
    *,
    tree: Tree = UNITS,
    within: Unit | Branch | None = None,
    phases: Sequence[Phase] | None = None,
) -> Expected:
    """Return what is expected from ``first`` to ``last`` (one query, two with phases)."""
    branches = Branch.objects.reporting_daily().select_related("home_unit").order_by("sort_key")
    if within is not None:
        field_name = "home_unit__path" if tree is UNITS else "path"
        branches = branches.filter(**{f"{field_name}__startswith": within.path})
    found = Expected(tuple(reporting_days(campaign, first, last, phases)))
    for branch in branches:
        path = branch.home_unit.path if tree is UNITS else branch.path
        ids = path.split(".")[:-1]
        for depth in range(1, len(ids) + 1):
            found.by_path["".join(f"{pk}." for pk in ids[:depth])].append(branch)
    return found
