"""Lets the collector of garbage rest while many objects are made that stay anyway."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Make objects by the ten thousand: the collector would look through them again and again.

    It rests for the whole process. What is let go meanwhile is freed at once as ever, but for what
    holds itself.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
