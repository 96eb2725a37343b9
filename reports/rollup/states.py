"""Indicators whose last value stands (docs/counting.md C28), in the SQL of the roll-up.

The day total of a report holds by how much its value is more or less than the one that stood
before, of the same branch in the same unit. So days, children and units of another map add up as
all counts do, and what they come to to date is what stands. A day that changes changes the next
one that says the same, which is left dirty with it.

A branch and a unit are a pair, which ends with either. On that day what stood there ends (C31): it
goes over to the pair that comes after, where it stands until that one says its own. Pages of
settings and a new day leave those days dirty (``moved_days``).
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection

from campaign.models import Campaign, Succession, SuccessionKind, Unit
from campaign.selectors import IndicatorSet
from campaign.services.dirty_days import mark_nodes_dirty
from core import clock
from reports.daily.models import APPROVED_BASIS, COUNTED, IS_APPROVED

# The codes of a campaign that are read out of its reports.
STATES = """
    SELECT i.code FROM campaign_indicator i
    WHERE i.campaign_id = {campaign} AND i.aggregation = 'last' AND NOT i.is_derived
"""
# The report of the branch in the unit that says the same next to a day, on one basis.
NEIGHBOUR = """(
    SELECT {what} FROM reports_dailyreport other
    WHERE (other.campaign_id, other.branch_id, other.unit_id) = ({pair})
    AND other.date {side} {day}
    AND {counted} -> {code} IS NOT NULL {basis}
    ORDER BY other.date {order} LIMIT 1)"""
OF_OTHER = COUNTED.replace("r.", "other.")
BASIS = f"AND {IS_APPROVED.replace('r.', 'other.')}"

# Where a unit went whole, and which units did into it.
WENT_TO = "SELECT s.new_id FROM campaign_succession s WHERE s.old_id = {unit} AND s.kind = 'whole'"
CAME_FROM = (
    "SELECT s.old_id FROM campaign_succession s WHERE s.new_id = {unit} AND s.kind = 'whole'"
)
# When a pair ends, and which one comes after; a part of that is NULL where nobody knows.
AFTER = """
    SELECT ended,
           CASE WHEN x.closed_on = ended THEN x.successor_id ELSE x.id END AS b,
           CASE WHEN y.valid_to = ended THEN ({went_to}) ELSE y.id END AS u
    FROM campaign_branch x, campaign_unit y,
         LATERAL (SELECT least(x.closed_on, y.valid_to) AS ended) ends
    WHERE (x.id, y.id) = ({pair}) AND ended IS NOT NULL
"""
# The pairs that a pair comes after, each with its end.
_BEFORE = """
    SELECT x.id AS b, y.id AS u, ended
    FROM campaign_branch x, campaign_unit y,
         LATERAL (SELECT least(x.closed_on, y.valid_to) AS ended) ends
    WHERE (x.id = line.b OR x.successor_id = line.b)
    AND y.id = ANY(ARRAY({came_from}) || line.u) AND ended IS NOT NULL
    AND (x.id <> line.b) = (x.closed_on IS NOT DISTINCT FROM ended)
    AND (y.id <> line.u) = (y.valid_to IS NOT DISTINCT FROM ended)
