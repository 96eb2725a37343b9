"""Help requests that are asked for, given and closed at the same moment."""

import pytest

from tests.accounts.test_invitations import at_once
from tests.conftest import World, build_world
from tests.factories import make_help_request, make_team
from volunteers.errors import NotNow
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.services import ask_for_help, assign, finish, mark_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    return build_world()


def ask(stage: World, name: str = "Bà Nguyễn Thị A.") -> HelpRequest:
    asked, _is_own = ask_for_help(
        campaign=stage.campaign,
        unit=stage.commune,
        wish="visit",
        reason="elderly",
        name=name,
        phone="0190000001",
        hamlet="Xóm 3",
        note="",
        has_consented=True,
        address="203.0.113.77",
    )
    return asked


def test_button_pressed_many_times_at_once_makes_one_request(stage: World) -> None:
    results = at_once(*[lambda: ask(stage).pk] * 6)
    assert len(set(results)) == HelpRequest.objects.count() == 1


def test_of_two_who_give_it_away_at_once_one_is_told(stage: World) -> None:
    asked = make_help_request(campaign=stage.campaign, unit=stage.commune)
    teams = [stage.team, make_team(branch=stage.branch, name="Tổ xóm 9")]
    results = at_once(
        *[
            lambda team=team: assign(actor=stage.owner, request=asked, team=team, seen="new.")
            for team in teams
        ]
    )
    assert {type(result) for result in results} == {HelpRequest, NotNow}


def test_of_two_who_finish_at_once_with_other_counts_one_is_told(stage: World) -> None:
    asked = make_help_request(campaign=stage.campaign, unit=stage.commune)
    seen = mark_of(asked)
    results = at_once(
        *[
            lambda n=n: finish(actor=stage.owner, request=asked, counts={"level1": n}, seen=seen)
            for n in (1, 2)
        ]
    )
    assert [type(result) for result in results].count(NotNow) == 1
    asked.refresh_from_db()
    assert asked.counts in ({"level1": 1}, {"level1": 2})
