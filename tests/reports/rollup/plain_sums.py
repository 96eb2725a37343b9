"""Random trees with reports and sessions in them, and their totals by plain addition."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from campaign.models import Branch, Campaign, Indicator, Level, Unit
from campaign.services.dirty_days import mark_dirty
from campaign.services.paths import rebuild_paths
from core import clock
from reports.daily.models import DailyReport, Lateness, Status
from reports.rollup.models import BranchDay, BranchTotal, UnitDay, UnitTotal
from reports.rollup.services.rollup import drain, drain_batch, spread_batch
from reports.rollup.trees import TREES, UNITS, Tree
from tests.conftest import TODAY
from tests.factories import make_campaign, make_session
from volunteers.sessions.models import State, SupportSession

DAYS = [TODAY - dt.timedelta(days=n) for n in range(3)]
CODES = ("a", "b", "c")
# What a report says of this one stands until the branch says something else of the same unit (C28).
STATE = "c"
DAY = dt.timedelta(days=1)
APPROVED = (Status.APPROVED, Status.LOCKED)
SUBMITTED, RETURNED = Status.SUBMITTED, Status.RETURNED

Totals = tuple[dict[str, int], dict[str, int], int, int]

counts = st.dictionaries(st.sampled_from(CODES), st.integers(0, 1_000_000), max_size=3)
index = st.integers(0, 100)
steps = st.one_of(
    st.tuples(st.just("report"), index, index, st.sampled_from(DAYS), counts),
    st.tuples(st.just("correct"), index, counts),
    st.tuples(st.just("judge"), index, st.sampled_from(list(Status)), st.none() | counts),
    st.tuples(st.just("plan"), index, index, st.sampled_from(DAYS)),
    st.tuples(st.just("plan_beside"), index),
    st.tuples(st.just("close"), index, counts),
    st.tuples(st.just("cancel"), index),
    st.tuples(st.just("drain")),
    st.tuples(st.just("batch"), st.sampled_from(TREES), st.integers(1, 3)),
)


@dataclass
class RandomTrees:
    """A campaign among random trees; nodes are picked by a number of any size."""

    campaign: Campaign
    units: list[Unit]
    branches: list[Branch]
    reports: list[DailyReport] = field(default_factory=list)
    sessions: list[SupportSession] = field(default_factory=list)

    def act(self, what: str, *how: Any) -> None:
        """Do one step; a report that stands already is corrected."""
        getattr(self, f"_{what}")(*how)

    def _report(self, branch: int, unit: int, date: dt.date, of_day: dict[str, int]) -> None:
        made, is_new = DailyReport.objects.get_or_create(
            **self._acting(branch, unit),
            date=date,
            defaults={
                "counts": of_day,
                "lateness": Lateness.ON_TIME,
                "received_at": clock.now(),
            },
        )
        if is_new:
            self.reports.append(made)
        self._keep(made, counts=of_day)

    def _correct(self, number: int, of_day: dict[str, int]) -> None:
        if self.reports:
            stored = self.reports[number % len(self.reports)]
            self._keep(stored, counts=of_day, status=SUBMITTED, **falling_back(None))

    def _judge(self, number: int, status: Status, before: dict[str, int] | None) -> None:
        """Decide; of what is returned, the version before may count, if there was one."""
        if self.reports:
            stored = self.reports[number % len(self.reports)]
            fallback = falling_back(before if status == RETURNED else None)
            self._keep(stored, status=status, **fallback)

    def _plan(self, branch: int, unit: int, date: dt.date) -> None:
        self._host(**self._acting(branch, unit), date=date)

    def _plan_beside(self, number: int) -> None:
        """Plan one where there is a report already."""
        if self.reports:
            r = self.reports[number % len(self.reports)]
            self._host(campaign=self.campaign, branch=r.branch, unit=r.unit, date=r.date)

    def _host(self, **given: Any) -> None:
        self.sessions.append(planned := make_session(**given))
        mark_dirty(planned, since=clock.now())

    def _close(self, number: int, came_of_it: dict[str, int]) -> None:
        self._let_be(number, state=State.CLOSED, counts=came_of_it, cancel_reason="")

    def _cancel(self, number: int) -> None:
        self._let_be(number, state=State.CANCELLED, counts={}, cancel_reason="Mưa")

    def _let_be(self, number: int, **changed: Any) -> None:
        if self.sessions:
            planned = self.sessions[number % len(self.sessions)]
            SupportSession.objects.filter(pk=planned.pk).update(
                headcount=0, participations=0, **changed
            )
            mark_dirty(planned, since=clock.now())

    def _acting(self, branch: int, unit: int) -> dict[str, Any]:
        acting = self.branches[branch % len(self.branches)]
        home = acting.home_unit.path
        below = [place for place in self.units if place.path.startswith(home)]
        return {"campaign": self.campaign, "branch": acting, "unit": below[unit % len(below)]}

    def _keep(self, stored: DailyReport, **changed: Any) -> None:
        DailyReport.objects.filter(pk=stored.pk).update(**changed)
        mark_dirty(stored, since=clock.now())

    def _drain(self) -> None:
        drain()

    def _batch(self, tree: Tree, limit: int) -> None:
        spread_batch(limit)
        drain_batch(tree, limit)


def falling_back(on: dict[str, int] | None) -> dict[str, Any]:
    return {"fallback_counts": on, "fallback_approved": bool(on)}


def grow(draw: Callable[[Any], Any]) -> RandomTrees:
    """Plant a tree of units of any shape, and one of branches at home in it."""
    units: list[Unit] = []
    for number in range(draw(st.integers(1, 7))):
        parent = units[draw(index) % number] if number else None
        level = Level.COMMUNE if parent else Level.PROVINCE
        unit = Unit(
            code=str(number), name=f"Đơn vị {number}", kind="xã", level=level,
            parent=parent, valid_from=DAYS[-1],
        )  # fmt: skip
        unit.save()
        units.append(unit)
    branches: list[Branch] = []
    for number in range(draw(st.integers(1, 5))):
        branch = Branch(
            code=f"B-{number}",
            name=f"Tổ chức {number}",
            parent=branches[draw(index) % number] if number and draw(st.booleans()) else None,
            home_unit=units[draw(index) % len(units)],
            reports_daily=draw(st.booleans()),
        )
        branch.save()
        branches.append(branch)
    rebuild_paths(Unit)
    rebuild_paths(Branch)
    planted = Branch.objects.select_related("home_unit")
    campaign = make_campaign()
    Indicator.objects.create(campaign=campaign, code=STATE, label="Đến nay", aggregation="last")
    return RandomTrees(campaign, list(Unit.objects.all()), list(planted))


Outcome = tuple[Branch, Unit, dt.date, dict[str, int]]


def outcomes(basis: str) -> list[Outcome]:
    """Return what counts of each branch, unit and day: the report, or else its closed sessions."""
    found: list[Outcome] = []
    reported = set()
    for r in DailyReport.objects.select_related("branch__home_unit", "unit"):
        counts = r.fallback_counts if r.status == RETURNED else r.counts
        counts_here = r.status in APPROVED or r.fallback_approved or basis == "reported"
        # Returned, and no version before: it does not count (docs/counting.md C9).
        if counts is not None:
            reported.add((r.branch_id, r.unit_id, r.date))
            found += [(r.branch, r.unit, r.date, counts)] if counts_here else []
    closed = SupportSession.objects.filter(state=State.CLOSED)
    for s in closed.select_related("branch__home_unit", "unit") if basis == "reported" else ():
        if (s.branch_id, s.unit_id, s.date) not in reported:
            counts = {code: count for code, count in s.counts.items() if code != STATE}
            found.append((s.branch, s.unit, s.date, counts))
    return found


def last_value(outcomes: list[Outcome], branch: Branch, unit: Unit, last: dt.date) -> int:
    """Return what a branch said last of a unit until a day, in plain words."""
    reported = [
        (date, counts[STATE])
        for of_branch, of_unit, date, counts in outcomes
        if (of_branch, of_unit) == (branch, unit) and date <= last and STATE in counts
    ]
    return max(reported)[1] if reported else 0


def received(basis: str) -> set[tuple[Branch, dt.date]]:
    """Return who of those expected has reported on which day (docs/counting.md C11, C12)."""
    planned = SupportSession.objects.exclude(state=State.CANCELLED)
    hosting = set(planned.values_list("branch_id", "date"))
    return {
        (r.branch, r.date)
        for r in DailyReport.objects.select_related("branch__home_unit")
        if (r.branch.reports_daily or (r.branch_id, r.date) in hosting)
        and (basis == "reported" or r.status in APPROVED or r.fallback_approved)
    }


def summed(tree: Tree, dates: list[dt.date]) -> dict[int, Totals]:
    """Return the totals of each node over some days, by plain addition."""
    bases = ("reported", "approved")
    counted, arriving = [outcomes(basis) for basis in bases], [received(basis) for basis in bases]
    found = {}
    for node in tree.nodes.objects.all():
        totals: list[Counter[str]] = []
        for of_basis in counted:
            total: Counter[str] = Counter()
            for branch, unit, date, counts in of_basis:
                place = unit if tree is UNITS else branch
                if date in dates and place.path.startswith(node.path):
                    total.update({c: n for c, n in counts.items() if c != STATE})
                    for code in counts:
                        total[code] += 0
            if STATE in total:
                for branch, unit in {(b, u) for b, u, _date, _counts in of_basis}:
                    if (unit if tree is UNITS else branch).path.startswith(node.path):
                        total[STATE] += last_value(of_basis, branch, unit, max(dates))
                        total[STATE] -= last_value(of_basis, branch, unit, min(dates) - DAY)
            totals.append(total)
        arrived = [
            sum(
                date in dates and (b.home_unit if tree is UNITS else b).path.startswith(node.path)
                for b, date in of_basis
            )
            for of_basis in arriving
        ]
        found[node.pk] = (dict(totals[0]), dict(totals[1]), arrived[0], arrived[1])
    return found


def stored_totals(rows: Any) -> dict[int, Totals]:
    """Return rows of totals by node; what is all blank says as much as no row."""
    columns = ("node_id", "reported", "approved", "received", "received_approved")
    return {node: tuple(of) for node, *of in rows.values_list(*columns)}


NOTHING: Totals = ({}, {}, 0, 0)


def differences(days: list[dt.date] = DAYS) -> Iterator[str]:
    """Yield where the totals say something else than the reports."""
    for tree in TREES:
        for date in days:
            stored = stored_totals(tree.days._default_manager.filter(date=date))
            for node, truth in summed(tree, [date]).items():
                if stored.get(node, NOTHING) != truth:
                    yield f"{tree.node} {node} {date}: {truth} {stored.get(node)}"
        stored = stored_totals(tree.totals._default_manager.all())
        for node, truth in summed(tree, days).items():
            if stored.get(node, NOTHING) != truth:
                yield f"{tree.node} {node}: {truth} {stored.get(node)}"


def all_totals() -> list[Any]:
    """Return every row of totals but the moment when it was made."""
    columns = ("campaign", "node", "reported", "approved", "received", "received_approved")
    days = ("date", *columns)
    return [
        *(list(m.objects.order_by(*days[:3]).values_list(*days)) for m in (UnitDay, BranchDay)),
        *(
            list(m.objects.order_by("campaign", "node").values_list(*columns))
            for m in (UnitTotal, BranchTotal)
        ),
    ]
