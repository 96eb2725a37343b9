"""Chance that falls the same on every machine and in every version of Python."""

import random
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


class SeededRandom:
    """A source of chance for one purpose, named by words such as a commune's code.

    Each purpose has its own, so that one more throw in one place moves nothing elsewhere.
    Only ``Random.random`` is used: it alone is promised to give the same numbers for ever.
    """

    def __init__(self, *names: object) -> None:
        self._next = random.Random("/".join(map(str, names))).random

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self._next() * (high - low + 1))

    def happens(self, percent: int) -> bool:
        return self.between(1, 100) <= percent

    def pick(self, count: int, items: Iterable[T]) -> list[T]:
        """Return ``count`` different items, by chance and in that order."""
        ranked = [(self._next(), place, item) for place, item in enumerate(items)]
        return [item for _rank, _location, item in sorted(ranked, key=lambda r: r[:2])[:count]]
