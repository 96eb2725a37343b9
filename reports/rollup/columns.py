"""Counts in typed columns, one for each code: JSON is taken apart once, and put together once.

They are of double precision: the database adds those up without a number of any length for each
group and code, and whole numbers up to 2^53 are exact in it. A total is at most 10^12.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from core import clock
from reports.rollup.states import STATES
from reports.rollup.trees import TREES

BASES = ("reported", "approved")
# So many days at a time, however long a campaign is: what they come to fits in the memory below.
CHUNK = 7
# Compiling would take longer than what it saves.
FOR_MANY_ROWS = ("SET LOCAL work_mem = '64MB'", "SET LOCAL jit = off")

# All that anything counts under, whether the settings know it or not. Totals may still have a code
# that was corrected away, and wait for a drain.
CODES = """
    SELECT DISTINCT jsonb_object_keys(counts) AS code FROM (
        SELECT counts FROM reports_dailyreport WHERE campaign_id = %(campaign)s
        UNION ALL
        SELECT fallback_counts FROM reports_dailyreport
        WHERE campaign_id = %(campaign)s AND fallback_counts IS NOT NULL
        UNION ALL
        SELECT counts FROM volunteers_supportsession WHERE campaign_id = %(campaign)s
        {totals}
    ) counting ORDER BY code
"""
TOTALS = "UNION ALL SELECT reported FROM {total} WHERE campaign_id = %(campaign)s"
DAYS = """
    SELECT date FROM reports_dailyreport WHERE campaign_id = %(campaign)s
    UNION SELECT date FROM volunteers_supportsession WHERE campaign_id = %(campaign)s
    {ends} {days} ORDER BY date
"""
# Days on which what stood goes elsewhere.
_ENDS = """
    UNION SELECT ended FROM campaign_campaign c JOIN (
        SELECT closed_on AS ended FROM campaign_branch UNION SELECT valid_to FROM campaign_unit
    ) ends ON ended BETWEEN c.starts_on AND least(c.ends_on, %(today)s::date)
    WHERE c.id = %(campaign)s AND EXISTS ({states})
"""
ENDS = _ENDS.format(states=STATES.format(campaign="c.id"))
# Of what went elsewhere, ``m``, the columns of one code.
MOVED_STEP = """CASE WHEN m.code = %(code_{n})s THEN m.reported::double precision END,
    CASE WHEN m.code = %(code_{n})s THEN m.approved::double precision END"""
OF_TREE = "UNION SELECT date FROM {day} WHERE campaign_id = %(campaign)s"


class Columns:
    """The codes of a campaign as columns: reported ``r0``, ``r1``…, approved ``a0``, ``a1``…

    ``out_of`` and ``each`` return SQL that begins with a comma, or is nothing where there is no
    code. ``values`` are the parameters that it needs. ``states`` are the numbers of the codes whose
    last value stands, ``added`` those of the others.
    """

    def __init__(self, campaign: int) -> None:
        states = set(_column(STATES.format(campaign="%(campaign)s"), campaign))
        totals = " ".join(TOTALS.format(total=tree.total) for tree in TREES)
        self.codes = _column(CODES.format(totals=totals), campaign)
        self.states = [n for n, code in enumerate(self.codes) if code in states]
        self.added = [n for n, code in enumerate(self.codes) if code not in states]
        self.values: dict[str, Any] = {
            "codes": self.codes,
            **{f"code_{n}": code for n, code in enumerate(self.codes)},
        }

    def out_of(self, counts: str, column: str, only: Iterable[int] | None = None) -> str:
        """Take the columns that begin with a letter out of an object of counts."""
        number = f"({counts} -> %(code_{{n}})s)::bigint::double precision"
        return self.each(f"{number} AS {column}{{n}}", only)

    def packed(self, column: str) -> str:
        """Put columns together to an object; a blank one is missing."""
        pairs = self.each(f"%(code_{{n}})s::text, {column}{{n}}::bigint")
        return f"jsonb_strip_nulls(jsonb_build_object({pairs[2:]}))"

    def differ(self, stored: str) -> str:
        """Return the condition that the columns are others than what a stored row holds."""
        conditions = [f"{stored}.{basis} - %(codes)s::text[] <> '{{}}'" for basis in BASES]
        for n in range(len(self.codes)):
            conditions += [
                f"{basis[0]}{n} IS DISTINCT FROM ({stored}.{basis} -> %(code_{n})s)::bigint"
                for basis in BASES
            ]
        return f"({' OR '.join(conditions)})"

    def each(self, text: str, only: Iterable[int] | None = None) -> str:
        """Return ``text`` for each code, or ``only`` some, ``{n}`` being its number."""
        numbers = range(len(self.codes)) if only is None else only
        return "".join(f", {text.format(n=n)}" for n in numbers)


def each(names: Iterable[str], text: str) -> str:
    """Return ``text`` for each name, beginning with a comma as the fragments above."""
    return "".join(f", {text.format(name)}" for name in names)


def days_of(campaign: int) -> list[dt.date]:
    """Return the days that a campaign has anything of."""
    days = " ".join(OF_TREE.format(day=tree.day) for tree in TREES)
    return _column(DAYS.format(ends=ENDS, days=days), campaign)


def chunks(days: Sequence[dt.date]) -> Iterator[list[dt.date]]:
    for first in range(0, len(days), CHUNK):
        yield list(days[first : first + CHUNK])


def _column(statement: str, campaign: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"campaign": campaign, "today": clock.today()})
        return [row[0] for row in cursor.fetchall()]
