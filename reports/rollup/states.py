"""Indicators whose last value stands (docs/counting.md C28), in the SQL of the roll-up.

The day total of a report holds by how much its value is more or less than the one that stood
before, of the same branch in the same unit. So days, children and units of another map add up as
all counts do, and what they come to to date is what stands. A day that changes changes the next
one that says the same, which is left dirty with it.
"""

from reports.daily.models import COUNTED, IS_APPROVED

# The codes of a campaign that are read out of its reports.
STATES = """
    SELECT i.code FROM campaign_indicator i
    WHERE i.campaign_id = {campaign} AND i.aggregation = 'last' AND NOT i.is_derived
"""
# The report of the branch in the unit that says the same next to a day, on one basis.
NEIGHBOUR = """(
    SELECT {what} FROM reports_dailyreport other
    WHERE (other.campaign_id, other.branch_id, other.unit_id)
        = ({row}.campaign_id, {row}.branch_id, {row}.unit_id) AND other.date {side} {row}.date
    AND {counted} -> {code} IS NOT NULL {basis}
    ORDER BY other.date {order} LIMIT 1)"""
OF_OTHER = {
    "counted": COUNTED.replace("r.", "other."),
    "is_approved": f"AND {IS_APPROVED.replace('r.', 'other.')}",
}


def value_before(code: str, *, is_approved: bool) -> str:
    """Return the value of ``code`` that stood before the day of the report ``r``."""
    counted = OF_OTHER["counted"]
    return NEIGHBOUR.format(
        what=f"({counted} -> {code})::bigint",
        counted=counted,
        code=code,
        row="r",
        side="<",
        order="DESC",
        basis=OF_OTHER["is_approved"] if is_approved else "",
    )


def _next(*, is_approved: bool) -> str:
    return NEIGHBOUR.format(
        what="other.date",
        counted=OF_OTHER["counted"],
        code="i.code",
        row="t",
        side=">",
        order="",
        basis=OF_OTHER["is_approved"] if is_approved else "",
    )


_LATER = """
    SELECT t.campaign_id, t.branch_id, t.unit_id, later.date, t.since
    FROM taken t JOIN campaign_indicator i ON i.campaign_id = t.campaign_id
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
# Of the days that were ``taken``, those whose part of the totals rests on them.
LATER = _LATER.format(reported=_next(is_approved=False), approved=_next(is_approved=True))
# What the report ``r`` of the wanted day ``w`` adds on both bases.
STEPS = _STEPS.format(
    states=STATES.format(campaign="w.c"),
    counted=COUNTED,
    reported=value_before("code", is_approved=False),
    approved=value_before("code", is_approved=True),
)
