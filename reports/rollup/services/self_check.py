"""Notices by itself where a total is not what the reports say: names, heals and logs it."""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from campaign.models import Campaign, DirtyDay
from campaign.services.dirty_days import mark_nodes_dirty
from campaign.services.paths import rebuild_paths
from core import clock
from core.heartbeat import record_heartbeat
from reports.rollup.models import Cause, RollupDifference
from reports.rollup.services import rollup
from reports.rollup.services.verify import Difference, Part, find_differences
from reports.rollup.trees import TREES, UNITS, Tree

logger = logging.getLogger(__name__)

WEEK = 7
# Beat asks so often for one part; each time it is the next one's turn.
TURN = dt.timedelta(minutes=2)
# So many are kept of one check; all are healed.
MOST_STORED = 2000
# Looking at more days one by one costs more than looking at all at once.
MOST_DAYS = 14

# Reports that are not as their history says, with the nodes that they count for.
CHANGED = """
    SELECT r.campaign_id, r.date, u.path || home.path, b.path
    FROM unnest(%(campaigns)s::bigint[], %(dates)s::date[]) AS w(c, d)
    JOIN reports_dailyreport r ON (r.campaign_id, r.date) = (w.c, w.d)
    JOIN campaign_unit u ON u.id = r.unit_id
    JOIN campaign_branch b ON b.id = r.branch_id
    JOIN campaign_unit home ON home.id = b.home_unit_id
    LEFT JOIN reports_revision v ON v.report_id = r.id AND v.version = r.version
    WHERE (v.content->'counts', v.content->>'status') IS DISTINCT FROM (r.counts, r.status)
"""


def check_all() -> int:
    """Check and heal every total; return how many differed. Nightly."""
    found = _check(None)
    record_heartbeat("verify", _words(found))
    return len(found)


def check_part() -> int:
    """Check and heal the part whose turn it is, and what is not healed yet."""
    parts = [*part_on_turn(clock.now()), *_open_parts()]
    found = _check(parts)
    record_heartbeat("verify-part", _words(found))
    return len(found)


def part_on_turn(now: dt.datetime) -> list[Part]:
    """Return one week of one campaign, each in turn; none where no campaign has begun."""
    parts = [
        Part(campaign.pk, tuple(days))
        for campaign in Campaign.objects.with_days()
        .filter(starts_on__lte=now.date())
        .order_by("pk")
        for days in _weeks(campaign.starts_on, min(now.date(), campaign.ends_on))
    ]
    turn = int(now.timestamp() // TURN.total_seconds())
    return [parts[turn % len(parts)]] if parts else []


def _weeks(first: dt.date, last: dt.date) -> Iterable[list[dt.date]]:
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return (days[n : n + WEEK] for n in range(0, len(days), WEEK))


def _open_parts() -> list[Part]:
    days: dict[int, set[dt.date]] = {}
    rows = (
        RollupDifference.objects.open()
        .filter(campaign__archived_at=None)
        .exclude(campaign=None)
        .order_by()
    )
    for campaign, date in rows.values_list("campaign_id", "date").distinct():
        assert campaign is not None  # noqa: S101 - excluded above
        days.setdefault(campaign, set()).update([date] if date else [])
    return [Part(campaign, tuple(sorted(of))) for campaign, of in days.items()]


def _check(parts: Sequence[Part] | None) -> list[Difference]:
    found = find_differences(parts)
    moved = [difference for difference in found if difference.campaign_id is None]
    lineages: set[tuple[Tree, int]] = set()
    if moved:
        _keep(moved, dict.fromkeys(moved, Cause.MOVED))
        lineages = _lineages(moved)
        _mend_paths()
        lineages |= _lineages(moved)
        # Whose sums it moved is seen by the right paths only, and on every day.
        found = find_differences()
    sums = [difference for difference in found if difference.campaign_id is not None]
    if sums:
        _keep(sums, _causes(sums, lineages))
        _heal(sums)
    _close_healed()
    return [*moved, *sums]


def _lineages(moved: Iterable[Difference]) -> set[tuple[Tree, int]]:
    """Return the nodes above those that were moved, by their paths."""
    found = set()
    for tree in TREES:
        ids = [difference.node_id for difference in moved if difference.tree is tree]
        for path in tree.nodes._default_manager.filter(pk__in=ids).values_list("path", flat=True):
            found |= {(tree, int(pk)) for pk in path.split(".")[:-1]}
    return found


def _mend_paths() -> None:
    for tree in TREES:
        try:
            with transaction.atomic():
                rebuild_paths(tree.nodes)
        except ValidationError as error:
            logger.error("Paths cannot be made again: %s", "; ".join(error.messages))


def _causes(found: Sequence[Difference], moved: set[tuple[Tree, int]]) -> dict[Difference, Cause]:
    days = {(d.campaign_id, d.date) for d in found if d.date is not None}
    changed = set()
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGED, {"campaigns": [c for c, _d in days], "dates": [d for _c, d in days]}
        )
        for campaign, date, units, branches in cursor.fetchall():
            for tree, path in zip(TREES, (units, branches), strict=True):
                changed |= {(campaign, date, tree, int(pk)) for pk in path.split(".")[:-1]}
    return {d: _cause(d, moved, changed) for d in found}


