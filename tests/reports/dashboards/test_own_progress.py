"""A secretary's own progress: days, run, rank, what is left, and the thank-you."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from core import clock
from reports.daily.models import DailyReport, Lateness, Status
from reports.dashboards.selectors.branch_history import (
    BranchHistory,
    PeerRank,
    Run,
    branch_history_of,
    run_of,
)
from reports.dashboards.selectors.thank_you import thank_you
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_baseline, make_branch, make_target, make_unit
from tests.pages import read
from tests.reports.reporting import report, set_status

Browse = Callable[[User], Client]
URL = "/c/de-an-06-2023/report/progress/"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noon of a campaign that began on the tenth: today is not due yet."""
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, dt.time(12)))
    world.campaign.starts_on = dt.date(2023, 6, 10)
    world.campaign.save()


def own(world: World) -> BranchHistory:
    """Return the record of Giao Tiến."""
    drain()
    return branch_history_of(world.campaign, world.branch)


def days(world: World, *back: int, count: int = 2) -> None:
    """Let Giao Tiến report so many days ago."""
    for n in back:
        report(world.owner, "XD-14173", {"level1": count}, date=TODAY - n * DAY)


def test_each_day_stands_as_it_is(world: World) -> None:
    days(world, 1, 2, 3)
    report(world.owner, "XD-14173", {}, date=TODAY - 4 * DAY, no_activity=True)
    owned = {r.date: r for r in DailyReport.objects.all()}
    set_status(owned[TODAY - 2 * DAY], Status.RETURNED)
    set_status(owned[TODAY - 3 * DAY], Status.APPROVED)
    DailyReport.objects.update(lateness=Lateness.ON_TIME)
    DailyReport.objects.filter(date=TODAY - DAY).update(lateness=Lateness.LATE)
    found = own(world)
    assert [(d.state, d.is_late) for d in found.days[-6:]] == [
        ("missing", False),
        ("no_activity", False),
        ("reported", False),
        ("returned", False),
        ("reported", True),
        ("open", False),
    ]
    assert (found.cell.expected, found.cell.received, found.cell.missing) == (10, 4, 6)
    assert (found.cell.late, found.returned, found.no_activity, found.approved) == (1, 1, 1, 1)


def test_today_is_missed_only_once_it_is_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    days(world, *range(1, 11))
    found = own(world)
    assert (found.run, found.cell.missing, found.days[-1].state) == (Run(10, 0), 0, "open")
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, dt.time(20)))
    found = own(world)
    assert (found.run, found.cell.missing, found.days[-1].state) == (Run(10, 1), 1, "missing")


def test_run_goes_on_over_days_without_reports_due(world: World) -> None:
    world.campaign.weekdays = "12345"
    world.campaign.save()
    # 20 June 2023 was a Tuesday.
    days(world, 0, 1, 4, 5)
    found = own(world)
    assert (found.run, found.longest) == (Run(4, 0), 4)


@pytest.mark.parametrize(
    ("arrived", "run"),
    [
        ("", Run(0, 0)),
        ("-", Run(0, 0)),
        ("--", Run(0, 0)),
        ("x", Run(1, 0)),
        ("xx-x", Run(3, 1)),
        ("xxx-", Run(3, 1)),
        # A second one in seven days ends it, and what is not between reports is not forgiven.
        ("xxx--x", Run(1, 0)),
        ("xx-xxxxx-x", Run(6, 1)),
        ("xx-xxxxxx-x", Run(9, 2)),
        ("-xxxxxx-x", Run(7, 1)),
    ],
)
def test_run_forgives_one_missed_day_in_seven(arrived: str, run: Run) -> None:
    assert run_of([day == "x" for day in arrived]) == run


def test_page_thanks_by_name_and_says_what_was_forgiven(world: World, browse: Browse) -> None:
    days(world, 1, 2, 4, 5, 6, 7, 8, 9)
    drain()
    page = read(browse(world.owner).get(URL)).text
    text = " ".join(page.split())
    assert f"Cảm ơn đồng chí {world.owner.full_name}!" in text
    assert "8 ngày, bỏ qua 1 ngày lỡ" in text
    assert "báo cáo đều đặn, được 8 ngày." in text
    assert "không sót ngày nào" not in text
    # Whoever looks in from above is not thanked for it.
    above = read(browse(world.lead).get(f"{URL}?branch=XD-14173")).text
    assert "Cảm ơn đồng chí " not in " ".join(above.split())


