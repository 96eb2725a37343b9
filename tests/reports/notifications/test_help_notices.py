"""A team's leaders are told of a request that is given to it, without who asked."""

from collections.abc import Iterator
from typing import Any

import pytest

from reports.notifications.delivery import deliver
from tests.conftest import World
from tests.factories import make_help_request
from tests.pages import read
from tests.reports.notifications.notification_fixtures import (
    FakeChannel,
    at,
    clock_at,
    fake_channel,
)
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.services import mark_of, withdraw


@pytest.fixture
def letters() -> Iterator[FakeChannel]:
    with clock_at(at("09:00")), fake_channel() as letters:
        yield letters


@pytest.fixture
def asked(world: World) -> HelpRequest:
    made: HelpRequest = make_help_request(
        campaign=world.campaign, unit=world.commune, name="Bà Nguyễn Thị A.", phone="0190000001"
    )
    return made


def give(world: World, browse: Any, asked: HelpRequest) -> Any:
    sent = {"action": "assign", "team": str(world.team.pk), "seen": mark_of(asked)}
    url = f"/c/de-an-06-2023/requests/{asked.pk}/"
    return read(browse(world.owner).post(url, sent, follow=True)).text


def test_leaders_are_told_and_the_page_says_how_far_it_is(
    world: World, browse: Any, asked: HelpRequest, letters: FakeChannel
) -> None:
    assert "tin chưa đi" in give(world, browse, asked)
    deliver()
    assert letters.names == ["leader"]
    [(_name, message, _key)] = letters.sent
    for private in (asked.name, asked.phone):
        assert private not in f"{message.title}{message.body}"
    page = read(browse(world.owner).get(f"/c/de-an-06-2023/requests/{asked.pk}/"))
    assert "Cổng đã báo cho tổ trưởng" in page.text
    share = page.text.split("Tin gửi nhóm")[1].split("Sao chép")[0]
    assert f"/requests/{asked.pk}/" in share
    assert not {asked.name, asked.phone} & set(share.split())


def test_who_is_reached_by_nothing_is_not_said_to_be_told(
    world: World, browse: Any, asked: HelpRequest
) -> None:
    assert "gửi tin này vào nhóm Zalo" in give(world, browse, asked)


def test_what_is_not_wanted_any_more_is_not_sent(
    world: World, browse: Any, asked: HelpRequest, letters: FakeChannel
) -> None:
    give(world, browse, asked)
    withdraw(request=asked)
    deliver()
    assert letters.names == []
