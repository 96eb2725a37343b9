"""Who works in a commune, to whom that is shown."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Appointment
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
PAGE = "/c/de-an-06-2023/units/14173/people/"


@pytest.fixture
def busy(world: World) -> World:
    world.owner.phone = "0912345678"
    world.owner.save()
    report(world.owner, "XD-14173", {"level1": 7})
    for days in (-1, 1):
        day = TODAY + dt.timedelta(days=days)
        make_session(campaign=world.campaign, branch=world.branch, unit=world.commune, date=day)
    return world


def page(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_lead_finds_whom_to_call_and_what_goes_on(busy: World, browse: Browse) -> None:
    shown = page(browse(busy.lead))
    assert 'href="tel:0912345678"' in shown
    assert 'href="https://zalo.me/0912345678"' in shown
    assert str(busy.team) in shown
    assert f"{TODAY + dt.timedelta(days=1):%d/%m/%Y}" in shown
    assert '<td class="n">7</td>' in shown
    assert 'href="/c/de-an-06-2023/units/14173/people/"' in page_of_unit(browse(busy.lead))
    Appointment.objects.filter(user=busy.owner).delete()
    assert "Chưa có bí thư." in page(browse(busy.lead))


def page_of_unit(client: Client) -> str:
    return client.get("/c/de-an-06-2023/units/14173/").content.decode()


def test_numbers_are_for_those_who_may_know_them(busy: World, browse: Browse) -> None:
    for name in ("partner", "liaison", "leader"):
        shown = page(browse(getattr(busy, name)))
        assert "0912345678" not in shown, name
        assert "Chưa có bí thư" not in shown, name
    assert '<td class="n">7</td>' not in page(browse(busy.officer))
    assert browse(busy.neighbour).get(PAGE).status_code == 404
    # Of a district the page of branches does it.
    assert "people/" not in browse(busy.lead).get("/c/de-an-06-2023/units/365/").content.decode()
