"""Tells the roll-up which days to make again."""

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from campaign.models import DirtyDay


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
    days = {(one.campaign_id, one.branch_id, one.unit_id, one.date) for one in changed}
    rows = DirtyDay.objects.bulk_create(
        DirtyDay(campaign_id=c, branch_id=b, unit_id=u, date=d, since=since)
        for c, b, u, d in sorted(days)
    )
    return len(rows)


def mark_nodes_dirty(
    nodes: Iterable[tuple[int, int | None, int | None, dt.date]], *, since: dt.datetime
) -> int:
    """Leave word that totals of single nodes are to be made again, and those above them.

    A node is campaign, branch or None, unit or None, day.
    """
    rows = DirtyDay.objects.bulk_create(
        DirtyDay(campaign_id=c, branch_id=b, unit_id=u, date=d, since=since)
        for c, b, u, d in sorted(set(nodes), key=repr)
    )
    return len(rows)
