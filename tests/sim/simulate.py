"""Plays seeds, and finds the fewest steps by which a difference shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from unittest import mock

from django.db import transaction

from accounts.models import User
from campaign.models import Campaign
from core import clock
from tests.sim.compare import compare
from tests.sim.driver import Difference, Driver
from tests.sim.steps import Step, steps_of


@dataclass(frozen=True)
class Failure:
    seed: int
    steps: tuple[Step, ...]
    message: str

    def __str__(self) -> str:
        lines = "\n".join(f"  {step}" for step in self.steps)
        return f"{self.message}\nmake sim SEED={self.seed}; the fewest steps:\n{lines}"


Stage = tuple[Campaign, User]


def play(stage: Stage, steps: Sequence[Step]) -> str:
    """Return what differs after these steps, blank if nothing; the stage is then as it was."""
    driver = Driver(*stage, compare)
    with transaction.atomic(), mock.patch.object(clock, "now", driver.moment):
        try:
            for step in steps:
                driver.do(step)
        except Difference as difference:
            return str(difference)
        except Exception as error:  # what a service does not say in its own words is found, too
            return f"{type(error).__name__}: {error}"
        finally:
            transaction.set_rollback(True)
    return ""


def simulate(stage: Stage, seed: int) -> Failure | None:
    steps = steps_of(seed)
    message = play(stage, steps)
    return Failure(seed, tuple(steps), message) if message else None


def shrink(stage: Stage, failure: Failure) -> Failure:
    """Take out whatever is not needed, in pieces that get smaller, and play what is left."""
    size = len(failure.steps) // 2
    while size:
        start = 0
        while start < len(failure.steps):
            fewer = failure.steps[:start] + failure.steps[start + size :]
            if message := play(stage, fewer):
                failure = Failure(failure.seed, fewer, message)
            else:
                start += size
        size //= 2
    return failure
