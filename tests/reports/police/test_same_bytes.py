"""The same question gives the same bytes, and a line that is another has changed."""

import datetime as dt
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.services.dirty_days import mark_dirty
from core import clock
from reports.daily.models import DailyReport
from reports.daily.services.review import review_reports
from reports.exports.models import Export
from reports.rollup.models import UnitDay
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.reports.police.test_police_csv import YESTERDAY, fetch, rows_of
from tests.reports.reporting import police_indicators, report

Browse = Callable[[User], Client]
Files = dict[tuple[str, str], bytes]
DAY_BEFORE = YESTERDAY - dt.timedelta(days=1)
QUESTIONS = list(product(("reported", "approved"), ("then", "now")))


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each moment that is asked for be a second later than the one before."""
    seconds = iter(range(1, 10_000))
    begun = clock.now()
    monkeypatch.setattr(
        "reports.rollup.services.rollup.clock.now",
        lambda: begun + dt.timedelta(seconds=next(seconds)),
    )


class Liaison:
    """Asks all four questions again and again."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.files = self.ask()

    def ask(self) -> Files:
        return {
            (basis, of): fetch(self.client, basis=basis, map=of, first=f"{DAY_BEFORE}")
            for basis, of in QUESTIONS
        }

    def changed(self) -> dict[str, set[tuple[str, str]]]:
        """Return on each basis which lines (commune, day) are others than when asked before.

        On both maps they are the same, and in each the moment is another too.
        """
        before, self.files = self.files, self.ask()
        found: dict[str, set[tuple[str, str]]] = {}
        for (basis, _of), file in self.files.items():
            pairs = zip(rows_of(before[basis, _of]), rows_of(file), strict=True)
            differing = [(was, row) for was, row in pairs if was != row]
            assert all(was["as_of"] < row["as_of"] for was, row in differing)
            lines = {(row["commune_code"], row["date"]) for _was, row in differing}
            assert found.setdefault(basis, lines) == lines
        return found


def send(world: World, day: dt.date, **counts: int) -> DailyReport:
    stored = DailyReport.objects.filter(branch=world.branch, date=day).first()
    again: dict[str, Any] = (
        {"report_id": stored.pk, "base_version": stored.version} if stored else {}
    )
    sent = report(world.owner, "XD-14173", counts, date=day, **again)
    drain()
    return sent


def on(*days: dt.date) -> set[tuple[str, str]]:
    return {("14173", str(day)) for day in days}


@pytest.mark.usefixtures("passing")
def test_line_is_another_where_it_has_changed_and_nowhere_else(
    world: World, browse: Browse
) -> None:
    police_indicators(world)
    for day in (DAY_BEFORE, YESTERDAY, TODAY):
        send(world, day, assisted=9, level1=5, portal_login=3)
    report(world.other_lead, "XD-14050", {"level1": 40}, date=YESTERDAY)
    drain()
    liaison = Liaison(browse(world.liaison))
    nothing: dict[str, set[Any]] = {"reported": set(), "approved": set()}

    # Asked again, made again from the reports, and added up again for nothing.
    assert liaison.changed() == nothing
    rebuild()
    assert liaison.ask() == liaison.files
    mark_dirty(*DailyReport.objects.all(), since=clock.now())
    drain()
    assert liaison.ask() == liaison.files
    report(world.other_lead, "XD-14050", {"level1": 40, "portal_login": 1}, date=TODAY)
    drain()
    liaison.changed()
    hashes = set(Export.objects.filter(basis="approved").values_list("sha256", flat=True))
    assert len(hashes) == 1

    # To date, a day's figure stands in every line from that day on.
    send(world, DAY_BEFORE, assisted=9, level1=6, portal_login=3)
    days = (DAY_BEFORE, YESTERDAY, TODAY)
    assert liaison.changed() == {"reported": on(*days), "approved": set()}
    # What is no part of it stands in its own line alone, and what is not for the police in none.
    send(world, YESTERDAY, assisted=8, level1=5, portal_login=3)
    assert liaison.changed() == {"reported": on(YESTERDAY), "approved": set()}
    sent = send(world, YESTERDAY, assisted=8, level1=5, portal_login=4)
    assert liaison.changed() == nothing
    review_reports(actor=world.lead, seen={sent.pk: sent.version}, decision="approve")
    drain()
    approved = {"reported": set(), "approved": on(YESTERDAY, TODAY)}
    assert liaison.changed() == approved
    # A total that was wrong on one basis is no news on the other.
    UnitDay.objects.filter(node=world.commune, date=YESTERDAY).update(approved={"level1": 7})
    rebuild()
    assert liaison.changed() == approved
    # Whatever day is asked for first.
    for (basis, of), file in liaison.files.items():
        of_today = fetch(liaison.client, basis=basis, map=of, first=f"{TODAY}")
        assert rows_of(of_today) == rows_of(file)[-3:]
