"""A delivery that is killed loses nothing, and repeats at most the message in its hand."""

import multiprocessing
import os
import signal
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from campaign.models import Campaign
from config.vapid import new_key
from reports.notifications.channels.web_push.contact_points import add_phone
from reports.notifications.channels.web_push.transport import public_key
from reports.notifications.delivery import deliver
from reports.notifications.models import Notice
from reports.notifications.notices import TEST
from reports.notifications.outbox import enqueue
from tests.conftest import TODAY
from tests.factories import make_campaign, make_user
from tests.portal import until
from tests.reports.browsers import Browser
from tests.reports.notifications.channels.fake_servers import PushService, http_server

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOTICES, KILLS = 30, 6
# A process of our own that shares nothing but the database.
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def delivered() -> bool:
    """Deliver what is free; what a dying server process still holds is free a moment later."""
    deliver()
    return not Notice.objects.filter(closed_at=None).exists()


def test_killed_delivery_loses_nothing_and_repeats_one_at_most(
    campaign: Campaign, settings: Any
) -> None:
    settings.VAPID_PRIVATE_KEY = new_key()
    service = PushService(public_key())
    browser = Browser("/phone")
    taken, go_on = threading.Semaphore(0), threading.Event()
    go_on.set()

    def answer(path: str, headers: dict[str, str], body: bytes) -> Any:
        content = service.answer(path, headers, body)
        # The service has the message; whether the sender ever hears so is the question.
        taken.release()
        go_on.wait(30)
        return content

    with http_server(answer) as url:
        settings.PUSH_SERVICES = (url,)
        user = make_user()
        add_phone(actor=user, endpoint=f"{url}/phone", **browser.keys)
        for number in range(NOTICES):
            enqueue([user], kind=TEST, campaign=campaign, day=TODAY, about=str(number))
        for _kill in range(KILLS):
            go_on.clear()
            # A connection cannot be shared by two processes.
            connection.close()
            child = FORK.Process(target=deliver)
            child.start()
            assert taken.acquire(timeout=30)
            os.kill(child.pid or 0, signal.SIGKILL)
            child.join(30)
            assert child.exitcode == -signal.SIGKILL
            go_on.set()
            # What was in its hand waits again; nothing else was touched.
            until(lambda: not _is_locked(), 30)
        assert Notice.objects.filter(closed_at=None).count() == NOTICES
        until(delivered, 60)
    assert Notice.objects.filter(sent=True).count() == NOTICES
    tags = Counter(browser.read(body)["tag"] for _path, _headers, body in service.taken)
    assert len(tags) == NOTICES
    # Each kill repeated one message; all repeats bear the tag under which a phone shows one.
    assert sum(tags.values()) == NOTICES + KILLS
    assert tags.most_common(1)[0][1] == KILLS + 1


def _is_locked() -> bool:
    """Whether a server process still holds the lock of a delivery that is dead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return bool(cursor.fetchone()[0])
