"""The lines of the police's file. The database makes them whole, a day at a time."""

import csv
import datetime as dt
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.sql import quote

from campaign.models import Branch, Campaign, Target, Unit
from campaign.models.base import sql_below
from campaign.models.dated import Entry, values_on
from campaign.querysets import UnitQuerySet
from campaign.reporting_window import reporting_days
from campaign.selectors import IndicatorSet
from campaign.takes_part import follows, sql_takes_part
from core.formula_guard import guarded
from reports.exports.models import Export
from reports.rollup.totals import RECEIVED, RECEIVED_UNSCHEDULED

# Whoever takes it may have a slow line, and the statement lasts as long as the taking.
LONGEST = "SET LOCAL statement_timeout = '15min'"

# One statement, so that all days are of one moment. Each step takes what the communes had come
# to, reads the next day and hands on what they come to with it: no day is sorted among the
# others, and the first goes out while the last is still to be read.
DAYS = """
    WITH RECURSIVE named AS MATERIALIZED (
        SELECT * FROM unnest(
            %(places)s::int[], %(units)s::bigint[], %(names)s::text[], %(targets)s::bigint[],
            %(since)s::date[], %(until)s::date[]
        ) AS named(place, node_id, names, target, since, until)
    ), commune AS MATERIALIZED (
        SELECT place, node_id
        FROM unnest(%(communes)s::bigint[]) WITH ORDINALITY AS commune(node_id, place)
    ), caller AS MATERIALIZED (
        SELECT place, b.id, b.past, b.reports_daily, b.kind, b.path, b.opened_on, b.closed_on,
               b.past = '[]' AND b.reports_daily AND {exists_on_first} AND {exists_on_last}
               AND %(all_take_part)s AS is_steady
        FROM commune JOIN campaign_unit above ON above.id = node_id
        JOIN campaign_unit n ON {is_below}
        JOIN campaign_branch b ON b.home_unit_id = n.id
    ), line AS MATERIALIZED (
        SELECT named.*, coalesce(many, 0) AS steady FROM named LEFT JOIN (
            SELECT place, count(*) AS many FROM caller WHERE is_steady GROUP BY place
        ) called USING (place)
    ), before AS (
        SELECT node_id, ({headline_before})::bigint AS total, max({to_date_at}) AS changed
               {states_before}
        FROM campaign_unit u JOIN reports_unitday t ON t.node_id = u.id
        WHERE u.id = ANY(%(communes)s) AND campaign_id = %(campaign)s
        AND date >= %(begins)s AND date < %(first)s AND %(begins)s < %(first)s
        GROUP BY node_id
    ), day AS (
        SELECT %(first)s::date - 1 AS date, NULL AS lines, NULL::bigint[] AS sums,
               array_agg(coalesce(total, 0) ORDER BY place) AS to_date,
               array_agg(total IS NOT NULL ORDER BY place) AS is_known,
               array_agg(changed ORDER BY place) AS changed {first_states}
        FROM commune LEFT JOIN before USING (node_id)
        UNION ALL
        SELECT next.date, made.* FROM day
        CROSS JOIN LATERAL (
            SELECT day.date + 1 AS date, day.date + 1 = ANY(%(called)s::date[]) AS is_called
        ) next
        CROSS JOIN LATERAL (
            SELECT string_agg(concat(
                       next.date, ',', names, ',', {cells} {to_date_cell} target, ',',
                       CASE WHEN target > 0
                           THEN round(coalesce(to_date, 0) * 100.0 / target, 1) END,
                       ',', expected, ',', received, %(basis)s::text,
                       to_char(as_of AT TIME ZONE %(zone)s, 'YYYY-MM-DD"T"HH24:MI:SS')
                           || %(offset)s::text, %(ends)s::text
                   ), '' ORDER BY place) FILTER (WHERE names IS NOT NULL),
                   ARRAY[{sums}, count(names)]::bigint[],
                   array_agg(coalesce(to_date, 0) ORDER BY place),
                   array_agg(to_date IS NOT NULL ORDER BY place),
                   array_agg(greatest(day.changed[place], changed) ORDER BY place) {next_states}
            FROM (
                SELECT of_day.*, CASE WHEN day.is_known[place] OR {headline} IS NOT NULL
                    THEN day.to_date[place] + coalesce({headline}, 0) END AS to_date,
                    greatest(day.changed[place], changed_of_day) AS as_of {states}
                FROM (
                    SELECT place, names, target, {stored} t.{to_date_at} AS changed,
                           t.{day_at} AS changed_of_day,
                           CASE WHEN next.is_called THEN steady ELSE 0 END
                           + coalesce(odd.many, 0) AS expected,
                           coalesce(CASE WHEN next.is_called
                               THEN {received} ELSE {unscheduled} END, 0) AS received
                    FROM line LEFT JOIN reports_unitday t ON t.campaign_id = %(campaign)s
                    AND t.node_id = line.node_id AND t.date = next.date
                    LEFT JOIN (
                        SELECT place, count(*) AS many FROM caller b
                        JOIN campaign_campaign run ON run.id = %(campaign)s
                        CROSS JOIN LATERAL (
                            SELECT b.id IN (
                                SELECT branch_id FROM volunteers_supportsession s
                                WHERE s.campaign_id = %(campaign)s AND s.date = next.date
                                AND s.state <> 'cancelled') AS hosts) calendar
                        WHERE NOT (is_steady AND next.is_called) AND {branch_exists}
                        AND (hosts OR next.is_called AND {takes_part})
                        GROUP BY place
                    ) odd USING (place)
                    WHERE CASE WHEN line.since <= next.date THEN line.until > next.date END
                    OFFSET 0
                ) of_day
                OFFSET 0
            ) of_day
        ) made
        WHERE day.date < %(last)s
    )
    SELECT lines, sums FROM day WHERE sums IS NOT NULL
"""
STATE = """CASE WHEN coalesce(day.state_{n}[place], stored_{n}) IS NOT NULL
    THEN coalesce(day.state_{n}[place], 0) + coalesce(stored_{n}, 0) END AS state_{n}"""
