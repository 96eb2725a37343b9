"""The browsers of staff and superuser, and a commune that is none of theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from campaign.models import (
    Unit,
)
from tests.conftest import World
from tests.factories import make_unit, make_user
from tests.pages import with_reasons

Browse = Callable[[Any], Client]


@pytest.fixture
def client(world: World, browse: Browse) -> Client:
    """Return the browser of the province staff, who say why they change a setting."""
    return with_reasons(browse(world.staff))


@pytest.fixture
def root(world: World, browse: Browse) -> Client:
    """Return the browser of a superuser."""
    return browse(make_user(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def elsewhere(world: World) -> Unit:
    """Return a commune of another province."""
    province = make_unit(code="34", name="Tỉnh Thái Bình", kind="tỉnh", level="province")
    return make_unit(code="13000", name="Xã Giao Tiến", parent=province)
