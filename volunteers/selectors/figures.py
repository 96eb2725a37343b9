"""How many people, sessions and requests: by unit (where) or by branch (who)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection

from campaign import clock
from campaign.models import Branch, Campaign, Unit
from volunteers.models import Membership, Team

# One statement for any number of nodes. A closed session holds the sums of its own people,
# so that nobody counts the lists behind it. Requests belong to the commune in which the
# resident lives; a branch answers for the communes in which it and those below it are at
# home, and for what was given to its teams.
FIGURES = """
    WITH nodes AS (
        SELECT top.id AS top, n.id AS node FROM {node} top
        JOIN {node} n ON n.path LIKE top.path || '%%' WHERE top.id = ANY(%(nodes)s)
    ), teams AS (
        SELECT nodes.top, t.id FROM nodes JOIN volunteers_team t ON t.{column} = nodes.node
        WHERE {team_exists}
    ), members AS (
        SELECT teams.top, count(*) AS members,
               count(*) FILTER (WHERE v.affiliation = 'youth_union'
                                AND m.role IN ('leader', 'deputy')) AS key_members
        FROM teams JOIN volunteers_membership m ON m.team_id = teams.id
        JOIN volunteers_volunteer v ON v.id = m.volunteer_id
        WHERE {membership_exists}
        GROUP BY teams.top
    ), held AS (
        SELECT nodes.top, s.* FROM nodes
        JOIN volunteers_supportsession s ON s.{column} = nodes.node
        WHERE s.campaign_id = %(campaign)s AND s.date BETWEEN %(first)s AND %(last)s
    ), sessions AS (
        SELECT top, count(*) FILTER (WHERE state IN ('planned', 'under_way')) AS planned,
               count(*) FILTER (WHERE state = 'closed') AS closed,
               count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
               sum(participations) AS participations,
               sum(participations * extract(epoch FROM ends_at - begins_at) / 60) AS minutes
        FROM held GROUP BY top
    ), people AS (
        SELECT held.top, count(DISTINCT p.volunteer_id) AS volunteers
        FROM held JOIN volunteers_participation p ON p.session_id = held.id
        WHERE held.state = 'closed' AND p.checked_in_at IS NOT NULL GROUP BY held.top
    ), asked AS (
        {asked}
    ), help AS (
        SELECT top, count(*) FILTER (WHERE state IN ('new', 'assigned')) AS open,
               count(*) FILTER (WHERE state IN ('new', 'assigned') AND due_on < %(today)s)
                   AS overdue,
               count(*) FILTER (WHERE state = 'done') AS done,
               percentile_cont(0.5) WITHIN GROUP (
                   ORDER BY extract(epoch FROM closed_at - asked_at) / 86400)
                   FILTER (WHERE state = 'done') AS median_days
        FROM asked JOIN volunteers_helprequest r ON r.id = asked.id
        WHERE r.campaign_id = %(campaign)s AND asked_at >= %(since)s AND asked_at < %(until)s
        GROUP BY top
    )
    SELECT top.id, (SELECT count(*) FROM teams WHERE teams.top = top.id),
           members.members, members.key_members, people.volunteers, sessions.planned,
           sessions.closed, sessions.cancelled, sessions.participations, sessions.minutes,
           help.open, help.overdue, help.done, help.median_days
    FROM {node} top LEFT JOIN members ON members.top = top.id
    LEFT JOIN people ON people.top = top.id LEFT JOIN sessions ON sessions.top = top.id
    LEFT JOIN help ON help.top = top.id WHERE top.id = ANY(%(nodes)s)
"""
ASKED_OF_UNITS = """
        SELECT nodes.top, r.id FROM nodes JOIN volunteers_helprequest r ON r.unit_id = nodes.node
"""
ASKED_OF_BRANCHES = """
        SELECT nodes.top, r.id FROM nodes
        JOIN campaign_branch b ON b.id = nodes.node AND b.kind = 'youth_union'
        JOIN volunteers_helprequest r ON r.unit_id = b.home_unit_id
        UNION
        SELECT nodes.top, r.id FROM nodes JOIN volunteers_team t ON t.branch_id = nodes.node
        JOIN volunteers_helprequest r ON r.team_id = t.id
"""
EXISTING = {
    "team_exists": Team.validity.sql("t"),
    "membership_exists": Membership.validity.sql("m"),
}
UNITS = {"node": "campaign_unit", "column": "unit_id", "asked": ASKED_OF_UNITS}
BRANCHES = {"node": "campaign_branch", "column": "branch_id", "asked": ASKED_OF_BRANCHES}


@dataclass(frozen=True)
class Figures:
    """The figures of one node over a range of days.

    Teams and members are those of the last day of the range, today at the latest.
    ``volunteers`` are different people by name who took part; ``participations`` count
    each of their times, and those without a name (lượt). Requests are those asked in the
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
        """Hours of all participations, to a tenth."""
        return round(self.minutes / 60, 1)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return self == Figures()


def figures_of(
    campaign: Campaign,
    nodes: Sequence[Unit] | Sequence[Branch],
    first: dt.date,
    last: dt.date,
) -> dict[int, Figures]:
    """Return the figures of units, or of branches, by id (one query)."""
    if not nodes:
        return {}
    tree = UNITS if isinstance(nodes[0], Unit) else BRANCHES
    day = min(last, clock.today())
    values: dict[str, Any] = {
        "nodes": [node.pk for node in nodes],
        "campaign": campaign.pk,
        "first": first,
        "last": last,
        "day": day,
        "today": clock.today(),
        "since": clock.at(first, dt.time.min),
        "until": clock.at(last + dt.timedelta(days=1), dt.time.min),
    }
    with connection.cursor() as cursor:
        cursor.execute(FIGURES.format(**tree, **EXISTING), values)
        rows = cursor.fetchall()
    names = [column.name for column in fields(Figures)]
    return {pk: Figures(**dict(zip(names, _cells(cells), strict=True))) for pk, *cells in rows}


def _cells(cells: Sequence[Any]) -> list[Any]:
    """Return what the columns mean: nothing found is none, but no waiting time is no number."""
    *counts, median = cells
    days = None if median is None else round(float(median), 1)
    return [*(int(n or 0) for n in counts), days]