def test_rank_by_days_leaves_the_running_day_out(world: World) -> None:
    days(world, 0)
    assert own(world).by_days is None
    days(world, 5)
    for back in (1, 2):
        report(world.neighbour, "XD-14158", {"level1": 1}, date=TODAY - back * DAY)
    assert own(world).by_days == PeerRank(2, 2)


def test_peers_are_of_the_kind_and_the_parent(world: World) -> None:
    make_branch(code="TR-1", kind="school", home_unit=world.district, parent=world.district_union)
    days(world, 1)
    assert own(world).by_days == PeerRank(1, 2)


def test_rank_by_target_and_by_residents(world: World) -> None:
    days(world, 1, count=100)
    report(world.neighbour, "XD-14158", {"level1": 90}, date=TODAY - DAY)
    found = own(world)
    assert (found.by_target, found.by_residents) == (None, None)
    make_target(
        campaign=world.campaign,
        unit=world.sibling,
        indicator=world.indicators["activated"],
        value=100,
    )
    make_baseline(figures={world.commune: 100, world.sibling: 1000})
    found = own(world)
    assert (found.by_target, found.by_residents) == (PeerRank(2, 2), PeerRank(1, 2))


def test_branches_that_share_a_unit_are_not_ranked_by_its_target(world: World) -> None:
    make_branch(code="XD-2", home_unit=world.commune, parent=world.district_union)
    days(world, 1)
    found = own(world)
    assert found.by_target is None
    assert found.by_days is not None
    assert found.by_days.of == 3


def test_what_is_left(world: World, browse: Browse) -> None:
    days(world, 1, count=100)
    drain()
    text = " ".join(read(browse(world.owner).get(URL)).text.split())
    assert "Còn 900 trong 10 ngày nữa, đến 30/06: mỗi ngày 90." in text


def test_thanks_change_with_what_was_done(world: World) -> None:
    assert thank_you(own(world)) == ""
    days(world, 8)
    assert thank_you(own(world)).startswith("Đoàn xã Giao Tiến đã có báo cáo đầu tiên")
    days(world, 5)
    assert "đã có 2 ngày báo cáo" in thank_you(own(world))
    assert "Tài khoản kích hoạt: 2" in thank_you(own(world))
    days(world, 1, 2, 3, 4, 6, 7)
    assert "báo cáo đều 8 ngày liền" in thank_you(own(world))
    days(world, 0, count=1000)
    assert thank_you(own(world)).startswith(
        "Đoàn xã Giao Tiến cùng bà con Xã Giao Tiến đã đạt chỉ tiêu của chiến dịch!"
    )


def test_page_leads_to_the_days_that_can_be_put_right(world: World, browse: Browse) -> None:
    world.campaign.editable_days = 2
    world.campaign.save()
    days(world, 1)
    html = browse(world.owner).get(URL).content.decode()
    link = "/c/de-an-06-2023/report/?branch=XD-14173&amp;date=2023-06-"
    assert [n for n in range(10, 21) if f"{link}{n}" in html] == [18, 20]


def test_scope(world: World, browse: Browse) -> None:
    asked = f"{URL}?branch=XD-14173"
    answers = {
        user.username: browse(user).get(asked).status_code
        for user in (
            world.owner,
            world.neighbour,
            world.lead,
            world.other_lead,
            world.partner,
            world.leader,
            world.stranger,
        )
    }
    assert answers == {
        "owner": 200,
        "neighbour": 404,
        "lead": 200,
        "other-lead": 404,
        "partner": 403,
        "leader": 403,
        "stranger": 404,
    }
    assert browse(world.lead).get(URL).headers["Location"] == "/c/de-an-06-2023/completeness/"
    assert browse(world.leader).get(URL).status_code == 403


def test_before_the_campaign_begins(world: World, browse: Browse) -> None:
    world.campaign.starts_on = TODAY + DAY
    world.campaign.save()
    assert "Chiến dịch bắt đầu ngày 21/06/2023" in read(browse(world.owner).get(URL)).text


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_however_many(
    world: World, browse: Browse, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    days(world, *range(1, rows + 1))
    for n in range(rows):
        unit = make_unit(code=f"1{n}", parent=world.district)
        make_branch(code=f"XD-1{n}", home_unit=unit, parent=world.district_union)
    drain()
    client = browse(world.owner)
    client.get(URL)
    with django_assert_num_queries(12):
        client.get(URL)
