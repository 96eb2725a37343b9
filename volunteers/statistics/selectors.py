"""How many people, sessions and requests: by unit (where) or by branch (who)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection

from campaign.models import Branch, Campaign, Unit
from campaign.models.base import sql_below
from core import clock
from volunteers.teams.models import Membership, Team

# One statement for any number of nodes. A closed session holds the sums of its own people,
# so that nobody counts the lists behind it, but for different people and for hours in which one
# person was checked in at two sessions (``repeated``). Requests belong to the commune in which the
# resident lives; a branch answers for the communes in which it and those below it are at
# home, and for what was given to its teams.
FIGURES = """
    WITH wanted AS (
        SELECT * FROM unnest(
            %(numbers)s::int[], %(nodes)s::bigint[], %(firsts)s::date[], %(lasts)s::date[],
            %(days)s::date[], %(sinces)s::timestamptz[], %(untils)s::timestamptz[]
        ) AS w(n, top, first, last, day, since, until)
    ), nodes AS (
        SELECT wanted.*, below.id AS node FROM wanted JOIN {node} top ON top.id = wanted.top
        JOIN {node} below ON {is_below}
    ), teams AS (
        SELECT nodes.n, nodes.day, t.id FROM nodes
        JOIN volunteers_team t ON t.{column} = nodes.node WHERE {team_exists}
    ), members AS (
        SELECT teams.n, count(*) AS members,
               count(*) FILTER (WHERE v.affiliation = 'youth_union'
                                AND m.role IN ('leader', 'deputy')) AS key_members
        FROM teams JOIN volunteers_membership m ON m.team_id = teams.id
        JOIN volunteers_volunteer v ON v.id = m.volunteer_id
        WHERE {membership_exists} GROUP BY teams.n
    ), held AS (
        SELECT nodes.n, s.* FROM nodes
        JOIN volunteers_supportsession s ON s.{column} = nodes.node
        WHERE s.campaign_id = %(campaign)s AND s.date BETWEEN nodes.first AND nodes.last
    ), sessions AS (
        SELECT n, count(*) FILTER (WHERE state IN ('planned', 'under_way')) AS planned,
               count(*) FILTER (WHERE state = 'closed') AS closed,
               count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
               sum(participations) AS participations,
               sum(participations * extract(epoch FROM ends_at - begins_at) / 60) AS minutes
        FROM held GROUP BY n
    ), came AS (
        SELECT held.n, p.volunteer_id, held.begins_at, held.ends_at,
               max(held.ends_at) OVER (
                   PARTITION BY held.n, p.volunteer_id, held.date
                   ORDER BY held.begins_at, held.id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ) AS counted_until
        FROM held JOIN volunteers_participation p ON p.session_id = held.id
        WHERE held.state = 'closed' AND p.checked_in_at IS NOT NULL
    ), people AS (
        SELECT n, count(DISTINCT volunteer_id) AS volunteers,
               sum(extract(epoch FROM least(ends_at, counted_until) - begins_at) / 60)
                   FILTER (WHERE counted_until > begins_at) AS repeated
        FROM came GROUP BY n
    ), asked AS (
        {asked}
    ), help AS (
        SELECT n, count(*) FILTER (WHERE state IN ('new', 'assigned')) AS open,
               count(*) FILTER (WHERE state IN ('new', 'assigned') AND due_on < %(today)s)
                   AS overdue,
               count(*) FILTER (WHERE state = 'done') AS done,
               percentile_cont(0.5) WITHIN GROUP (
                   ORDER BY extract(epoch FROM closed_at - asked_at) / 86400)
                   FILTER (WHERE state = 'done') AS median_days
        FROM asked JOIN volunteers_helprequest r ON r.id = asked.id
        WHERE r.campaign_id = %(campaign)s AND asked_at >= since AND asked_at < until
        GROUP BY n
    )
    SELECT (SELECT count(*) FROM teams WHERE teams.n = wanted.n),
           members.members, members.key_members, people.volunteers, sessions.planned,
           sessions.closed, sessions.cancelled, sessions.participations,
           sessions.minutes - coalesce(people.repeated, 0),
           help.open, help.overdue, help.done, help.median_days
    FROM wanted LEFT JOIN members USING (n) LEFT JOIN people USING (n)
    LEFT JOIN sessions USING (n) LEFT JOIN help USING (n) ORDER BY wanted.n
