"""A small province in which something has happened."""

import datetime as dt

import pytest

from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.reports.reporting import report, set_status


@pytest.fixture
def active_world(world: World) -> World:
    """Let two branches and the task force report, approve one report, and add up."""
    yesterday = TODAY - dt.timedelta(days=1)
    report(world.owner, "XD-14173", {"installed": 9, "level1": 1200, "level2": 50}, date=yesterday)
    stored = report(world.owner, "XD-14173", {"level1": 300, "level2": 20, "upgraded": 5})
    report(world.other_lead, "XD-14050", {"level1": 7})
    report(world.officer, "CA-36", {"level2": 40}, unit="14158")
    set_status(stored)
    drain()
    return world
