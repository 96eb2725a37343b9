"""Sessions that repeat: every Sunday until…, without some days."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from campaign.models import DirtyDay
from tests.accounts.test_invitations import at_once
from tests.conftest import World, build_world
from tests.factories import make_session
from tests.pages import read
from volunteers.errors import InvalidInput
from volunteers.sessions.models import Series, State, SupportSession
from volunteers.sessions.recurrence import MOST_IN_SERIES, days_of, words_of
from volunteers.sessions.services.session_planning import AlreadyPlanned, Plan, plan_sessions

Browse = Callable[[User], Client]
NEW = "/c/de-an-06-2023/sessions/new/"
TYPED = {
    "place_kind": "market",
    "place": "Chợ Bể",
    "date": "2023-05-07",
    "begins_at": "07:30",
    "ends_at": "10:00",
}
WEEKLY = {**TYPED, "repeat": "weekly", "until": "2023-06-30"}
SUNDAYS = Plan(
    campaign="de-an-06-2023",
    branch="XD-14173",
    place_kind="market",
    place="Chợ Bể",
    date=dt.date(2023, 5, 7),
    begins_at=dt.time(7, 30),
    ends_at=dt.time(10, 0),
    rule="FREQ=WEEKLY;BYDAY=SU",
    until=dt.date(2023, 6, 30),
)


def days() -> list[str]:
    """Return the days on which sessions stand."""
    dates = SupportSession.objects.existing().values_list("date", flat=True)
    return [f"{day:%d/%m}" for day in dates.order_by("date")]


def test_every_sunday_until_the_end_without_some(world: World, browse: Browse) -> None:
    answer = browse(world.owner).post(
        NEW, {**WEEKLY, "but": "21/5, 11/06/2023", "teams": [str(world.team.pk)]}, follow=True
    )
    assert days() == ["07/05", "14/05", "28/05", "04/06", "18/06", "25/06"]
    series = Series.objects.get()
    assert (series.rule, series.branch) == ("FREQ=WEEKLY;BYDAY=SU", world.branch)
    assert (series.starts_on, series.ends_on) == (dt.date(2023, 5, 7), dt.date(2023, 6, 25))
    assert all(s.series == series for s in SupportSession.objects.all())
    assert all(list(s.teams.all()) == [world.team] for s in SupportSession.objects.all())
    assert len({s.join_key for s in SupportSession.objects.all()}) == 6
    assert DirtyDay.objects.count() == 6
    page = read(answer)
    assert "Đã lập 6 buổi tại Chợ Bể, từ 07/05 đến 25/06." in page.text
    assert "Tháng 5/2023: 3 buổi" in " ".join(page.text.split())


def test_a_series_ends_with_the_campaign_where_nothing_else_is_said(
    world: World, browse: Browse
) -> None:
    client = browse(world.owner)
    assert read(client.get(NEW)).fields["until"] == "2023-06-30"
    client.post(NEW, {**WEEKLY, "until": ""})
    assert (len(days()), days()[-1]) == (8, "25/06")
    # The day that stood in the form says nothing by itself.
    client.post(NEW, {**TYPED, "place": "Đình", "until": "2023-06-30"})
    assert len(days()) == 9


def test_some_weekdays_and_every_day(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    client.post(NEW, {**WEEKLY, "until": "2023-05-17", "weekdays": ["TU", "SA"]})
    assert days() == ["09/05", "13/05", "16/05"]
    client.post(NEW, {**TYPED, "place": "Đình", "repeat": "daily", "until": "09/05/2023"})
    assert days() == ["07/05", "08/05", "09/05", "09/05", "13/05", "16/05"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "until before date": ({"until": "2023-05-06"}, "Ngày kết thúc phải sau ngày bắt đầu"),
    "ten years": ({"until": "2033-05-07"}, "Chiến dịch kết thúc ngày 30/06/2023"),
    "no such day": ({"until": "31/06/2023"}, "Không có ngày “31/06/2023”"),
    "exception that is none": ({"but": "22/05"}, "Ngày 22/05/2023 không nằm trong chuỗi"),
    "exception in words": ({"but": "ngày lễ"}, "Không có ngày “ngày”"),
    "exceptions without end": ({"but": "1/5 " * 400}, "Quá 200 ngày"),
    "all days left out": (
        {"until": "2023-05-14", "but": "7/5,14/5"},
        "Ngày nào cũng nghỉ thì không còn buổi",
    ),
    "no day in it": ({"until": "2023-05-08", "weekdays": ["WE"]}, "Không có ngày nào khớp"),
    "weekday that is none": ({"weekdays": ["XX"]}, "Có mục không còn trong danh sách"),
    "end without repetition": (
        {"repeat": "", "until": "2023-06-29"},
        "Chọn hằng tuần hoặc hằng ngày",
    ),
    "unknown repetition": ({"repeat": "yearly"}, "Chọn một cách trong danh sách"),
    "before the campaign": ({"date": "2023-03-31"}, "Chiến dịch diễn ra từ"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_series_is_answered_and_nothing_typed_is_lost(
    world: World, browse: Browse, case: str
) -> None:
    sent, wording = WRONG[case]
    typed = {**WEEKLY, **sent}
    answer = browse(world.owner).post(NEW, typed)
    page = read(answer)
    assert answer.status_code == 200
    assert any(wording in problem for problem in page.problems), page.problems
    assert not SupportSession.objects.exists()
    for name in ("place", "date", "until", "but"):
        assert (name, page.fields[name]) == (name, typed.get(name, ""))
    if typed["repeat"] == "weekly":
        assert '<option value="weekly" selected>' in answer.content.decode()


def test_overlapping_series_is_refused_and_its_days_are_named(world: World) -> None:
    plan_sessions(actor=world.owner, plan=SUNDAYS)
    daily = {**SUNDAYS.__dict__, "rule": "FREQ=DAILY", "until": dt.date(2023, 5, 14)}
    with pytest.raises(InvalidInput) as refused:
        plan_sessions(actor=world.owner, plan=Plan(**daily))
    (wording,) = refused.value.errors["date"]
    assert "07/05 07:30–10:00, 14/05 07:30–10:00" in wording
    assert SupportSession.objects.count() == 8
    assert Series.objects.count() == 1
    # Without those days, or at another hour, it stands beside.
    but = (dt.date(2023, 5, 7), dt.date(2023, 5, 14))
    assert len(plan_sessions(actor=world.owner, plan=Plan(**{**daily, "but": but}))) == 6
    later = {**daily, "begins_at": dt.time(10, 0), "ends_at": dt.time(11, 0)}
    assert len(plan_sessions(actor=world.owner, plan=Plan(**later))) == 8


def test_series_that_contains_a_single_session_is_refused(world: World) -> None:
    make_session(
        branch=world.branch,
        campaign=world.campaign,
        place="Chợ Bể",
        date=dt.date(2023, 5, 14),
        begins_at=dt.time(9, 0),
        ends_at=dt.time(12, 0),
    )
    with pytest.raises(InvalidInput) as refused:
        plan_sessions(actor=world.owner, plan=SUNDAYS)
    (wording,) = refused.value.errors["date"]
    assert "14/05 09:00–12:00" in wording
    assert not Series.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_same_series_sent_at_the_same_moment_is_one(transactional_db: None) -> None:
    stage = build_world()
    results = at_once(*[lambda: plan_sessions(actor=stage.owner, plan=SUNDAYS)] * 3)
    assert sum(isinstance(result, AlreadyPlanned) for result in results) == 2
    assert (SupportSession.objects.count(), Series.objects.count()) == (8, 1)


def test_later_sessions_are_cancelled_with_one_and_earlier_ones_stay(
    world: World, browse: Browse
) -> None:
    sessions = plan_sessions(actor=world.owner, plan=SUNDAYS)
    closed = sessions[6]
    SupportSession.objects.filter(pk=closed.pk).update(
        state=State.CLOSED, headcount=1, participations=1, counts={"installed": 3}
    )
    client = browse(world.owner)
    url = f"/c/de-an-06-2023/sessions/{sessions[5].pk}/cancel/"
    assert "Các buổi sau buổi này (1 buổi)" in read(client.get(url)).text
    page = read(client.post(url, {"reason": "Nghỉ thi", "reach": "later"}, follow=True))
    assert "Đã hủy 1 buổi. Chuỗi còn 0 buổi chưa diễn ra." in page.text
    assert days() == ["07/05", "14/05", "21/05", "28/05", "04/06", "11/06", "18/06"]
    closed.refresh_from_db()
    assert (closed.state, closed.counts) == (State.CLOSED, {"installed": 3})


def test_one_of_a_series_can_be_cancelled_or_moved_alone(world: World, browse: Browse) -> None:
    sessions = plan_sessions(actor=world.owner, plan=SUNDAYS)
    client = browse(world.owner)
    client.post(f"/c/de-an-06-2023/sessions/{sessions[0].pk}/cancel/", {"reason": "Mưa bão"})
    moved = {**TYPED, "date": "2023-05-15", "base_version": "1"}
    client.post(f"/c/de-an-06-2023/sessions/{sessions[1].pk}/edit/", moved)
    assert days()[:2] == ["15/05", "21/05"]
    page = read(client.get(f"/c/de-an-06-2023/sessions/{sessions[1].pk}/"))
    assert "Chủ nhật hằng tuần, đến 25/06/2023: 8 buổi." in " ".join(page.text.split())
    assert {f"/c/de-an-06-2023/sessions/{s.pk}/" for s in sessions} <= set(page.links)


RULES = {
    "FREQ=WEEKLY;BYDAY=SU": ["04/06", "11/06", "18/06", "25/06"],
    "freq=weekly;byday=su": ["04/06", "11/06", "18/06", "25/06"],
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU": ["03/06", "04/06", "17/06", "18/06"],
    "FREQ=DAILY;INTERVAL=4": [
        "01/06", "05/06", "09/06", "13/06", "17/06", "21/06", "25/06", "29/06",
    ],
    "FREQ=MONTHLY;BYDAY=2SU": ["11/06"],
    "FREQ=MONTHLY;BYDAY=-1FR": ["30/06"],
    "FREQ=MONTHLY;BYMONTHDAY=15": ["15/06"],
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rules_of_the_standard_are_understood(rule: str) -> None:
    found = days_of(rule, dt.date(2023, 6, 1), dt.date(2023, 6, 30))
    assert [f"{day:%d/%m}" for day in found] == RULES[rule]


NO_RULES = (
    "", ";", "FREQ", "FREQ=", "FREQ=YEARLY", "FREQ=SECONDLY", "BYDAY=SU", "FREQ=WEEKLY;BYDAY=",
    "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=2SU", "FREQ=DAILY;FREQ=DAILY",
    "FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=20230630", "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=99999999999", "FREQ=DAILY;BYMONTHDAY=31,32",
    "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2", "FREQ=DAILY;BYHOUR=1", "RRULE:FREQ=DAILY",
    "FREQ=DAILY\nFREQ=DAILY", "FREQ=DAILY;X=1", "FREQ=ＤAILY", "mỗi chủ nhật", "\x00",
)  # fmt: skip


@pytest.mark.parametrize("rule", NO_RULES)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValidationError):
        days_of(rule, dt.date(2023, 6, 1), dt.date(2023, 6, 30))


def test_no_rule_is_counted_through_for_ever() -> None:
    began = time.monotonic()
    with pytest.raises(ValidationError):
        days_of("FREQ=MONTHLY;INTERVAL=4;BYDAY=1MO;BYMONTHDAY=28", dt.date.min, dt.date.max)
    with pytest.raises(ValidationError) as refused:
        days_of("FREQ=DAILY", dt.date(2023, 1, 1), dt.date.max)
    assert str(MOST_IN_SERIES) in refused.value.messages[0]
    assert time.monotonic() - began < 5


def test_rules_are_said_as_people_say_them() -> None:
    assert words_of("FREQ=WEEKLY;BYDAY=SU") == "Chủ nhật hằng tuần"
    assert words_of("FREQ=WEEKLY;BYDAY=SU,SA") == "Thứ Bảy, Chủ nhật hằng tuần"
    assert words_of("FREQ=DAILY") == "Hằng ngày"
    assert words_of("FREQ=MONTHLY;BYDAY=2SU") == "FREQ=MONTHLY;BYDAY=2SU"
    assert words_of("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU") == "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"
