"""What a receipt offers to whoever sent the report: the line for the group, and to be reminded."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from tests.conftest import World
from tests.pages import read
from tests.reports.reporting import report

Browse = Callable[[User], Client]
OFFER = "Bật nhắc việc"


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({"installed": 1250, "level1": 0}, "Cài VNeID: 1250; Mức 1: 0"),
        ({}, "Không phát sinh"),
    ],
)
def test_line_for_the_group_is_ready(
    world: World, browse: Browse, counts: dict[str, int], line: str
) -> None:
    stored = report(world.owner, "XD-14173", counts, no_activity=not counts)
    path = f"/c/de-an-06-2023/report/{stored.pk}/"
    html = browse(world.owner).get(path).content.decode()
    assert f">Đoàn xã Giao Tiến, 20/06/2023 – {line}</textarea>" in html
    assert "receipt-text" not in browse(world.partner).get(path).content.decode()


def test_reminders_are_offered_to_whom_none_reaches(
    world: World, browse: Browse, settings: LazySettings
) -> None:
    path = f"/c/de-an-06-2023/report/{report(world.owner, 'XD-14173', {'level1': 1}).pk}/"

    def page(user: User) -> str:
        return read(browse(user).get(path)).text

    settings.VAPID_PRIVATE_KEY, settings.EMAIL_IS_ON = "", False
    assert OFFER not in page(world.owner)  # there is no channel
    settings.EMAIL_IS_ON = True
    world.owner.email = ""
    world.owner.save()
    assert OFFER in page(world.owner)
    assert OFFER not in page(world.partner)
    world.owner.email = "bi-thu@example.org"
    world.owner.save()
    assert OFFER not in page(world.owner)
