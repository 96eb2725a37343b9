"""Who sends files."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.conftest import World

Browse = Callable[[Any], Client]


@pytest.fixture
def lead(world: World, browse: Browse) -> Client:
    for number, (code, label) in enumerate(
        {"level1": "Mức 1", "level2": "Mức 2", "upgraded": "Nâng mức"}.items(), start=1
    ):
        world.campaign.indicators.filter(code=code).update(label=label, order=number)
    return browse(world.lead)
