"""One report on a page of its own: what it is held against, and what a decision leads to."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from reports.daily.models import DailyReport, Status
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.pages import read
from tests.reports.reporting import report, set_status

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
LIST = "/c/de-an-06-2023/review/"
DAY = dt.timedelta(days=1)


def page_of(stored: DailyReport) -> str:
    return f"{LIST}{stored.pk}/"


def seen(stored: DailyReport, action: str = "approve", **given: str) -> dict[str, str]:
    return {"action": action, "seen": f"{stored.pk}:{stored.version}", "reason": "", **given}


def test_report_stands_beside_what_is_usual_and_the_sessions(world: World, browse: Browse) -> None:
    for ago in range(1, 9):
        report(world.owner, "XD-14173", {"level1": 10 + ago}, date=TODAY - ago * DAY)
    stored = report(world.owner, "XD-14173", {"level1": 12, "installed": 0})
    make_session(
        campaign=world.campaign, branch=world.branch, unit=world.commune, date=TODAY,
        state="closed", counts={"level1": 9}, headcount=0, participations=1,
    )  # fmt: skip
    make_session(
        campaign=world.campaign, branch=world.branch, unit=world.commune, date=TODAY - DAY,
        state="closed", counts={"level1": 80}, headcount=0, participations=1,
    )  # fmt: skip
    page = read(browse(world.lead).get(page_of(stored)))
    rows = {row[0]: row[1:] for row in page.rows if len(row) == 4}
    level1 = next(one for name, one in rows.items() if "mức 1" in name.lower())
    assert (level1[0], level1[2]) == ("12", "9")
    assert 11 <= int(level1[1]) <= 18
    installed = next(one for name, one in rows.items() if one[0] == "0")
    assert installed[1:] == ["–", "–"]
    blank = [one for one in rows.values() if one[0] == "–"]
    assert blank


def test_the_next_one_follows(world: World, browse: Browse) -> None:
    first = report(world.owner, "XD-14173", {"level1": 1})
    second = report(world.neighbour, "XD-14158", {"level1": 2})
    third = report(world.owner, "XD-14173", {"level1": 3}, date=TODAY - DAY)
    client = browse(world.lead)
    # Whoever begins in the middle goes on from there.
    assert page_of(third) in read(client.get(page_of(second))).links
    for stored, following in ((first, second), (second, third)):
        answer = client.post(page_of(stored), seen(stored), follow=True)
        assert answer.redirect_chain == [(page_of(following), 302)]
        assert "Đã duyệt 1 báo cáo." in answer.content.decode()
    answer = client.post(page_of(third), seen(third, "return", reason="Nhập nhầm ô"), follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    third.refresh_from_db()
    assert (third.status, third.return_reason) == (Status.RETURNED, "Nhập nhầm ô")
    # From the list each report leads here.
    fourth = report(world.owner, "XD-14173", {"level1": 4}, date=TODAY - 2 * DAY)
    assert page_of(fourth) in read(client.get(LIST)).links
    # From the last of several the first follows again.
    fifth = report(world.neighbour, "XD-14158", {"level1": 5}, date=TODAY - 3 * DAY)
    answer = client.post(page_of(fifth), seen(fifth), follow=True)
    assert answer.redirect_chain == [(page_of(fourth), 302)]


def test_what_cannot_be_decided_is_said_and_stays_typed(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 1})
    client = browse(world.lead)
    assert client.post(page_of(stored), seen(stored, "return")).status_code == 400
    long = client.post(page_of(stored), seen(stored, "return", reason="x" * 5000))
    assert long.status_code == 400
    assert "x" * 5000 in long.content.decode()
    assert client.post(page_of(stored), seen(stored, "odd")).status_code == 400
    old = seen(stored)
    report(world.owner, "XD-14173", {"level1": 2}, report_id=stored.pk, base_version=1)
    late = client.post(page_of(stored), old)
    assert late.status_code == 409
    page = read(late)
    assert "vừa được người khác xử lý hoặc sửa số" in page.text
    # The page shows what there is now, and that can be approved.
    stored.refresh_from_db()
    assert client.post(page_of(stored), seen(stored)).status_code == 302


def test_who_may(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 1})
    for name, status in (
        ("owner", 403), ("liaison", 403), ("other_lead", 404), ("stranger", 404), ("staff", 200),
    ):  # fmt: skip
        client = browse(getattr(world, name))
        assert client.get(page_of(stored)).status_code == status, name
        answer = client.post(page_of(stored), seen(stored))
        assert answer.status_code == (302 if status == 200 else status), name
    set_status(stored, Status.LOCKED)
    page = browse(world.lead).get(page_of(stored)).content.decode()
    assert "Báo cáo đã khóa" in page
    assert 'value="approve"' not in page
