"""What a form, a receipt and the phone's snapshot ask the database, for however many days."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from campaign.permissions import Role
from campaign.services.grants import reopen_day
from reports.daily.models import DailyReport
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import (
    make_appointment,
    make_baseline,
    make_phase,
    make_session,
    make_team,
)
from tests.reports.reporting import report

Browse = Callable[[User], Client]
PAGE = "/c/de-an-06-2023/report/"
AT = f"{PAGE}?date={TODAY}"


@pytest.fixture(params=[1, 4])
def filled(world: World, request: pytest.FixtureRequest) -> World:
    """As many days with reports, grants and sessions of every kind, of two branches."""
    make_baseline(figures={world.commune: 3000, world.sibling: 3000})
    campaign = world.campaign
    closed = {"state": "closed", "headcount": 1, "participations": 1, "counts": {"level1": 1}}
    for nth in range(request.param):
        day = TODAY - dt.timedelta(days=nth)
        make_phase(campaign=campaign, name=f"Đợt {nth}", starts_on=day, ends_on=day)
        for user, branch in ((world.owner, world.branch), (world.officer, world.police)):
            here: dict[str, Any] = {"campaign": campaign, "unit": world.commune, "date": day}
            report(user, branch.code, {"level1": 9}, date=day, unit=world.commune.code)
            make_session(branch=branch, **here, **closed)
            make_session(branch=branch, **here)
            joined = make_session(branch=world.neighbour_branch, **here)
            joined.partners.add(branch)
            joined.teams.add(make_team(name=f"Tổ {nth} {branch.code}", branch=branch))
    campaign.editable_days = 0
    campaign.save()
    for nth in range(1, request.param):
        for branch in (world.branch, world.police):
            day = TODAY - dt.timedelta(days=nth)
            reopen_day(actor=world.staff, campaign=campaign, branch=branch, day=day, reason="Mưa")
    drain()
    return world


def cost(client: Client, path: str, count: int, asserting: DjangoAssertNumQueries) -> None:
    """Session and user are among the queries."""
    client.get(path)
    with asserting(count):
        answer = client.get(path)
    assert answer.status_code == 200


def test_form_and_snapshot(
    filled: World, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, yesterday = browse(filled.owner), TODAY - dt.timedelta(days=1)
    cost(client, PAGE, 14, django_assert_num_queries)
    cost(client, AT, 14, django_assert_num_queries)
    cost(
        client,
        f"/c/de-an-06-2023/report/?branch=XD-14173&date={yesterday}",
        14,
        django_assert_num_queries,
    )


def test_form_of_who_chooses_a_commune(
    filled: World, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(filled.officer)
    cost(client, AT, 15, django_assert_num_queries)
    cost(client, f"{AT}&unit=14173", 15, django_assert_num_queries)


def test_form_of_who_enters_for_others(
    filled: World, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cost(browse(filled.lead), f"{AT}&branch=XD-14173", 12, django_assert_num_queries)


def test_form_of_who_is_secretary_of_several_branches(
    filled: World, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for branch in (filled.neighbour_branch, filled.far_branch, filled.police):
        make_appointment(user=filled.owner, role=Role.SECRETARY, branch=branch)
    cost(browse(filled.owner), AT, 15, django_assert_num_queries)


def test_snapshot_alone(
    filled: World, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cost(browse(filled.owner), "/api/v1/report-book/", 13, django_assert_num_queries)


def test_receipt(
    filled: World, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    own = DailyReport.objects.get(branch=filled.branch, date=TODAY)
    cost(browse(filled.owner), f"{PAGE}{own.pk}/", 18, django_assert_num_queries)
    cost(browse(filled.lead), f"{PAGE}{own.pk}/", 14, django_assert_num_queries)
