"""The totals of both trees by polars, from the same tables: ``python -m bench.by_polars``.

Its arguments are the address of the database and the codes. It adds up three levels of each tree
and the totals to date, as the SQL by hand in ``bench/lines/rollups.py`` does, and leaves out what
that leaves out. Nothing is written, nor held against what is stored.
"""

import io
import sys

import polars as pl
import psycopg

_program, ADDRESS, *CODES = sys.argv
SUMS = [pl.col(name).sum() for name in (*CODES, *(f"ok_{code}" for code in CODES), "n")]
TREES = (("campaign_unit", "unit_id"), ("campaign_branch", "branch_id"))
KEY = ("campaign_id", "node", "date")


def read(link: psycopg.Connection, query: str) -> pl.DataFrame:
    out = io.BytesIO()
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"
    with link.cursor() as cursor, cursor.copy(statement.encode()) as rows:
        for piece in rows:
            out.write(piece)
    out.seek(0)
    return pl.read_csv(out, try_parse_dates=True)


def add_up(link: psycopg.Connection) -> int:
    """Return how many day totals there are."""
    values = ", ".join(f"(counts ->> '{code}')::bigint AS {code}" for code in CODES)
    reports = read(
        link,
        "SELECT campaign_id, unit_id, branch_id, date,"  # noqa: S608 - our own names
        f" (status IN ('approved', 'locked'))::int AS ok, {values} FROM reports_dailyreport",
    ).with_columns(n=pl.lit(1))
    is_approved = pl.col("ok") == 1
    reports = reports.with_columns(
        **{f"ok_{code}": pl.when(is_approved).then(pl.col(code)) for code in CODES}
    )
    made = 0
    for table, column in TREES:
        nodes = read(link, f"SELECT id AS node, parent_id, depth FROM {table}")  # noqa: S608
        parts = [reports.rename({column: "node"}).group_by(KEY).agg(SUMS)]
        for depth in (3, 2):
            above = pl.concat(parts).join(nodes.filter(pl.col("depth") == depth), on="node")
            above = above.drop("node", "depth").rename({"parent_id": "node"})
            parts.append(above.group_by(KEY).agg(SUMS).select(parts[0].columns))
        days = pl.concat(parts).group_by(KEY).agg(SUMS)
        days.group_by("campaign_id", "node").agg(SUMS)
        made += days.height
    return made


if __name__ == "__main__":
    with psycopg.connect(ADDRESS) as link:
        print(add_up(link))
