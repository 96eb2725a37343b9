"""A first report includes the sessions that its sender saw, and no others."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from reports.daily.models import DailyReport
from reports.daily.reconciliation import question_of
from tests.conftest import TODAY, World
from tests.factories import make_session
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.session_outcomes import closed_sessions

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
PAGE = f"/c/de-an-06-2023/report/?branch=XD-14173&date={TODAY}"
URL = "/api/v1/daily-reports/"
WORD = {"explanation": "checked"}


@pytest.fixture
def close(world: World) -> Callable[[], SupportSession]:
    """Close a session of the day, with thirty installed."""
    given: dict[str, Any] = {"campaign": world.campaign, "branch": world.branch}
    outcome = {"state": "closed", "headcount": 2, "participations": 2}
    counts = {"installed": 30, "level1": 10}
    return lambda: make_session(unit=world.commune, counts=counts, **outcome, **given)


def hidden(answer: Any) -> dict[str, str]:
    """Return what the page sends along unseen."""
    found = re.findall(r'<input type="hidden" name="(\w+)"([^>]*)>', answer.content.decode())
    values = {name: re.search(r'value="([^"]*)"', rest) for name, rest in found}
    return {name: value[1] if value else "" for name, value in values.items()}


def typed(answer: Any, **counts: int) -> dict[str, Any]:
    return {**hidden(answer), **{f"count-{code}": count for code, count in counts.items()}}


def is_asked(stored: DailyReport) -> bool:
    return question_of(stored, closed_sessions(stored.day)) is not None


def test_session_closed_while_the_page_was_open_is_named_with_its_figures(
    world: World, browse: Browse, close: Callable[[], SupportSession]
) -> None:
    client = browse(world.owner)
    sent = typed(client.get(PAGE), installed=52, level1=20)
    session = close()
    answer = client.post(PAGE, sent)
    page = answer.content.decode()
    assert f"{session.begins_at:%H:%M} ở {session.place} vừa kết thúc" in page
    assert "30" in page
    assert 'value="52"' in page
    assert not DailyReport.objects.exists()
    # Now it has been seen.
    check = client.post(PAGE, typed(answer, installed=82, level1=30))
    client.post(PAGE, {**typed(check, installed=82, level1=30), "confirm": "1", **WORD})
    (stored,) = DailyReport.objects.all()
    assert (stored.counts["installed"], list(stored.covered_sessions)) == (82, [str(session.pk)])
    assert not is_asked(stored)


def test_session_closed_between_check_and_sending_is_asked_about(
    world: World, browse: Browse, close: Callable[[], SupportSession]
) -> None:
    client = browse(world.owner)
    check = client.post(PAGE, typed(client.get(PAGE), installed=52, level1=20))
    close()
    answer = client.post(PAGE, {**typed(check, installed=52, level1=20), "confirm": "1", **WORD})
    assert "vừa kết thúc" in answer.content.decode()
    assert not DailyReport.objects.exists()


@pytest.mark.parametrize("ids", ["", "x", "999999", "9" * 30])
def test_ids_of_no_session_claim_none(
    world: World, browse: Browse, close: Callable[[], SupportSession], ids: str
) -> None:
    client = browse(world.owner)
    page = client.get(PAGE)
    close()
    answer = client.post(PAGE, {**typed(page, installed=52), "sessions": ids})
    assert "vừa kết thúc" in answer.content.decode()


def test_report_from_the_queue_claims_what_the_phone_saw(
    world: World, api: Api, close: Callable[[], SupportSession]
) -> None:
    seen = close()
    [branch] = api(world.owner).get("/api/v1/report-book/").json()["branches"]
    assert branch["days"][f"{TODAY}"]["sessions"] == [seen.pk]
    close()
    body = {
        "id": str(uuid4()),
        "campaign": "de-an-06-2023",
        "branch": "XD-14173",
        "date": f"{TODAY}",
        "counts": {"installed": 52, "level1": 20},
        "sessions": [seen.pk],
    }
    assert api(world.owner).post(URL, body).status_code == 201
    (stored,) = DailyReport.objects.all()
    assert list(stored.covered_sessions) == [str(seen.pk)]
    assert is_asked(stored)
    # The same report again, though the list is another.
    assert api(world.owner).post(URL, {**body, "sessions": []}).status_code == 200
    assert DailyReport.objects.get().version == 1


@pytest.mark.parametrize("sessions", [None, "5", [0], ["5"], [True], [2**31], [1] * 101])
def test_sessions_are_a_list_of_ids(world: World, api: Api, sessions: Any) -> None:
    body: dict[str, Any] = {"id": str(uuid4()), "campaign": "de-an-06-2023", "branch": "XD-14173"}
    body |= {"date": f"{TODAY}", "counts": {"installed": 5}, "sessions": sessions}
    answer = api(world.owner).post(URL, body)
    assert (answer.status_code, list(answer.json())) == (400, ["sessions"])
