"""The one ranking: ties, units that cannot be measured, residents, quality."""

import datetime as dt
from typing import Any

import pytest

from campaign.models import Unit
from campaign.selectors import indicators_of
from reports.daily.models import Lateness, Status
from reports.dashboards.selectors.progress import Progress
from reports.dashboards.selectors.ranking import (
    Ranking,
    ReportQuality,
    quality_of,
    rank_units,
    ranking,
)
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_baseline, make_branch, make_target, make_unit
from tests.reports.reporting import report, set_status

YESTERDAY = TODAY - dt.timedelta(days=1)


def rank(world: World, units: list[Unit], **given: Any) -> Ranking:
    """Rank units at the end of today."""
    return ranking(
        campaign=world.campaign,
        units=units,
        day=given.pop("day", TODAY),
        indicators=indicators_of(world.campaign),
        **given,
    )


def shown(found: Ranking) -> list[tuple[int | None, str]]:
    """Return rank and code in the order of the ranking."""
    return [(s.rank, s.unit.code) for s in found.units]


@pytest.fixture
def communes(world: World) -> list[Unit]:
    """Five communes: 80%, 50% twice, 0% for nothing said, and one without a target."""
    activated = world.indicators["activated"]
    made = [world.commune, world.sibling]
    for name in ("Xã Bạch Long", "Xã Giao An", "Xã Giao Hà"):
        unit = make_unit(name=name, parent=world.district)
        make_branch(
            code=f"XD-{unit.code}", name=f"Đoàn {name}", home_unit=unit, parent=world.district_union
        )
        made.append(unit)
    for unit, value in zip(made[1:4], (100, 200, 50), strict=True):
        make_target(campaign=world.campaign, unit=unit, indicator=activated, value=value)
    wording = {made[0]: 800, made[1]: 50, made[2]: 100, made[4]: 7}
    for unit, value in wording.items():
        report(world.lead, f"XD-{unit.code}", {"level1": value}, date=YESTERDAY)
    drain()
    return made


def test_equals_share_a_rank_and_who_has_no_target_stands_apart(
    world: World, communes: list[Unit]
) -> None:
    giao_tien, hong_thuan, bach_long, giao_an, giao_ha = (unit.code for unit in communes)
    found = rank(world, communes)
    assert shown(found) == [
        (1, giao_tien),
        (2, bach_long),
        (2, hong_thuan),
        (None, giao_an),
        (None, giao_ha),
    ]
    assert [s.progress.percent for s in found.units] == [80, 50, 50, 0, None]


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        # Early: all are at nought but one, and it leads; then nobody is behind.
        ([0, 0, 0, 0], "", ""),
        ([3, 0, 0, 0], "0", ""),
        ([9, 8, 7, 6, 5], "012", "34"),
        # Whoever shares the last place is named as well; where too many do, none of them.
        ([9, 8, 7, 7, 6], "0123", "4"),
        ([9, 8, 7, 7, 7, 7], "01", "2345"),
        ([9, 9, 9, 9, 9, 9, 1], "", "6"),
        ([9, 8, 7, 6, 4, 3, 3, 3, 3], "012", "5678"),
        # Who has reached the target is not behind.
        ([900, 800, 700, 100, 20], "012", "4"),
    ],
)
def test_whole_places_stand_at_both_ends(
    world: World, values: list[int], first: str, last: str
) -> None:
    units = [Unit(pk=n, code=str(n), name=str(n), sort_key=str(n)) for n in range(len(values))]
    progress = {
        unit.pk: Progress(unit, None, value, 100, TODAY, 50, 10)
        for unit, value in zip(units, values, strict=True)
    }
    found = rank_units(world.campaign, units, TODAY, lambda unit: progress[unit.pk], quality={})
    assert "".join(s.unit.code for s in found.first) == first
    assert "".join(s.unit.code for s in found.last) == last


def test_a_target_of_nought_cannot_be_measured(world: World, communes: list[Unit]) -> None:
    world.campaign.targets.filter(unit=communes[0]).update(value=0)
    own = rank(world, communes).of(communes[0])
    assert own is not None
    assert own.rank is None


def test_residents_are_those_of_the_baseline_that_knows_most(
    world: World, communes: list[Unit]
) -> None:
    make_baseline(name="Dân số", as_of=dt.date(2023, 6, 1), figures={communes[0]: 100})
    make_baseline(
        name="Đủ điều kiện",
        as_of=dt.date(2020, 1, 1),
        figures=dict(zip(communes[:4], (4000, 100, 1000, 0), strict=True)),
    )
    found = rank(world, communes, measure="residents")
    assert found.baseline is not None
    assert found.baseline.name == "Đủ điều kiện"
    values = {s.unit.code: s.per_resident for s in found.units}
    # Nobody eligible, and nobody counted: neither can be measured.
    assert list(values.values()) == [50, 20, 10, None, None]
    assert shown(found)[:3] == [
        (1, communes[1].code),
        (2, communes[0].code),
        (3, communes[2].code),
    ]
    assert shown(found.by("target")) == shown(rank(world, communes))


def test_without_a_baseline_there_are_no_residents(world: World, communes: list[Unit]) -> None:
    found = rank(world, communes, measure="residents")
    assert found.baseline is None
    assert found.ranked == ()


def test_the_approved_basis_ranks_by_what_is_approved(world: World, communes: list[Unit]) -> None:
    set_status(report(world.lead, "XD-14158", {"level1": 90}))
    drain()
    assert shown(rank(world, communes))[0] == (1, "14158")
    found = rank(world, communes, basis="approved")
    assert shown(found)[0] == (1, "14158")
    assert [s.progress.percent for s in found.units] == [90, 0, 0, 0, None]
    assert len(found.ranked) == 1


def test_a_day_that_is_over_is_ranked_by_what_there_was(world: World, communes: list[Unit]) -> None:
    report(world.lead, "XD-14158", {"level1": 900})
    drain()
    assert shown(rank(world, communes))[0] == (1, "14158")
    assert shown(rank(world, communes, day=YESTERDAY))[0] == (1, "14173")


def test_late_and_unapproved_reports_are_marked(world: World, communes: list[Unit]) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 1})
    type(stored).objects.update(lateness=Lateness.ON_TIME)
    set_status(stored, Status.LOCKED)
    late = report(world.neighbour, "XD-14158", {"level1": 1})
    type(late).objects.filter(pk=late.pk).update(lateness=Lateness.LATE)
    offline = report(world.lead, f"XD-{communes[2].code}", {"level1": 1})
    type(late).objects.filter(pk=offline.pk).update(lateness=Lateness.OFFLINE_LATE)
    found = quality_of(world.campaign, [world.district, world.commune, world.sibling], TODAY)
    assert found == {
        world.district.pk: ReportQuality(reports=3, late=1, offline_late=1, approved=1),
        world.commune.pk: ReportQuality(reports=1, approved=1),
        world.sibling.pk: ReportQuality(reports=1, late=1),
    }


def test_a_unit_that_no_longer_exists_is_not_ranked(world: World, communes: list[Unit]) -> None:
    Unit.objects.filter(pk=communes[3].pk).update(valid_to=TODAY)
    existing = world.district.children.on(world.campaign.shown_day)
    assert communes[3].code not in [code for _rank, code in shown(rank(world, list(existing)))]


def test_nobody_is_ranked_where_there_is_nobody(world: World) -> None:
    assert rank(world, []).units == ()