"""
BEFORE = _BEFORE.format(came_from=CAME_FROM.format(unit="line.u"))
# What stands in a pair before it reports on a day: what it said last, and what came over since.
OF_PAIR = """(
    WITH RECURSIVE line(b, u, day, said, value) AS (
        SELECT own.*, last.* FROM (SELECT {pair}, {day}) own(b, u, day)
        LEFT JOIN LATERAL {last} AS last(said, value) ON true
        UNION ALL
        SELECT old.b, old.u, old.ended, last.* FROM line CROSS JOIN LATERAL ({before}) old
        LEFT JOIN LATERAL {last_of_old} AS last(said, value) ON true
        WHERE old.ended <= least(line.day, %(today)s::date)
        AND (line.said IS NULL OR old.ended > line.said)
    ) SELECT sum(value)::bigint FROM line)"""
HAS_BEFORE = """(
    EXISTS (SELECT FROM campaign_branch x WHERE x.successor_id = {branch})
    OR EXISTS ({came_from}))"""


def value_in_pair(code: str, campaign: str, pair: str, day: str, *, is_approved: bool) -> str:
    """Return what stands in a pair, written as SQL like the rest, before the report of a day."""

    def last(pair: str, day: str) -> str:
        return _neighbour(
            f"other.date, ({OF_OTHER} -> {code})::bigint",
            code=code,
            pair=f"{campaign}, {pair}",
            day=f"< {day}",
            is_approved=is_approved,
        )

    return OF_PAIR.format(
        pair=pair,
        day=day,
        before=BEFORE,
        last=last("own.b, own.u", "own.day"),
        last_of_old=last("old.b, old.u", "old.ended"),
    )


def value_before(code: str, *, is_approved: bool) -> str:
    """Return the value of ``code`` that stood before the day of the report ``r``."""
    own = _neighbour(
        f"({OF_OTHER} -> {code})::bigint",
        code=code,
        pair="r.campaign_id, r.branch_id, r.unit_id",
        day="< r.date",
        is_approved=is_approved,
    )
    pair = ("r.branch_id", "r.unit_id")
    came = value_in_pair(code, "r.campaign_id", ", ".join(pair), "r.date", is_approved=is_approved)
    return f"CASE WHEN {has_before(*pair)} THEN {came} ELSE {own} END"


def has_before(branch: str, unit: str) -> str:
    """Return the condition that something may have come over to a pair."""
    return HAS_BEFORE.format(branch=branch, came_from=CAME_FROM.format(unit=unit))


def _neighbour(what: str, *, code: str, pair: str, day: str, is_approved: bool) -> str:
    side, day = day.split(" ", 1)
    return NEIGHBOUR.format(
        what=what,
        counted=OF_OTHER,
        code=code,
        pair=pair,
        side=side,
        day=day,
        order="DESC" if side == "<" else "",
        basis=BASIS if is_approved else "",
    )


def _next(*, is_approved: bool) -> str:
    return _neighbour(
        "other.date",
        code="i.code",
        pair="t.campaign_id, t.branch_id, t.unit_id",
        day="> t.date",
        is_approved=is_approved,
    )


# The days of an end that count: what is to end has not ended yet.
COUNTS = """after.ended BETWEEN c.starts_on AND least(c.ends_on, %(today)s::date)"""
# Pairs that have ended, of which a campaign may hold something: what reported, and what came after.
ENDED = """
    reported(c, b, u) AS (
        SELECT c.id, x.id, r.unit_id FROM campaign_campaign c CROSS JOIN campaign_branch x
        CROSS JOIN LATERAL (SELECT DISTINCT unit_id FROM reports_dailyreport
            WHERE campaign_id = c.id AND branch_id = x.id) r
        WHERE {campaigns} AND x.closed_on BETWEEN c.starts_on AND c.ends_on
        UNION
        SELECT c.id, r.branch_id, y.id FROM campaign_campaign c CROSS JOIN campaign_unit y
        CROSS JOIN LATERAL (SELECT DISTINCT branch_id FROM reports_dailyreport
            WHERE campaign_id = c.id AND unit_id = y.id) r
        WHERE {campaigns} AND y.valid_to BETWEEN c.starts_on AND c.ends_on
    ), pair(c, b, u, ended, next_b, next_u) AS (
        SELECT c.id, reported.b, reported.u, after.ended, after.b, after.u
        FROM reported JOIN campaign_campaign c ON c.id = reported.c
        CROSS JOIN LATERAL ({after_reported}) after WHERE {counts}
        UNION
        SELECT c.id, pair.next_b, pair.next_u, after.ended, after.b, after.u
        FROM pair JOIN campaign_campaign c ON c.id = pair.c
        CROSS JOIN LATERAL ({after_next}) after WHERE {counts}
    )
"""
_MOVED = """
    WITH RECURSIVE {ended}, gone AS (
        SELECT pair.*, i.code, stood.* FROM pair
        JOIN campaign_indicator i ON i.campaign_id = pair.c AND i.aggregation = 'last'
        AND NOT i.is_derived
        CROSS JOIN LATERAL (SELECT {reported} AS reported, {approved} AS approved) stood
        WHERE pair.ended = ANY({days}) AND stood.reported IS NOT NULL
    )
    SELECT c, b AS branch_id, u AS unit_id, ended AS date, code,
           -reported AS reported, -approved AS approved FROM gone
    UNION ALL
    SELECT c, next_b, next_u, ended, code, reported, approved FROM gone
    WHERE next_b IS NOT NULL AND next_u IS NOT NULL
"""
_LATER = """
    SELECT t.campaign_id, t.branch_id, t.unit_id, later.date, t.since
    FROM chain t JOIN campaign_indicator i ON i.campaign_id = t.campaign_id
    AND i.aggregation = 'last' AND NOT i.is_derived
    CROSS JOIN LATERAL ({reported} UNION {approved}) later
"""
_STEPS = """
    CROSS JOIN LATERAL (SELECT ARRAY({states}) AS codes) states
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(code, value - coalesce({reported}, 0)), '{{}}')
                   AS reported,
               coalesce(jsonb_object_agg(code, value - coalesce({approved}, 0)), '{{}}')
                   AS approved
        FROM unnest(states.codes) code
        CROSS JOIN LATERAL (SELECT ({counted} -> code)::bigint AS value) own
        WHERE value IS NOT NULL
    ) step
"""
_CHAIN = """
    chain AS (
        SELECT * FROM taken t WHERE EXISTS ({states})
        UNION
        SELECT t.campaign_id, after.b, after.u, after.ended, t.since FROM chain t
        JOIN campaign_campaign c ON c.id = t.campaign_id
        CROSS JOIN LATERAL ({after}) after
        WHERE {counts} AND after.ended > t.date AND after.b IS NOT NULL AND after.u IS NOT NULL
    )
