"""A target shared out over the units below: exact, fair, the same every time."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from campaign.models import Baseline, Target, Unit
from campaign.selectors import sums_of_parts
from campaign.services.targets import Share, distribute, plan_shares, save_shares
from tests.conftest import TODAY, World
from tests.factories import (
    make_baseline,
    make_campaign,
    make_indicator,
    make_target,
    make_unit,
)
from tests.pages import read

Browse = Callable[[User], Client]
weights = st.dictionaries(st.text("0123456789", min_size=1), st.integers(0, 10**7), min_size=1)
totals = st.integers(0, 2 * 10**9)


@pytest.fixture
def census(world: World) -> Baseline:
    """Return a baseline with a figure for each unit of the world."""
    return make_baseline(
        slug="dan-so",
        figures={
            world.province: 1000,
            world.district: 600,
            world.other_district: 400,
            world.commune: 100,
            world.sibling: 500,
            world.far_commune: 400,
        },
    )


def saved() -> dict[str, int]:
    """Return the targets of the headline by unit code."""
    rows = Target.objects.filter(indicator__code="activated")
    return dict(rows.values_list("unit__code", "value"))


@given(total=totals, shares=weights)
def test_shares_sum_to_the_whole(total: int, shares: dict[str, int]) -> None:
    if total and not any(shares.values()):
        with pytest.raises(ValueError, match="nothing to share by"):
            distribute(total, shares)
        return
    parts = distribute(total, shares)
    assert sum(parts.values()) == total
    assert parts.keys() == shares.keys()
    assert min(parts.values()) >= 0


@given(total=totals, shares=weights)
def test_share_is_off_by_less_than_one(total: int, shares: dict[str, int]) -> None:
    whole = sum(shares.values())
    if not whole:
        return
    for key, part in distribute(total, shares).items():
        assert abs(part * whole - total * shares[key]) < whole
        assert part == 0 or shares[key] > 0


@given(total=totals, shares=weights)
def test_who_has_more_weight_gets_no_less(total: int, shares: dict[str, int]) -> None:
    if not any(shares.values()):
        return
    parts = distribute(total, shares)
    in_order = sorted(shares, key=lambda key: (shares[key], parts[key]))
    assert [parts[key] for key in in_order] == sorted(parts.values())


@given(total=totals, shares=weights, order=st.randoms())
def test_shares_do_not_depend_on_the_order(
    total: int, shares: dict[str, int], order: st.DrawFn
) -> None:
    if not any(shares.values()):
        return
    keys = list(shares)
    order.shuffle(keys)  # type: ignore[attr-defined]
    assert distribute(total, {key: shares[key] for key in keys}) == distribute(total, shares)


def test_equal_remainders_go_to_the_lower_code() -> None:
    assert distribute(2, {"9": 1, "1": 1, "5": 1}) == {"1": 1, "5": 1, "9": 0}


def plan_of(world: World, census: Baseline, total: int = 10) -> list[Share]:
    return plan_shares(
        campaign=world.campaign, top=world.province, total=total, baseline=census, day=TODAY
    )


def test_shares_go_down_level_by_level(world: World, census: Baseline) -> None:
    plan = plan_shares(
        campaign=world.campaign, top=world.province, total=101, baseline=census, day=TODAY
    )
    assert {share.unit.code: share.value for share in plan} == {
        "36": 101,
        "365": 61,
        "363": 40,
        "14158": 51,
        "14173": 10,
        "14050": 40,
    }
    assert {share.unit.code: share.weight for share in plan}["14173"] == 100


def test_without_a_baseline_every_unit_that_reports_gets_the_same(
    world: World, browse: Browse
) -> None:
    sent = {"indicator": "activated", "unit": "36", "total": "301", "baseline": ""}
    more = {"due_on": "2023-06-30", "save": "1", "reason": "Kế hoạch 12"}
    answer = browse(world.staff).post("/c/de-an-06-2023/targets/", sent | more)
    assert answer.status_code == 302, read(answer).problems
    assert saved() == {
        "36": 301,
        "365": 201,
        "363": 100,
        "14158": 101,
        "14173": 100,
        "14050": 100,
    }


def test_hamlets_and_units_of_another_time_get_no_share(world: World, census: Baseline) -> None:
    make_unit(code="1", name="Xóm 1", level="hamlet", parent=world.commune)
    make_unit(code="2", parent=world.district, valid_from=dt.date(2024, 9, 1))
    gone = make_unit(code="3", parent=world.district)
    Unit.objects.filter(pk=gone.pk).update(valid_to=dt.date(2023, 6, 1))
    plan = plan_shares(
        campaign=world.campaign, top=world.province, total=10, baseline=census, day=TODAY
    )
    assert len(plan) == 6


def test_units_without_a_figure_are_named_and_none_is_guessed(
    world: World, census: Baseline
) -> None:
    census.figures.filter(unit__in=[world.commune, world.far_commune]).delete()
    with pytest.raises(ValidationError) as refusal:
        plan_shares(
            campaign=world.campaign, top=world.province, total=10, baseline=census, day=TODAY
        )
    assert "chưa có số của 2 địa bàn: Xã Trực Hưng, Xã Giao Tiến." in refusal.value.messages[0]


def test_figure_of_the_top_is_not_needed(world: World, census: Baseline) -> None:
    census.figures.filter(unit=world.province).delete()
    plan = plan_shares(
        campaign=world.campaign, top=world.province, total=10, baseline=census, day=TODAY
    )
    assert (plan[0].weight, plan[0].value) == (0, 10)


def test_noughts_are_nothing_to_share_by(world: World, census: Baseline) -> None:
    census.figures.filter(unit__parent=world.district).update(value=0)
    with pytest.raises(ValidationError, match="thuộc Huyện Giao Thủy đều bằng 0"):
        plan_shares(
            campaign=world.campaign, top=world.province, total=10, baseline=census, day=TODAY
        )


def test_preview_is_what_is_saved(world: World, census: Baseline, browse: Browse) -> None:
    client = browse(world.staff)
    sent = {
        "campaign": "de-an-06-2023",
        "indicator": "activated",
        "unit": "36",
        "total": "1234567",
        "baseline": "dan-so",
        "due_on": "2023-06-30",
    }
    preview = read(client.post("/c/de-an-06-2023/targets/", sent))
    assert saved() == {"14173": 1000}
    rows = [row for row in preview.rows if row[1].isdigit()]
    shown = {code: int(value.replace(".", "")) for _name, code, _weight, _before, value in rows}
    page = client.post("/c/de-an-06-2023/targets/", {**sent, "save": "1"})
    assert "ghi lý do" in page.content.decode()
    assert saved() == {"14173": 1000}
    sent |= {"save": "1", "reason": "Kế hoạch 12"}
    assert client.post("/c/de-an-06-2023/targets/", sent).status_code == 302
    assert saved() == shown
    assert (len(shown), shown["36"]) == (6, 1_234_567)
    assert set(Target.objects.values_list("due_on", flat=True)) == {dt.date(2023, 6, 30)}


def test_saving_again_replaces_what_was_there_and_nothing_else(
    world: World, census: Baseline
) -> None:
    other = make_indicator(campaign=make_campaign(), code="activated")
    stored = Target.objects.create(
        campaign=other.campaign,
        unit=world.commune,
        indicator=other,
        value=5,
        due_on=dt.date(2023, 6, 30),
    )
    for total in (1000, 500):
        count = save_shares(
            actor=world.staff,
            campaign=world.campaign,
            indicator=world.indicators["activated"],
            top=world.province,
            total=total,
            baseline=census,
            due_on=dt.date(2023, 6, 30),
            reason="giao lại",
        )
        assert count == 6
    assert Target.objects.filter(campaign=world.campaign).count() == 6
    assert Target.objects.get(campaign=world.campaign, unit=world.province).value == 500
    assert Target.objects.get(pk=stored.pk).value == 5


def test_sharing_in_a_district_leaves_the_others_alone(world: World, census: Baseline) -> None:
    save_shares(
        actor=world.staff,
        campaign=world.campaign,
        indicator=world.indicators["activated"],
        top=world.other_district,
        total=70,
        baseline=census,
        due_on=dt.date(2023, 6, 30),
        reason="giao bổ sung",
    )
    assert saved() == {"363": 70, "14050": 70, "14173": 1000}


@pytest.mark.parametrize(
    "role", ["owner", "lead", "other_lead", "liaison", "partner", "officer", "stranger"]
)
def test_only_the_province_sets_targets(world: World, census: Baseline, role: str) -> None:
    with pytest.raises(PermissionDenied):
        save_shares(
            actor=getattr(world, role),
            campaign=world.campaign,
            indicator=world.indicators["activated"],
            top=world.district,
            total=70,
            baseline=census,
            due_on=dt.date(2023, 6, 30),
        )
    assert saved() == {"14173": 1000}


BAD = {
    "total": ["1.000", "-1", "0", "", "１０", "9" * 30, "2000000001", "12,5"],
    "due_on": ["30/02/2023", "26-06-30", "30/6/26", "2023-03-31", "0001-01-01", "x", ""],
    "indicator": ["khac", ""],
    "unit": ["14173", "khac", ""],
    "baseline": ["khac"],
}


@pytest.mark.parametrize("field", BAD)
def test_what_cannot_be_shared_is_refused_by_field(
    world: World, census: Baseline, browse: Browse, field: str
) -> None:
    client = browse(world.staff)
    sent = {
        "campaign": "de-an-06-2023",
        "indicator": "activated",
        "unit": "36",
        "total": "1000",
        "baseline": "dan-so",
        "due_on": "2023-06-30",
        "save": "1",
    }
    for value in BAD[field]:
        page = read(client.post("/c/de-an-06-2023/targets/", {**sent, field: value}))
        assert (value, page.status, len(page.problems)) == (value, 200, 2)
        if field in page.fields:
            assert page.fields[field] == value
    assert saved() == {"14173": 1000}


def test_baseline_without_figures_is_named_on_the_page(world: World, browse: Browse) -> None:
    make_baseline(slug="trong", name="Mẫu số trống")
    sent = {
        "campaign": "de-an-06-2023",
        "indicator": "activated",
        "unit": "365",
        "total": "10",
        "baseline": "trong",
        "due_on": "2023-06-30",
        "save": "1",
    }
    page = read(browse(world.staff).post("/c/de-an-06-2023/targets/", sent))
    assert "chưa có số của 2 địa bàn: Xã Hồng Thuận, Xã Giao Tiến." in page.problems[-1]
    assert saved() == {"14173": 1000}


def test_parts_of_each_unit_are_summed_as_they_were_on_the_day(world: World) -> None:
    """docs/counting.md C22: of this campaign, directly below, and only where there are any."""
    levels = {"indicator": world.indicators["level1"]}
    earlier = [{"field": "value", "until": TODAY.isoformat(), "was": 30}]
    make_target(unit=world.district, value=9, **levels)
    make_target(unit=world.commune, value=3, past=earlier, **levels)
    make_target(unit=world.sibling, value=4, **levels)
    make_target(unit=world.sibling, value=5, indicator=world.indicators["level2"])
    make_target(unit=world.far_commune, value=0, **levels)
    make_target(unit=world.commune, value=6, indicator=make_indicator(code="level1"))
    units = [world.province, world.district, world.other_district]
    found = sums_of_parts(world.campaign, units, TODAY)
    above, below = world.province.pk, world.district.pk
    same = {(below, "activated"): 1000, (below, "level2"): 5}
    assert found == {(above, "level1"): 9, (below, "level1"): 7, **same}
    yesterday = sums_of_parts(world.campaign, units[1:], TODAY - dt.timedelta(days=1))
    assert yesterday == {(below, "level1"): 34, **same}
