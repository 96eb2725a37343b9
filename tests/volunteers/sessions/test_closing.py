"""Closing a session: its counts once, who took part by the list, two who close at once."""

import datetime as dt
from functools import partial
from typing import Any

import pytest

from campaign.models import Campaign, DirtyDay, Indicator
from campaign.reporting_window import WindowClosed
from campaign.services.grants import reopen_day
from core import clock
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.factories import make_indicator, make_session
from volunteers.errors import NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.sessions.services.presence import check_in, check_in_self, tick
from volunteers.sessions.services.sessions import close_session

NOW = dt.datetime(2023, 6, 20, 1, 0, tzinfo=dt.UTC)
COUNTS = {"level1": 5, "level2": 3}


def meeting(world: World, **given: Any) -> SupportSession:
    """Make a session of the team that has begun."""
    return make_session(
        **{
            "campaign": world.campaign,
            "branch": world.branch,
            "teams": [world.team],
            "ends_at": dt.time(23, 59),
            **given,
        }
    )


@pytest.fixture
def session(world: World) -> SupportSession:
    """Return a session at which one of two on the list is present."""
    made = meeting(world)
    Participation.objects.create(session=made, volunteer=world.member, checked_in_at=NOW)
    Participation.objects.create(session=made, volunteer=world.leader.volunteer)
    return made


@pytest.fixture
def lots(world: World) -> Indicator:
    """Return the indicator that sessions count by themselves."""
    return make_indicator(
        campaign=world.campaign, code="people", label="Lượt ĐVTN", order=9, counts_people=True
    )


def form(session: SupportSession, **given: Any) -> dict[str, Any]:
    """Return the form as it is sent."""
    sent = {"base_version": session.version, "count-level1": "5", "count-level2": "3"}
    return {**sent, "headcount": "", **given}


# The page


def test_the_outcome_is_typed_checked_and_kept(
    world: World, session: SupportSession, lots: Indicator, browse: Any
) -> None:
    client, page = browse(world.leader), f"/c/de-an-06-2023/sessions/{session.pk}/close/"
    empty = client.get(page).content.decode()
    assert ('name="count-level1"' in empty, 'name="count-people"' in empty) == (True, False)
    check = client.post(page, form(session, headcount="11")).content.decode()
    assert "Xem lại trước khi kết thúc" in check
    assert "1 theo danh sách + 11 không ghi tên" in check
    assert "1 người đã ghi tên mà chưa được điểm danh" in check
    session.refresh_from_db()
    assert session.state == State.PLANNED
    answer = client.post(page, form(session, headcount="11", confirm="1"), follow=True)
    assert answer.redirect_chain[-1] == (f"/c/de-an-06-2023/sessions/{session.pk}/", 302)
    assert "cho đến khi bí thư gửi báo cáo" in answer.content.decode()
    session.refresh_from_db()
    assert (session.state, session.headcount, session.participations) == (State.CLOSED, 11, 12)
    assert session.counts == {**COUNTS, "people": 12}
    assert session.closed_by == world.leader
    assert DirtyDay.objects.filter(branch=world.branch, date=TODAY).exists()


def test_back_and_mistakes_keep_what_was_typed(
    world: World, session: SupportSession, browse: Any
) -> None:
    client, page = browse(world.owner), f"/c/de-an-06-2023/sessions/{session.pk}/close/"
    back = client.post(page, form(session, headcount="7", back="1")).content.decode()
    assert ('value="5"' in back, 'value="7"' in back) == (True, True)
    typed = {"count-level1": "1.000", "headcount": "7"}
    wrong = client.post(page, form(session, **typed)).content.decode()
    assert "Gõ liền các chữ số, ví dụ 1000." in wrong
    assert ('value="1.000"' in wrong, 'value="7"' in wrong) == (True, True)


@pytest.mark.parametrize(
    "typed",
    [
        {"headcount": "ba"},
        {"headcount": "１２"},
        {"headcount": "99999999999999999999"},
        {"headcount": "10001"},
        {"headcount": "-1"},
        {"headcount": ["1", "2"]},
        {"count-level1": "\0"},
        {"count-level1": ["1", "2"]},
        {"count-level1": "", "count-level2": ""},
        {"count-upgraded": "4"},
        {"base_version": "x"},
        {"base_version": "99999999999999999999"},
        {"base_version": ""},
    ],
)
def test_what_cannot_stand_is_explained_and_closes_nothing(
    world: World, session: SupportSession, browse: Any, typed: dict[str, Any]
) -> None:
    page = f"/c/de-an-06-2023/sessions/{session.pk}/close/"
    answer = browse(world.owner).post(page, form(session, confirm="1", **{**typed}))
    assert answer.status_code == 200
    assert "Có mục cần sửa" in answer.content.decode()
    session.refresh_from_db()
    assert session.state == State.PLANNED


