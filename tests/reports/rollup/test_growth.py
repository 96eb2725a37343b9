"""No statement costs more than its rows: eight times the units, eight times the work."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from campaign.models import Branch, Campaign, Unit
from campaign.selectors import indicators_of
from core import clock
from demo.nation import Size, add_country
from reports.exports.models import Export
from reports.police import lines
from reports.rollup import settings_moves
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.verify import find_differences
from reports.rollup.totals import sum_days
from reports.rollup.trees import UNITS
from tests.conftest import TODAY, World
from volunteers.statistics.selectors import statistics_of

pytestmark = pytest.mark.django_db

SMALL, LARGE = Size(2, 11, 166), Size(8, 88, 1_325)
# Half as much again as their number, for sorts and levels that are partly filled.
MOST = 12
YESTERDAY = TODAY - dt.timedelta(days=1)
EXPLAINED = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}


def _rows_read(plan: dict[str, Any]) -> float:
    """Return how many rows a plan and all below it read or threw away."""
    removed = sum(n for name, n in plan.items() if name.startswith("Rows Removed"))
    rows: float = (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    return rows + sum(map(_rows_read, plan.get("Plans", ())))


@contextmanager
def counted() -> Iterator[list[float]]:
    """Count the rows that statements touch, in place of the time that they take."""
    read: list[float] = []

    def explain(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.split()[0] in EXPLAINED or "CREATE TEMPORARY" in sql:
            place = transaction.savepoint()  # explained, a change is made
            execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params, many, context)
            (plan,) = context["cursor"].fetchone()
            read.append(_rows_read(plan[0]["Plan"]))
            transaction.savepoint_rollback(place)
        if sql.startswith("SET TRANSACTION"):
            return None  # the one of the test has begun
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield read


def _sum_week(campaign: Campaign, units: Sequence[Unit], _branches: Sequence[Branch]) -> None:
    sum_days(UNITS, campaign, units, YESTERDAY, TODAY, "reported", [YESTERDAY, TODAY])


def _rebuild(_campaign: Campaign, _units: Sequence[Unit], _branches: Sequence[Branch]) -> None:
    rebuild()


def _verify(_campaign: Campaign, _units: Sequence[Unit], _branches: Sequence[Branch]) -> None:
    assert find_differences() == []


def _statistics(campaign: Campaign, units: Sequence[Unit], branches: Sequence[Branch]) -> None:
    statistics_of(campaign, units, YESTERDAY, TODAY)
    statistics_of(campaign, branches, YESTERDAY, TODAY)


def _moves(campaign: Campaign, units: Sequence[Unit], branches: Sequence[Branch]) -> None:
    settings_moves.figures(frozenset(u.pk for u in units), frozenset(b.pk for b in branches), TODAY)


def _police_file(campaign: Campaign, _units: Sequence[Unit], _branches: Sequence[Branch]) -> None:
    export = Export(
        campaign=campaign,
        first_day=YESTERDAY,
        last_day=TODAY,
        basis="approved",
        as_of=clock.now(),
    )
    statement = lines.statement_of(indicators_of(campaign), ["assisted"], "assisted", "approved")
    with connection.cursor() as cursor:
        communes = lines.communes_in(Unit.objects.all())
        cursor.execute(statement, lines.values_of(export, communes, "assisted"))


WORK = (_rebuild, _sum_week, _verify, _statistics, _moves, _police_file)


def test_work_grows_as_the_country_does(world: World) -> None:
    costs = []
    for size in (SMALL, LARGE):
        place = transaction.savepoint()
        add_country(world.campaign, size, YESTERDAY, 2)
        units, branches = list(Unit.objects.all()), list(Branch.objects.all())
        of_size = {}
        for work in WORK:
            with counted() as read:
                work(world.campaign, units, branches)
            of_size[work.__name__] = sum(read)
        costs.append(of_size)
        transaction.savepoint_rollback(place)
    small, large = costs
    grown = {name: large[name] / small[name] for name in small}
    assert {name: ratio for name, ratio in grown.items() if ratio > MOST} == {}
    # About the country: the small one is read by other plans where tests left dead rows.
    assert min(grown.values()) > 2
