"""Statements that the server plans once for a connection.

Django binds parameters itself, so that a statement is planned each time it is sent. Where trees are
joined to partitions, planning takes several times as long as the rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

# Left to itself the server holds costs of rows against those of planning, and goes on planning.
PLAN_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"


class PreparedCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Binds parameters on the server: their types have to stand in the statement."""

    def execute(self, query: Any, params: Any = None, **_how: Any) -> "PreparedCursor":
        return super().execute(query, params, prepare=True)


@contextmanager
def prepared_cursor() -> Iterator[PreparedCursor]:
    """Yield a cursor, for the transaction that is open, whose statements are planned once.

    Raises Django's database errors. What wraps ``connection.cursor()`` does not see its statements.
    """
    with connection.cursor() as cursor:
        cursor.execute(PLAN_ONCE)
    with connection.wrap_database_errors, PreparedCursor(connection.connection) as cursor:
        yield cursor
