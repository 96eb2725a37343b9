"""The tests of this folder share a portal that they may break, and keep what they measure."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.plugin import TEST_ROOT
from tests.portal import portal

__all__ = ["portal"]


@pytest.fixture
def record() -> Iterator[dict[str, dict[str, Any]]]:
    """Keep what was measured in var/faults.json, with how busy the machine was."""
    path = TEST_ROOT / "faults.json"
    stored = json.loads(path.read_text()) if path.exists() else {}
    measured: dict[str, dict[str, Any]] = {}
    yield measured
    for figures in measured.values():
        figures["load_average"] = round(os.getloadavg()[0], 1)
    path.write_text(json.dumps(stored | measured, indent=2))
