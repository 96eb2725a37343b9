"""What is kept long enough ends in the night after; what is counted stays."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from core.personal_fields import FORGOTTEN_NAME
from core.retention import PERIODS, time_of
from privacy.models import Deletion, PersonalDataRead
from privacy.services import expiry
from privacy.services.erasure import forget
from privacy.services.expiry import idle_accounts, idle_volunteers, purge
from tests.conftest import TODAY, World
from tests.factories import (
    make_appointment,
    make_membership,
    make_session,
    make_user,
    make_volunteer,
)
from volunteers.certificates.selectors import is_valid
from volunteers.certificates.services import issue_certificate, issue_link
from volunteers.sessions.selectors.participants import record_of
from volunteers.teams.models import Team, Volunteer
from volunteers.teams.selectors import totals_of

Browse = Callable[[User], Client]
DAY = dt.timedelta(days=1)
LONG_AGO = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
MINOR, GROWN = TODAY.year - 17, TODAY.year - 30


def left(world: World, day: dt.date, **given: Any) -> Volunteer:
    """Make somebody who left the team on ``day`` and was not changed since long ago."""
    person = make_volunteer(full_name="Đỗ Văn Nghỉ", **given)
    make_membership(team=world.team, volunteer=person, left_on=day)
    Volunteer.objects.filter(pk=person.pk).update(updated_at=LONG_AGO)
    return person


@pytest.mark.parametrize(
    ("born", "days_ago", "ends"),
    [
        (MINOR, 90, False), (MINOR, 91, True),
        (TODAY.year - 18, 91, True),  # perhaps not of age yet
        (TODAY.year - 19, 91, False),
        (None, 91, False), (None, 730, False), (None, 731, True),
        (GROWN, 730, False), (GROWN, 731, True),
    ],
)  # fmt: skip
def test_volunteers_end_after_their_period_and_minors_first(
    world: World, born: int | None, days_ago: int, ends: bool
) -> None:
    person = left(world, TODAY - days_ago * DAY, birth_year=born, phone="0933000001")
    purge()
    person.refresh_from_db()
    assert (person.full_name == FORGOTTEN_NAME) is ends
    assert (person.phone is None and person.birth_year is None) is ends
    code = "minors" if born is not None and born >= TODAY.year - 18 else "volunteers"
    counted = dict(Deletion.objects.values_list("code", "count"))
    assert counted.get(code, 0) == int(ends)
    # The second night finds nothing more.
    assert sum(purge().values()) == 0


def test_who_came_lately_stays(world: World) -> None:
    person = left(world, TODAY - 800 * DAY)
    session = make_session(campaign=world.campaign, branch=world.branch, date=TODAY - 729 * DAY)
    session.attendance.create(volunteer=person)
    assert not idle_volunteers(TODAY - time_of("volunteers")).filter(pk=person.pk).exists()
    session.date = TODAY - 731 * DAY
    session.save()
    assert idle_volunteers(TODAY - time_of("volunteers")).filter(pk=person.pk).exists()


def test_who_is_in_a_team_stays_until_the_campaigns_are_over(world: World) -> None:
    Volunteer.objects.update(updated_at=LONG_AGO)
    before = TODAY - time_of("volunteers")
    assert not idle_volunteers(before).exists()
    world.campaign.starts_on = world.campaign.ends_on = before - DAY
    world.campaign.save()
    assert set(idle_volunteers(before)) == set(Volunteer.objects.all())


def test_counts_and_certificates_stay_true_without_the_name(world: World) -> None:
    person = world.member
    session = make_session(
        campaign=world.campaign, branch=world.branch, date=TODAY - DAY, state="closed",
        headcount=0, participations=1,
    )  # fmt: skip
    session.attendance.create(volunteer=person, checked_in_at=clock.now())
    paper = issue_certificate(actor=world.owner, volunteer=person, campaign=world.campaign)
    secret = issue_link(actor=world.owner, volunteer=person)

    def counted() -> tuple[Any, Any]:
        return record_of(person, world.campaign), totals_of(Team.objects.all(), TODAY - DAY)

    before = counted()
    forget([person])
    person.refresh_from_db()
    assert (person.full_name, person.phone) == (FORGOTTEN_NAME, None)
    assert counted() == before
    assert is_valid(paper.code)
    assert Client().get(f"/me/{secret}/").status_code == 410


def idle_user(**given: Any) -> User:
    user = make_user(username="cu", full_name="Ngô Thị Cũ", phone="0933000002", **given)
    User.objects.filter(pk=user.pk).update(date_joined=LONG_AGO, last_login=LONG_AGO)
    return user


@pytest.mark.parametrize(
    ("ended", "seen", "ends"),
    [(365, 999, False), (366, 999, True), (366, 365, False), (None, 999, False)],
)
def test_accounts_end_a_year_after_the_last_appointment_and_visit(
    world: World, ended: int | None, seen: int, ends: bool
) -> None:
    user = idle_user()
    ends_on = None if ended is None else TODAY - ended * DAY
    make_appointment(user=user, branch=world.branch, starts_on=dt.date(2020, 1, 1), ends_on=ends_on)
    seen_at = dt.datetime.combine(TODAY - seen * DAY, dt.time(5), tzinfo=dt.UTC)
    User.objects.filter(pk=user.pk).update(last_login=seen_at)
    purge()
    user.refresh_from_db()
    assert (user.full_name == "" and user.phone is None and not user.is_active) is ends
    # What the branch was told by whom stays history, of nobody by name.
    assert user.appointments.count() == 1
    assert not idle_accounts(TODAY - time_of("accounts")).exists()


def test_what_is_only_a_record_is_deleted(world: World) -> None:
    old = clock.now() - time_of("reads") - DAY
    for moment in (old, clock.now()):
        PersonalDataRead.objects.create(
            at=moment, page="team", path="", people=["volunteer:1"], size=1, numbers=0
        )
    assert {code: n for code, n in purge().items() if n} == {"reads": 1}
    assert PersonalDataRead.objects.get().at > old


def test_one_job_that_fails_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise RuntimeError

    left(world, TODAY - 800 * DAY)
    monkeypatch.setitem(expiry.JOBS, "requesters", broken)
    ended = purge()
    assert "requesters" not in ended
    assert ended["volunteers"] == 1
    assert ended.keys() == PERIODS.keys() - {"requesters"}


def test_what_ended_is_counted_and_shown_to_the_province(world: World, browse: Browse) -> None:
    left(world, TODAY - 800 * DAY)
    purge()
    left(world, TODAY - 800 * DAY)
    purge()
    url = "/c/de-an-06-2023/personal-data/"
    (shown,) = browse(world.staff).get(url).context["deletions"]
    assert (shown[0], str(shown[1]), shown[2]) == (TODAY, "Tình nguyện viên", 2)
    assert browse(world.owner).get(url).context["deletions"] == []
