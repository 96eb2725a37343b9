"""What exists on a day: queryset, loaded row and raw SQL say the same."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.models import User
from campaign.models import Branch, Unit
from campaign.validity import ValidityModel
from tests.conftest import TODAY, World
from tests.factories import make_membership, make_volunteer
from volunteers.teams.models import Membership, Team

DAY = dt.date(2023, 6, 20)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)
SPANS = [
    (BEFORE, AFTER, True),
    (DAY, AFTER, True),
    (BEFORE, DAY, False),
    (AFTER, None, False),
    (BEFORE, None, True),
    (None, AFTER, True),
    (None, DAY, False),
    (None, None, True),
]
# A unit always has a first day.
CASES = [
    (model, *span)
    for model in (Unit, Branch, Team, Membership)
    for span in SPANS
    if model is not Unit or span[0] is not None
]


def test_all_models_with_validity_are_tested_here() -> None:
    assert {m for m in apps.get_models() if issubclass(m, ValidityModel)} == {
        Unit,
        Branch,
        Team,
        Membership,
    }


@pytest.mark.parametrize(("model", "begins", "ends", "exists"), CASES)
def test_queryset_row_and_sql_agree(
    world: World, model: Any, begins: dt.date | None, ends: dt.date | None, exists: bool
) -> None:
    make_membership(team=world.team, volunteer=make_volunteer())
    rule = model.validity
    row = model.objects.order_by("-pk").first()
    model.objects.filter(pk=row.pk).update(**{rule.begins: begins, rule.ends: ends})
    row.refresh_from_db()
    with connection.cursor() as cursor:
        table, condition = model._meta.db_table, rule.sql("t")
        cursor.execute(
            f"SELECT count(*) FROM {table} t WHERE t.id = %(pk)s AND {condition}",
            {"pk": row.pk, "day": DAY},
        )
        by_sql = cursor.fetchone()[0]
    assert (
        model.objects.on(DAY).filter(pk=row.pk).exists(),
        row.exists_on(DAY),
        bool(by_sql),
    ) == (exists, exists, exists)


def test_member_of_a_team_that_is_gone_is_none(world: World) -> None:
    Team.objects.update(dissolved_on=DAY)
    assert not Membership.objects.on(DAY).exists()
    assert Membership.objects.on(BEFORE).exists()


def test_who_led_a_unit_that_is_no_more_is_shown_what_it_did(
    world: World, browse: Callable[[User], Client]
) -> None:
    Unit.objects.filter(path__startswith=world.district.path).update(valid_to=TODAY)
    client = browse(world.lead)
    for page in ("dashboard", "review", "digests", "sessions"):
        answer = client.get(f"/c/de-an-06-2023/{page}/", follow=True)
        assert (page, answer.status_code) == (page, 200)
