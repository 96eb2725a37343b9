"""Bad luck, dealt out at random while something else goes on."""

import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from devserver.servers import processes
from tests.portal import Portal

# One round; rounds follow each other, each in another order.
DECK = ("kill", "kill", "kill", "kill", "freeze", "flush", "flush")
FREEZE_SECONDS = (1.0, 3.0)
PAUSE_SECONDS = (0.5, 2.0)


@contextmanager
def frozen(portal: Portal) -> Iterator[None]:
    """Let the broker hang for the block."""
    portal.freeze()
    try:
        yield
    finally:
        portal.thaw()


@contextmanager
def chaos(portal: Portal, seed: int) -> Iterator[Counter[str]]:
    """Kill workers, freeze and empty the broker during the block; count what was done.

    Whatever the block does, one whole round is played, and nothing stays frozen.
    """
    done: Counter[str] = Counter()
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        player = pool.submit(_play, portal, random.Random(seed), over, done)
        try:
            yield done
        finally:
            over.set()
            player.result()


def _play(portal: Portal, dice: random.Random, over: threading.Event, done: Counter[str]) -> None:
    while not over.is_set() or done.total() < len(DECK):
        for card in dice.sample(DECK, len(DECK)):
            _act(portal, card, dice)
            done[card] += 1
            threading.Event().wait(dice.uniform(*PAUSE_SECONDS))
            if over.is_set() and done.total() >= len(DECK):
                return


def _act(portal: Portal, card: str, dice: random.Random) -> None:
    if card == "flush":
        portal.flush()
    elif card == "freeze":
        with frozen(portal):
            threading.Event().wait(dice.uniform(*FREEZE_SECONDS))
    else:
        # Just restarted, there may be none for a moment.
        for pid in (workers := portal.workers()) and [dice.choice(workers)]:
            processes.send(pid, signal.SIGKILL)
