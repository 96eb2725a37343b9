"""The browser of who imports."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.conftest import World

Browse = Callable[[Any], Client]


@pytest.fixture
def client(world: World, browse: Browse) -> Client:
    """Return the browser of the province staff."""
    return browse(world.staff)
