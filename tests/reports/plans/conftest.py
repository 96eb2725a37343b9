"""What the tests of plans share."""

import datetime as dt

import pytest

from campaign.models import Target
from tests.conftest import World


@pytest.fixture
def target(world: World) -> Target:
    """Give Giao Tiến 200 to reach until the last of June, ten days from now."""
    Target.objects.update(value=200, due_on=dt.date(2023, 6, 30))
    return Target.objects.get()