"""
ASKED_OF_UNITS = """
        SELECT n, since, until, r.id FROM nodes
        JOIN volunteers_helprequest r ON r.unit_id = nodes.node
"""
ASKED_OF_BRANCHES = """
        SELECT n, since, until, r.id FROM nodes
        JOIN campaign_branch b ON b.id = nodes.node AND b.kind = 'youth_union'
        JOIN volunteers_helprequest r ON r.unit_id = b.home_unit_id
        UNION
        SELECT n, since, until, r.id FROM nodes
        JOIN volunteers_team t ON t.branch_id = nodes.node
        JOIN volunteers_helprequest r ON r.team_id = t.id
"""
RULES = {
    "is_below": sql_below("below", "top"),
    "team_exists": Team.validity.sql("t", "nodes.day"),
    "membership_exists": Membership.validity.sql("m", "teams.day"),
}
UNITS = {"node": "campaign_unit", "column": "unit_id", "asked": ASKED_OF_UNITS}
BRANCHES = {"node": "campaign_branch", "column": "branch_id", "asked": ASKED_OF_BRANCHES}


@dataclass(frozen=True)
class Statistics:
    """The figures of one node over a range of days.

    Teams and members are those of the last day of the range, today at the latest.
    ``volunteers`` are different people by name who took part; ``participations`` count
    each of their times, and those without a name (lượt). ``minutes`` count an hour of one person
    once (docs/counting.md, C25). Requests are those asked in the
    range, as they stand now; ``median_days`` is how long the residents waited who were
    helped, None where nobody was.
    """

    teams: int = 0
    team_members: int = 0
    youth_key_members: int = 0
    volunteers: int = 0
    planned: int = 0
    closed: int = 0
    cancelled: int = 0
    participations: int = 0
    minutes: int = 0
    help_open: int = 0
    help_overdue: int = 0
    help_done: int = 0
    median_days: float | None = None

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 1)

    @property
    def is_empty(self) -> bool:
        return self == Statistics()


@dataclass(frozen=True)
class NodeRange:
    """One node over a range of days, both included."""

    node: Unit | Branch
    first: dt.date
    last: dt.date


def statistics_of(
    campaign: Campaign,
    nodes: Sequence[Unit] | Sequence[Branch],
    first: dt.date,
    last: dt.date,
) -> dict[int, Statistics]:
    """Return the figures of units, or of branches, by id (one query)."""
    found = statistics_over(campaign, [NodeRange(node, first, last) for node in nodes])
    return {node.pk: figures for node, figures in zip(nodes, found, strict=True)}


def statistics_over(campaign: Campaign, spans: Sequence[NodeRange]) -> list[Statistics]:
    """Return the figures of spans, all of units or all of branches, in their order (one query)."""
    if not spans:
        return []
    tree = UNITS if isinstance(spans[0].node, Unit) else BRANCHES
    today = clock.today()
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "today": today,
        "numbers": list(range(len(spans))),
        "nodes": [span.node.pk for span in spans],
        "firsts": [span.first for span in spans],
        "lasts": [span.last for span in spans],
        "days": [min(span.last, today) for span in spans],
        "sinces": [clock.at(span.first, dt.time.min) for span in spans],
        "untils": [clock.at(span.last + dt.timedelta(days=1), dt.time.min) for span in spans],
    }
    with connection.cursor() as cursor:
        cursor.execute(FIGURES.format(**tree, **RULES), values)
        rows = cursor.fetchall()
    names = [column.name for column in fields(Statistics)]
    return [Statistics(**dict(zip(names, _cells(cells), strict=True))) for cells in rows]


def _cells(cells: Sequence[Any]) -> list[Any]:
    """Return what the columns mean: nothing found is none, but no waiting time is no number."""
    *counts, median = cells
    days = None if median is None else round(float(median), 1)
    return [*(int(n or 0) for n in counts), days]
