"""The pages of review, of a report's history, and of days that are opened again."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from campaign.models import LateEntryGrant
from reports.daily.models import DailyReport, Status
from reports.daily.services.review import review_reports
from tests.conftest import TODAY, World
from tests.pages import read
from tests.reports.reporting import report

Browse = Callable[[User], Client]


def seen(stored: DailyReport) -> str:
    """Return a tick of the page."""
    return f"{stored.pk}:{stored.version}"


def test_lead_approves_what_is_ticked(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    other = report(world.neighbour, "XD-14158", {"level1": 6})
    client = browse(world.lead)
    page = client.get("/c/de-an-06-2023/review/")
    assert "Duyệt báo cáo <b" in page.content.decode()  # the number waiting, in the menu
    answer = client.post(
        "/c/de-an-06-2023/review/", {"action": "approve", "seen": [seen(stored)]}, follow=True
    )
    assert "Đã duyệt 1 báo cáo" in answer.content.decode()
    stored.refresh_from_db()
    other.refresh_from_db()
    assert (stored.status, other.status) == (Status.APPROVED, Status.SUBMITTED)


def test_one_button_approves_all_that_is_not_unusual(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    odd = report(world.neighbour, "XD-14158", {"level1": 90_000})
    assert odd.unusual
    client = browse(world.lead)
    text = " ".join(client.get("/c/de-an-06-2023/review/").content.decode().split())
    assert f'name="usual" value="{seen(stored)}"' in text
    assert f'name="usual" value="{seen(odd)}"' not in text
    client.post("/c/de-an-06-2023/review/", {"action": "approve-usual", "usual": [seen(stored)]})
    stored.refresh_from_db()
    assert stored.status == Status.APPROVED
    assert seen(odd) in client.get("/c/de-an-06-2023/review/?state=unusual").content.decode()


def test_return_without_a_reason_keeps_the_ticks(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    answer = browse(world.lead).post(
        "/c/de-an-06-2023/review/", {"action": "return", "seen": [seen(stored)]}
    )
    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 400
    assert "Ghi lý do trả lại" in text
    assert f'value="{seen(stored)}" checked' in text


def test_second_reviewer_sees_what_the_first_did(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    other = report(world.neighbour, "XD-14158", {"level1": 6})
    sent = {"action": "return", "reason": "Xem lại mức 1", "seen": [seen(stored), seen(other)]}
    seen_before = {stored.pk: 1}
    review_reports(actor=world.staff, seen=seen_before, decision="approve")
    answer = browse(world.lead).post("/c/de-an-06-2023/review/", sent)
    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 409
    assert str(world.staff) in read(answer).by_id["errors"]
    assert f'value="{seen(other)}" checked' in text
    assert 'value="Xem lại mức 1"' in text
    other.refresh_from_db()
    assert other.status == Status.SUBMITTED


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"action": "approve"},
        {"action": "approve", "seen": ["x"]},
        {"action": "approve", "seen": ["x:1", "\0"]},
        {"action": "drop", "seen": ["0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10:1"]},
    ],
)
def test_nonsense_is_asked_about(world: World, browse: Browse, sent: dict[str, Any]) -> None:
    report(world.owner, "XD-14173", {"level1": 5})
    answer = browse(world.lead).post("/c/de-an-06-2023/review/", sent)
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?state=x", 404),
        ("?unit=%00", 400),
        ("?unit=363", 404),
        ("?day=2023-02-31", 200),
        ("?page=x", 200),
        ("?campaign=%00", 400),
    ],
)
def test_addresses_of_the_review(world: World, browse: Browse, query: str, status: int) -> None:
    assert browse(world.lead).get(f"/c/de-an-06-2023/review/{query}").status_code == status


def test_filters_narrow_the_list(world: World, browse: Browse) -> None:
    report(world.owner, "XD-14173", {"level1": 5})
    report(world.neighbour, "XD-14158", {"level1": 6}, date=TODAY - dt.timedelta(days=1))
    client = browse(world.staff)

    def listed(query: str) -> int:
        return client.get(f"/c/de-an-06-2023/review/{query}").content.decode().count('name="seen"')

    counts = [
        listed(query)
        for query in (
            "",
            "?unit=365",
            "?unit=363",
            "?unit=14158",
            f"?day={TODAY}",
            "?state=returned",
        )
    ]
    assert counts == [2, 2, 0, 1, 1, 0]


@pytest.mark.parametrize("rows", [1, 3])
def test_number_of_queries_does_not_grow(world: World, browse: Browse, rows: int) -> None:
    for back in range(rows):
        report(world.owner, "XD-14173", {"level1": 5 + back}, date=TODAY - dt.timedelta(days=back))
    client = browse(world.lead)
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        client.get("/c/de-an-06-2023/review/")
    assert len(queries) == QUERIES


QUERIES = 12


def test_history_shows_before_and_after_and_who(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    [stored] = review_reports(
        actor=world.lead, seen={stored.pk: 1}, decision="return", reason="Thừa một số"
    )
    report(world.owner, "XD-14173", {"level1": 4}, report_id=stored.pk, base_version=2)
    page = read(browse(world.staff).get(f"/c/de-an-06-2023/report/{stored.pk}/history/"))
    assert ["Mức 1", "5", "4"] in page.rows
    assert str(world.lead) in page.text
    assert "Thừa một số" in page.text
    assert f"{world.lead} · Duyệt · lần gửi thứ 2" in page.text
    # Who only reads the figures is told the part, not the name.
    partner = read(browse(world.partner).get(f"/c/de-an-06-2023/report/{stored.pk}/history/"))
    assert str(world.lead) not in partner.text
    assert "Cấp trên" in partner.text


def test_reason_stands_on_form_and_receipt(world: World, browse: Browse) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    review_reports(actor=world.lead, seen={stored.pk: 1}, decision="return", reason="Thừa một số")
    client = browse(world.owner)
    for address in ("/", f"/c/de-an-06-2023/report/{stored.pk}/"):
        assert "Thừa một số" in client.get(address, follow=True).content.decode()


def test_day_is_opened_on_its_page_and_said_on_the_form(world: World, browse: Browse) -> None:
    world.campaign.editable_days = 0
    world.campaign.save()
    sent = {"date": "12/06/2023", "reason": "Mất điện cả ngày", "expires_on": "2023-06-21"}
    lead = browse(world.lead)
    page = lead.post("/c/de-an-06-2023/branches/XD-14173/open-day/", sent, follow=True)
    assert "Mất điện" in page.content.decode()
    grant = LateEntryGrant.objects.get()
    assert (grant.date, grant.branch, grant.grantor) == (
        dt.date(2023, 6, 12),
        world.branch,
        world.lead,
    )
    form = browse(world.owner).get("/c/de-an-06-2023/report/?date=2023-06-12").content.decode()
    assert "được mở lại đến 23:59 ngày 21/06" in form
    assert (
        "được mở lại"
        not in browse(world.owner).get("/c/de-an-06-2023/report/?date=2023-06-11").content.decode()
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "31/02/2023"),
        ("date", "2022-01-01"),
        ("date", "2023-06-29"),
        ("reason", " "),
        ("reason", "036123456789"),
        ("expires_on", "2023-06-19"),
        ("expires_on", "x"),
    ],
)
def test_what_cannot_be_opened_is_said_and_kept(
    world: World, browse: Browse, field: str, value: str
) -> None:
    sent = {"date": "2023-06-12", "reason": "Mất điện", "expires_on": "2023-06-21", field: value}
    answer = browse(world.lead).post("/c/de-an-06-2023/branches/XD-14173/open-day/", sent)
    assert (answer.status_code, LateEntryGrant.objects.count()) == (400, 0)
    assert read(answer).problems
