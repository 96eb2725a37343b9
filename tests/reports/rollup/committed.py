"""Rows that are loaded once for all tests of a module."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.emptying import empty_tables


@contextmanager
def committed(
    blocker: DjangoDbBlocker, today: dt.date, load: Callable[[], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Load on a day, and commit; the tables are empty again at the end."""
    with blocker.unblock():
        try:
            with override_settings(PORTAL_TODAY=today):
                made = load()
            yield made
        finally:
            empty_tables()
