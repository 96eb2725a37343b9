"""A branch at home in a district that reports in two communes (docs/counting.md C13)."""

import pytest

from campaign.selectors import units_to_choose
from reports.daily.models import DailyReport
from reports.rollup.expected import expected_reports
from reports.rollup.models import BranchDay, UnitDay
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from reports.rollup.trees import BRANCHES
from tests.conftest import TODAY
from tests.factories import make_session
from tests.reports.reporting import report
from tests.second_cast import AT_SCHOOL, SCHOOL, SLUG, SecondCast, branches_code, codes
from volunteers.sessions.services.sessions import close_session

CALLS: dict[str, dict[str, int]] = {"711": {"level1": 4}, "712": {"level1": 8, "level2": 1}}


def test_school_chooses_among_the_communes_of_its_district(cast: SecondCast) -> None:
    chosen = units_to_choose(list(cast.branches.values()), TODAY)
    assert {
        branches_code(cast.branches, pk): {unit.code for unit in units}
        for pk, units in chosen.items()
    } == {
        "7": codes("711 712 7111 7101"),
        "71": codes("711 712 7111"),
        SCHOOL: codes("711 712 7111"),
        "710": codes("7101"),
        "17": codes("1711"),
        "171": codes("1711"),
    }


def totals() -> dict[str, tuple[dict[str, int], int]]:
    """Return counts and received of today by the codes of units, and of branches with a mark."""
    drain()
    units = [("", d.node.code, d) for d in UnitDay.objects.select_related("node")]
    branches = [("Đ", d.node.code, d) for d in BranchDay.objects.select_related("node")]
    return {mark + code: (d.reported, d.received) for mark, code, d in (*units, *branches)}


@pytest.mark.django_db(transaction=True)
def test_report_in_two_communes_adds_up_in_each_and_is_heard_once(cast: SecondCast) -> None:
    user = cast.people["of_the_school"]
    for code, counts in CALLS.items():
        report(user, SCHOOL, counts, campaign=SLUG, unit=code)
    both = {"level1": 12, "level2": 1}
    assert totals() == {
        "711": (CALLS["711"], 0),
        "712": (CALLS["712"], 0),
        "71": (both, 1),
        "7": (both, 1),
        "Đ72": (both, 1),
        "Đ71": (both, 1),
        "Đ7": (both, 1),
    }
    assert verify() == []


def test_session_in_one_commune_is_asked_about_beside_the_report_of_that_commune_only(
    cast: SecondCast,
) -> None:
    user = cast.people["of_the_school"]
    for code, counts in CALLS.items():
        report(user, SCHOOL, counts, campaign=SLUG, unit=code)
    session = make_session(
        campaign=cast.campaign, branch=cast.branches[SCHOOL], unit=cast.units[AT_SCHOOL[1]]
    )
    close_session(actor=user, session=session, counts={"level1": 3}, headcount=0, base_version=1)
    allowed_on = {r.unit.code: r.is_unreconciled for r in DailyReport.objects.mark_unreconciled()}  # type: ignore[attr-defined]
    assert allowed_on == {"711": False, "712": True}
    # Closed and not reconciled it is in no total (C4); it is expected as a host, once.
    assert totals()["71"] == ({"level1": 12, "level2": 1}, 1)


def test_expected_are_daily_reporters_and_hosts_each_at_home(cast: SecondCast) -> None:
    make_session(campaign=cast.campaign, branch=cast.branches["17"], unit=cast.units["1711"])
    path = {code: unit.path for code, unit in cast.units.items()}
    expected = expected_reports(cast.campaign, TODAY, TODAY)
    assert {c: expected.count(path[c]) for c in cast.units} == {
        **{"7": 5, "71": 4, "711": 1, "712": 1, "7111": 1, "710": 1, "7101": 1},
        **{"17": 2, "171": 1, "1711": 1},
    }
    within = expected_reports(cast.campaign, TODAY, TODAY, within=cast.units["71"].path)
    assert {b.code for b in within.branches(path["71"], TODAY)} == codes("711 712 7111 72")
    assert within.count(path["710"]) == within.count(path["17"]) == 0
    tree = expected_reports(
        cast.campaign, TODAY, TODAY, tree=BRANCHES, within=cast.branches["71"].path
    )
    assert {b.code for b in tree.branches(cast.branches["71"].path, TODAY)} == codes(
        "711 712 7111 72"
    )
