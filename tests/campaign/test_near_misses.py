"""In the second cast: who is above whom, and what differs from what is asked for in one thing."""

from dataclasses import replace

import pytest

from campaign.models import Appointment
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from core import clock
from reports.daily.models import DailyReport
from tests.conftest import TODAY
from tests.factories import (
    make_campaign,
    make_membership,
    make_session,
    make_team,
    make_volunteer,
)
from tests.second_cast import DAY, SCHOOL, SecondCast, build_second_cast
from volunteers.sessions.models import SupportSession
from volunteers.teams.models import Membership, Team


@pytest.fixture
def cast(db: None) -> SecondCast:
    return build_second_cast()


# Whose post, and where: who may take it away.
SUPERIORS = {
    "two_seats 711": "lead_and_partner staff",
    "two_seats 710": "staff",
    "lead_and_partner 17": "staff staff_of_17",
    "lead_and_partner 71": "staff",
    "secretary_twice 712": "lead_and_partner staff",
    "secretary_twice 1711": "staff staff_of_17",
    "leader_and_liaison 7111": "lead_and_partner staff",
    "leader_and_liaison 171": "staff staff_of_17",
    "leader_and_liaison 712": "staff",
    "comes_and_goes 711": "lead_and_partner staff",
    "comes_and_goes 7101": "staff two_seats",
    "comes_and_goes 71": "staff",
    "of_the_school 72": "lead_and_partner staff",
    "staff 7": "",
    "staff 17": "",
    "staff_of_17 17": "",
}


def test_each_post_has_its_superiors(cast: SecondCast) -> None:
    found = {}
    for post in Appointment.objects.select_related("user", "branch__home_unit", "unit"):
        place = post.branch or post.unit
        assert place is not None
        above = [name for name, user in cast.people.items() if scope_of(user).is_above(post)]
        found[f"{post.user.username} {place.code}"] = " ".join(sorted(above))
    assert found == SUPERIORS


def test_scope_is_worked_out_once_for_a_user(cast: SecondCast) -> None:
    user = cast.people["two_seats"]
    assert scope_of(user) is scope_of(user)


def days_alike(cast: SecondCast) -> dict[str, ReportDay]:
    """Return the school's day in 711, and what is not the same in one thing each."""
    here = ReportDay(cast.campaign, cast.branches[SCHOOL], cast.units["711"], TODAY)
    return {
        "here": here,
        "other campaign": replace(here, campaign=make_campaign(slug="khac")),
        "other branch": replace(here, branch=cast.branches["711"]),
        "other unit": replace(here, unit=cast.units["712"]),
        "other day": replace(here, day=TODAY - DAY),
    }


def test_report_is_of_one_campaign_branch_unit_and_day(cast: SecondCast) -> None:
    by_name = days_alike(cast)
    made = {
        name: DailyReport.objects.create(
            campaign=one.campaign, branch=one.branch, unit=one.unit, date=one.day,
            received_at=clock.now(), lateness="on_time",
        ).pk
        for name, one in by_name.items()
    }  # fmt: skip
    for name, one in by_name.items():
        assert [report.pk for report in DailyReport.objects.of_day(one)] == [made[name]], name
    here = by_name["here"]
    make_session(
        campaign=here.campaign, branch=here.branch, unit=here.unit, date=here.day,
        state="closed", headcount=1, participations=1, counts={"level1": 3},
    )  # fmt: skip
    marked = DailyReport.objects.mark_unreconciled()
    assert [r.pk for r in marked if r.is_unreconciled] == [made["here"]]  # type: ignore[attr-defined]


def test_helpers_of_a_session_are_its_own(cast: SecondCast) -> None:
    branches, unit = cast.branches, cast.units["711"]
    for code, partner, helping in (("711", "712", "7111"), ("712", "7101", "1711")):
        team = make_team(branch=branches[helping], unit=cast.unit_of(helping))
        make_session(
            campaign=cast.campaign, branch=branches[code], unit=unit, place=code,
            partners=[branches[partner]], teams=[team],
        )  # fmt: skip
    assert {
        session.place: (session.partner_ids, session.team_branch_ids)
        for session in SupportSession.objects.with_helpers()
    } == {"711": ([712], [7111]), "712": ([7101], [1711])}


def test_who_leads_one_team_is_a_mere_member_of_another(cast: SecondCast) -> None:
    """Leader or deputy today, and with the post of one: else a team's people are not shown."""
    teams = {
        code: make_team(branch=cast.branches[code], unit=cast.unit_of(code), name=code)
        for code in ("711", "712", "7111", "7101", "1711")
    }
    leader, without_post = cast.people["leader_and_liaison"], cast.people["of_the_school"]
    for user, posts in (
        (leader, {"7111": "leader", "7101": "deputy", "712": "member", "711": "leader"}),
        (without_post, {"1711": "leader"}),
    ):
        volunteer = make_volunteer(user=user)
        for code, role in posts.items():
            make_membership(team=teams[code], volunteer=volunteer, role=role)
    Membership.objects.filter(team=teams["711"]).update(left_on=TODAY)
    for user, expected in ((leader, {"7111", "7101"}), (without_post, set[str]())):
        led = Team.objects.with_people_for(user)
        of = Membership.objects.visible_to(user).values_list("team__name", flat=True)
        assert {team.name for team in led} == set(of) == expected
