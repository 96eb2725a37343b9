"""Guesses at a secret: who guesses waits longer each time, and nobody else waits.

Failures are counted by who tries (an address, or a phone that has been let in before) and by what
is tried. A try that comes too early is not looked at, and does not make the wait longer. Only
failures count, so that a crowd that is right comes in through one address. While the counter is
out of reach everybody is let in, as in ``core.throttle``.
"""

import logging
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from core.secret_digest import digest_of

logger = logging.getLogger(__name__)

FREE = 5
FIRST_WAIT, LONGEST_WAIT, MEMORY = 60, 15 * 60, 60 * 60
# Wrong ones in an hour: of one address whatever it tries, and at one account whoever tries.
MOST_OF_ADDRESS, MOST_AT_ACCOUNT = 100, 60


@dataclass(frozen=True)
class Guesses:
    """``who`` tries ``what``; ``is_known`` says that the phone was let in there before."""

    who: str
    what: str
    is_known: bool = False

    def wait(self) -> int:
        """Return for how many seconds nothing is looked at."""
        now = _now()
        failures, last = _read(self._own)
        waits = [last + self._delay(failures) - now] if failures else []
        if not self.is_known:
            # A budget for guesses in all; it ends by itself and is not for phones that are known.
            tried, since = _read(self._of_address)
            waits += [since + MEMORY - now] if tried >= MOST_OF_ADDRESS else []
        return max((0, *(round(seconds) for seconds in waits)))

    def _delay(self, failures: int) -> int:
        # At an account that many guess at, each address has one try before it waits.
        free = 1 if not self.is_known and _read(self._at_account)[0] >= MOST_AT_ACCOUNT else FREE
        if failures < free:
            return 0
        doubled: int = FIRST_WAIT * 2 ** min(failures - free, 10)
        return min(LONGEST_WAIT, doubled)

    def failed(self) -> None:
        now = _now()
        _write(self._own, _read(self._own)[0] + 1, now)
        for key in (self._of_address, self._at_account):
            count, since = _read(key)
            # From the first of them on: nobody keeps it alive by going on.
            _write(key, count + 1, since or now, until=(since or now) + MEMORY)

    def forgive(self) -> None:
        """The right one: what this one failed here before is forgotten, and nobody else's."""
        try:
            cache.delete(self._own)
        except (RedisError, OSError):
            logger.warning("The counter of guesses is out of reach.")

    @property
    def _own(self) -> str:
        return f"guess:{digest_of(f'{self.who} {self.what}')}"

    @property
    def _of_address(self) -> str:
        return f"guess:by:{digest_of(self.who)}"

    @property
    def _at_account(self) -> str:
        return f"guess:at:{digest_of(self.what)}"


def _now() -> float:
    return timezone.now().timestamp()


def _read(key: str) -> tuple[int, float]:
    try:
        count, moment = cache.get(key) or (0, 0.0)
    except (RedisError, OSError):
        logger.warning("The counter of guesses is out of reach; let in.")
        return 0, 0.0
    return int(count), float(moment)


def _write(key: str, count: int, moment: float, until: float | None = None) -> None:
    seconds = MEMORY if until is None else max(1, round(until - _now()))
    try:
        cache.set(key, (count, moment), seconds)
    except (RedisError, OSError):
        logger.warning("The counter of guesses is out of reach.")
