"""The police's figures beside ours: one province of a country, and the whole country."""

import time
from collections.abc import Callable, Iterator

import psycopg

from bench.results import Line, at_most, compare
from bench.worlds import CAMPAIGN, World

ROUNDS = 9
# The police publish two levels to date for every commune on every day: 1.9 million figures. Of
# each twentieth commune they are alike, of the others up to a tenth lower.
PUBLISH = """
    SET session_replication_role = replica;
    WITH file AS (
        INSERT INTO reports_officialfile (
            received_at, source, name, sha256, figures_sha256, written_sha256, kind, level, map,
            first_day, last_day, rows, figures, new, replaced, actor_id, campaign_id)
        SELECT received_at, 'api', '', sha256, figures_sha256, written_sha256, 'to_date', 'commune',
            map, first_day, last_day, 0, 0, 0, 0, actor_id, campaign_id
        FROM reports_officialfile
        WHERE NOT EXISTS (
            SELECT FROM reports_officialfigure f JOIN campaign_unit u ON u.id = f.unit_id
            WHERE u.code LIKE 'N%' AND f.superseded_by_id IS NULL)
        ORDER BY id LIMIT 1
        RETURNING id, campaign_id)
    INSERT INTO reports_officialfigure (
        file_id, campaign_id, unit_id, day, kind, indicator_id, value)
    SELECT file.id, file.campaign_id, node_id, date, 'to_date', i.id, round(
        sum((reported ->> i.code)::bigint) OVER (PARTITION BY node_id, i.id ORDER BY date)
        * (0.9 + node_id % 20 / 190.0))
    FROM file
    JOIN reports_unitday d USING (campaign_id)
    JOIN campaign_unit u ON u.id = node_id AND level = 'commune' AND u.code LIKE 'N%'
    JOIN campaign_indicator i ON i.campaign_id = d.campaign_id AND i.code IN ('level1', 'level2');
"""
# What is to date on both sides, and the difference; no class is looked for.
BY_HAND = """
    WITH ours AS (
        SELECT node_id, i.id AS indicator_id, date,
            sum((reported ->> i.code)::bigint) OVER (PARTITION BY node_id, i.id ORDER BY date) AS n
        FROM reports_unitday d
        JOIN campaign_unit u ON u.id = node_id AND level = 'commune' AND path LIKE %s
        JOIN campaign_indicator i
            ON i.campaign_id = d.campaign_id AND i.code IN ('level1', 'level2')
        WHERE date <= '2023-06-28')
    SELECT node_id, o.indicator_id, max(date), sum(abs(n - value))
    FROM ours o JOIN reports_officialfigure f
        ON f.unit_id = node_id AND day = date AND f.indicator_id = o.indicator_id
        AND f.superseded_by_id IS NULL
    GROUP BY 1, 2
"""
LOOK = """
import time
from reports.reconciliation.spells import find_spells
began = time.perf_counter()
find_spells()
print(time.perf_counter() - began)
"""


def reconciliation(world: World, *, quick: bool) -> Iterator[Line]:
    """The two sources side by side, and all differences looked at."""
    api = world.api("tinhdoan")
    asked = f"/api/v1/reconciliation/?campaign={CAMPAIGN}&level=commune&unit=36&to=2023-06-"
    # Each time to another day: what was asked before is held.
    days = iter(range(28, 0, -1))
    with psycopg.connect(world.portal.layout.addresses.owner_url, autocommit=True) as link:
        # At the first run; they stay with the country.
        link.execute(PUBLISH.encode())
        link.execute("ANALYZE reports_officialfigure")
        (root,) = link.execute("SELECT path FROM campaign_unit WHERE code = '36'").fetchone() or ()

        def by_hand(path: str) -> float:
            began = time.perf_counter()
            link.execute(BY_HAND.encode(), [f"{path}%"]).fetchall()
            return time.perf_counter() - began

        def ours() -> float:
            answer = api.get(f"{asked}{next(days):02}")
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {answer.body[:200]!r}")
            return answer.seconds

        pairs = list(_in_turn(ours, lambda: by_hand(root), 3 if quick else ROUNDS))
        yield compare(
            "reconciliation of 226 communes, 89 days, in the country",
            "SQL by hand",
            "ms",
            [1000 * one for one, _hand in pairs],
            [1000 * hand for _one, hand in pairs],
            at_most(1),
        )
        hand = by_hand("")
    looked = float(world.portal.manage("shell", "--no-imports", "--command", LOOK).split()[-1])
    yield compare(
        "differences of the whole country looked at",
        "SQL by hand",
        "s",
        [looked],
        [hand],
        at_most(3),
    )


def _in_turn(
    ours: Callable[[], float], beside: Callable[[], float], rounds: int
) -> Iterator[tuple[float, float]]:
    ours(), beside()
    for _round in range(rounds):
        yield ours(), beside()


MEASUREMENTS = {"nation": (reconciliation,)}
