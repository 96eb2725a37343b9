"""The simulator: some seeds always, and as many as one likes by ``make sim``."""

import os
from collections.abc import Callable

import pytest

from tests.sim.faults import FAULTS, Fault
from tests.sim.simulate import Stage, play, shrink, simulate
from tests.sim.stage import build_stage

WITHIN = 200
BLOCK = 25


def seeds_asked() -> range:
    first, _dash, last = os.environ.get("SIM_SEEDS", "0-2").partition("-")
    return range(int(first), int(last or first) + 1)


def blocks() -> list[range]:
    asked = seeds_asked()
    return [asked[n : n + BLOCK] for n in range(0, len(asked), BLOCK)]


def faults_asked() -> list[Fault]:
    """Return some always, and by ``make sim`` a share of all: ``0/2`` is the first half."""
    if asked := os.environ.get("SIM_FAULTS"):
        first, _slash, shares = asked.partition("/")
        return list(FAULTS[int(first) :: int(shares)])
    always = ("report and sessions added", "stale page wins")
    return [fault for fault in FAULTS if fault.name in always]


@pytest.fixture
def stage(db: None) -> Stage:
    return build_stage()


@pytest.mark.parametrize("seeds", blocks(), ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_portal_shows_what_the_rules_say(stage: Stage, seeds: range) -> None:
    for seed in seeds:
        if failure := simulate(stage, seed):
            pytest.fail(str(shrink(stage, failure)), pytrace=False)


def test_every_fault_can_be_planted() -> None:
    """A statement that was written anew leaves none behind that nobody plants any more."""
    for fault in FAULTS:
        with fault.planted():
            pass


@pytest.mark.parametrize("fault", faults_asked(), ids=str)
def test_planted_fault_is_found(
    stage: Stage, fault: Fault, record_property: Callable[[str, object], None]
) -> None:
    with fault.planted():
        found = next((f for seed in range(WITHIN) if (f := simulate(stage, seed))), None)
    assert found is not None, f"not found within {WITHIN} seeds"
    record_property("found", f"by seed {found.seed}")
    assert play(stage, found.steps) == ""


def test_failure_shrinks_to_few_steps_that_replay(stage: Stage) -> None:
    [fault] = [fault for fault in FAULTS if fault.name == "parent not told"]
    with fault.planted():
        found = next(f for seed in range(WITHIN) if (f := simulate(stage, seed)))
        fewest = shrink(stage, found)
        assert play(stage, fewest.steps) == fewest.message
    assert len(fewest.steps) <= 3 < len(found.steps)
    assert fewest.steps[-1].what == "settle"
    assert f"make sim SEED={found.seed}" in str(fewest)
