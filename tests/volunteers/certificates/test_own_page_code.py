"""The own page opens with a code that was shown or sent: once, for an hour, to nobody else."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from privacy.services.erasure import forget
from privacy.services.expiry import purge
from tests.conftest import World
from tests.factories import make_volunteer
from tests.reports.notifications.notification_fixtures import at, clock_at
from tests.test_matrix import Browse
from volunteers.certificates.models import OwnPageCode, VolunteerLink
from volunteers.certificates.services import MOST_LINKS, issue_link
from volunteers.certificates.views import own_page_codes
from volunteers.teams.models import Volunteer

NOON = at("12:00")
MINUTE = dt.timedelta(minutes=1)


def shown(client: Client, person: Volunteer) -> str:
    """Return the code that a leader's phone shows."""
    page = client.post(f"/c/de-an-06-2023/volunteers/{person.pk}/", {"code": "1"})
    found = re.search(r"[/]me/[?]code=([0-9A-Z]{4}-[0-9A-Z]{4})", page.content.decode())
    assert found is not None, page.status_code
    return found[1]


def enter(code: str, phone: Client | None = None) -> Any:
    return (phone or Client()).post("/me/", {"code": code})


@pytest.mark.parametrize("who", ["owner", "leader", "lead", "staff"])
def test_who_sees_the_person_shows_a_code_that_opens_the_page_once(
    world: World, browse: Browse, who: str
) -> None:
    code = shown(browse(getattr(world, who)), world.member)
    page = Client().get(f"/me/?code={code}")
    assert (code in page.content.decode(), OwnPageCode.objects.count()) == (True, 1)
    opened = enter(code.lower().replace("-", " "))
    assert opened.status_code == 302
    assert f"Chào {world.member}" in Client().get(opened.url).content.decode()
    again = enter(code).content.decode()
    assert "không đúng, đã dùng" in again
    assert str(world.member) not in again


@pytest.mark.parametrize("who", ["neighbour", "other_lead", "liaison", "partner", "stranger"])
def test_nobody_else_makes_a_code(world: World, browse: Browse, who: str) -> None:
    url = f"/c/de-an-06-2023/volunteers/{world.member.pk}/"
    assert browse(getattr(world, who)).post(url, {"code": "1"}).status_code == 404
    assert not OwnPageCode.objects.exists()


def test_a_code_ends(world: World, browse: Browse) -> None:
    owner = browse(world.owner)

    def newer() -> None:
        shown(owner, world.member)

    def forgotten() -> None:
        forget([world.member])

    for end in (newer, lambda: issue_link(actor=world.owner, volunteer=world.member), forgotten):
        code = shown(owner, world.member)
        end()
        assert enter(code).status_code == 200, end
    other = make_volunteer()
    world.team.memberships.create(volunteer=other)
    for minutes, status in ((60, 200), (59, 302)):
        with clock_at(NOON):
            code = shown(owner, other)
        with clock_at(NOON + minutes * MINUTE):
            assert enter(code).status_code == status, minutes
    with clock_at(NOON):
        shown(owner, other)
    with clock_at(NOON + 61 * MINUTE):
        purge()
    assert not OwnPageCode.objects.exists()


def test_the_person_closes_the_page_elsewhere_and_few_phones_have_it(
    world: World, browse: Browse
) -> None:
    owner, urls = browse(world.owner), []
    for turn in range(MOST_LINKS + 1):
        with clock_at(NOON + turn * MINUTE):
            urls.append(enter(shown(owner, world.member)).url)
    assert [Client().get(url).status_code for url in urls] == [410, *[200] * MOST_LINKS]
    last = Client()
    assert "Đóng trang này trên các máy khác" in last.get(urls[-1]).content.decode()
    last.post(urls[-1], {"close_others": "1"})
    assert [Client().get(url).status_code for url in urls[-2:]] == [410, 200]
    assert VolunteerLink.objects.filter(revoked_at=None).count() == 1


def test_codes_are_not_found_by_trying(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_page_codes, "GUESSES", 2)
    owner = browse(world.owner)
    for _right in range(3):
        assert enter(shown(owner, world.member)).status_code == 302
    tries = [enter(f"AAAA-AAA{n}").status_code for n in (2, 3, 4)]
    assert tries == [200, 200, 429]
    code = shown(owner, world.member)
    assert enter(code).status_code == 429
    assert OwnPageCode.objects.count() == 1


@pytest.mark.parametrize("sent", ["", "   ", "\0", "x" * 400, "ĐƯỢC-MÃ", "0000-0000", "٣" * 8])
def test_what_is_no_code_is_told_so(world: World, browse: Browse, sent: str) -> None:
    shown(browse(world.owner), world.member)
    answer = enter(sent)
    assert (answer.status_code, "Có mục cần sửa" in answer.content.decode()) == (200, True)
    assert OwnPageCode.objects.count() == 1
