"""Somebody stops dead in the middle of a report: nobody else loses one, and nobody waits long."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from core.log.sequencer import sequence
from core.log.verify import check_history
from reports.daily.models import DailyReport
from reports.daily.services import submit
from tests.conftest import World, build_world
from tests.portal import until
from tests.reports.daily.test_bad_inputs.sending import body, post, send
from tests.reports.reporting import report

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    return build_world()


def _stop(*_given: object, **_named: object) -> Any:
    os.kill(os.getpid(), signal.SIGSTOP)


def _report_and_stop(world: World, where: str) -> None:
    """Report for Giao Tiến, and stand still at ``where``."""
    connection.close()
    vars(submit)[where] = _stop
    report(world.owner, "XD-14173", {"level1": 5})


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


@contextmanager
def idle_transaction(
    world: World, where: str, then: signal.Signals = signal.SIGCONT
) -> Iterator[Any]:
    """Let a process of its own stand still in the middle of a report during the block."""
    connection.close()
    process = FORK.Process(target=_report_and_stop, args=(world, where))
    process.start()
    assert process.pid is not None
    pid = process.pid
    try:
        until(lambda: is_stopped(pid), 30)
        yield process
    finally:
        os.kill(pid, then)
        process.join(30)


def test_nobody_waits_for_one_who_stands_still_and_the_log_leaves_nobody_out(
    stage: World, api: Api
) -> None:
    sequence()
    with idle_transaction(stage, "mark_dirty") as process:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        sent = {**body(branch="XD-14158"), "date": "2023-06-20"}
        assert send(api(stage.neighbour), sent).status_code == 201
        # The other has written a leaf by now, and not ended: it gets the next number.
        assert sequence() == 1
    assert process.exitcode == 0
    assert DailyReport.objects.filter(branch=stage.branch).exists()
    assert sequence() == 1
    assert check_history() == []


class Fields(HTMLParser):
    """Reads the hidden fields of a page."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(answer.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a field."""
        given = dict(attrs)
        if tag == "input":
            self.found[str(given["name"])] = str(given["value"])


def test_who_waits_too_long_is_told_and_sends_the_same_again(
    stage: World, api: Api, browse: Browse
) -> None:
    client, identity = browse(stage.owner), str(uuid4())
    typed = {"report_id": identity, "count_level1": "7", "note": 'Hết "sim"\n<b>', "confirm": "1"}
    with idle_transaction(stage, "_unusual", then=signal.SIGKILL):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        machine = send(api(stage.owner), body(id=identity, date="2023-06-20"))
        page = post(client, **typed)
        # Who only reads is not held up.
        assert client.get("/c/de-an-06-2023/report/").status_code == 200
    assert machine.status_code == page.status_code == 503
    assert "thử lại" in json.loads(machine.content)["detail"]
    assert machine.headers["Retry-After"] == page.headers["Retry-After"] == "3"
    stored = Fields(page).found
    assert stored.pop("csrfmiddlewaretoken")
    assert (stored["count-level1"], stored["note"]) == ("7", typed["note"])
    # What the dead one held is free as soon as the database has noticed.
    until(lambda: client.post("/c/de-an-06-2023/report/", stored).status_code == 302, 30)
    taken = DailyReport.objects.get(branch=stage.branch)
    assert (str(taken.pk), taken.counts, taken.version) == (identity, {"level1": 7}, 1)
    assert check_history() == []
