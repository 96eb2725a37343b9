"""What the tests of reconciliation share."""

import pytest

from reports.rollup.services import rollup
from tests.conftest import World
from tests.reports.reconciliation.publishing import level1, publish
from tests.reports.reporting import report, set_status


@pytest.fixture
def compared(world: World) -> World:
    """Giao Tiến 100 of 80, Hồng Thuận 50 of 50, the far commune published and not reported."""
    set_status(report(world.owner, "XD-14173", {"level1": 100, "level2": 7}))
    report(world.neighbour, "XD-14158", {"level1": 50, "level2": 3})
    rollup.drain()
    publish(
        world.liaison,
        world.campaign,
        {world.commune: level1(80), world.sibling: level1(50), world.far_commune: level1(30)},
    )
    return world
