"""From whom a report is expected on which day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from campaign.models import Branch, Campaign
from campaign.reporting_window import reporting_days
from campaign.takes_part import named_singly, takes_part
from reports.rollup.trees import UNITS, Tree
from volunteers.sessions.models import SupportSession


@dataclass(frozen=True)
class Expected:
    """Who is expected to report when: by the campaign's rules, and by the calendar.

    ``days`` are the reporting days, on which branches that take part are expected.
    ``hosting`` are the days, by branch id, on which a branch hosts a session and so is
    expected whatever day it is. ``by_path`` are the branches of both kinds, by the path of
    each node that they count for.
    """

    campaign: Campaign
    days: frozenset[dt.date]
    hosting: Mapping[int, frozenset[dt.date]]
    by_path: dict[str, list[Branch]] = field(default_factory=lambda: defaultdict(list))

    def is_expected(self, branch: Branch, day: dt.date) -> bool:
        """Whether a report of the branch is expected on ``day``."""
        is_called = day in self.days and takes_part(self.campaign, branch, day)
        return (is_called or day in self.hosting.get(branch.pk, ())) and branch.exists_on(day)

    def days_of(self, branch: Branch) -> list[dt.date]:
        days = {*self.days, *self.hosting.get(branch.pk, ())}
        return [day for day in sorted(days) if self.is_expected(branch, day)]

    def branches(self, path: str, day: dt.date) -> list[Branch]:
        """Return the branches below a node from which a report is expected, as of ``day``."""
        return [b.on(day) for b in self.by_path.get(path, ()) if self.is_expected(b, day)]

    def count(self, path: str, days: Iterable[dt.date] | None = None) -> int:
        branches = self.by_path.get(path, ())
        if days is None:
            return sum(len(self.days_of(b)) for b in branches)
        return sum(self.is_expected(b, day) for b in branches for day in days)


def expected_reports(
    campaign: Campaign,
    first: dt.date,
    last: dt.date,
    *,
    tree: Tree = UNITS,
    within: str = "",
) -> Expected:
    """Return what is expected from ``first`` to ``last``, of whom is counted below a path (one
    query, two with phases)."""
    sessions = SupportSession.objects.existing().filter(
        campaign=campaign, date__range=(first, last)
    )
    branches = Branch.objects.select_related("home_unit").order_by("sort_key")
    if within:
        field_name = "home_unit__path" if tree is UNITS else "path"
        branches = branches.filter(**{f"{field_name}__startswith": within})
    hosted = sessions.filter(branch=OuterRef("pk")).order_by().values("date")
    branches = branches.filter(
        Q(reports_daily=True)
        | Q(past__contains=[{"field": "reports_daily"}])
        | Q(pk__in=sessions.order_by().values("branch"))
        | Q(pk__in=named_singly(campaign))
    ).annotate(hosting=ArraySubquery(hosted))
    expecting: list[Any] = list(branches)
    found = Expected(
        campaign,
        frozenset(reporting_days(campaign, first, last)),
        {branch.pk: frozenset(branch.hosting) for branch in expecting if branch.hosting},
    )
    for branch in expecting:
        path = branch.home_unit.path if tree is UNITS else branch.path
        ids = path.split(".")[:-1]
        for depth in range(1, len(ids) + 1):
            found.by_path["".join(f"{pk}." for pk in ids[:depth])].append(branch)
    return found
