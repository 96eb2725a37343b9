"""Who is asked to look where ours is higher three days running, and how often."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from reports.notifications.models import Notice
from reports.notifications.registry import KINDS
from reports.reconciliation.models import HigherSpell
from reports.reconciliation.selectors import Question, reconciliation
from reports.reconciliation.services import RemarkInput, remark_difference
from reports.reconciliation.spells import find_spells
from reports.rollup.services import rollup
from tests.conftest import TODAY, World
from tests.reports.reconciliation.publishing import publish
from tests.reports.reporting import report

DAYS = [TODAY - dt.timedelta(days=ago) for ago in (3, 2, 1, 0)]
KIND = "reported_higher"


@pytest.fixture
def higher(world: World, settings: LazySettings) -> World:
    """Giao Tiến reports 100 a day; everybody has an address."""
    settings.EMAIL_IS_ON = True
    for user in User.objects.all():
        user.email = f"{user.username}@example.org"
        user.save(update_fields=["email"])
    for day in DAYS:
        report(world.owner, "XD-14173", {"level1": 100}, date=day)
    rollup.drain()
    return world


def publish_until(world: World, *values: int) -> None:
    figures = {day: {"level1": value} for day, value in zip(DAYS, values, strict=False)}
    publish(world.liaison, world.campaign, {world.commune: figures})


def explain(world: World, seen: int) -> None:
    asked = Question(
        world.campaign, world.province, "commune", world.campaign.starts_on, TODAY, "reported"
    )
    found = reconciliation(world.staff, asked)
    remark_difference(
        actor=world.staff,
        campaign=world.campaign,
        unit=world.commune,
        line=next(line for line in found.lines if line.unit == world.commune),
        given=RemarkInput("explained", "Buổi của trường", None, seen),
    )


def asked_to_look() -> list[str]:
    found = Notice.objects.filter(kind=KIND).order_by("pk")
    return sorted(notice.user.username for notice in found)


def message_of(notice: Notice) -> Any:
    return KINDS[KIND].message(notice)


def test_third_day_asks_province_and_liaison_once(higher: World) -> None:
    publish_until(higher, 100, 150, 200)
    assert (find_spells(), asked_to_look()) == (0, [])
    publish_until(higher, 100, 150, 200, 250)
    assert find_spells() == 1
    assert asked_to_look() == ["liaison", "staff"]
    spell = HigherSpell.objects.get()
    assert (spell.unit, spell.since, spell.ended_at) == (higher.commune, DAYS[1], None)
    message = message_of(Notice.objects.filter(kind=KIND)[0])
    assert message.title == "1 đơn vị báo cáo cao hơn số Công an từ 3 ngày"
    assert message.body.startswith("Xã Giao Tiến. ")
    assert message.path == "/c/de-an-06-2023/reconcile/14173/"
    assert find_spells() == 0
    assert asked_to_look() == ["liaison", "staff"]


def test_spell_ends_with_its_explanation_and_another_is_announced(higher: World) -> None:
    publish_until(higher, 100, 150, 200, 250)
    find_spells()
    explain(higher, 0)
    assert find_spells() == 0
    ended = HigherSpell.objects.get()
    assert ended.ended_at is not None
    assert message_of(Notice.objects.filter(kind=KIND)[0]) is None
    # What was explained is less than what there is now.
    publish_until(higher, 100, 110, 120, 130)
    assert find_spells() == 1
    assert HigherSpell.objects.filter(ended_at=None).count() == 1
    assert asked_to_look() == ["liaison", "liaison", "staff", "staff"]


def test_only_campaigns_with_new_figures_are_looked_at_at_once(higher: World) -> None:
    publish_until(higher, 100, 150, 200, 250)
    assert find_spells(arrived_since=dt.timedelta(0)) == 0
    assert find_spells(arrived_since=dt.timedelta(minutes=20)) == 1


def test_line_on_the_dashboard_leads_there(higher: World, browse: Callable[[User], Client]) -> None:
    publish_until(higher, 100, 150, 200, 250)
    find_spells()
    shown = {
        role: "báo cáo cao hơn số Công an" in answer.content.decode()
        for role in ("staff", "liaison", "lead", "owner", "partner")
        for answer in [browse(getattr(higher, role)).get("/c/de-an-06-2023/dashboard/")]
    }
    assert shown == {
        "staff": True,
        "liaison": True,
        "lead": False,
        "owner": False,
        "partner": False,
    }
