"""``sessions/``: what programs plan and read, and what they are told."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import TODAY, World
from tests.factories import make_session, make_team
from tests.volunteers.sessions.examples import PLAN, SERIES, SESSION
from volunteers.sessions.models import Series, State, SupportSession

Api = Callable[[User], APIClient]
URL = "/api/v1/sessions/"


def test_the_example_of_the_documentation_is_taken(world: World, api: Api) -> None:
    answer = api(world.owner).post(URL, PLAN)
    assert answer.status_code == 201
    session = SupportSession.objects.get()
    shown = answer.json()
    assert shown.pop("ids") == [session.pk]
    assert shown == {**SESSION, "id": session.pk}
    assert api(world.owner).get(f"{URL}{session.pk}/").json() == shown


def test_the_example_of_a_series_is_taken_without_the_days_left_out(world: World, api: Api) -> None:
    answer = api(world.owner).post(URL, SERIES)
    assert answer.status_code == 201
    days = list(SupportSession.objects.values_list("date", flat=True))
    assert days == [dt.date(2023, 6, 21), dt.date(2023, 6, 28)]
    assert answer.json()["ids"] == list(SupportSession.objects.values_list("pk", flat=True))
    assert Series.objects.get().rule == SERIES["rule"]
    assert answer.json()["series"] == Series.objects.get().pk


def test_sent_again_it_is_the_same_sessions(world: World, api: Api) -> None:
    first = api(world.owner).post(URL, SERIES)
    again = api(world.owner).post(URL, SERIES)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert SupportSession.objects.count() == 2


def test_same_place_and_hour_with_other_words_is_refused(world: World, api: Api) -> None:
    api(world.owner).post(URL, PLAN)
    again = api(world.owner).post(URL, {**PLAN, "note": "Mang theo ghế"})
    assert again.status_code == 400
    assert "25/06 19:00–21:00" in again.json()["date"][0]
    assert SupportSession.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 201), ("lead", 201), ("staff", 201), ("neighbour", 404), ("other_lead", 404),
     ("officer", 404), ("stranger", 404), ("leader", 403), ("liaison", 403), ("partner", 403)],
)  # fmt: skip
def test_only_who_runs_the_branch_may_plan(world: World, api: Api, who: str, status: int) -> None:
    answer = api(getattr(world, who)).post(URL, PLAN)
    assert answer.status_code == status
    assert SupportSession.objects.count() == (status == 201)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "end before start": ({"begins_at": "21:00", "ends_at": "19:00"}, "ends_at"),
    "end at start": ({"ends_at": "19:00"}, "ends_at"),
    "until before date": ({"rule": "FREQ=DAILY", "until": "2023-06-24"}, "until"),
    "ten years": ({"rule": "FREQ=DAILY", "until": "2033-06-30"}, "until"),
    "until without rule": ({"until": "2023-06-30"}, "rule"),
    "no rule at all": ({"rule": "chủ nhật", "until": "2023-06-30"}, "rule"),
    "hourly": ({"rule": "FREQ=HOURLY", "until": "2023-06-30"}, "rule"),
    "for ever": ({"rule": "FREQ=DAILY;INTERVAL=0", "until": "2023-06-30"}, "rule"),
    "never": ({"rule": "FREQ=DAILY;BYMONTHDAY=32", "until": "2023-06-30"}, "rule"),
    "no such day in it": ({"rule": "FREQ=WEEKLY;BYDAY=MO", "until": "2023-06-25"}, "rule"),
    "exception beside": (
        {"rule": "FREQ=WEEKLY;BYDAY=SU", "until": "2023-06-30", "but": ["2023-06-26"]}, "but"),
    "all left out": (
        {"rule": "FREQ=WEEKLY;BYDAY=SU", "until": "2023-06-30", "but": ["2023-06-25"]}, "but"),
    "before the campaign": ({"date": "2023-03-31"}, "date"),
    "after the campaign": ({"date": "2023-07-01"}, "date"),
    "no such day": ({"date": "2023-02-30"}, "date"),
    "other way of days": ({"date": "25/06/2023"}, "date"),
    "no such hour": ({"begins_at": "24:30"}, "begins_at"),
    "seconds": ({"begins_at": "19:00:00"}, "begins_at"),
    "hour as number": ({"begins_at": 19}, "begins_at"),
    "blank place": ({"place": "  "}, "place"),
    "citizen id": ({"place": "Nhà ông 036123456789"}, "place"),
    "nul": ({"note": "a\u0000b"}, "note"),
    "long place": ({"place": "a" * 201}, "place"),
    "unknown kind": ({"place_kind": "pagoda"}, "place_kind"),
    "text for a number": ({"planned_volunteers": "6"}, "planned_volunteers"),
    "negative": ({"planned_volunteers": -1}, "planned_volunteers"),
    "no place": ({"capacity": 0}, "capacity"),
    "huge": ({"planned_volunteers": 10**9}, "planned_volunteers"),
    "too huge": ({"planned_volunteers": 10**25}, "planned_volunteers"),
    "unknown team": ({"teams": [987654]}, "teams"),
    "huge team": ({"teams": [10**12]}, "teams"),
    "team as text": ({"teams": ["1"]}, "teams"),
    "unknown partner": ({"partners": ["KHONG"]}, "partners"),
    "unknown field": ({"color": "red"}, "color"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_values_are_answered_by_field(world: World, api: Api, case: str) -> None:
    sent, name = WRONG[case]
    answer = api(world.owner).post(URL, {**PLAN, **sent})
    assert (answer.status_code, list(answer.json())) == (400, [name])
    assert not SupportSession.objects.exists()


def test_unit_outside_is_not_found_and_a_district_is_no_place(world: World, api: Api) -> None:
    assert api(world.owner).post(URL, {**PLAN, "unit": "14158"}).status_code == 404
    police = {**PLAN, "branch": "CA-36", "partners": []}
    assert list(api(world.officer).post(URL, police).json()) == ["unit"]
    assert list(api(world.officer).post(URL, {**police, "unit": "365"}).json()) == ["unit"]
    assert api(world.officer).post(URL, {**police, "unit": "14050"}).status_code == 201


def test_team_of_another_district_comes_with_its_branch_only(world: World, api: Api) -> None:
    team = make_team(name="Tổ Trực Hưng", branch=world.far_branch)
    sent = {**PLAN, "teams": [team.pk]}
    refused = api(world.staff).post(URL, sent)
    assert refused.status_code == 400
    assert "Đoàn xã Trực Hưng" in refused.json()["teams"][0]
    with_branch = api(world.staff).post(URL, {**sent, "partners": ["XD-14050"]})
    assert with_branch.json()["teams"] == [team.pk]
    assert api(world.owner).post(URL, {**sent, "partners": ["XD-14050"]}).status_code == 400


def test_list_is_filtered_and_never_wider_than_the_scope(world: World, api: Api) -> None:
    own = make_session(branch=world.branch, campaign=world.campaign)
    make_session(branch=world.branch, campaign=world.campaign, date=dt.date(2023, 6, 1))
    near = make_session(branch=world.neighbour_branch, campaign=world.campaign)
    far = make_session(
        branch=world.far_branch,
        campaign=world.campaign,
        state=State.CANCELLED,
        cancel_reason="Mưa bão",
    )

    def found(user: User, query: str) -> set[int]:
        return {row["id"] for row in api(user).get(f"{URL}?{query}").json()["results"]}

    today = f"from={TODAY}&to={TODAY}"
    assert found(world.staff, today) == {own.pk, near.pk, far.pk}
    assert found(world.staff, f"{today}&within=365") == {own.pk, near.pk}
    assert found(world.staff, f"{today}&unit=14173") == {own.pk}
    assert found(world.staff, f"{today}&branch=XD-14158") == {near.pk}
    assert found(world.staff, "state=cancelled") == {far.pk}
    assert found(world.staff, "campaign=khac") == set()
    assert found(world.lead, today) == {own.pk, near.pk}
    assert found(world.neighbour, f"{today}&within=36") == {near.pk}
    assert found(world.neighbour, "unit=14173") == set()
    assert found(world.stranger, "") == set()


def test_wrong_questions_are_answered(world: World, api: Api) -> None:
    staff = api(world.staff)
    for query in ("from=hom-nay", "to=2023-02-30", "state=xong", "from=2023-06-20'"):
        assert (query, staff.get(f"{URL}?{query}").status_code) == (query, 400)
    assert staff.get(f"{URL}?within=").status_code == 200
    assert staff.get(f"{URL}9999999999999999999999/").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("leader", 200), ("lead", 200), ("officer", 200), ("partner", 200),
     ("neighbour", 404), ("other_lead", 404), ("stranger", 404)],
)  # fmt: skip
def test_one_session_is_read_in_its_scope(world: World, api: Api, who: str, status: int) -> None:
    session = make_session(branch=world.branch, campaign=world.campaign)
    assert api(getattr(world, who)).get(f"{URL}{session.pk}/").status_code == status


def test_partner_of_elsewhere_reads_the_session_it_joins(world: World, api: Api) -> None:
    session = make_session(
        branch=world.branch, campaign=world.campaign, partners=[world.neighbour_branch]
    )
    answer = api(world.neighbour).get(f"{URL}{session.pk}/")
    assert answer.json()["partners"] == ["XD-14158"]


def test_list_takes_the_same_queries_for_one_and_for_three(world: World, api: Api) -> None:
    taken = []
    for number in (1, 2):
        for _more in range(number):
            make_session(
                branch=world.branch,
                campaign=world.campaign,
                teams=[world.team],
                partners=[world.police],
            )
        owner = User.objects.get(pk=world.owner.pk)
        with CaptureQueriesContext(connection) as queries:
            assert api(owner).get(URL).status_code == 200
        taken.append(len(queries))
    assert taken == [taken[0]] * 2
