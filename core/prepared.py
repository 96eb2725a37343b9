"""Statements that the server plans once for a connection.

Django binds parameters itself, so that a statement is planned each time it is sent. Where trees are
joined to partitions, planning takes several times as long as the rows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from django.db import connection

# Left to itself the server holds costs of rows against those of planning, and goes on planning.
PLAN_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"


class PreparedCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Binds parameters on the server: their types have to stand in the statement."""

    def execute(self, query: Any, params: Any = None, **_how: Any) -> "PreparedCursor":
        """Ask it as Django would: through whatever wraps the connection's statements."""
        run: Callable[..., Any] = self._prepared
        for wrapper in reversed(connection.execute_wrappers):
            run = partial(wrapper, run)
        run(query, params, False, {"connection": connection, "cursor": self})
        return self

    def _prepared(self, query: Any, params: Any, _many: bool, _context: Any) -> None:
        super().execute(query, params, prepare=True)


@contextmanager
def prepared_cursor() -> Iterator[PreparedCursor]:
    """Yield a cursor, for the transaction that is open, whose statements are planned once.

    Raises Django's database errors.
    """
    with connection.cursor() as cursor:
        cursor.execute(PLAN_ONCE)
    with connection.wrap_database_errors, PreparedCursor(connection.connection) as cursor:
        yield cursor