def test_a_session_that_has_not_begun_or_was_cancelled_is_not_closed(
    world: World, browse: Any
) -> None:
    later = meeting(world, date=TODAY + dt.timedelta(days=1))
    gone = meeting(world, state=State.CANCELLED, cancel_reason="Mưa")
    for one, text in ((later, "Kết thúc buổi từ ngày đó"), (gone, "đã hủy")):
        page = f"/c/de-an-06-2023/sessions/{one.pk}/close/"
        assert text in browse(world.owner).get(page).content.decode()
        assert text in browse(world.owner).post(page, form(one, confirm="1")).content.decode()
    assert not SupportSession.objects.closed().exists()


def test_a_day_that_takes_no_counts_any_more_is_not_closed(
    world: World, session: SupportSession, browse: Any
) -> None:
    Campaign.objects.update(editable_days=1)
    SupportSession.objects.update(date=TODAY - dt.timedelta(days=3))
    page = f"/c/de-an-06-2023/sessions/{session.pk}/close/"
    answer = browse(world.owner).post(page, form(session, confirm="1"))
    assert "Đã khóa sổ ngày 17/06/2023" in answer.content.decode()
    assert not SupportSession.objects.closed().exists()


def test_grant_opens_a_closed_day_for_one_branch_until_it_ends(
    world: World, lots: Indicator
) -> None:
    Campaign.objects.update(editable_days=1)
    day = TODAY - dt.timedelta(days=3)
    own, others = meeting(world, date=day), meeting(world, date=day, branch=world.neighbour_branch)
    until = clock.now() + dt.timedelta(hours=1)
    grant = reopen_day(
        actor=world.lead,
        campaign=world.campaign,
        branch=world.branch,
        day=day,
        reason="Mất mạng",
        expires_at=until,
    )
    with pytest.raises(WindowClosed):
        close_session(actor=world.lead, session=others, counts=COUNTS, headcount=2, base_version=1)
    closed = close_session(
        actor=world.owner, session=own, counts=COUNTS, headcount=2, base_version=1
    )
    assert (closed.state, closed.counts) == (State.CLOSED, COUNTS | {"people": 2})
    grant.granted_at, grant.expires_at = until - dt.timedelta(days=2), until - dt.timedelta(days=1)
    grant.save()
    with pytest.raises(WindowClosed):
        close_session(
            actor=world.owner, session=own, counts={"level1": 9}, headcount=2, base_version=2
        )


def test_the_second_of_two_leaders_sees_both_outcomes_and_corrects(
    world: World, session: SupportSession, browse: Any
) -> None:
    opened = form(session, headcount="2", confirm="1", **{"count-level1": "8"})
    close_session(actor=world.leader, session=session, counts=COUNTS, headcount=0, base_version=1)
    client, page = browse(world.owner), f"/c/de-an-06-2023/sessions/{session.pk}/close/"
    answer = client.post(page, opened)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert ('value="8"' in text, "bản đã có 5" in text) == (True, True)
    session.refresh_from_db()
    assert (session.counts, session.version) == (COUNTS, 2)
    client.post(page, {**opened, "base_version": "2"})
    session.refresh_from_db()
    assert (session.counts["level1"], session.participations, session.version) == (8, 3, 3)


def test_a_second_tap_changes_nothing(world: World, session: SupportSession, browse: Any) -> None:
    page = f"/c/de-an-06-2023/sessions/{session.pk}/close/"
    for _tap in range(2):
        answer = browse(world.owner).post(page, form(session, confirm="1"))
        assert answer.status_code == 302
    session.refresh_from_db()
    assert session.version == 2