"""
_ENDS = """
    SELECT t.campaign_id, t.branch_id, t.unit_id, after.ended, t.since FROM chain t
    JOIN campaign_campaign c ON c.id = t.campaign_id
    CROSS JOIN LATERAL ({after}) after WHERE {counts} AND after.ended > t.date
"""
_AFTER_CHAIN = AFTER.format(pair="t.branch_id, t.unit_id", went_to=WENT_TO.format(unit="y.id"))
# Of the days that were ``taken``, those whose part of the totals rests on them: the next report of
# a pair, its end, and the same of the pairs that come after.
CHAIN = _CHAIN.format(
    states=STATES.format(campaign="t.campaign_id"), after=_AFTER_CHAIN, counts=COUNTS
)
LATER = " UNION ALL ".join(
    (
        "SELECT * FROM chain",
        _ENDS.format(after=_AFTER_CHAIN, counts=COUNTS),
        _LATER.format(reported=_next(is_approved=False), approved=_next(is_approved=True)),
    )
)
# What the report ``r`` of the wanted day ``w`` adds on both bases.
STEPS = _STEPS.format(
    states=STATES.format(campaign="w.c"),
    counted=COUNTED,
    reported=value_before("code", is_approved=False),
    approved=value_before("code", is_approved=True),
)


def ended(campaigns: str) -> str:
    """Return the tables ``pair`` (and ``reported``) of the campaigns ``c`` of a condition."""
    went_to = WENT_TO.format(unit="y.id")
    return ENDED.format(
        campaigns=campaigns,
        counts=COUNTS,
        after_reported=AFTER.format(pair="reported.b, reported.u", went_to=went_to),
        after_next=AFTER.format(pair="pair.next_b, pair.next_u", went_to=went_to),
    )


def moved(campaigns: str, days: str) -> str:
    """Return what ends in pairs on some days, below nothing, and what stands where it went."""
    stood = {
        basis: value_in_pair(
            "i.code", "pair.c", "pair.b, pair.u", "pair.ended", is_approved=is_approved
        )
        for basis, is_approved in (("reported", False), ("approved", True))
    }
    return _MOVED.format(ended=ended(campaigns), days=days, **stood)


_LAST_VALUES = """
    SELECT key.b, key.u, key.day, code, {value} FROM unnest(%(codes)s::text[]) code,
         unnest(%(branches)s::bigint[], %(units)s::bigint[], %(days)s::date[]) key(b, u, day)
"""
LAST_VALUES = _LAST_VALUES.format(
    value=value_in_pair("code", "%(campaign)s", "key.b, key.u", "key.day", is_approved=False)
)


def last_values(
    campaign: Campaign, keys: Iterable[tuple[int, int, dt.date]], codes: Collection[str]
) -> dict[tuple[int, int, dt.date], dict[str, int]]:
    """Return what stands before some days of branches in units, by code (one query).

    Reported, with what came over. What nobody has said is left out.
    """
    found: dict[tuple[int, int, dt.date], dict[str, int]] = {}
    branches, units, days = (list(column) for column in zip(*keys, strict=True))
    asked: dict[str, Any] = {"campaign": campaign.pk, "codes": list(codes), "today": clock.today()}
    asked |= {"branches": branches, "units": units, "days": days}
    with connection.cursor() as cursor:
        cursor.execute(LAST_VALUES, asked)
        for branch, unit, day, code, value in cursor.fetchall():
            if value is not None:
                found.setdefault((branch, unit, day), {})[code] = value
    return found


def units_taking_over(units: Iterable[Unit], indicators: IndicatorSet, day: dt.date) -> set[int]:
    """Return which units (keys) others went into on the day, with what stood in these.

    One that begins that day takes over what came to any below it. At most one query.
    """
    if not indicators.states:
        return set()
    new = Succession.objects.filter(since=day, kind=SuccessionKind.WHOLE)
    paths = dict(new.values_list("new", "new__path"))
    return {
        unit.pk
        for unit in units
        if unit.pk in paths
        or (unit.valid_from == day and any(path.startswith(unit.path) for path in paths.values()))
    }


HAS_STATES = f"EXISTS ({STATES.format(campaign='c.id')})"
_DAYS = """
    WITH RECURSIVE {ended}
    SELECT c, b, u, ended FROM pair
    UNION SELECT c, next_b, next_u, ended FROM pair
    WHERE next_b IS NOT NULL AND next_u IS NOT NULL
"""
DAYS = _DAYS.format(ended=ended(f"{HAS_STATES} AND c.archived_at IS NULL"))


def moved_days() -> set[tuple[Any, ...]]:
    """Return campaign, branch, unit and day of whatever stood somewhere and ended or began."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"today": clock.today(), "approved": list(APPROVED_BASIS)})
        return {*cursor.fetchall()}


def begin_day() -> int:
    """Leave dirty what ends or begins today: settings may have said so long ago."""
    today = clock.today()
    nodes = (node for node in moved_days() if node[3] == today)
    return mark_nodes_dirty(nodes, since=clock.now())
