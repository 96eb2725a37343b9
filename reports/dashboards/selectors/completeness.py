"""How complete and how timely the reports are, by node and day.

Numerator and denominator go over the same branches: those expected on the day. What another
branch sent counts in neither. A branch counts once a day, in however many communes it
worked; its earliest receipt says whether it was late.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Subquery, Value, When

from campaign.models import Branch, Campaign, Unit
from reports.daily.models import DailyReport, Lateness, Revision, Status
from reports.dashboards.selectors.action_items import NonReportingBranch, RecentDays
from reports.rollup.expected import Expected, expected_reports
from reports.rollup.trees import UNITS, Tree


@dataclass(frozen=True)
class CompletenessCell:
    """Branch-days: how many were expected, received, and how they came.

    ``received`` is always the sum of the three ways. ``returned`` of them are being corrected.
    """

    expected: int = 0
    received: int = 0
    on_time: int = 0
    late: int = 0
    offline_late: int = 0
    returned: int = 0

    @property
    def missing(self) -> int:
        return self.expected - self.received

    @property
    def share(self) -> float | None:
        """Percent that came; None where nothing was expected."""
        return self.received * 100 / self.expected if self.expected else None

    @property
    def shade(self) -> int:
        """The share in five steps, 5 for all and 0 for none, so that a gap is always seen."""
        if self.received == self.expected:
            return 5
        return -(-4 * self.received // self.expected)


@dataclass(frozen=True)
class Completeness:
    """The branch-days of a node over some days, to be counted by node, branch and day.

    ``arrived`` is how the earliest report came, by branch id and day; ``returned`` is where one
    is being corrected.
    """

    days: tuple[dt.date, ...]
    expected: Expected
    arrived: Mapping[tuple[int, dt.date], str]
    returned: frozenset[tuple[int, dt.date]] = frozenset()

    def cell(self, path: str, days: Iterable[dt.date]) -> CompletenessCell:
        return self._count((b, day) for day in days for b in self.expected.branches(path, day))

    def of_branch(self, branch: Branch, days: Iterable[dt.date]) -> CompletenessCell:
        return self._count((branch, d) for d in days if self.expected.is_expected(branch, d))

    def silent(self, path: str, day: dt.date) -> list[NonReportingBranch]:
        """Return who has not reported on ``day``, the longest silent first."""
        reported: dict[int, set[dt.date]] = defaultdict(set)
        for branch_id, date in self.arrived:
            reported[branch_id].add(date)
        known = {pk: frozenset(dates) for pk, dates in reported.items()}
        return RecentDays(day, self.expected, known).silent(path)

    def _count(self, asked: Iterable[tuple[Branch, dt.date]]) -> CompletenessCell:
        keys = [(branch.pk, day) for branch, day in asked]
        routes = [self.arrived.get(key) for key in keys]
        return CompletenessCell(
            expected=len(routes),
            received=sum(route is not None for route in routes),
            on_time=routes.count(Lateness.ON_TIME),
            late=routes.count(Lateness.LATE),
            offline_late=routes.count(Lateness.OFFLINE_LATE),
            returned=sum(key in self.returned for key in keys),
        )


def completeness(
    *,
    campaign: Campaign,
    node: Unit | Branch,
    first: dt.date,
    last: dt.date,
    tree: Tree = UNITS,
) -> Completeness:
    """Return the branch-days below a node from ``first`` to ``last`` (four queries).

    Days to come are the caller's to leave out: nothing is missing on them.
    """
    expected = expected_reports(campaign, first, last, tree=tree, within=node.path)
    rows = list(_arrivals(campaign, expected.by_path.get(node.path, ()), first, last))
    return Completeness(
        days=tuple(first + dt.timedelta(days=n) for n in range((last - first).days + 1)),
        expected=expected,
        arrived={(branch, day): route for branch, day, route, _returned in rows},
        returned=frozenset((branch, day) for branch, day, _route, is_back in rows if is_back),
    )


def _arrivals(
    campaign: Campaign, branches: Iterable[Branch], first: dt.date, last: dt.date
) -> Iterable[tuple[int, dt.date, str, bool]]:
    """Return branch, day, how its earliest report came, and whether one is back (one query).

    ``received_at`` moves when a report is corrected; what was on time came before what was
    not, and of the others the first revision says which came first.
    """
    first_at = Revision.objects.filter(report=OuterRef("pk"), version=1).values("at")[:1]
    on_time_first = Case(
        When(lateness=Lateness.ON_TIME, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    reports = DailyReport.objects.filter(campaign=campaign)
    returned = reports.filter(
        branch=OuterRef("branch"), date=OuterRef("date"), status=Status.RETURNED
    )
    return (
        reports.filter(branch__in=[b.pk for b in branches], date__range=(first, last))
        .order_by("branch_id", "date", on_time_first, Subquery(first_at), "received_at", "pk")
        .distinct("branch_id", "date")
        .values_list("branch_id", "date", "lateness", Exists(returned))
    )
