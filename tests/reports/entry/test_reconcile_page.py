"""Who closes a session is told what counts now; who may report is asked with both figures."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from reports.daily.models import DailyReport, Status
from reports.daily.services.review import Decision, review_reports
from tests.conftest import World
from tests.factories import make_session
from tests.pages import read
from tests.reports.reporting import report
from volunteers.sessions.models import SupportSession

Browse = Callable[[User], Client]

MORNING = {"installed": 52, "level1": 20}
HOME = "/c/de-an-06-2023/"
MARK = "Còn buổi chưa đối chiếu"


@pytest.fixture
def session(world: World) -> SupportSession:
    return make_session(
        campaign=world.campaign, branch=world.branch, unit=world.commune, teams=[world.team]
    )


def close(client: Client, session: SupportSession, **counts: int) -> Any:
    session.refresh_from_db()
    typed = {f"count-{code}": str(count) for code, count in counts.items()}
    sent = {"base_version": session.version, "headcount": "3", "confirm": "1", **typed}
    return client.post(f"{HOME}sessions/{session.pk}/close/", sent, follow=True)


def test_secretary_is_asked_at_once_with_both_figures(
    world: World, session: SupportSession, browse: Browse
) -> None:
    stored = report(world.owner, "XD-14173", MORNING)
    client = browse(world.owner)
    asked = close(client, session, installed=30, level1=4)
    assert asked.redirect_chain[-1][0] == f"{HOME}report/{stored.pk}/sessions/"
    text = read(asked).text
    assert all(part in text for part in ("52", "+30", "Cộng thêm", "→ 82", "Đã gồm trong báo cáo"))
    assert "vào báo cáo ngày" not in text
    answer = client.post(
        asked.redirect_chain[-1][0], {"choice": "add", "base_version": "1"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"{HOME}report/{stored.pk}/"
    assert DailyReport.objects.get().counts == {"installed": 82, "level1": 24}
    assert MARK not in answer.content.decode()


def test_leader_is_told_that_the_report_stands_and_the_secretary_has_a_task(
    world: World, session: SupportSession, browse: Browse
) -> None:
    stored = report(world.owner, "XD-14173", MORNING)
    answer = close(browse(world.leader), session, installed=30, level1=4)
    assert answer.redirect_chain[-1][0] == f"{HOME}sessions/{session.pk}/"
    assert "chưa tính thay đổi này" in answer.content.decode()
    pages = {
        "owner": ("report/", f"report/{stored.pk}/", "branches/XD-14173/"),
        "lead": ("review/", "branches/XD-14173/"),
    }
    for name, addresses in pages.items():
        client = browse(getattr(world, name))
        for address in addresses:
            assert MARK in client.get(f"{HOME}{address}").content.decode(), address
    overview = browse(world.lead).get(f"{HOME}dashboard/").content.decode()
    assert "còn 1 ngày có buổi chưa đối chiếu" in overview
    refused = browse(world.leader).post(f"{HOME}report/{stored.pk}/sessions/", {"choice": "add"})
    assert refused.status_code == 403


def test_covered_session_that_is_cancelled_is_asked_about_at_once(
    world: World, session: SupportSession, browse: Browse
) -> None:
    client = browse(world.owner)
    close(client, session, installed=30, level1=4)
    stored = report(world.owner, "XD-14173", {"installed": 82, "level1": 20})
    asked = client.post(
        f"{HOME}sessions/{session.pk}/cancel/", {"reason": "Nhập nhầm"}, follow=True
    )
    text = read(asked).text
    assert all(part in text for part in ("−30", "Bớt đi", "→ 52"))
    address = asked.redirect_chain[-1][0]
    stale = client.post(address, {"choice": "add", "base_version": "9"})
    assert stale.status_code == 409
    client.post(address, {"choice": "included", "base_version": str(stored.version)})
    assert DailyReport.objects.get().counts["installed"] == 82
    assert MARK not in client.get(f"{HOME}report/").content.decode()


def test_covered_session_that_is_reopened_is_asked_about_at_once(
    world: World, session: SupportSession, browse: Browse
) -> None:
    client = browse(world.owner)
    close(client, session, installed=30, level1=4)
    report(world.owner, "XD-14173", {"installed": 82, "level1": 20})
    address = f"{HOME}sessions/{session.pk}/close/"
    assert "Mở lại buổi" in client.get(address).content.decode()
    stale = client.post(address, {"reopen": "1", "base_version": "1"})
    assert stale.status_code == 409
    session.refresh_from_db()
    sent = {"reopen": "1", "base_version": session.version}
    asked = client.post(address, sent, follow=True)
    text = read(asked).text
    assert all(part in text for part in ("−30", "Bớt đi", "→ 52", "Đã mở lại buổi"))
    session.refresh_from_db()
    assert (session.state, session.counts, session.closed_at) == ("under_way", {}, None)
    client.post(asked.redirect_chain[-1][0], {"choice": "add", "base_version": "1"})
    assert DailyReport.objects.get().counts == {"installed": 52, "level1": 16}
    # Closed once more it is asked about once more.
    assert "Cộng thêm" in read(close(client, session, installed=30, level1=4)).text


def test_report_that_is_being_corrected_is_not_asked_about(
    world: World, session: SupportSession, browse: Browse
) -> None:
    stored = report(world.owner, "XD-14173", MORNING)
    review_reports(
        actor=world.lead, seen={stored.pk: 1}, decision=Decision.RETURN, reason="Xem lại"
    )
    answer = close(browse(world.owner), session, installed=30, level1=4)
    assert "đang sửa" in answer.content.decode()
    assert DailyReport.objects.get().status == Status.RETURNED


@pytest.mark.parametrize("sent", [{}, {"choice": "add"}, {"choice": "x", "base_version": "1"}])
def test_question_without_an_answer_is_asked_again(
    world: World, session: SupportSession, browse: Browse, sent: dict[str, str]
) -> None:
    stored = report(world.owner, "XD-14173", MORNING)
    client = browse(world.owner)
    close(client, session, installed=30, level1=4)
    answer = client.post(f"{HOME}report/{stored.pk}/sessions/", sent)
    assert (answer.status_code, "+30" in read(answer).text) == (400, True)
    assert DailyReport.objects.get().version == 1


def test_phone_is_told_too(world: World, session: SupportSession, browse: Browse) -> None:
    report(world.owner, "XD-14173", MORNING)
    client = browse(world.owner)

    def today() -> dict[str, Any]:
        snapshot = client.get("/api/v1/report-book/").json()
        found: dict[str, Any] = snapshot["branches"][0]["days"]["2023-06-20"]
        return found

    assert "unreconciled" not in today()
    close(client, session, installed=30, level1=4)
    # What the report does not cover is no lower bound of it yet.
    assert (today()["unreconciled"], "least" in today()) == (True, False)
