"""Tells the roll-up which days to make again."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Protocol

from django.db import connection

ADD = """
    INSERT INTO campaign_dirtyday (campaign_id, branch_id, unit_id, date, since)
    SELECT (node ->> 0)::bigint, (node ->> 1)::bigint, (node ->> 2)::bigint, (node ->> 3)::date, %s
    FROM json_array_elements(%s::json) AS node
"""


class BranchDayRecord(Protocol):
    """What a branch did in a unit on a day: a report or a session."""

    campaign_id: int
    branch_id: int
    unit_id: int
    date: dt.date


def mark_dirty(*changed: BranchDayRecord, since: dt.datetime) -> int:
    """Leave word, in the transaction that changes them, that their days have changed.

    Called with a record as it was and as it is where its day, unit or branch changes. Returns
    how many rows were added.
    """
    return _add({(one.campaign_id, one.branch_id, one.unit_id, one.date) for one in changed}, since)


def mark_nodes_dirty(
    nodes: Iterable[tuple[int, int | None, int | None, dt.date]], *, since: dt.datetime
) -> int:
    """Leave word that totals of single nodes are to be made again, and those above them.

    A node is campaign, branch or None, unit or None, day.
    """
    return _add(set(nodes), since)


def _add(nodes: set[tuple[int, int | None, int | None, dt.date]], since: dt.datetime) -> int:
    """Add the rows by one statement: objects for them would take ten times as long."""
    if nodes:
        rows = json.dumps(sorted(nodes, key=repr), default=str)
        with connection.cursor() as cursor:
            cursor.execute(ADD, (since, rows))
    return len(nodes)