def _cause(
    difference: Difference,
    moved: set[tuple[Tree, int]],
    changed: set[tuple[int | None, dt.date | None, Tree, int]],
) -> Cause:
    tree, node = difference.tree, difference.node_id
    if (tree, node) in moved:
        return Cause.MOVED
    if (difference.campaign_id, difference.date, tree, node) in changed:
        return Cause.REPORT
    # No count is another, but who is counted as heard is.
    if difference.basis == "reports" and difference.date is not None:
        return Cause.SETTINGS
    return Cause.UNKNOWN


def _keep(found: Sequence[Difference], causes: dict[Difference, Cause]) -> None:
    now = clock.now()
    RollupDifference.objects.bulk_create(
        (
            RollupDifference(
                campaign_id=d.campaign_id,
                unit_id=d.node_id if d.tree is UNITS else None,
                branch_id=None if d.tree is UNITS else d.node_id,
                date=d.date,
                basis=d.basis,
                key=d.key,
                stored=d.stored,
                truth=d.truth,
                cause=causes[d],
                found_at=now,
            )
            for d in found[:MOST_STORED]
        ),
        ignore_conflicts=True,
    )
    logger.error("Totals differ from reports: %s", "; ".join(str(d) for d in found[:20]))


def _heal(found: Sequence[Difference]) -> None:
    """Make the totals of those nodes again; the drain does those above them, too.

    Their totals to date are added up from all days: a difference would carry on what is wrong.
    """
    nodes: dict[tuple[Tree, int], set[int]] = {}
    for d in found:
        if d.campaign_id is not None:
            nodes.setdefault((d.tree, d.campaign_id), set()).add(d.node_id)
    for (tree, campaign), ids in nodes.items():
        totals = tree.totals._default_manager.filter(campaign=campaign, node__in=ids)
        totals.update(computed_at=None)
    begun = dict(Campaign.objects.values_list("pk", "starts_on"))
    mark_nodes_dirty(
        (
            (
                d.campaign_id,
                None if d.tree is UNITS else d.node_id,
                d.node_id if d.tree is UNITS else None,
                # A total to date is made again with any of its days.
                d.date or begun[d.campaign_id],
            )
            for d in found
            if d.campaign_id is not None
        ),
        since=clock.now(),
    )
    rollup.drain()


def _close_healed() -> None:
    """Note down what is right again; a day that still waits for a worker is looked at later."""
    waiting = list(RollupDifference.objects.open().order_by("pk"))
    if not waiting:
        return
    parts = _open_parts()
    many = sum(len(part.days) for part in parts) > MOST_DAYS
    wrong = {_identity_of(d) for d in find_differences(None if many else parts)}
    dirty = set(DirtyDay.objects.values_list("campaign_id", "date"))
    healed = [
        row.pk
        for row in waiting
        if _identity(row) not in wrong and (row.campaign_id, row.date) not in dirty
    ]
    RollupDifference.objects.filter(pk__in=healed).update(healed_at=clock.now())


Identity = tuple[int | None, int | None, int | None, dt.date | None, str, str]


def _identity(row: RollupDifference) -> Identity:
    return row.campaign_id, row.unit_id, row.branch_id, row.date, row.basis, row.key


def _identity_of(d: Difference) -> Identity:
    unit, branch = (d.node_id, None) if d.tree is UNITS else (None, d.node_id)
    return d.campaign_id, unit, branch, d.date, d.basis, d.key


def _words(found: Sequence[Difference]) -> str:
    return f"{len(found)} khác" if found else "khớp"
