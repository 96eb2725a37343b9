"""No door tells a stranger whether a number is known, whoever it belongs to."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from core import lookups
from tests.campaign.test_appointments import URL as INVITE
from tests.conftest import World
from tests.factories import (
    make_help_request,
    make_membership,
    make_session,
    make_team,
    make_user,
    make_volunteer,
)
from tests.importing import as_xlsx, problems
from tests.volunteers.teams.test_files import HEAD, TEAM, Browse, send
from tests.volunteers.test_attacks import ASK
from volunteers.sessions.models import SupportSession
from volunteers.sessions.views.presence import code_for
from volunteers.teams.models import Volunteer

NUMBERS = [f"09110000{n:02}" for n in range(12)]
NAME = "Viên"
# What differs from answer to answer by itself: form tokens, moments, keys of requests, and the
# ending of the number that was typed.
OF_ITS_OWN = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|expires\W+[\w ,:-]+ GMT|đuôi \d{3}'
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)


@pytest.fixture
def crowd(world: World) -> SupportSession:
    """Return today's session of Giao Tiến, with people of many kinds among the numbers.

    Beside two of the team: put down, checked in, a partner's, somebody else's, an account's, and
    one who has asked for help; all of them bear the name that is tried.
    """
    session = make_session(
        campaign=world.campaign,
        branch=world.branch,
        teams=[world.team],
        partners=[world.neighbour_branch],
        ends_at=dt.time(23, 59),
    )
    teams = [
        *(world.team, world.team, world.team),
        *(make_team(branch=world.neighbour_branch), make_team(branch=world.far_branch)),
    ]
    people = [
        make_volunteer(full_name=f"Trần {NAME}", phone=NUMBERS[3 + n]) for n in range(len(teams))
    ]
    for team, person in zip(teams, people, strict=True):
        make_membership(team=team, volunteer=person)
    session.attendance.create(volunteer=people[0])
    session.attendance.create(volunteer=people[1], checked_in_at=dt.datetime.now(dt.UTC))
    make_user(username="vien", full_name=f"Lê {NAME}", phone=NUMBERS[8])
    make_help_request(
        campaign=world.campaign, unit=world.commune, name=f"Bà {NAME}", phone=NUMBERS[9]
    )
    return session


def ask(page: str, session: SupportSession, number: str, name: str) -> str:
    """Return all that a stranger can tell answers apart by."""
    join, guest = f"/join/{session.join_key}/", {"phone": number, "name": name}
    url, sent = {
        "join": (join, guest),
        "withdraw": (join, guest | {"withdraw": "1"}),
        "check-in": (f"/here/{code_for(session)}/", guest),
        "sign-in": ("/sign-in/", {"username": number, "password": "Sai-mat-khau-2023"}),
        "help": ("/public/requests/", {**ASK, **guest}),
    }[page]
    client = Client()
    answer: Any = client.post(url, sent)
    # What the phone keeps for the next time is looked at where it is used.
    later = client.get(join).content.decode() if url != "/public/requests/" else ""
    cookies = {k: v.OutputString() for k, v in answer.cookies.items() if k != "csrftoken"}
    text = f"{answer.status_code} {answer.headers} {cookies} {answer.content.decode()} {later}"
    return OF_ITS_OWN.sub("…", text).replace(number, "#")


@pytest.mark.parametrize(
    ("page", "name"),
    [
        *(("join", NAME), ("withdraw", NAME), ("check-in", NAME)),
        *(("join", "Khác"), ("check-in", "Khác"), ("sign-in", ""), ("help", NAME)),
    ],
)
def test_numbers_one_after_the_other_are_answered_alike(
    crowd: SupportSession, page: str, name: str
) -> None:
    answers = {number: ask(page, crowd, number, name) for number in NUMBERS}
    common = answers[NUMBERS[-1]]
    assert [number for number, answer in answers.items() if answer != common] == []
    # And yet who knows both has done what was asked.
    came, present = crowd.attendance.count(), crowd.attendance.present().count()
    is_right = name == NAME
    assert (came, present) == {
        "join": (5 if is_right else 2, 1),
        "withdraw": (1 if is_right else 2, 1),
        "check-in": (5, 5) if is_right else (2, 1),
    }.get(page, (2, 1))


def test_sixty_numbers_in_ten_seconds_give_none(crowd: SupportSession) -> None:
    answers = [
        Client().post(f"/join/{crowd.join_key}/", {"phone": f"09110000{n:02}", "name": NAME})
        for n in range(60)
    ]
    assert {(answer.status_code, len(answer.content)) for answer in answers} == {
        (200, len(answers[-1].content))
    }


MEMBER = {"role": "member", "affiliation": "none"}
# More than one file or one afternoon has wrong.
TOO_MANY = "Đợi 10 phút"


def of_strangers(world: World) -> list[str]:
    """Return four numbers: three of people elsewhere, and one that nobody has."""
    numbers = [f"092200000{n}" for n in range(4)]
    team = make_team(branch=world.neighbour_branch)
    for number in numbers[:3]:
        make_membership(team=team, volunteer=make_volunteer(full_name="Bên", phone=number))
        make_user(username=f"u{number}", full_name="Bên", phone=number)
    return numbers


@pytest.mark.parametrize("page", ["member", "file", "invitation"])
def test_who_has_signed_in_does_not_try_numbers_through(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(lookups, "LOOKUPS", 2)
    numbers, people = of_strangers(world), Volunteer.objects.count()
    if page == "file":
        rows = [
            [TEAM, "14173", "Người Khác", number, "Thành viên", "Đoàn viên"] for number in numbers
        ]
        preview = send(browse(world.owner), as_xlsx(HEAD, *rows))
        texts = [text for _row, _column, text in problems(preview)]
    elif page == "member":
        url, client = f"/c/de-an-06-2023/teams/{world.team.pk}/members/new/", browse(world.owner)
        sent = [{"full_name": "Người Khác", "phone": number, **MEMBER} for number in numbers]
        texts = [client.post(url, one).content.decode() for one in sent]
    else:
        client = browse(world.lead)
        sent = [{"full_name": "Người Khác", "phone": number} for number in numbers]
        texts = [client.post(INVITE, one).content.decode() for one in sent]
    assert [TOO_MANY in text for text in texts] == [False, False, True, True]
    assert Volunteer.objects.count() == people
