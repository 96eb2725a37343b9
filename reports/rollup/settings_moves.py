"""What the roll-up tells whoever changes a setting: what moves, and what would be left outside.

Sums are counted from the reports, by the paths as they stand, and not read from the totals:
those are made again only after the change.
"""

import datetime as dt
import json
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from campaign.models import Branch, Campaign, Unit
from campaign.models.base import path_above, sql_below
from campaign.selectors import indicators_of, sums_of_parts
from campaign.services.settings_change import (
    Counted,
    Figures,
    Ids,
    Stray,
    days_begun,
    register_counted,
)
from campaign.takes_part import sql_takes_part
from core import clock
from reports.daily.models import COUNTED
from reports.rollup.expected import expected_reports
from reports.rollup.states import ended, moved_days, value_in_pair
from reports.rollup.totals import Targets, targets_of
from reports.rollup.trees import TREES, UNITS, Tree

STRAYS = """
    SELECT rule.why, r.campaign_id, r.branch_id, r.unit_id, r.date, count(*),
           c.name, b.name, u.name
    FROM (
        SELECT campaign_id, branch_id, unit_id, date FROM reports_dailyreport
        UNION ALL
        SELECT campaign_id, branch_id, unit_id, date FROM volunteers_supportsession
        WHERE state <> 'cancelled'
    ) r
    JOIN campaign_campaign c ON c.id = r.campaign_id
    JOIN campaign_branch b ON b.id = r.branch_id
    JOIN campaign_unit u ON u.id = r.unit_id
    CROSS JOIN LATERAL (VALUES
        ('campaign', r.date BETWEEN c.starts_on AND c.ends_on),
        ('branch', {branch_exists}), ('unit', {unit_exists})
    ) AS rule(why, holds)
    WHERE NOT rule.holds
    GROUP BY 1, 2, 3, 4, 5, 7, 8, 9
"""

# First, so that no sum is ever held against every node.
UP = """
    up AS MATERIALIZED (
        SELECT n.id AS node_id, above.id AS above_id
        FROM {node} above JOIN {node} n ON {is_below} WHERE above.id = ANY(%(nodes)s)
    )
"""

SUMS = """
    WITH {up}, counted AS (
        SELECT {column} AS node_id, ({counted}) - %(states)s::text[] AS counts
        FROM reports_dailyreport r WHERE campaign_id = %(campaign)s
        {of_pairs}
        UNION ALL
        SELECT {column}, counts - %(states)s::text[] FROM volunteers_supportsession s
        WHERE campaign_id = %(campaign)s AND state = 'closed' AND NOT EXISTS (
            SELECT FROM reports_dailyreport r
            WHERE (r.campaign_id, r.branch_id, r.unit_id, r.date)
                = (s.campaign_id, s.branch_id, s.unit_id, s.date) AND {counted} IS NOT NULL)
    ), sums AS (
        SELECT above_id, key, sum(value::bigint) AS value
        FROM counted JOIN up USING (node_id)
        CROSS JOIN jsonb_each_text(counts) GROUP BY 1, 2
    )
    SELECT above_id, jsonb_object_agg(key, value) FROM sums GROUP BY above_id
"""

# What stands in the pairs that have not ended.
_OF_PAIRS = """
        UNION ALL
        SELECT {{column}}, jsonb_build_object(code, value) FROM (
            WITH RECURSIVE {ended}, known(branch_id, unit_id) AS (
                SELECT branch_id, unit_id FROM reports_dailyreport WHERE campaign_id = %(campaign)s
                UNION SELECT next_b, next_u FROM pair
                EXCEPT SELECT b, u FROM pair
            ) SELECT * FROM known
        ) known CROSS JOIN unnest(%(states)s::text[]) code
        CROSS JOIN LATERAL (SELECT {value} AS value) stood
        WHERE value IS NOT NULL AND branch_id IS NOT NULL AND unit_id IS NOT NULL
"""
OF_PAIRS = _OF_PAIRS.format(
    ended=ended("c.id = %(campaign)s"),
    value=value_in_pair(
        "code",
        "%(campaign)s",
        "known.branch_id, known.unit_id",
        "(%(today)s::date + 1)",
        is_approved=False,
    ),
)

