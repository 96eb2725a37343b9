"""Guesses at a secret: who guesses waits longer each time, and nobody else waits.

Failures are counted by who tries (an address, or a phone that has been let in before) and by what
is tried. A try that comes too early is not looked at, and does not make the wait longer. Only
failures stay counted, so that a crowd that is right comes in through one address.

A try is counted before it is looked at and taken back when it was right: of a hundred at once no
more are looked at than of a hundred one after the other. While Valkey is out of reach each process
counts for itself by the same rule: the right password opens, and guesses have an end.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core.throttle import UNREACHED, key_of, valkey

logger = logging.getLogger(__name__)

FREE = 5
FIRST_WAIT, LONGEST_WAIT, MEMORY = 60, 15 * 60, 60 * 60
# Wrong ones in an hour: of one address whatever it tries, and at one account whoever tries.
MOST_OF_ADDRESS, MOST_AT_ACCOUNT = 100, 60


@dataclass(frozen=True)
class Count:
    """How many failures, and a moment: the last of one's own, the first of a budget.

    An hour after it the count is over. So nobody keeps a budget spent by going on.
    """

    failures: int = 0
    moment: float = 0.0


# Of this one here, of its address in all, at the account in all.
Counts = tuple[Count, Count, Count]
Keys = tuple[str, str, str]
Change = Callable[[Counts], Counts | None]
# While Valkey is out of reach; the one that was counted longest ago goes first.
MOST_HERE = 30_000
_here: dict[str, Count] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Guesses:
    """``who`` tries ``what``; ``is_known`` says that the phone was let in there before."""

    who: str
    what: str
    is_known: bool = False

    def begin(self) -> int:
        """Count a try and return 0: it may be looked at. Or return for how long nothing is."""
        now = _now()

        def count(found: Counts) -> Counts | None:
            if self._wait(found, now):
                return None
            own, by, at = found
            return (
                Count(own.failures + 1, now),
                Count(by.failures + 1, by.moment or now),
                Count(at.failures + 1, at.moment or now),
            )

        return self._wait(self._change(count, now), now)

    def wait(self) -> int:
        """Return for how many seconds nothing is looked at."""
        now = _now()
        return self._wait(self._change(lambda _found: None, now), now)

    def forgive(self) -> None:
        """The right one: what this one failed here before is forgotten, and nobody else's."""

        def take_back(found: Counts) -> Counts:
            _own, by, at = found
            return Count(), _one_less(by), _one_less(at)

        self._change(take_back, _now())

    def _wait(self, found: Counts, now: float) -> int:
        own, by, _at = found
        waits = [own.moment + self._delay(found) - now] if own.failures else []
        if not self.is_known and by.failures >= MOST_OF_ADDRESS:
            # A budget for guesses in all; it ends by itself and is not for phones that are known.
            waits += [by.moment + MEMORY - now]
        return max((0, *(round(seconds) for seconds in waits)))

    def _delay(self, found: Counts) -> int:
        own, _by, at = found
        # At an account that many guess at, each address has one try before it waits.
        free = 1 if not self.is_known and at.failures >= MOST_AT_ACCOUNT else FREE
        if own.failures < free:
            return 0
        doubled: int = FIRST_WAIT * 2 ** min(own.failures - free, 10)
        return min(LONGEST_WAIT, doubled)

    def _change(self, change: Change, now: float) -> Counts:
        """Change the counts where they are kept, all at once; return what was found there."""
        keys = (
            key_of("guess", f"{self.who} {self.what}"),
            key_of("guess:by", self.who),
            key_of("guess:at", self.what),
        )
        try:
            return _change_in_valkey(keys, change, now)
        except UNREACHED:
            logger.warning("The counter of guesses is out of reach; this process counts alone.")
            return _change_here(keys, change, now)


def _now() -> float:
    return timezone.now().timestamp()


def _one_less(count: Count) -> Count:
    return Count(count.failures - 1, count.moment) if count.failures > 1 else Count()


def _change_in_valkey(keys: Keys, change: Change, now: float) -> Counts:
    def attempt(pipe: Any) -> Counts:
        found = _living([_parse(text) for text in pipe.mget(keys)], now)
        changed = change(found)
        pipe.multi()
        for key, count in zip(keys, changed or (), strict=False):
            if count.failures:
                left = max(1, round(count.moment + MEMORY - now))
                pipe.set(key, f"{count.failures} {count.moment}", ex=left)
            else:
                pipe.delete(key)
        return found

    # Begun anew where somebody else has counted meanwhile: none of many at once is lost.
    client: Any = valkey()
    found: Counts = client.transaction(attempt, *keys, value_from_callable=True)
    return found


def _parse(text: bytes | None) -> Count:
    failures, moment = (text or b"0 0").split()
    return Count(int(failures), float(moment))


def _change_here(keys: Keys, change: Change, now: float) -> Counts:
    with _lock:
        found = _living([_here.get(key, Count()) for key in keys], now)
        for key, count in zip(keys, change(found) or (), strict=False):
            _here.pop(key, None)
            if count.failures:
                _here[key] = count
        while len(_here) > MOST_HERE:
            del _here[next(iter(_here))]
    return found


def _living(counts: list[Count], now: float) -> Counts:
    own, by, at = (count if count.moment + MEMORY > now else Count() for count in counts)
    return own, by, at
