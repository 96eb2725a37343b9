"""Dashboard, unit and branch pages cost as many questions for many as for one; session and user
are among them."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.models import Change
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import (
    make_baseline,
    make_branch,
    make_phase,
    make_session,
    make_target,
    make_unit,
)
from tests.reports.reporting import report

Browse = Callable[[User], Client]
COSTS = {
    "dashboard/": 15,
    "dashboard/?basis=approved&by=residents": 15,
    "units/365/": 15,
    "units/14173/": 14,
    "branches/HD-365/": 15,
    "branches/XD-14173/": 15,
    "branches/CA-36/": 15,
}
# Of a page whose figures are kept: who asks, what she may do, and whether it is still true.
CACHED = {path: 14 if path.startswith("branches/") else 6 for path in COSTS}
NOTES_READER = 'INSERT INTO "privacy_personaldataread"'
# The police's branch lies in no district.
CASES = [
    (role, path)
    for role in ("lead", "staff")
    for path in COSTS
    if (role, path) != ("lead", "branches/CA-36/")
]


@pytest.fixture(params=[1, 3])
def filled(world: World, request: pytest.FixtureRequest) -> World:
    """Let so many communes, reports, sessions, peak drives and targets be there more."""
    for n in range(request.param):
        unit = make_unit(code=f"9{n}", name=f"Xã Thêm {n}", parent=world.district)
        branch = make_branch(code=f"XD-9{n}", home_unit=unit, parent=world.district_union)
        day = TODAY - dt.timedelta(days=n)
        report(world.lead, branch.code, {"level1": 5}, date=day)
        report(world.owner, "XD-14173", {"level1": 5}, date=day)
        report(world.officer, "CA-36", {"level2": 5}, unit=unit.code, date=day)
        make_session(campaign=world.campaign, branch=branch, unit=unit, date=day)
        make_phase(campaign=world.campaign, name=f"Cao điểm {n}")
        make_target(
            campaign=world.campaign, unit=unit, indicator=world.indicators["activated"], value=10
        )
        make_baseline(figures={unit: 100})
    drain()
    return world


@pytest.mark.parametrize(("role", "path"), CASES)
def test_page_costs_the_same_however_many(
    filled: World,
    browse: Browse,
    role: str,
    path: str,
) -> None:
    client, url = browse(getattr(filled, role)), f"/c/de-an-06-2023/{path}"
    assert client.get(url).status_code == 200
    costs = []
    # Nothing has changed, then anything may have, then counts: people and sessions are as before.
    above = [filled.province.pk, filled.district.pk, filled.commune.pk]
    for changed in ([], [0], above):
        Change.objects.bulk_create(Change(campaign_id=0, unit_id=unit) for unit in changed)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        # Who reads the names of those in charge of another branch is noted besides.
        noted = [query for query in asked.captured_queries if NOTES_READER in query["sql"]]
        assert len(noted) == (
            path.startswith("branches/") and (role, path) != ("lead", "branches/HD-365/")
        )
        costs.append(len(asked) - len(noted))
    # Nor is the badge of the menu counted again, where its number is kept.
    saved = 1 if path.startswith("branches/") else 2
    assert costs == [CACHED[path], COSTS[path], COSTS[path] - saved]
