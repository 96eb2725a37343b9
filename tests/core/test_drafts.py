"""A draft on the device is forgotten when the server has taken what was typed, not before."""

from typing import Any

import pytest
from django.test import Client

from tests.conftest import World

pytestmark = pytest.mark.django_db
NEW = "/c/de-an-06-2023/teams/new/"
TEAM = {"name": "Tổ thử", "kind": "community"}


@pytest.mark.parametrize(
    ("more", "draft", "is_named"),
    [
        ({}, "a1b2c3d4", True),
        # What is to be mended was not taken.
        ({"name": ""}, "a1b2c3d4", False),
        ({}, "", False),
        ({}, "x; Path=/", False),
        ({}, "a" * 400, False),
    ],
    ids=["taken", "to mend", "none", "no id", "long"],
)
def test_cookie_names_the_draft_that_was_taken(
    world: World, browse: Any, more: dict[str, str], draft: str, is_named: bool
) -> None:
    answer = browse(world.owner).post(NEW, {**TEAM, **more, "draft": draft})
    named = [name for name in answer.cookies if name.startswith("draft-")]
    assert named == ([f"draft-{draft}"] if is_named else [])


def test_who_is_led_to_sign_in_has_sent_nothing(world: World) -> None:
    answer = Client().post(NEW, {**TEAM, "draft": "a1b2c3d4"})
    assert (answer.status_code, dict(answer.cookies)) == (302, {})
