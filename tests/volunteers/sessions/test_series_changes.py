"""This session, this and the later ones, all: what is changed, moved, cancelled, and what stays."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import DirtyDay
from tests.conftest import TODAY, World
from tests.pages import read
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import Participation, Series, State, SupportSession
from volunteers.sessions.recurrence import moved
from volunteers.sessions.services.series import Reached, cancel_series, change_series
from volunteers.sessions.services.session_planning import Plan, change_session, plan_sessions

Browse = Callable[[User], Client]
PLAN = Plan(
    campaign="de-an-06-2023",
    branch="XD-14173",
    place_kind="market",
    place="Chợ Bể",
    date=dt.date(2023, 6, 18),
    begins_at=dt.time(0, 0),
    ends_at=dt.time(23, 59),
)
PAST, BEGUN, CANCELLED, CLOSED, OWN, LAST = 18, 20, 22, 24, 26, 28


@pytest.fixture
def series(world: World) -> dict[int, SupportSession]:
    """Plan every day from 18 to 28 June by its day, today being the 20th.

    The 22nd is cancelled, the 24th closed, the 26th was changed by itself.
    """
    plan = replace(PLAN, rule="FREQ=DAILY", until=dt.date(2023, 6, 28))
    sessions = {s.date.day: s for s in plan_sessions(actor=world.owner, plan=plan)}
    rows = SupportSession.objects.filter
    rows(pk=sessions[CANCELLED].pk).update(state=State.CANCELLED, cancel_reason="Mưa")
    rows(pk=sessions[CLOSED].pk).update(state=State.CLOSED, headcount=1, participations=1)
    own = replace(PLAN, date=dt.date(2023, 6, OWN), ends_at=dt.time(20, 0))
    change_session(actor=world.owner, session=sessions[OWN], plan=own, base_version=1)
    assert {s.series_id for s in SupportSession.objects.all()} == {Series.objects.get().pk}
    return {s.date.day: s for s in SupportSession.objects.all()}


def changed(world: World, one: SupportSession, reach: str, **given: Any) -> Reached:
    call: dict[str, Any] = {"base_version": one.version, "reach": reach, "with_own": False}
    names = call.keys() & given.keys()
    call |= {name: given.pop(name) for name in names}
    plan = replace(PLAN, **{"date": one.date, "ends_at": one.ends_at, **given})
    return change_series(actor=world.owner, session=one, plan=plan, **call)


def stand() -> dict[int, tuple[Any, ...]]:
    """Return everything about the sessions that a change could touch, by id."""
    rows = SupportSession.objects.values_list(
        "pk", "date", "begins_at", "ends_at", "place", "state", "version", "stands_alone"
    )
    return {pk: values for pk, *values in rows}  # type: ignore[misc]


# From which day, how far, those changed alone too: whose plan is another one then.
REACHES = {
    "later": (25, "later", False, [25, 27, 28]),
    "later, from one changed alone": (OWN, "later", False, [26, 27, 28]),
    "later with those changed alone": (25, "later", True, [25, 26, 27, 28]),
    "all": (25, "all", False, [21, 23, 25, 27, 28]),
    "all with those changed alone": (25, "all", True, [21, 23, 25, 26, 27, 28]),
    "last": (LAST, "later", False, [28]),
}


@pytest.mark.parametrize("act", ["change", "move", "cancel"])
@pytest.mark.parametrize("case", REACHES)
def test_what_is_reached_and_nothing_else(
    world: World, series: dict[int, SupportSession], case: str, act: str
) -> None:
    day, reach, with_own, expected = REACHES[case]
    before, one = stand(), series[day]
    DirtyDay.objects.all().delete()
    if act == "change":
        found = changed(world, one, reach, with_own=with_own, place="Đình")
    elif act == "move":
        date = one.date + dt.timedelta(days=2)
        found = changed(world, one, reach, with_own=with_own, date=date)
    else:
        found = cancel_series(
            actor=world.owner, session=one, reason="Bão", reach=reach, with_own=with_own
        )
    after = stand()
    assert sorted(s.pk for s in found.changed) == sorted(series[n].pk for n in expected)
    assert {pk for pk in after if after[pk] != before[pk]} == {series[n].pk for n in expected}
    unchanged = [] if with_own or (reach == "later" and day >= OWN) else [series[OWN].pk]
    assert [s.pk for s in found.unchanged] == unchanged
    days = {series[n].date for n in expected}
    if act == "move":
        days |= {day + dt.timedelta(days=2) for day in days}
    assert {dirty.date for dirty in DirtyDay.objects.all()} == days
    for n in expected:
        was, now = before[series[n].pk], after[series[n].pk]
        assert now[0] - was[0] == dt.timedelta(days=2 if act == "move" else 0)
        assert (now[3], now[4]) == {
            "change": ("Đình", "planned"),
            "move": ("Chợ Bể", "planned"),
            "cancel": ("Chợ Bể", "cancelled"),
        }[act]
        # What was not asked for stays, even where it was changed by itself.
        assert (now[1], now[2], now[6]) == (was[1], was[2], was[6])


REFUSED: dict[str, tuple[int, dict[str, Any], type[Exception]]] = {
    "begun": (BEGUN, {"place": "Đình"}, NotNow),
    "past": (PAST, {"place": "Đình"}, NotNow),
    "closed": (CLOSED, {"place": "Đình"}, NotNow),
    "onto a day gone by": (25, {"date": dt.date(2023, 6, 19)}, InvalidInput),
    "past the campaign": (25, {"date": dt.date(2023, 6, 28)}, InvalidInput),
    "onto the one that is kept": (25, {"date": TODAY + dt.timedelta(days=6)}, InvalidInput),
    "old version": (25, {"place": "Đình", "base_version": 0}, SessionConflict),
    "ends before it begins": (25, {"ends_at": dt.time(0, 0)}, InvalidInput),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_changes_nothing(
    world: World, series: dict[int, SupportSession], case: str
) -> None:
    day, change, error = REFUSED[case]
    before = stand()
    with pytest.raises(error):
        changed(world, series[day], "all", **change)
    assert stand() == before


def test_nobody_elses_series_is_changed(
    world: World, series: dict[int, SupportSession], browse: Browse
) -> None:
    before = stand()
    url = f"/c/de-an-06-2023/sessions/{series[25].pk}/"
    for user, status in ((world.neighbour, 404), (world.officer, 403), (world.leader, 403)):
        sent = {"reason": "Bão", "reach": "all"}
        assert browse(user).post(f"{url}cancel/", sent).status_code == status
    assert stand() == before


def test_moved_sessions_are_a_series_by_their_new_days(world: World) -> None:
    plan = replace(PLAN, date=dt.date(2023, 6, 4), rule="FREQ=WEEKLY;BYDAY=SU")
    sessions = plan_sessions(actor=world.owner, plan=plan)
    assert [s.date.day for s in sessions] == [4, 11, 18, 25]
    changed(world, sessions[3], "later", date=dt.date(2023, 6, 24))
    rows = {s.date.day: s.series for s in SupportSession.objects.select_related("series")}
    found = {day: (s.rule, s.ends_on.day) for day, s in rows.items() if s is not None}
    assert (found[24], found[18]) == (("FREQ=WEEKLY;BYDAY=SA", 24), (plan.rule, 18))


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=SA,SU", 2, "FREQ=WEEKLY;BYDAY=MO,TU"),
        ("FREQ=WEEKLY;BYDAY=MO", -1, "FREQ=WEEKLY;BYDAY=SU"),
        ("FREQ=DAILY", 3, "FREQ=DAILY"),
        ("FREQ=MONTHLY;BYDAY=2SU", 1, ""),
        ("", 1, ""),
    ],
)
def test_rules_move_with_their_days(rule: str, days: int, expected: str) -> None:
    assert moved(rule, days) == expected


def test_the_page_asks_how_much_is_meant_and_says_what_was_done(
    world: World, series: dict[int, SupportSession], browse: Browse
) -> None:
    client, one = browse(world.owner), series[25]
    Participation.objects.create(
        session=series[27], volunteer=world.member, agreed_date=series[27].date
    )
    url = f"/c/de-an-06-2023/sessions/{one.pk}/edit/"
    page = read(client.get(url))
    for text in (
        "Chỉ buổi này",
        "Buổi này và các buổi sau (4 buổi)",
        "Mọi buổi chưa diễn ra (6 buổi)",
        "Cả buổi đã sửa riêng: 26/06",
    ):
        assert text in page.text
    sent = {
        **{"place_kind": "market", "place": "Chợ Bể", "date": "2023-06-26", "reach": "later"},
        **{"begins_at": "21:00", "ends_at": "22:00", "base_version": "1"},
    }
    page = read(client.post(url, sent, follow=True))
    assert "Đã sửa 3 buổi. Giữ nguyên buổi đã sửa riêng: 26/06." in page.text
    assert "Chuỗi còn 3 buổi chưa diễn ra." in page.text
    assert "1 người đã đăng ký" in page.text
    begun = f"/c/de-an-06-2023/sessions/{series[BEGUN].pk}/edit/"
    assert "Áp dụng cho" not in read(client.get(begun)).text
    # Of what is cancelled already only the others can be meant, and that is asked.
    url = f"/c/de-an-06-2023/sessions/{series[CANCELLED].pk}/cancel/"
    page = read(client.post(url, {"reason": "Bão"}))
    assert "Chọn những buổi nào." in page.problems
