"""The plan of a branch: what is needed by which rates, drafts, hamlets, readiness."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from campaign.models import Level, Target
from reports.plans import services
from reports.plans.models import PlanAssumption, SessionDraft
from reports.plans.selectors import Rates
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import (
    make_help_request,
    make_session,
    make_unit,
)
from tests.pages import read
from tests.reports.plans.planning import DAY, closed, draft, plan_of
from volunteers.errors import NotNow
from volunteers.sessions.models import State, SupportSession

Browse = Callable[[User], Client]
URL = "/c/de-an-06-2023/branches/XD-14173/plan/"


def need(world: World) -> tuple[int, int, int]:
    found = plan_of(world).need
    assert found is not None
    return found.remaining, found.sessions, found.per_week


def call(world: World, one: SessionDraft) -> dict[str, Any]:
    return {
        "actor": world.owner,
        "campaign": world.campaign,
        "branch": world.branch,
        "draft_id": one.pk,
    }


def change(one: SessionDraft, **given: Any) -> services.DraftChange:
    return replace(services.DraftChange.of(one), **given)


# What is needed, and by which rates


def test_the_rates_are_the_nearest_that_are_enough(world: World, target: Target) -> None:
    campaign = world.campaign

    def rates() -> Rates:
        return plan_of(world).rates

    assert (rates().persons("activated").source, rates().persons("activated").value) == (
        "default",
        20,
    )
    above: dict[str, Any] = {"persons": 30, "volunteers": None, "weekly": None, "hamlets": ""}
    services.assume(actor=world.lead, campaign=campaign, branch=world.district_union, **above)
    assert rates().persons("activated").name == world.district_union.name
    # Three of a branch far away are better than a guess, three of the district better still.
    closed(world, 40, 40, 40, branch=world.far_branch)
    assert (rates().persons("activated").source, rates().volunteers.source) == (
        "campaign",
        "campaign",
    )
    closed(world, 10, 10, 10, branch=world.neighbour_branch)
    assert (rates().persons("activated").source, rates().persons("activated").value) == (
        "parent",
        10,
    )
    # Of the own what was not counted is left out, and two that counted are too few.
    closed(world, 5, 7, None)
    assert rates().persons("activated").source == "parent"
    closed(world, 9, place="Đình")
    found = rates().persons("activated")
    assert (found.source, found.total, found.of) == ("own", 21, 3)
    assert rates().volunteers.of == 4
    own: dict[str, Any] = {"persons": 25, "volunteers": 6, "weekly": 9, "hamlets": ""}
    services.assume(actor=world.owner, campaign=campaign, branch=world.branch, **own)
    assert {rates().persons("activated").source, rates().weekly.source} == {"set"}


def test_what_is_left_is_divided_by_the_rate(world: World, target: Target) -> None:
    closed(world, 10, 10, 10)
    assert need(world) == (170, 17, 12)
    make_session(campaign=world.campaign, branch=world.branch, unit=world.commune, date=TODAY + DAY)
    plan = plan_of(world)
    assert plan.need is not None
    assert (plan.need.planned, plan.need.to_plan, plan.need.is_possible) == (1, 16, False)


STATES: dict[str, tuple[dict[str, Any], str]] = {
    "no target": ({"value": 0}, "Chưa giao chỉ tiêu"),
    "reached": ({"value": 30}, "Đã đạt chỉ tiêu"),
    "due date gone": ({"due_on": TODAY - DAY}, "Đã hết hạn ngày 19/06/2023, còn thiếu 170."),
    "last day": ({"due_on": TODAY}, "Hôm nay là ngày cuối, đã lên lịch 0 buổi"),
    "less than a week": ({"due_on": TODAY + DAY * 2}, "Cần 17 buổi. Tuần nhiều buổi nhất"),
    "too much": ({}, "Tuần nhiều buổi nhất của đơn vị là 2 buổi."),
    "within reach": ({"value": 40}, "Đã lên lịch 0, còn 1 buổi phải lên lịch."),
}


@pytest.mark.parametrize("case", STATES)
def test_the_page_says_how_it_stands(
    world: World, target: Target, browse: Browse, case: str
) -> None:
    values, text = STATES[case]
    Target.objects.update(**values)
    closed(world, 10, 10, 10)
    drain()
    page = " ".join(read(browse(world.owner).get(URL)).text.split())
    assert text in page
    can_draft = "Lập lịch đề xuất" in page
    assert can_draft == (case in ("less than a week", "too much", "within reach"))


def test_what_a_page_says_of_a_week_is_what_it_reckons_with(
    world: World, target: Target, browse: Browse
) -> None:
    closed(world, 10, 10, 10)
    rates: dict[str, Any] = {"persons": None, "volunteers": None, "weekly": 3}
    services.assume(actor=world.owner, campaign=world.campaign, branch=world.branch, **rates)
    plan = plan_of(world)
    assert plan.need is not None
    page = " ".join(read(browse(world.owner).get(URL)).text.split())
    short = plan.need.short
    assert f"làm được chừng 3 buổi. Giữ mức ấy thì đến 30/06 còn thiếu {short}" in page
    assert "Tuần nhiều buổi nhất" not in page


def test_help_for_one_at_home_is_no_session_to_reckon_with(world: World, target: Target) -> None:
    closed(world, 10, 10, 10)
    before = plan_of(world).rates
    for session in closed(world, 1, 1, 1, 1, place="Giúp theo yêu cầu 7"):
        make_help_request(campaign=world.campaign, unit=world.commune, session=session)
    after = plan_of(world).rates
    assert after.persons("activated") == before.persons("activated")
    assert (after.weekly, after.volunteers) == (before.weekly, before.volunteers)


def test_a_district_holds_more_than_one_session_a_day(world: World, target: Target) -> None:
    Target.objects.update(unit=world.district, value=400)
    for place in ("Chợ", "Đình", "Trường"):
        closed(world, *[10] * 7, place=place)
    need = plan_of(world, world.district_union).need
    assert need is not None
    assert (need.usual_per_week, need.possible) == (18, 30)


def test_a_target_shared_by_several_is_nobodys_plan(world: World, browse: Browse) -> None:
    page = read(browse(world.officer).get("/c/de-an-06-2023/branches/CA-36/plan/"))
    assert "do nhiều đơn vị cùng làm" in page.text


# Drafts


def test_drafts_follow_habits_and_conflict_with_nothing(world: World, target: Target) -> None:
    closed(world, 10, 10, 10)
    busy = make_session(
        campaign=world.campaign,
        branch=world.branch,
        date=TODAY + DAY * 6,
        begins_at=dt.time(9, 0),
        ends_at=dt.time(11, 0),
    )
    drain()
    found = draft(world)
    # The busiest week had two: so many are proposed a week, that which is planned among them.
    assert [one.date.day for one in found] == [24, 25, 27]
    assert busy.date not in {one.date for one in found}
    assert {(one.begins_at, one.ends_at) for one in found} == {(dt.time(7, 30), dt.time(10, 0))}
    assert {one.place for one in found} == {"Chợ Bể"}


def test_accepted_moved_and_dropped_are_not_proposed_again(world: World, target: Target) -> None:
    services.assume(
        actor=world.owner,
        campaign=world.campaign,
        branch=world.branch,
        persons=20,
        volunteers=4,
        weekly=3,
        hamlets="Xóm 1\nXóm 2\nXóm 3\n\nxóm 1",
    )
    drain()
    first = draft(world)
    assert [one.hamlet for one in first][:4] == ["Xóm 1", "Xóm 2", "Xóm 3", "Xóm 1"]
    accepted, moved, dropped, *_rest = first
    session = services.accept_draft(**call(world, accepted), change=change(accepted))
    assert (session.date, session.place, session.unit, session.state) == (
        accepted.date,
        "Nhà văn hóa Xóm 1",
        world.commune,
        State.PLANNED,
    )
    services.move_draft(**call(world, moved), change=change(moved, begins_at=dt.time(18, 0)))
    services.drop_draft(**call(world, dropped))
    again = draft(world)
    assert len({one.date for one in again}) == len(again)
    assert {accepted.date, dropped.date}.isdisjoint(one.date for one in again)
    assert [one.begins_at for one in again if one.date == moved.date] == [dt.time(18, 0)]
    # Xóm 3 was dropped: it is the last to be proposed.
    new = [one.hamlet for one in again if one.pk != moved.pk]
    assert new.index("Xóm 3") == 2
    assert SupportSession.objects.count() == 1
    # What is gone is told as such, and what was dropped can come back.
    for act in (
        lambda: services.accept_draft(**call(world, accepted), change=change(accepted)),
        lambda: services.drop_draft(**call(world, accepted)),
        lambda: services.move_draft(**call(world, dropped), change=change(dropped)),
    ):
        with pytest.raises(NotNow):
            act()
    services.drop_draft(**call(world, dropped), is_back=True)
    left = draft(world)
    assert dropped.pk in {one.pk for one in left}
    number, problems = services.accept_all(
        actor=world.owner, campaign=world.campaign, branch=world.branch
    )
    assert (number, problems, SessionDraft.objects.count()) == (len(left), [], 0)


def test_two_who_have_one_page_open_do_not_undo_each_other(
    world: World, target: Target, browse: Browse
) -> None:
    seen = change(one := draft(world)[0])
    later = replace(seen, date=one.date + DAY, begins_at=dt.time(18, 0))
    services.move_draft(**call(world, one), change=later)
    for act in (services.accept_draft, services.move_draft):
        with pytest.raises(NotNow, match="18:00–21:00"):
            act(**call(world, one), change=seen)
    assert not SupportSession.objects.exists()
    one.refresh_from_db()
    services.move_draft(**call(world, one), change=change(one, date=TODAY))
    # Moved to today it is still there, to be accepted with the others.
    assert one in plan_of(world).drafts
    services.accept_all(actor=world.owner, campaign=world.campaign, branch=world.branch)
    assert SupportSession.objects.filter(date=TODAY, begins_at=dt.time(18, 0)).exists()
    # What is gone is said, and with it what was typed over it.
    typed = {"place": "Đình", "date": "2023-06-25", "begins_at": "07:00", "ends_at": "09:00"}
    posted = {"act": "accept", "draft": str(one.pk), **typed}
    page = browse(world.owner).post(URL, posted, follow=True).content.decode()
    assert "Đình, 25/06/2023 07:00–09:00" in page


def test_what_was_proposed_for_a_commune_that_ends_is_not_accepted_with_the_rest(
    world: World, target: Target
) -> None:
    Target.objects.update(unit=world.district)
    drain()
    call: dict[str, Any] = {
        "actor": world.lead,
        "campaign": world.campaign,
        "branch": world.district_union,
    }
    services.draft_sessions(**call)
    proposed = SessionDraft.objects.filter(branch=world.district_union)
    ended = proposed.filter(unit=world.sibling).count()
    assert 0 < ended < proposed.count()
    world.sibling.valid_to = TODAY
    world.sibling.save()
    left = plan_of(world, world.district_union).drafts
    assert len(left) == proposed.count() - ended
    assert services.accept_all(**call) == (len(left), [])


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "past": ({"date": TODAY - DAY}, "Ngày này đã qua"),
    "after the campaign": ({"date": dt.date(2023, 7, 1)}, "Chiến dịch diễn ra từ"),
    "ends first": ({"ends_at": "00:00"}, "Giờ kết thúc phải sau giờ bắt đầu"),
    "no name": ({"place": ""}, "Ghi tên điểm hỗ trợ"),
}


@pytest.mark.parametrize("act", ["move", "accept"])
@pytest.mark.parametrize("case", WRONG)
def test_a_draft_that_cannot_stand_is_answered_and_nothing_typed_is_lost(
    world: World, target: Target, browse: Browse, case: str, act: str
) -> None:
    values, wording = WRONG[case]
    one, *others = draft(world)
    SessionDraft.objects.filter(pk__in=[other.pk for other in others]).delete()
    typed = {
        "seen": one.seen,
        "place": one.place,
        "date": f"{one.date:%Y-%m-%d}",
        "begins_at": f"{one.begins_at:%H:%M}",
        "ends_at": f"{one.ends_at:%H:%M}",
        **{name: str(value) for name, value in values.items()},
    }
    page = read(browse(world.owner).post(URL, {"act": act, "draft": str(one.pk), **typed}))
    assert page.status == 200
    assert any(wording in problem for problem in page.problems), page.problems
    assert not SupportSession.objects.exists()
    for name, value in values.items():
        assert page.fields[name] == typed[name], value
    one.refresh_from_db()
    assert not one.is_moved


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("lead", 200), ("staff", 200), ("leader", 403), ("partner", 403),
     ("neighbour", 404), ("stranger", 404)],
)  # fmt: skip
def test_the_plan_is_for_those_who_plan(
    world: World, target: Target, browse: Browse, who: str, status: int
) -> None:
    one = draft(world)[0]
    client = browse(getattr(world, who))
    assert client.get(URL).status_code == status
    for act in ("draft", "accept_all", "assume", "drop"):
        answer = client.post(URL, {"act": act, "draft": str(one.pk), "persons": "7"})
        assert answer.status_code == (302 if status == 200 else status)
    assert PlanAssumption.objects.exists() == (status == 200)
    if status != 200:
        assert not SupportSession.objects.exists()
        with pytest.raises(PermissionDenied):
            services.require_planner(getattr(world, who), world.branch)


@pytest.mark.parametrize("typed", ["0", "1.000", "nhiều", "-3", "99999"])
def test_what_is_no_rate_is_asked_about(world: World, browse: Browse, typed: str) -> None:
    page = read(browse(world.owner).post(URL, {"act": "assume", "persons": typed}))
    assert page.problems
    assert page.fields["persons"] == typed
    assert not PlanAssumption.objects.exists()
    for act in ("nothing", "accept"):
        answer = browse(world.owner).post(URL, {"act": act, "draft": "x"})
        assert answer.status_code == 404


def test_the_page_takes_the_same_queries_however_much_there_is(
    world: World, target: Target, browse: Browse
) -> None:
    client = browse(world.owner)
    client.get(URL)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(URL)
    for n in range(3):
        make_unit(name=f"Xóm {n}", level=Level.HAMLET, parent=world.commune)
    draft(world)
    client.get(URL)
    with CaptureQueriesContext(connection) as some:
        client.get(URL)
    closed(world, 10, 10, 10)
    make_unit(name="Xóm 8", level=Level.HAMLET, parent=world.commune)
    draft(world)
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(few) - 2 <= len(many) <= len(some) <= len(few) + 3