CRLF = "\r\n"
# What is read of a commune, of its province and its district; a level that it lacks is None.
UNITS = ("province", "district", "commune")
RULES = {
    "is_below": sql_below("n", "above"),
    "exists_on_first": Branch.validity.sql("b", "%(first)s"),
    "exists_on_last": Branch.validity.sql("b", "%(last)s"),
    "branch_exists": Branch.validity.sql("b", "next.date"),
    "takes_part": sql_takes_part("b", "run", "next.date"),
}


def communes_in(units: UnitQuerySet) -> list[dict[str, Any]]:
    """Return the communes among ``units`` with what lies above each, in the file's order.

    ``pk``, and for each of ``UNITS`` its values or None (two queries).
    """
    values = ("pk", "path", "level", "code", "name", "past", "valid_from", "valid_to")
    large = Unit.objects.filter(level__in=UNITS[:-1]).values(*values)
    by_pk = {str(unit["pk"]): unit for unit in large}
    found: list[dict[str, Any]] = []
    for commune in units.communes().order_by("parent__code", "code", "valid_from").values(*values):
        lineage = (by_pk.get(pk) for pk in commune["path"].split(".")[:-2])
        above = {unit["level"]: unit for unit in lineage if unit}
        found.append(
            {"pk": commune["pk"], **{of: above.get(of) for of in UNITS}, "commune": commune}
        )
    return found


@dataclass(frozen=True)
class DayOfLines:
    """The lines of a day as they stand in the file, and what they come to, by the columns' codes.

    ``to_date`` is the headline from the campaign's first day on.
    """

    text: str
    lines: int
    counts: dict[str, int]
    to_date: int


def days_of_lines(
    *,
    export: Export,
    communes: Sequence[Mapping[str, Any]],
    indicators: IndicatorSet,
    counted: Sequence[str],
    headline: str,
) -> Generator[DayOfLines, None, None]:
    """Yield the lines of each day of an export; ``communes`` are as ``communes_in`` reads them."""
    if export.first_day > export.last_day or not communes:
        return
    statement = statement_of(indicators, counted, headline, export.basis)
    values = values_of(export, communes, headline)
    with connection.wrap_database_errors, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LONGEST)
        for text, (*sums, to_date, lines) in cursor.stream(statement, values):
            counts = dict(zip(counted, (n or 0 for n in sums), strict=True))
            yield DayOfLines(text or "", lines, counts, to_date or 0)


def values_of(
    export: Export, communes: Sequence[Mapping[str, Any]], headline: str
) -> dict[str, Any]:
    campaign, first, last = export.campaign, export.first_day, export.last_day
    return {
        **_spans(communes, _targets(campaign, headline), first, last),
        "communes": [commune["pk"] for commune in communes],
        "campaign": campaign.pk,
        "all_take_part": follows(campaign),
        "begins": campaign.starts_on,
        "first": first,
        "last": last,
        "called": reporting_days(campaign, first, last),
        "basis": f",{export.basis},",
        "zone": settings.TIME_ZONE,
        # The same all the year where the portal is.
        "offset": timezone.localtime().isoformat()[-6:],
        "ends": CRLF,
    }


