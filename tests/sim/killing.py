"""Kills whoever works, at a statement of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


class Killed(BaseException):
    """What befalls a worker; no program catches it."""


@contextmanager
def dying(at: int) -> Iterator[None]:
    """Kill whoever is within at a statement of this number; 0 lets them live."""
    left = at

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal left
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            left -= 1
            if left == 0:
                raise Killed
        return execute(sql, *rest)

    if not at:
        yield
        return
    with connection.execute_wrapper(count):
        yield
