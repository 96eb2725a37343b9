"""Sentences of the reader: written in Vietnamese, translated by whoever calls it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_translate: ContextVar[Callable[[str], str]] = ContextVar("translate", default=str)


def _(text: str) -> str:
    """Mark a sentence for the catalogue, and say it in the caller's language."""
    return _translate.get()(text)


@contextmanager
def spoken_by(translate: Callable[[str], str]) -> Iterator[None]:
    """Let sentences that are made in the block pass through ``translate``."""
    token = _translate.set(translate)
    try:
        yield
    finally:
        _translate.reset(token)
