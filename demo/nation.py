"""A whole country in the campaign of the demo, to measure with. It is nobody's work.

62 made-up provinces stand beside Nam Định, with 695 districts and 10,374 communes: 63, 705
and 10,600 in all, as many as the country had in 2023. Each commune's branch reports on 90
days. The database makes the reports, since Python would take minutes over a million rows.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from campaign.models import Branch, BranchKind, Campaign, Unit
from campaign.services.paths import rebuild_paths
from demo.plan import SLUG
from demo.seed import refuse_outside_demo
from demo.territory import FIRST_DAY, STRUCTURE_DATE
from reports.rollup.services.rebuild import rebuild

DAYS = 90
# The codes of what is made up begin with it; no unit of the country has such a one.
MARK = "N"

# Numbers as they come in, never the same twice: a commune has ten to ninety activations a day.
# Every eighth report waits for its approval.
REPORTS = """
    INSERT INTO reports_dailyreport (
        id, campaign_id, branch_id, unit_id, date, counts, no_activity, difficulties, proposals,
        note, evidence_url, status, version, lateness, received_at, unusual, explanation,
        return_reason, covered_sessions, fallback_approved)
    SELECT gen_random_uuid(), %(campaign)s, b.id, b.home_unit_id, day.date,
        jsonb_build_object(
            'assisted', n * 2, 'installed', n + 5, 'level1', n / 2, 'level2', n / 3,
            'upgraded', n / 6, 'portal_login', n / 7, 'participations', 4),
        false, '', '', '', '', CASE WHEN n %% 8 = 0 THEN 'submitted' ELSE 'approved' END, 1,
        'on_time', day.date + time '17:30', '[]', '', '', '{}', false
    FROM campaign_branch b
    CROSS JOIN LATERAL (
        SELECT %(first)s::date + back AS date FROM generate_series(0, %(days)s - 1) AS back) day
    CROSS JOIN LATERAL (
        SELECT 10 + abs(hashint8(b.id * 1000 + (day.date - %(first)s::date))) %% 81 AS n) size
    WHERE b.code LIKE %(codes)s AND b.reports_daily
"""
REVISIONS = """
    INSERT INTO reports_revision (report_id, version, source, at, reason, content)
    SELECT r.id, 1, 'seed', received_at, '', jsonb_build_object(
        'counts', counts, 'no_activity', no_activity, 'status', status, 'explanation', '',
        'difficulties', '', 'proposals', '', 'note', '', 'evidence_url', '',
        'unusual', unusual, 'covered_sessions', covered_sessions)
    FROM reports_dailyreport r JOIN campaign_branch b ON b.id = r.branch_id
    WHERE r.campaign_id = %(campaign)s AND b.code LIKE %(codes)s
"""
# No trigger fires: a million leaves of the log would be made, of which nothing is measured.
QUIETLY = "SET LOCAL session_replication_role = replica"


@dataclass(frozen=True)
class Size:
    """How many units of each level are made up."""

    provinces: int = 62
    districts: int = 695
    communes: int = 10_374


@transaction.atomic
def make_nation() -> int:
    """Add the country to the demo's campaign and sum it up; return how many reports were added.

    Nothing happens where it is there already. Raises ``DemoRefused`` as the demo does.
    """
    refuse_outside_demo()
    if Unit.objects.filter(code=f"{MARK}1").exists():
        return 0
    made = add_country(Campaign.objects.get(slug=SLUG), Size(), FIRST_DAY, DAYS)
    rebuild()
    return made


def add_country(campaign: Campaign, size: Size, first: dt.date, days: int) -> int:
    """Add units, branches and their reports, not summed up yet; return how many reports."""
    _add_branches(_add_units(size))
    codes = f"XD-{MARK}%"
    values: dict[str, Any] = {"campaign": campaign.pk, "first": first, "days": days, "codes": codes}
    with connection.cursor() as cursor:
        for statement in (QUIETLY, REPORTS, REVISIONS):
            cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
    return size.communes * days


def _add_units(size: Size) -> list[Unit]:
    provinces = [
        _unit(f"{MARK}{n}", f"Tỉnh {n} (giả)", "tỉnh", "province") for n in _to(size.provinces)
    ]
    Unit.objects.bulk_create(provinces)
    districts = [
        _unit(f"{MARK}H{n}", f"Huyện {n} (giả)", "huyện", "district", provinces[n % size.provinces])
        for n in _to(size.districts)
    ]
    Unit.objects.bulk_create(districts)
    communes = [
        _unit(f"{MARK}X{n}", f"Xã {n} (giả)", "xã", "commune", districts[n % size.districts])
        for n in _to(size.communes)
    ]
    Unit.objects.bulk_create(communes)
    rebuild_paths(Unit)
    return [*provinces, *districts, *communes]


def _to(count: int) -> range:
    return range(1, count + 1)


def _unit(code: str, name: str, kind: str, level: str, parent: Unit | None = None) -> Unit:
    return Unit(
        code=code, name=name, kind=kind, level=level, parent=parent, valid_from=STRUCTURE_DATE
    )


def _add_branches(units: list[Unit]) -> None:
    """Give each unit the branch of its level, under that of the unit above."""
    made: dict[int, Branch] = {}
    for level, prefix, name in (
        ("province", "TD", "Tỉnh Đoàn"),
        ("district", "HD", "Huyện Đoàn"),
        ("commune", "XD", "Đoàn xã"),
    ):
        branches = [
            Branch(
                code=f"{prefix}-{unit.code}",
                name=f"{name} {unit.code} (giả)",
                kind=BranchKind.YOUTH_UNION,
                parent=made.get(unit.parent_id or 0),
                home_unit=unit,
                reports_daily=level == "commune",
            )
            for unit in units
            if unit.level == level
        ]
        Branch.objects.bulk_create(branches)
        made |= {branch.home_unit_id: branch for branch in branches}
    rebuild_paths(Branch)