def statement_of(
    indicators: IndicatorSet, counted: Sequence[str], headline: str, basis: str
) -> str:
    codes = [*counted, headline] if headline else counted
    sources = dict.fromkeys(s for code in codes for s in (*indicators.terms.get(code, ()), code))
    stored = {code: f"(t.{basis} ->> {quote(code)})::bigint" for code in sources}
    column = {code: f"stored_{number}" for number, code in enumerate(sources)}
    added = {code: f"sum({value})" for code, value in stored.items()}
    # What stands is handed on from day to day (docs/counting.md C28), as the headline to date is.
    states = [number for number, code in enumerate(sources) if code in indicators.states]
    shown = {
        code: f"state_{n}" if n in states else of for n, (code, of) in enumerate(column.items())
    }
    cells = [_complete(indicators, shown, code) for code in counted]
    of_headline, before = (
        _complete(indicators, known, headline) if headline else "NULL::bigint"
        for known in (column, added)
    )
    return DAYS.format(
        **RULES,
        stored="".join(f"{stored[code]} AS {column[code]}, " for code in sources),
        states_before=_each(states, "sum({stored})::bigint AS before_{n}", stored),
        first_states=_each(states, "array_agg(before_{n} ORDER BY place) AS state_{n}"),
        states=_each(states, STATE),
        next_states=_each(states, "array_agg(state_{n} ORDER BY place)"),
        headline=of_headline,
        headline_before=before,
        cells="".join(f"{cell}, ',', " for cell in cells),
        to_date_cell="to_date, ',', " if headline else "",
        sums=", ".join(f"sum({value})" for value in (*cells, "to_date")),
        received=f"t.{RECEIVED[basis]}",
        unscheduled=f"t.{RECEIVED_UNSCHEDULED[basis]}",
        day_at=f"{basis}_at",
        to_date_at=f"{basis}_to_date_at",
    )


def _each(numbers: Sequence[int], text: str, stored: Mapping[str, str] | None = None) -> str:
    """Return ``text`` for each number, beginning with a comma."""
    values = list((stored or {}).values())
    named = ({"n": n, "stored": values[n] if values else ""} for n in numbers)
    return "".join(f", {text.format(**of)}" for of in named)


def _complete(indicators: IndicatorSet, known: Mapping[str, str], code: str) -> str:
    """Return what ``IndicatorSet.complete`` says of one indicator, in SQL of those ``known``."""
    terms = indicators.terms.get(code)
    if not terms:
        return known[code]
    present = ", ".join(known[source] for source in terms)
    added = " + ".join(f"{factor} * coalesce({known[of]}, 0)" for of, factor in terms.items())
    return f"CASE WHEN coalesce({present}) IS NULL THEN {known[code]} ELSE {added} END"


def _targets(campaign: Campaign, headline: str) -> dict[int, tuple[int, Sequence[Entry]]]:
    rows = Target.objects.filter(campaign=campaign, indicator__code=headline)
    return {unit: (now, past) for unit, now, past in rows.values_list("unit_id", "value", "past")}


def _spans(
    communes: Sequence[Mapping[str, Any]],
    targets: Mapping[int, tuple[int, Sequence[Entry]]],
    first: dt.date,
    last: dt.date,
) -> dict[str, list[Any]]:
    """Return columns of what is the same in all lines of a commune over some days.

    Units and targets are called and set anew, each from a day on: most communes have one span. On
    days on which a commune does not exist its names are None, and it has no line.
    """
    rows: list[tuple[Any, ...]] = []
    ends = last + dt.timedelta(days=1)
    for place, commune in enumerate(communes, start=1):
        target, past_target = targets.get(commune["pk"], (None, ()))
        past_names = [of["past"] for of in map(commune.get, UNITS) if of]
        cuts = {dt.date.fromisoformat(e["until"]) for p in (*past_names, past_target) for e in p}
        begins, stops = commune["commune"]["valid_from"], commune["commune"]["valid_to"]
        cuts |= {begins, stops or ends}
        starts = [first, *sorted(day for day in cuts if first < day <= last)]
        for since, until in pairwise((*starts, ends)):
            is_there = begins <= since and (stops is None or since < stops)
            names = _names(commune, since) if is_there else None
            wanted = values_on(Target, past_target, since).get("value", target)
            rows.append((place, commune["pk"], names, wanted, since, until))
    columns = ("places", "units", "names", "targets", "since", "until")
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


def _names(commune: Mapping[str, Any], day: dt.date) -> str:
    """Return the cells with code and name of province, district and commune."""
    cells: list[str] = []
    for of in UNITS:
        unit = commune[of]
        if unit is None:
            cells += "", ""
            continue
        name = unit["name"]
        if unit["past"]:
            name = values_on(Unit, unit["past"], day).get("name", name)
        cells += guarded(unit["code"]), guarded(name)
    buffer = StringIO()
    csv.writer(buffer, lineterminator=CRLF).writerow(cells)
    return buffer.getvalue().removesuffix(CRLF)