def test_a_form_opened_before_the_first_check_in_still_closes(
    world: World, session: SupportSession, browse: Any
) -> None:
    opened = form(session, confirm="1")
    tick(actor=world.leader, session=session, on={world.leader.volunteer.pk})
    session.refresh_from_db()
    assert session.state == State.UNDER_WAY
    answer = browse(world.owner).post(f"/c/de-an-06-2023/sessions/{session.pk}/close/", opened)
    session.refresh_from_db()
    assert (answer.status_code, session.participations) == (302, 2)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("leader", 200),
        ("lead", 200),
        ("staff", 200),
        ("liaison", 403),
        ("partner", 403),
        ("neighbour", 404),
        ("other_lead", 404),
        ("stranger", 404),
    ],
)
def test_closing_is_for_those_who_lead(
    world: World, session: SupportSession, browse: Any, api: Any, who: str, status: int
) -> None:
    user = getattr(world, who)
    assert browse(user).get(f"/c/de-an-06-2023/sessions/{session.pk}/close/").status_code == status
    sent = {"counts": COUNTS, "base_version": 1}
    answer = api(user).post(f"/api/v1/sessions/{session.pk}/close/", sent)
    assert answer.status_code == status
    session.refresh_from_db()
    assert (session.state == State.CLOSED) == (status == 200)


# From a program


def test_a_program_closes_and_is_told_who_was_first(
    world: World, session: SupportSession, lots: Indicator, api: Any
) -> None:
    url = f"/api/v1/sessions/{session.pk}/close/"
    sent = {"counts": COUNTS, "headcount": 3, "base_version": 1}
    first, again = (api(world.owner).post(url, sent) for _twice in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    body = first.json()
    assert again.json() == body
    assert (body["state"], body["participations"], body["version"]) == ("closed", 4, 2)
    assert body["counts"] == {**COUNTS, "people": 4}
    late = api(world.leader).post(url, {**sent, "counts": {"level1": 1}})
    assert late.status_code == 409
    assert late.json()["current"] == body


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"counts": COUNTS},
        {"counts": COUNTS, "base_version": "1"},
        {"counts": {"level1": "5"}, "base_version": 1},
        {"counts": {"level1": 1_000_001}, "base_version": 1},
        {"counts": {"activated": 5}, "base_version": 1},
        {"counts": {"khong_co": 5}, "base_version": 1},
        {"counts": {"people": 99}, "base_version": 1},
        {"counts": [], "base_version": 1},
        {"counts": COUNTS, "headcount": 10_001, "base_version": 1},
        {"counts": COUNTS, "headcount": -1, "base_version": 1},
        {"counts": COUNTS, "base_version": 1, "participations": 9},
    ],
)
def test_a_program_that_sends_what_cannot_stand_is_told(
    world: World, session: SupportSession, lots: Indicator, api: Any, sent: dict[str, Any]
) -> None:
    answer = api(world.owner).post(f"/api/v1/sessions/{session.pk}/close/", sent)
    assert answer.status_code == 400
    assert isinstance(answer.json(), dict)
    session.refresh_from_db()
    assert session.state == State.PLANNED


# At the same moment


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    return build_world()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_wins_and_the_other_is_told(stage: World) -> None:
    session = meeting(stage)
    results = at_once(
        *[
            lambda user=user, n=n: close_session(
                actor=user, session=session, counts={"level1": n}, headcount=n, base_version=1
            )
            for n, user in enumerate((stage.leader, stage.owner, stage.lead), start=1)
        ]
    )
    won = [r for r in results if isinstance(r, SupportSession)]
    lost = [r for r in results if isinstance(r, SessionConflict)]
    assert (len(won), len(lost)) == (1, 2)
    stored = SupportSession.objects.get()
    assert (stored.version, stored.counts, stored.closed_by) == (2, won[0].counts, won[0].closed_by)
    assert {r.current.version for r in lost} == {2}


@pytest.mark.django_db(transaction=True)
def test_who_checks_in_while_it_is_closed_is_counted_or_told(stage: World) -> None:
    """However the two fall, the number kept is the number on the list."""
    for _round in range(5):
        session = meeting(stage)
        results = at_once(
            partial(
                close_session,
                actor=stage.owner,
                session=session,
                counts={"level1": 1},
                headcount=0,
                base_version=1,
            ),
            partial(check_in_self, session=session, volunteer=stage.member),
            partial(check_in, actor=stage.lead, session=session, volunteer=stage.leader.volunteer),
        )
        assert isinstance(results[0], SupportSession)
        for result in results[1:]:
            assert isinstance(result, tuple | NotNow)
        session.refresh_from_db()
        came = sum(isinstance(result, tuple) for result in results[1:])
        assert session.participations == came == session.attendance.present().count()


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_at_the_same_moment_is_one_check_in(stage: World) -> None:
    session = meeting(stage)
    results = at_once(*[partial(check_in_self, session=session, volunteer=stage.member)] * 6)
    made = [result[1] for result in results if isinstance(result, tuple)]
    assert sorted(made) == [False] * 5 + [True]
    assert Participation.objects.count() == 1
