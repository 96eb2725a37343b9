"""Pages on which sessions are planned, looked at, changed and called off."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from campaign.models import DirtyDay
from campaign.permissions import Role
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.factories import (
    make_appointment,
    make_campaign,
    make_session,
    make_team,
    make_user,
    make_volunteer,
)
from tests.pages import read
from volunteers.errors import InvalidInput
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.selectors.conflicts import overlapping_sessions
from volunteers.sessions.services.session_planning import (
    AlreadyPlanned,
    Plan,
    change_session,
    plan_sessions,
)
from volunteers.sessions.views import sessions as session_views

Browse = Callable[[User], Client]
NEW = "/c/de-an-06-2023/sessions/new/"
TYPED = {
    "place_kind": "market",
    "place": "Chợ Bể",
    "date": "2023-06-25",
    "begins_at": "07:30",
    "ends_at": "10:00",
}
PLAN = Plan(
    campaign="de-an-06-2023",
    branch="XD-14173",
    place_kind="market",
    place="Chợ Bể",
    date=dt.date(2023, 6, 25),
    begins_at=dt.time(7, 30),
    ends_at=dt.time(10, 0),
)


def session_of(world: World, **given: Any) -> SupportSession:
    """Make a session of Giao Tiến, or of the branch given."""
    return make_session(**{"branch": world.branch, "campaign": world.campaign, **given})


def text(client: Client, url: str) -> str:
    """Return what stands on a page, on one line."""
    answer = client.get(url)
    assert (url, answer.status_code) == (url, 200)
    return " ".join(read(answer).text.split())


# Planning


def test_secretary_plans_with_five_fields(world: World, browse: Browse) -> None:
    answer = browse(world.owner).post(NEW, TYPED, follow=True)
    session = SupportSession.objects.get()
    assert answer.redirect_chain == [(f"/c/de-an-06-2023/sessions/{session.pk}/", 302)]
    assert "Đã lập buổi 07:30 25/06 tại Chợ Bể." in read(answer).text
    assert (session.branch, session.unit, session.campaign) == (
        world.branch,
        world.commune,
        world.campaign,
    )
    assert (session.begins_at, session.ends_at) == (dt.time(7, 30), dt.time(10, 0))
    assert (session.state, session.version) == (State.PLANNED, 1)


def test_everything_that_can_be_said_is_kept(world: World, browse: Browse) -> None:
    more = {
        "teams": [str(world.team.pk)],
        "partners": ["CA-36", "XD-14158"],
        "planned_volunteers": "12",
        "note": "Mang theo ghế\nvà ô",
    }
    browse(world.owner).post(NEW, {**TYPED, **more})
    session = SupportSession.objects.get()
    assert list(session.teams.all()) == [world.team]
    assert {b.code for b in session.partners.all()} == {"CA-36", "XD-14158"}
    assert (session.planned_volunteers, session.note) == (12, "Mang theo ghế\nvà ô")


@pytest.mark.parametrize("written", ["25/06/2023", "25/6/2023", "25-06-2023", "２５/06/2023"])
def test_days_are_taken_as_people_write_them(world: World, browse: Browse, written: str) -> None:
    browse(world.owner).post(NEW, {**TYPED, "date": written})
    assert SupportSession.objects.get().date == dt.date(2023, 6, 25)


@pytest.mark.parametrize("written", ["19h30", "19:30", "19.30", "19g30", "19:30:00"])
def test_hours_are_taken_as_people_write_them(world: World, browse: Browse, written: str) -> None:
    browse(world.owner).post(NEW, {**TYPED, "begins_at": written, "ends_at": "21h"})
    session = SupportSession.objects.get()
    assert (session.begins_at, session.ends_at) == (dt.time(19, 30), dt.time(21, 0))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": (dict.fromkeys(TYPED, ""), "Ghi tên điểm hỗ trợ"),
    "end before start": ({"ends_at": "07:00"}, "Giờ kết thúc phải sau giờ bắt đầu"),
    "end at midnight": ({"ends_at": "24:00"}, "Không có giờ “24:00”"),
    "hour in words": ({"begins_at": "bảy rưỡi"}, "Không có giờ “bảy rưỡi”"),
    "no such day": ({"date": "31/02/2023"}, "Không có ngày “31/02/2023”"),
    "day in words": ({"date": "chủ nhật"}, "Không có ngày “chủ nhật”"),
    "day of another campaign": ({"date": "2024-06-25"}, "Chiến dịch diễn ra từ"),
    "day in the year 0": ({"date": "0000-01-01"}, "Không có ngày"),
    "unknown kind": ({"place_kind": "chùa"}, "Chọn loại điểm trong danh sách"),
    "long place": ({"place": "a" * 201}, "Dài quá 200 ký tự"),
    "nul": ({"place": "Chợ\0Bể"}, "Có ký tự điều khiển"),
    "citizen id": ({"note": "036123456789"}, "12 chữ số"),
    "long note": ({"note": "a" * 2001}, "Dài quá 2000 ký tự"),
    "grouped number": ({"planned_volunteers": "1.000"}, "Gõ liền các chữ số"),
    "number in words": ({"planned_volunteers": "mười"}, "Chưa đọc được “mười”"),
    "full-width number": ({"planned_volunteers": "１２"}, "Chưa đọc được “１２”"),
    "negative number": ({"planned_volunteers": "-1"}, "Không nhập số âm"),
    "huge number": ({"planned_volunteers": "9" * 400}, "Số lớn quá"),
    "unknown team": ({"teams": ["99999"]}, "Có mục không còn trong danh sách"),
    "team that is none": ({"teams": ["một"]}, "Có mục không còn trong danh sách"),
    "huge team": ({"teams": ["9" * 30]}, "Có mục không còn trong danh sách"),
    "unknown partner": ({"partners": ["KHONG-CO"]}, "Có mục không còn trong danh sách"),
    "nul in partner": ({"partners": ["a\0b"]}, "Có mục không còn trong danh sách"),
    "two places": ({"place": ["Chợ Bể", "Chợ Đình"]}, "được gửi hai lần"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_answered_and_nothing_typed_is_lost(
    world: World, browse: Browse, case: str
) -> None:
    sent, wording = WRONG[case]
    answer = browse(world.owner).post(NEW, {**TYPED, "note": "Mang ghế", **sent})
    page = read(answer)
    assert answer.status_code == 200
    assert any(wording in problem for problem in page.problems), page.problems
    assert not SupportSession.objects.exists()
    for name, value in {**TYPED, "note": "Mang ghế", **sent}.items():
        if isinstance(value, str) and name != "place_kind":
            assert (name, page.fields[name]) == (name, value)
    assert 'value="market" selected' in answer.content.decode() or "place_kind" in sent


def test_ticks_are_not_lost_either(world: World, browse: Browse) -> None:
    ticked = {"teams": [str(world.team.pk)], "partners": ["CA-36"], "repeat": "weekly"}
    answer = browse(world.owner).post(NEW, {**TYPED, **ticked, "weekdays": ["SU"], "place": ""})
    page = answer.content.decode()
    for value in (str(world.team.pk), "CA-36", "SU"):
        assert f'value="{value}" id=' in page.replace("\n", " ")
    assert page.count(" checked") == 3
    assert '<option value="weekly" selected>' in page


@pytest.mark.parametrize("gone", ["branch", "commune"])
def test_session_is_where_host_and_unit_still_exist(world: World, gone: str) -> None:
    field = "closed_on" if gone == "branch" else "valid_to"
    type(getattr(world, gone)).objects.filter(pk=getattr(world, gone).pk).update(
        **{field: PLAN.date}
    )
    with pytest.raises(InvalidInput, match="25/06/2023"):
        plan_sessions(actor=world.owner, plan=PLAN)
    plan_sessions(actor=world.owner, plan=replace(PLAN, date=dt.date(2023, 6, 24)))


def test_double_tap_is_one_session_and_leads_to_it(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    first = client.post(NEW, TYPED)
    second = client.post(NEW, TYPED)
    assert second.headers["Location"] == first.headers["Location"]
    assert SupportSession.objects.count() == 1


def test_overlapping_session_at_the_same_place_is_refused_by_name(
    world: World, browse: Browse
) -> None:
    client = browse(world.owner)
    client.post(NEW, TYPED)
    answer = client.post(
        NEW, {**TYPED, "place": "chợ bể", "begins_at": "09:00", "ends_at": "11:00"}
    )
    assert any("25/06 07:30–10:00" in problem for problem in read(answer).problems)
    # After it, or elsewhere, is another session.
    client.post(NEW, {**TYPED, "begins_at": "10:00", "ends_at": "11:00"})
    client.post(NEW, {**TYPED, "place": "Chợ Đình"})
    assert SupportSession.objects.count() == 3


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("lead", 200), ("staff", 200), ("neighbour", 404), ("other_lead", 404),
     ("officer", 404), ("stranger", 404), ("leader", 403), ("liaison", 403), ("partner", 403)],
)  # fmt: skip
def test_only_who_runs_the_branch_plans(
    world: World, browse: Browse, who: str, status: int
) -> None:
    client = browse(getattr(world, who))
    url = f"{NEW}?branch=XD-14173"
    assert client.get(url).status_code == status
    posted = client.post(url, TYPED)
    assert posted.status_code == (302 if status == 200 else status)
    assert SupportSession.objects.count() == (status == 200)


def test_wide_host_chooses_a_commune_and_gets_its_teams(world: World, browse: Browse) -> None:
    officer = browse(world.officer)
    assert world.team.name not in officer.get(NEW).content.decode()
    typed = {**TYPED, "note": "Mang ghế", "unit": "14173"}
    looked = officer.post(NEW, {**typed, "place": "", "look": "1"})
    page = read(looked)
    assert world.team.name in page.text
    assert (page.problems, page.fields["note"]) == ([], "Mang ghế")
    assert not SupportSession.objects.exists()
    nowhere = officer.post(NEW, {**TYPED, "unit": ""})
    assert any("Chọn địa bàn" in problem for problem in read(nowhere).problems)
    officer.post(NEW, {**typed, "teams": [str(world.team.pk)]})
    session = SupportSession.objects.get()
    assert (session.unit, list(session.teams.all())) == (world.commune, [world.team])


def test_district_lead_plans_for_a_branch_of_the_district_only(
    world: World, browse: Browse
) -> None:
    client = browse(world.lead)
    assert "Đoàn xã Hồng Thuận" in read(client.get(NEW)).text
    client.post(f"{NEW}?branch=XD-14158", TYPED)
    assert SupportSession.objects.get().branch == world.neighbour_branch
    assert client.get(f"{NEW}?branch=XD-14050").status_code == 404


def test_team_of_another_district_is_refused_with_the_way_out(world: World, browse: Browse) -> None:
    team = make_team(name="Tổ Trực Hưng", branch=world.far_branch)
    client = browse(world.staff)
    typed = {**TYPED, "teams": [str(team.pk)]}
    answer = client.post(f"{NEW}?branch=XD-14173", typed)
    (problem,) = {p.removeprefix("Các tổ: ") for p in read(answer).problems}
    assert "Thêm Đoàn xã Trực Hưng làm đơn vị phối hợp" in problem
    client.post(f"{NEW}?branch=XD-14173", {**typed, "partners": ["XD-14050"]})
    assert list(SupportSession.objects.get().teams.all()) == [team]


def test_earlier_session_is_done_again_in_a_coming_week(world: World, browse: Browse) -> None:
    earlier = session_of(
        world,
        date=TODAY - dt.timedelta(days=16),
        begins_at=dt.time(19, 0),
        ends_at=dt.time(21, 0),
        place="Đình làng",
        teams=[world.team],
        partners=[world.police],
    )
    page = read(browse(world.owner).get(f"{NEW}?from={earlier.pk}"))
    assert page.fields["place"] == "Đình làng"
    assert (page.fields["begins_at"], page.fields["ends_at"]) == ("19:00", "21:00")
    assert page.fields["date"] == "2023-06-25"
    assert browse(world.neighbour).get(f"{NEW}?from={earlier.pk}").status_code == 404
    for wrong in ("abc", "-1", "9" * 30, "999999"):
        assert browse(world.owner).get(f"{NEW}?from={wrong}").status_code == 404


# At once


def test_the_last_of_each_kind_is_offered_again(world: World, browse: Browse) -> None:
    hours = {"begins_at": dt.time(7, 30), "ends_at": dt.time(10, 0)}
    make = {"place_kind": "market", "date": TODAY - dt.timedelta(days=9), **hours}
    session_of(world, **make, place="Chợ cũ")
    last = session_of(world, **make | {"date": TODAY}, place="Chợ Bể")
    hall = session_of(world, place="Đình", date=TODAY - dt.timedelta(days=1))
    session_of(world, place="Hủy", date=TODAY, state=State.CANCELLED, cancel_reason="Mưa")
    answer = browse(world.owner).get(NEW)
    links = [link for link in read(answer).links if "from=" in link]
    assert links == [f"{NEW}?from={one.pk}&branch=XD-14173" for one in (last, hall)]
    # What the script puts in once a kind is chosen.
    assert (
        'value="Chợ Bể" data-kind="market" data-unit="14173" data-begins="07:30" data-ends="10:00"'
    ) in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_same_plan_sent_at_the_same_moment_is_one_session(transactional_db: None) -> None:
    stage = build_world()
    results = at_once(*[lambda: plan_sessions(actor=stage.owner, plan=PLAN)] * 4)
    assert sum(isinstance(result, AlreadyPlanned) for result in results) == 3
    assert sum(isinstance(result, list) for result in results) == 1
    assert SupportSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_the_same_moment_do_not_overwrite_each_other(
    transactional_db: None,
) -> None:
    stage = build_world()
    (session,) = plan_sessions(actor=stage.owner, plan=PLAN)

    def change(actor: User, note: str) -> Any:
        plan = Plan(**{**PLAN.__dict__, "note": note})
        return change_session(actor=actor, session=session, plan=plan, base_version=1)

    results = at_once(lambda: change(stage.owner, "một"), lambda: change(stage.lead, "hai"))
    assert sum(isinstance(result, SessionConflict) for result in results) == 1
    assert SupportSession.objects.get().version == 2


# Changing


def edit(client: Client, session: SupportSession, **typed: Any) -> Any:
    """Send the form of a session as it stands, with something else in it."""
    existing = {
        "place_kind": session.place_kind,
        "place": session.place,
        "date": session.date.isoformat(),
        "begins_at": f"{session.begins_at:%H:%M}",
        "ends_at": f"{session.ends_at:%H:%M}",
        "base_version": session.version,
    }
    return client.post(f"/c/de-an-06-2023/sessions/{session.pk}/edit/", {**existing, **typed})


def test_change_is_saved_as_the_next_version_and_both_days_are_told(
    world: World, browse: Browse
) -> None:
    session = session_of(world)
    answer = edit(browse(world.owner), session, date="2023-06-22", teams=[str(world.team.pk)])
    assert answer.headers["Location"] == f"/c/de-an-06-2023/sessions/{session.pk}/"
    session.refresh_from_db()
    assert (session.date, session.version) == (dt.date(2023, 6, 22), 2)
    assert list(session.teams.all()) == [world.team]
    changed = set(DirtyDay.objects.values_list("date", flat=True))
    assert changed == {TODAY, dt.date(2023, 6, 22)}


def test_change_sent_twice_is_one_change(world: World, browse: Browse) -> None:
    session = session_of(world)
    client = browse(world.owner)
    for _tap in range(2):
        assert edit(client, session, note="Mang ghế").status_code == 302
    session.refresh_from_db()
    assert session.version == 2


def test_conflict_shows_the_other_version_and_keeps_what_was_typed(
    world: World, browse: Browse
) -> None:
    session = session_of(world)
    edit(browse(world.lead), session, place="Đình làng", note="Của huyện")
    answer = edit(browse(world.owner), session, place="Chợ Bể", note="Của xã")
    page = read(answer)
    assert answer.status_code == 409
    assert "Đình làng" in page.text
    assert "Của huyện" in page.text
    assert (page.fields["place"], page.fields["note"]) == ("Chợ Bể", "Của xã")
    assert page.fields["base_version"] == "2"
    again = edit(browse(world.owner), session, place="Chợ Bể", note="Của xã", base_version=2)
    assert again.status_code == 302
    session.refresh_from_db()
    assert (session.place, session.version) == ("Chợ Bể", 3)


def test_teams_that_one_cannot_call_stay_in_the_session(world: World, browse: Browse) -> None:
    far = make_team(name="Tổ của tỉnh", branch=world.police)
    session = session_of(world, teams=[far], partners=[world.police])
    assert (
        "Tổ của tỉnh"
        in read(browse(world.owner).get(f"/c/de-an-06-2023/sessions/{session.pk}/edit/")).text
    )
    edit(browse(world.owner), session, teams=[str(far.pk)], partners=["CA-36"], note="Mang ghế")
    session.refresh_from_db()
    assert (list(session.teams.all()), session.note) == ([far], "Mang ghế")
    # But they cannot be called.
    other = session_of(world)
    assert edit(browse(world.owner), other, teams=[str(far.pk)]).status_code == 200
    assert not other.teams.exists()


@pytest.mark.parametrize("sent", ["", "một", "-1", "9" * 30])
def test_lost_version_is_answered(world: World, browse: Browse, sent: str) -> None:
    session = session_of(world)
    answer = edit(browse(world.owner), session, base_version=sent, note="Mang ghế")
    assert answer.status_code == 200
    assert any("Tải lại trang" in problem for problem in read(answer).problems)
    session.refresh_from_db()
    assert session.version == 1


def test_what_is_over_is_not_planned_any_more(world: World, browse: Browse) -> None:
    closed = session_of(world, state=State.CLOSED, headcount=0, participations=0)
    assert edit(browse(world.owner), closed, note="Mang ghế").status_code == 302
    begun = session_of(world, state=State.UNDER_WAY)
    moved = edit(browse(world.owner), begun, date="2023-06-22")
    assert any("không đổi ngày được" in problem for problem in read(moved).problems)
    closed.refresh_from_db()
    begun.refresh_from_db()
    assert (closed.note, begun.date) == ("", TODAY)


CHANGERS = [
    ("owner", 200), ("lead", 200), ("staff", 200), ("leader", 403), ("officer", 403),
    ("liaison", 403), ("partner", 403), ("neighbour", 404), ("other_lead", 404),
    ("stranger", 404),
]  # fmt: skip


@pytest.mark.parametrize("page", ["edit", "cancel"])
@pytest.mark.parametrize(("who", "status"), CHANGERS)
def test_only_who_runs_the_host_changes_and_cancels(
    world: World, browse: Browse, who: str, status: int, page: str
) -> None:
    session = session_of(world)
    client = browse(getattr(world, who))
    url = f"/c/de-an-06-2023/sessions/{session.pk}/{page}/"
    typed = {**TYPED, "base_version": "1", "reason": "Mưa bão"}
    answers = (client.get(url).status_code, client.post(url, typed).status_code)
    assert answers == (status, 302 if status == 200 else status)
    session.refresh_from_db()
    assert session.version == (2 if status == 200 else 1)


def test_partner_sees_but_does_not_change(world: World, browse: Browse) -> None:
    session = session_of(world, partners=[world.neighbour_branch])
    client = browse(world.neighbour)
    page = text(client, f"/c/de-an-06-2023/sessions/{session.pk}/")
    assert "Số của buổi do Đoàn xã Giao Tiến tính" in page
    assert client.get(f"/c/de-an-06-2023/sessions/{session.pk}/edit/").status_code == 403
    assert (
        client.post(f"/c/de-an-06-2023/sessions/{session.pk}/cancel/", {"reason": "x"}).status_code
        == 403
    )


# Cancelling


def test_cancelled_session_says_why(world: World, browse: Browse) -> None:
    session = session_of(world)
    client = browse(world.owner)
    url = f"/c/de-an-06-2023/sessions/{session.pk}/cancel/"
    assert any("Ghi lý do hủy" in problem for problem in read(client.post(url, {})).problems)
    refused = read(client.post(url, {"reason": "Ông 036123456789 ốm"}))
    assert refused.fields["reason"] == "Ông 036123456789 ốm"
    assert any("12 chữ số" in problem for problem in refused.problems)
    client.post(url, {"reason": "Mưa bão"})
    session.refresh_from_db()
    assert (session.state, session.cancel_reason) == (State.CANCELLED, "Mưa bão")
    assert "Buổi này đã hủy: Mưa bão" in text(client, f"/c/de-an-06-2023/sessions/{session.pk}/")
    assert client.post(url, {"reason": "Lại hủy"}).status_code == 302
    session.refresh_from_db()
    assert session.cancel_reason == "Mưa bão"


def test_place_of_a_cancelled_session_is_free_again(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    client.post(NEW, TYPED)
    session = SupportSession.objects.get()
    client.post(f"/c/de-an-06-2023/sessions/{session.pk}/cancel/", {"reason": "Mưa bão"})
    client.post(NEW, TYPED)
    assert SupportSession.objects.existing().count() == 1


# One session


def test_results_stand_with_what_follows_from_them(world: World, browse: Browse) -> None:
    session = session_of(
        world,
        state=State.CLOSED,
        counts={"installed": 9, "level1": 5, "level2": 4, "upgraded": 1},
        headcount=2,
        participations=7,
    )
    page = text(browse(world.owner), f"/c/de-an-06-2023/sessions/{session.pk}/")
    assert "Tài khoản kích hoạt8 " in page
    assert "Lượt tham gia7 " in page


def test_everybody_in_scope_sees_the_session_and_nobody_in_it(world: World, browse: Browse) -> None:
    session = session_of(world, teams=[world.team])
    session.attendance.create(volunteer=world.member)
    seen = {}
    for who in ("owner", "leader", "lead", "staff", "liaison", "partner", "officer",
                "neighbour", "other_lead", "stranger"):  # fmt: skip
        answer = browse(getattr(world, who)).get(f"/c/de-an-06-2023/sessions/{session.pk}/")
        seen[who] = answer.status_code
        assert world.member.full_name not in answer.content.decode()
    assert seen == {
        **dict.fromkeys(seen, 200),
        "neighbour": 404,
        "other_lead": 404,
        "stranger": 404,
    }
    assert browse(world.owner).get(f"/c/de-an-06-2023/sessions/{10**30}/").status_code == 404


def test_buttons_are_for_those_who_may(world: World, browse: Browse) -> None:
    session = session_of(world, teams=[world.team])

    def routes(user: User) -> set[str]:
        links = read(browse(user).get(f"/c/de-an-06-2023/sessions/{session.pk}/")).links
        base = f"/c/de-an-06-2023/sessions/{session.pk}/"
        return {link.removeprefix(base) for link in links if link.startswith(base)}

    leading = {"people/", "qr/", "close/"}
    assert routes(world.owner) == {*leading, "edit/", "cancel/"}
    assert routes(world.leader) == leading
    assert routes(world.liaison) == set()
    tomorrow = TODAY + dt.timedelta(days=1)
    SupportSession.objects.update(date=tomorrow)
    assert "close/" not in routes(world.owner)


# Clashes


def test_clash_of_a_team_is_told_and_forbids_nothing(world: World, browse: Browse) -> None:
    session_of(
        world,
        place="Nhà văn hóa",
        date=dt.date(2023, 6, 25),
        begins_at=dt.time(9, 0),
        ends_at=dt.time(11, 0),
        teams=[world.team],
    )
    sent = {**TYPED, "teams": [str(world.team.pk)]}
    answer = browse(world.owner).post(NEW, sent, follow=True)
    wording = "Tổ công nghệ số xóm 1 cũng có buổi ở Nhà văn hóa, 09:00–11:00 ngày 25/06."
    assert wording in read(answer).text
    assert SupportSession.objects.count() == 2


def test_what_does_not_overlap_or_does_not_stand_is_no_clash(world: World) -> None:
    hours = {"begins_at": dt.time(7, 0), "ends_at": dt.time(9, 0), "teams": [world.team]}
    session = session_of(world, **hours)
    session_of(world, **{**hours, "begins_at": dt.time(9, 0), "ends_at": dt.time(10, 0)})
    session_of(world, **hours, date=TODAY + dt.timedelta(days=1))
    session_of(world, **hours, state=State.CANCELLED, cancel_reason="Mưa bão")
    session_of(world, **{**hours, "teams": []})
    assert overlapping_sessions([session], world.owner) == []


def test_clash_of_a_person_names_only_whom_one_may_read(world: World) -> None:
    session, other = session_of(world), session_of(world)
    stranger = make_volunteer(full_name="Người Xa Lạ")
    for one in (session, other):
        one.attendance.create(volunteer=world.member)
        one.attendance.create(volunteer=stranger)
    (clash,) = overlapping_sessions([session], world.owner)
    assert clash.people == ["Lê Thị Thành Viên", "Người Xa Lạ"]
    (hidden,) = overlapping_sessions([session], world.liaison)
    assert (hidden.people, hidden.unnamed) == ([], 2)
    assert hidden.text.startswith("2 người cũng có buổi ở Nhà văn hóa")


def test_of_a_clash_outside_the_scope_only_the_hours_are_told(world: World, browse: Browse) -> None:
    session = session_of(world, teams=[world.team])
    far = session_of(world, branch=world.far_branch, place="Chợ xa", teams=[world.team])
    page = browse(world.owner).get(f"/c/de-an-06-2023/sessions/{session.pk}/")
    assert "cũng có buổi ở điểm khác, 00:00–02:00 ngày 20/06" in read(page).text
    assert "Chợ xa" not in read(page).text
    assert f"/c/de-an-06-2023/sessions/{far.pk}/" not in read(page).links
    assert "Chợ xa" in text(browse(world.staff), f"/c/de-an-06-2023/sessions/{session.pk}/")


# The calendar


def test_calendar_shows_the_week_of_ones_scope(world: World, browse: Browse) -> None:
    session_of(world, place="Thứ hai", date=dt.date(2023, 6, 19))
    session_of(world, place="Chủ nhật", date=dt.date(2023, 6, 25))
    session_of(world, place="Tuần sau", date=dt.date(2023, 6, 26))
    session_of(world, place="Tuần trước", date=dt.date(2023, 6, 18))
    session_of(world, place="Hàng xóm", branch=world.neighbour_branch)
    session_of(world, place="Chiến dịch khác", campaign=make_campaign(starts_on=TODAY))

    def shown(user: User, query: str = "") -> set[str]:
        page = text(browse(user), f"/c/de-an-06-2023/sessions/?{query}")
        names = ("Thứ hai", "Chủ nhật", "Tuần sau", "Tuần trước", "Hàng xóm", "Chiến dịch khác")
        return {name for name in names if f"{name} Xã" in page}

    assert shown(world.owner) == {"Thứ hai", "Chủ nhật"}
    assert shown(world.lead) == {"Thứ hai", "Chủ nhật", "Hàng xóm"}
    assert shown(world.neighbour) == {"Hàng xóm"}
    assert shown(world.other_lead) == set()
    assert shown(world.owner, "&date=26/06/2023") == {"Tuần sau"}
    assert shown(world.owner, "&date=2023-06-18") == {"Tuần trước"}
    assert shown(world.lead, "&unit=14158") == {"Hàng xóm"}
    assert shown(world.lead, "&branch=XD-14173") == {"Thứ hai", "Chủ nhật"}
    assert shown(world.lead, "&state=closed") == set()
    assert shown(world.lead, "&view=day") == {"Hàng xóm"}
    assert shown(world.lead, "&view=month&date=2023-05-01") == set()


def test_links_lead_to_the_weeks_before_and_after_and_keep_the_filters(
    world: World, browse: Browse
) -> None:
    links = read(
        browse(world.lead).get("/c/de-an-06-2023/sessions/?unit=14173&state=planned")
    ).links
    for day in ("2023-06-12", "2023-06-26"):
        assert f"?view=week&date={day}&unit=14173&state=planned" in links
    months = read(
        browse(world.lead).get("/c/de-an-06-2023/sessions/?view=month&date=2023-01-31")
    ).links
    assert "?view=month&date=2022-12-31" in months
    assert "?view=month&date=2023-02-01" in months


def test_wrong_questions_have_answers(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    assert "Không có ngày “31/02/2023”" in text(
        client, "/c/de-an-06-2023/sessions/?date=31/02/2023"
    )
    for query in ("view=year", "state=xong", "unit=14158", "unit=khong", "branch=XD-14158",
                  "date=0001-01-01", "date=9999-12-31"):  # fmt: skip
        assert (query, client.get(f"/c/de-an-06-2023/sessions/?{query}").status_code) == (
            query,
            404,
        )
    assert client.get("/sessions/?campaign=khac").status_code == 404
    assert client.get("/c/de-an-06-2023/sessions/?view=day&page=99999").status_code == 200
    assert client.get("/c/de-an-06-2023/sessions/?view=day&page=abc").status_code == 200


def test_busy_day_is_cut_short_and_all_of_it_can_be_had(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_views, "EACH_IN_WEEK", 2)
    monkeypatch.setattr(session_views, "PAGE", 2)
    for _number in range(3):
        session_of(world)
    session_of(world, state=State.CANCELLED, cancel_reason="Mưa bão")
    client = browse(world.owner)
    page = read(client.get("/c/de-an-06-2023/sessions/"))
    assert page.by_id["d20230620"] == "Thứ Ba, 20/06/2023 hôm nay · 3 buổi"
    assert (
        sum(
            "/c/de-an-06-2023/sessions/" in link and link.split("/")[-2].isdigit()
            for link in page.links
        )
        == 2
    )
    assert "Xem cả 4 buổi" in page.text
    assert "?view=day&date=2023-06-20" in page.links
    day = read(client.get("/c/de-an-06-2023/sessions/?view=day&date=2023-06-20"))
    assert "?view=day&date=2023-06-20&page=2" in day.links


def test_month_counts_what_stands(world: World, browse: Browse) -> None:
    session_of(world)
    session_of(world, state=State.CANCELLED, cancel_reason="Mưa bão")
    session_of(world, date=dt.date(2023, 6, 1))
    page = text(browse(world.owner), "/c/de-an-06-2023/sessions/?view=month")
    assert "Tháng 6/2023: 2 buổi" in page
    assert "1 buổi 1 hủy" in page


@pytest.mark.parametrize("view", ["week", "month", "day"])
def test_calendar_takes_the_same_queries_for_one_and_for_three(
    world: World, browse: Browse, view: str
) -> None:
    taken = []
    for number in (1, 2):
        for _more in range(number):
            session_of(world, teams=[world.team], partners=[world.police])
        client = browse(world.owner)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/c/de-an-06-2023/sessions/?view={view}").status_code == 200
        taken.append(len(queries))
    assert taken == [taken[0]] * 2


def test_page_of_a_session_takes_the_same_queries_with_one_clash_and_with_three(
    world: World, browse: Browse
) -> None:
    session = session_of(world, teams=[world.team])
    session.attendance.create(volunteer=world.member)
    taken = []
    for number in (1, 2):
        for _more in range(number):
            other = session_of(world, teams=[world.team])
            other.attendance.create(volunteer=world.member)
        client = browse(world.owner)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/c/de-an-06-2023/sessions/{session.pk}/").status_code == 200
        taken.append(len(queries))
    assert taken == [taken[0]] * 2


def test_who_has_no_appointment_finds_no_calendar(world: World, browse: Browse) -> None:
    assert browse(world.stranger).get("/c/de-an-06-2023/sessions/").status_code == 404
    ended = make_user()
    make_appointment(
        user=ended, branch=world.branch, role=Role.SECRETARY, ends_on=TODAY - dt.timedelta(days=1)
    )
    assert browse(ended).get("/c/de-an-06-2023/sessions/").status_code == 404


def test_button_to_plan_is_for_those_who_may(world: World, browse: Browse) -> None:
    seen = {
        who: "Lập buổi mới"
        in read(browse(getattr(world, who)).get("/c/de-an-06-2023/sessions/")).text
        for who in ("owner", "lead", "staff", "officer", "leader", "liaison", "partner")
    }
    assert seen == {
        **dict.fromkeys(("owner", "lead", "staff", "officer"), True),
        **dict.fromkeys(("leader", "liaison", "partner"), False),
    }


def test_two_hosts_at_one_place_are_told_that_one_of_them_counts(world: World) -> None:
    day = {"campaign": world.campaign, "unit": world.commune, "date": TODAY}
    mine = make_session(branch=world.branch, place="Nhà văn hoá xóm 5", **day)
    make_session(branch=world.police, place="nhà văn hóa xóm 5", **day)
    make_session(branch=world.police, place="Chợ Bể", **day)
    (clash,) = overlapping_sessions([mine], world.owner)
    assert clash.is_same_location
    assert "Công an tỉnh cũng có buổi ở nhà văn hóa xóm 5" in clash.text
    assert "không tính hai lần" in clash.text
