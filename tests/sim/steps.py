"""The steps of a campaign, drawn from its seed.

A step is a word and eight numbers, which choose among what there is at that moment: a list from
which steps were taken out can still be played. Nothing depends on chance or on the real clock.
"""

import random
from typing import NamedTuple


class Step(NamedTuple):
    """``kill`` is the statement at which the process that does it dies, 0 for none."""

    what: str
    n: tuple[int, ...]
    kill: int = 0

    def __str__(self) -> str:
        return f"{self.what} {self.n}" + (f" killed at statement {self.kill}" if self.kill else "")


# How often each step is taken. What waits is drained often: a change that tells nobody shows only
# where nothing else has its day made again.
KINDS = {
    **{"report": 24, "send": 6, "resend": 5, "reconcile": 16, "review": 18, "lock": 2},
    **{"plan": 16, "close": 22, "cancel": 8, "reopen": 4, "move": 5},
    **{"setting": 14, "next_day": 4, "batch": 4, "drain": 12, "rebuild": 3, "settle": 3},
}
WORKERS = ("batch", "drain", "rebuild")
SETTLE = Step("settle", (0,) * 8)


def steps_of(seed: int, most: int = 60) -> list[Step]:
    draw = random.Random(seed)
    found = []
    for what in draw.choices(list(KINDS), list(KINDS.values()), k=most):
        is_killed = draw.random() < (0.4 if what in WORKERS else 0.08)
        kill = draw.randrange(1, 30) if is_killed else 0
        found.append(Step(what, tuple(draw.randrange(1000) for _ in range(8)), kill))
    return [*found, SETTLE]
