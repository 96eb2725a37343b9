"""Which campaign, unit and branch a page is about, for each who opens it."""

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.http import Http404

from campaign.models import Campaign, DirtyDay, SettingsChange
from campaign.selectors import (
    communes_to_choose,
    current_campaign,
    find_branch,
    find_unit,
    mark_recomputing,
    running_campaigns,
    secretaries_of,
    top_unit,
    visible_ancestors,
)
from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_indicator, make_unit
from tests.second_cast import DAY, SCHOOL, SecondCast, build_second_cast


@pytest.fixture
def cast(db: None) -> SecondCast:
    return build_second_cast()


def is_missing(work: Callable[[], object]) -> bool:
    try:
        work()
    except Http404:
        return True
    return False


def test_way_up_ends_where_ones_own_territory_does(cast: SecondCast) -> None:
    def above(name: str, code: str) -> list[str]:
        return [unit.code for unit in visible_ancestors(cast.people[name], cast.units[code])]

    assert above("staff", "711") == ["7", "71"]
    assert above("staff", "7") == []
    assert above("lead_and_partner", "711") == ["71"]
    assert above("two_seats", "7101") == ["710"]
    assert above("two_seats", "711") == []


def test_page_begins_at_the_highest_unit_that_one_sees(cast: SecondCast) -> None:
    tops = {
        name: top_unit(who, cast.campaign).code
        for name, who in cast.people.items()
        if name != "comes_and_goes"
    }
    assert tops == {
        "two_seats": "710",
        "lead_and_partner": "17",
        "secretary_twice": "712",
        "leader_and_liaison": "171",
        "of_the_school": "71",
        "staff": "7",
        "staff_of_17": "17",
    }
    assert find_unit(cast.people["two_seats"], cast.campaign).code == "710"
    assert find_unit(cast.people["two_seats"], cast.campaign, "711").code == "711"
    assert is_missing(lambda: find_unit(cast.people["two_seats"], cast.campaign, "71"))
    # Of two units that bore one code the campaign's structure knows one.
    make_unit(
        id=5, code="711", parent=cast.units["710"], valid_from=TODAY - 2 * DAY, valid_to=TODAY - DAY
    )
    assert find_unit(cast.people["two_seats"], cast.campaign, "711") == cast.units["711"]


def test_branch_that_one_does_not_see_does_not_exist(cast: SecondCast) -> None:
    assert find_branch(cast.people["two_seats"], "711").code == "711"
    assert is_missing(lambda: find_branch(cast.people["two_seats"], "71"))
    assert is_missing(lambda: find_branch(cast.people["two_seats"], "7"))


def test_communes_to_choose_from_are_those_of_the_day(cast: SecondCast) -> None:
    new = make_unit(id=900, code="713", level="commune", parent=cast.units["71"], valid_from=TODAY)
    school = cast.branches[SCHOOL]
    assert new in (communes_to_choose(school, TODAY) or [])
    assert new not in (communes_to_choose(school, TODAY - DAY) or [])
    assert communes_to_choose(cast.branches["711"], TODAY) is None


def test_secretaries_are_those_of_the_branches_that_were_asked_about(cast: SecondCast) -> None:
    found = secretaries_of([cast.branches["711"], cast.branches["712"]], TODAY)
    assert {pk: [user.username for user in who] for pk, who in found.items()} == {
        711: ["two_seats"],
        712: ["secretary_twice"],
    }
    # Who may not sign in any more is no longer told.
    cast.people["two_seats"].is_active = False
    cast.people["two_seats"].save()
    assert list(secretaries_of([cast.branches["711"]], TODAY)) == []


def test_campaign_is_the_named_one_or_the_one_that_runs(world: World) -> None:
    day = dt.timedelta(days=1)
    # Began later, and is over; begins later, and is not yet.
    make_campaign(slug="past", starts_on=TODAY - 9 * day, ends_on=TODAY - day)
    make_campaign(slug="coming", starts_on=TODAY + day, ends_on=TODAY + 9 * day)
    assert current_campaign(world.owner).slug == "de-an-06-2023"
    assert current_campaign(world.owner, "past").slug == "past"
    for slug in ("none", "past\0", "pas"):
        assert is_missing(partial(current_campaign, world.owner, slug))
    assert is_missing(lambda: current_campaign(world.stranger))
    assert [c.slug for c in running_campaigns(world.owner)] == ["de-an-06-2023"]
    make_indicator(campaign=make_campaign(slug="from-today", starts_on=TODAY, ends_on=TODAY))
    assert [c.slug for c in running_campaigns(world.owner)] == ["from-today", "de-an-06-2023"]
    assert current_campaign(world.owner).slug == "from-today"
    # Where none runs the latest is shown, alone.
    Campaign.objects.filter(slug__in=["from-today", "de-an-06-2023"]).update(
        starts_on=TODAY - 20 * day, ends_on=TODAY - 10 * day
    )
    assert [c.slug for c in running_campaigns(world.owner)] == ["coming"]


def test_pages_say_so_while_days_from_before_the_last_change_wait(world: World) -> None:
    """docs/counting.md C19: until what a setting moved has been made again, and no longer."""
    now = dt.datetime(2023, 6, 20, 5, tzinfo=dt.UTC)
    second = dt.timedelta(seconds=1)
    others = make_campaign(slug="others")

    def recomputing() -> set[str]:
        marked = mark_recomputing(Campaign.objects.all())
        return {c.slug for c in marked if vars(c)["is_recomputing"]}

    def wait(since: dt.datetime) -> set[str]:
        DirtyDay.objects.all().delete()
        place = {"branch": world.branch, "unit": world.commune}
        DirtyDay.objects.create(campaign=world.campaign, date=TODAY, since=since, **place)
        return recomputing()

    assert wait(now) == set()
    for at in (now - 60 * second, now):
        SettingsChange.objects.create(changed_at=at, reason="Nhầm")
    assert wait(now - second) == wait(now) == {world.campaign.slug}
    assert wait(now + second) == set()
    DirtyDay.objects.update(campaign=others, since=now)
    assert recomputing() == {"others"}
