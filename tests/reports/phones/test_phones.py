"""What phones say of themselves: kept for who said it, and told to who may call them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from core.retention import time_of
from privacy.services.expiry import purge
from reports.entry.views.pwa import worker_version
from reports.phones.models import PhoneState
from reports.phones.services import MOST_PHONES
from tests.conftest import World
from tests.reports.entry.test_queue_owner import URL, entry

Browse = Callable[[User], Client]
TICKET = "/queue/ticket/"
KEY = "0b0e7a5"
LAST = "máy liên lạc lần cuối"


def claim(user: User, *, key: str = f"{KEY}0", version: str = "", text: str = "0 0") -> Any:
    """Return the header of a phone: “waiting refused” is what it says of its queue."""
    return {"X-Phone": f"{user.pk} {key} {version or worker_version()} {text}"}


def states() -> list[tuple[int, int, int, bool]]:
    rows = PhoneState.objects.order_by("pk")
    return [(row.user_id, row.waiting, row.refused, row.is_latest) for row in rows]


def test_each_contact_is_kept_once_a_phone(world: World, browse: Browse) -> None:
    client, user = browse(world.owner), world.owner
    client.get(TICKET, headers=claim(user, text="2 1"))
    client.get("/api/v1/report-book/", headers=claim(user, text="1 0"))
    client.get(TICKET, headers=claim(user, key=f"{KEY}1", version="0123456789ab"))
    assert states() == [(user.pk, 1, 0, True), (user.pk, 0, 0, False)]
    # The number that the phone made is not kept.
    assert not PhoneState.objects.filter(key__contains=KEY).exists()
    for number in range(MOST_PHONES):
        client.get(TICKET, headers=claim(user, key=f"{number:08x}"))
    assert len(states()) == MOST_PHONES


@pytest.mark.parametrize(
    ("given", "status", "found"),
    [
        ({}, 201, (1, 1)),
        ({"counts": {"installed": -1}}, 400, (1, 2)),
        ({"branch": "?"}, 404, (1, 2)),
    ],
)
def test_report_that_is_sent_is_counted_by_what_became_of_it(
    world: World, browse: Browse, given: dict[str, Any], status: int, found: tuple[int, int]
) -> None:
    headers = {**claim(world.owner, text="1 1"), "X-Queue-Owner": str(world.owner.pk)}
    options: dict[str, Any] = {"content_type": "application/json", "headers": headers}
    answer = browse(world.owner).post(URL, entry(**given), **options)
    assert answer.status_code == status
    assert states() == [(world.owner.pk, *found, True)]


def test_what_is_no_claim_of_the_own_changes_nothing(world: World, browse: Browse) -> None:
    client, good = browse(world.owner), claim(world.owner)["X-Phone"]
    owner, key, version, *_rest = good.split()
    for text in (
        *("", " ", "x", "\x00", good[:-1], f"{good} 1", f"{good}\n", good.upper(), "0" * 4000),
        *(f"{owner} {key} {version} {rest}" for rest in ("-1 0", "1000 0", "1.5 0", "１ 0", "0")),
        f"{owner} {key[:-1]} {version} 0 0",
        claim(world.neighbour)["X-Phone"],
    ):
        assert client.get(TICKET, headers={"X-Phone": text}).status_code == 200, text
    assert Client().get(TICKET, headers={"X-Phone": good}).status_code == 401
    assert states() == []


def test_leads_see_who_is_silent_and_not_lazy(world: World, browse: Browse) -> None:
    browse(world.owner).get(TICKET, headers=claim(world.owner, text="2 1"))
    old = {"key": f"{KEY}1", "version": "0123456789ab", "text": "1 0"}
    for other in (old, old | {"key": f"{KEY}2", "text": "0 0"}, old | {"key": f"{KEY}3"}):
        browse(world.owner).get(TICKET, headers=claim(world.owner, **other))
    path = "/c/de-an-06-2023/completeness/"
    seen = f"{clock.now():%H:}"
    for user in (world.lead, world.staff):
        page = browse(user).get(path).content.decode()
        assert f"{LAST} {seen}" in page
        # Each phone for itself; of one on which nothing is, nothing, but when it is the last.
        assert "2 báo cáo còn chờ trên máy, 1 báo cáo cổng chưa nhận\n" in page
        assert page.count("1 báo cáo còn chờ trên máy, bản cũ") == 2
        assert page.count(LAST) == 3
    for user in (world.liaison, world.partner, world.other_lead, world.officer, world.neighbour):
        answer = browse(user).get(path, follow=True)
        assert LAST not in answer.content.decode(), user


def test_state_ends_with_its_period(world: World, browse: Browse) -> None:
    browse(world.owner).get(TICKET, headers=claim(world.owner))
    long_ago = clock.now() - time_of("phones") - dt.timedelta(hours=1)
    PhoneState.objects.update(seen_at=long_ago)
    page = browse(world.lead).get("/c/de-an-06-2023/completeness/").content.decode()
    assert LAST not in page
    assert purge()["phones"] == 1
    assert states() == []