RECEIVED = """
    WITH {up}
    SELECT above_id, count(DISTINCT (r.branch_id, r.date))
    FROM up JOIN campaign_branch b ON {expected} = up.node_id
    JOIN reports_dailyreport r ON r.branch_id = b.id AND r.campaign_id = %(campaign)s
    JOIN campaign_campaign run ON run.id = r.campaign_id
    WHERE {branch_exists}
    AND ({takes_part} AND r.date = ANY(%(days)s::date[]) OR EXISTS (
        SELECT FROM volunteers_supportsession s
        WHERE (s.campaign_id, s.branch_id, s.date) = (r.campaign_id, r.branch_id, r.date)
        AND s.state <> 'cancelled'))
    GROUP BY 1
"""

RULES = {
    "is_below": sql_below("n", "above"),
    "counted": COUNTED,
    "branch_exists": Branch.validity.sql("b", "r.date"),
    "takes_part": sql_takes_part("b", "run", "r.date"),
    "unit_exists": Unit.validity.sql("u", "r.date"),
}


def hold() -> None:
    """Let no roll-up run until this transaction ends; those under way end first."""
    with connection.cursor() as cursor:
        for tree in TREES:
            cursor.execute(f"LOCK TABLE {tree.total} IN EXCLUSIVE MODE")


def strays() -> set[Stray]:
    with connection.cursor() as cursor:
        cursor.execute(STRAYS.format(**RULES))
        return {Stray(*row) for row in cursor.fetchall()}


def figures(units: Ids, branches: Ids, day: dt.date) -> Figures:
    """Return sums, expected and received of the nodes until a day, as the settings stand."""
    found: dict[tuple[str, str, str], int] = {}
    for campaign, _first, last in days_begun(day):
        for tree, ids in zip(TREES, (units, branches), strict=True):
            nodes: list[Any] = list(
                tree.nodes._default_manager.filter(pk__in=ids).order_by("depth", "sort_key")
            )
            if nodes:
                found |= _figures_of(campaign, last, tree, nodes)
    return found


def _figures_of(
    campaign: Campaign, last: dt.date, tree: Tree, nodes: list[Any]
) -> dict[tuple[str, str, str], int]:
    expected = expected_reports(
        campaign, campaign.starts_on, last, tree=tree, within=path_above(nodes)
    )
    indicators = indicators_of(campaign)
    asked: dict[str, Any] = {
        "campaign": campaign.pk,
        "nodes": [node.pk for node in nodes],
        "days": list(expected.days),
        "states": list(indicators.states),
        "today": clock.today(),
    }
    named = {**vars(tree), **RULES, "up": UP.format(node=tree.node, **RULES)}
    named["of_pairs"] = OF_PAIRS.format(**named) if indicators.states else ""
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(**named), asked)
        sums = {node: json.loads(counts) for node, counts in cursor.fetchall()}
        cursor.execute(RECEIVED.format(**named), asked)
        received = dict(cursor.fetchall())
    is_of_units = tree is UNITS
    targets = targets_of(campaign, nodes) if is_of_units else Targets()
    parts = sums_of_parts(campaign, nodes, last) if is_of_units else {}
    found: dict[tuple[str, str, str], int] = {}
    for node in nodes:
        rows = {_("số ngày phải báo cáo"): len(expected.days)} if node.parent_id is None else {}
        rows[_("số báo cáo phải có")] = expected.count(node.path)
        rows[_("số báo cáo đã nhận")] = received.get(node.pk, 0)
        counts = indicators.complete(sums.get(node.pk, {}))
        for indicator in indicators.all:
            if indicator.code in counts:
                rows[indicator.name] = counts[indicator.code]
            target = targets.on(node.pk, last).get(indicator.code)
            if target:
                rows[_("%(name)s: chỉ tiêu") % {"name": indicator.name}] = target
            below = parts.get((node.pk, indicator.code))
            if below is not None and below != target:
                words = _("%(name)s: chỉ tiêu các đơn vị trực thuộc cộng lại")
                rows[words % {"name": indicator.name}] = below
        found |= {(campaign.name, node.name, what): value for what, value in rows.items()}
    return found


register_counted(Counted(hold=hold, strays=strays, figures=figures, moved=moved_days))
