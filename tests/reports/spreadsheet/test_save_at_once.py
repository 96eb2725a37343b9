"""A file with many reports is being saved, and its branches are locked: who waits loses nothing."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from reports.daily.models import DailyReport, Source
from reports.daily.services import submit_many
from reports.daily.services.report_input import ReportInput
from tests.conftest import TODAY, World, build_world
from tests.faults.test_frozen_submit import Fields
from tests.portal import until
from tests.reports.daily.test_bad_inputs.sending import body, post, send
from tests.reports.reporting import CAMPAIGN
from tests.reports.spreadsheet.sending import YESTERDAY

pytestmark = pytest.mark.django_db(transaction=True)

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
BEFORE = YESTERDAY - dt.timedelta(days=1)


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    return build_world()


def on_its_own(call: Callable[[], Any]) -> Any:
    """Make a call on a connection of its own, and with the patience of a busy machine."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
        return call()
    finally:
        connection.close()


@contextmanager
def being_saved(
    world: World, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Future[Any]]:
    """Let a file with today's report of Giao Tiến be written, and not yet committed."""
    written, go_on = threading.Event(), threading.Event()
    write = submit_many._write

    def write_slowly(*given: Any) -> None:
        write(*given)
        written.set()
        go_on.wait(30)

    monkeypatch.setattr(submit_many, "_write", write_slowly)
    entry = ReportInput(
        id=uuid4(), campaign=CAMPAIGN, branch="XD-14173", date=TODAY, counts={"level1": 4}
    )

    def save() -> Any:
        return submit_many.submit_reports(
            actor=world.lead, campaign=world.campaign, entries=[entry], source=Source.FILE
        )

    saving = pool.submit(on_its_own, save)
    try:
        until(lambda: written.is_set() or saving.done(), 20)
        yield saving
    finally:
        go_on.set()


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def test_who_sends_while_a_file_is_saved_gets_a_receipt_or_is_asked_to_send_again(
    stage: World, browse: Browse, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, phone = browse(stage.owner), api(stage.owner)

    def by_page(day: dt.date, **given: str) -> Any:
        address = f"/c/{CAMPAIGN}/report/?date={day}"
        return post(page, address, count_level1="7", confirm="1", note="Mưa", **given)

    def by_phone(day: dt.date) -> Any:
        owner = {"X-Queue-Owner": str(stage.owner.pk)}
        return send(phone, body(date=f"{day}", counts={"level1": 8}), headers=owner)

    with ThreadPoolExecutor(5) as pool, being_saved(stage, pool, monkeypatch) as saving:
        # Who waits longer than is worth it: nothing was taken, and it is all there to be sent.
        for limit in ("lock_timeout", "statement_timeout"):
            with connection.cursor() as cursor:
                cursor.execute(f"SET {limit} = '300ms'")
            refused = by_page(YESTERDAY), by_phone(YESTERDAY)
            assert [answer.status_code for answer in refused] == [503, 503]
            assert [answer.headers["Retry-After"] for answer in refused] == ["3", "3"]
            assert "Chờ vài giây rồi thử lại" in json.loads(refused[1].content)["detail"]
            connection.close()
        assert "không mất gì" in refused[0].content.decode()
        typed = Fields(refused[0]).found
        assert (typed["count-level1"], typed["note"]) == ("7", "Mưa")

        # Who is patient is answered as soon as the file is in.
        calls = [
            *(lambda day=day: by_page(day) for day in (BEFORE, TODAY)),
            *(lambda day=day: by_phone(day) for day in (BEFORE - dt.timedelta(1), TODAY)),
        ]
        sent = [pool.submit(on_its_own, call) for call in calls]
        until(lambda: waiting() == len(sent), 20)
        assert not DailyReport.objects.exists()
    assert saving.result()[0].report.counts == {"level1": 4}
    received, asked, taken, conflict = (answer.result() for answer in sent)
    assert (received.status_code, taken.status_code) == (302, 201)
    assert taken.json()["counts"] == {"level1": 8}
    # The file had her day: she sees its figure beside hers, which stays in the form.
    assert asked.status_code == conflict.status_code == 409
    text = " ".join(asked.content.decode().split())
    assert 'name="count-level1" value="7"' in text
    assert (asked.context["conflict"].counts, asked.context["form"]["note"].value()) == (
        {"level1": 4},
        "Mưa",
    )
    both = conflict.json()
    assert (both["current"]["counts"], both["yours"]["counts"]) == ({"level1": 4}, {"level1": 8})
    # What was refused goes in with one tap.
    again = page.post(f"/c/{CAMPAIGN}/report/?date={YESTERDAY}", typed)
    assert again.status_code == 302
    assert DailyReport.objects.get(date=YESTERDAY).counts == {"level1": 7}
    assert DailyReport.objects.count() == 4
