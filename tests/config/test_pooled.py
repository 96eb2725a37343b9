"""What people and workers do, through a pool that deals connections out by transaction.

Each transaction has another connection than the one before it: whatever relies on what it said on
"its" connection does not find it there.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from campaign.models import DirtyDay
from config.database import database
from core.log.models import Leaf
from core.log.sequencer import sequence
from core.log.verify import check_history
from reports.daily.models import DailyReport
from reports.notifications.delivery import deliver
from reports.notifications.notices import TEST
from reports.notifications.outbox import enqueue
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from reports.rollup.totals import BASES
from tests.conftest import TODAY, World, build_world
from tests.faults.test_drains_at_once import report
from tests.pooler import SERVER_CONNECTIONS, pooler, through
from tests.portal import until
from tests.reports.notifications.notification_fixtures import fake_channel
from tests.reports.police.test_police_csv import fetch, rows_of

pytestmark = pytest.mark.django_db(transaction=True)

DAYS, AT_ONCE = 6, 2 * SERVER_CONNECTIONS


@pytest.fixture
def world(transactional_db: None) -> World:
    """The small province, committed."""
    return build_world()


@pytest.fixture
def pool(world: World) -> Iterator[str]:
    """Lead the portal's connections through a pooler; the tests' own come back afterwards."""
    direct = dict(connection.settings_dict)
    server, role = direct["OPTIONS"]["host"], direct["USER"]
    # A socket's address is short, and the server's user enters no folder of pytest's.
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    connection.close()
    try:
        with pooler(folder, direct["NAME"], server, role) as here:
            url = through(here, role)["DATABASE_URL"]
            connection.settings_dict.update(database(url, statement_timeout="0", is_pooled=True))
            # It opens them one at a time, when somebody has come.
            until(lambda: len({backend() for _turn in range(9)}) == SERVER_CONNECTIONS, 10)
            yield here
            connection.close()
    finally:
        connection.settings_dict.clear()
        connection.settings_dict.update(direct)
        shutil.rmtree(folder)


def at_once(work: Callable[[], Any]) -> list[Any]:
    """Do the same in more threads than there are connections; return what each returned."""

    def closing(_number: int) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(closing, range(AT_ONCE)))


def submit_all(world: World) -> None:
    """Report for some days of two branches, all days at once."""
    actors = (world.owner, world.neighbour)

    def of_day(number: int) -> None:
        try:
            for actor in actors:
                report(actor, 10 + number, day=TODAY - timedelta(days=number))
        finally:
            connection.close()

    with ThreadPoolExecutor(DAYS) as threads:
        list(threads.map(of_day, range(DAYS)))


def backend() -> int:
    """Return the connection on which the next statement is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_each_transaction_has_another_connection(pool: str) -> None:
    seen = [backend() for _turn in range(2 * SERVER_CONNECTIONS)]
    assert all(one != other for one, other in pairwise(seen))
    assert len(set(seen)) == SERVER_CONNECTIONS


@pytest.mark.parametrize(("name", "patience"), [("portal", "20s"), ("portal_work", "280s")])
def test_every_connection_has_the_limits_that_the_portal_sets_where_there_is_no_pool(
    pool: str, name: str, patience: str
) -> None:
    known = database("postgres:///", statement_timeout=patience)["OPTIONS"]["options"]
    limits = dict(word.split("=") for word in known.split() if "=" in word)
    role = connection.settings_dict["USER"]
    for _turn in range(SERVER_CONNECTIONS):
        with psycopg.connect(host=pool, port=6432, user=role, dbname=name) as link:
            found = [link.execute(f"SHOW {limit}".encode()).fetchone() for limit in limits]
        assert found == [(value,) for value in limits.values()]


def test_reports_are_taken_added_up_proved_and_sent_on(pool: str, world: World) -> None:
    submit_all(world)
    # Nobody leaves anything behind that the next one on the connection would find.
    at_once(drain)
    drain()
    assert not DirtyDay.objects.exists()
    assert verify() == []
    assert rebuild() > 0
    assert rebuild() > 0
    assert verify() == []
    at_once(sequence)
    assert not Leaf.objects.filter(number=None).exists()
    assert check_history() == []
    client = Client()
    client.force_login(world.staff, backend="accounts.backends.NameOrPhoneBackend")
    for basis in BASES:
        for page in ("dashboard/", "completeness/", "review/"):
            assert client.get(f"/c/de-an-06-2023/{page}", {"basis": basis}).status_code == 200
    client.force_login(world.liaison, backend="accounts.backends.NameOrPhoneBackend")
    first = (TODAY - timedelta(days=DAYS - 1)).isoformat()
    rows = rows_of(fetch(client, first=first, to=TODAY.isoformat(), basis="reported"))
    assert sum(int(row["level1"] or 0) for row in rows) == 2 * sum(10 + n for n in range(DAYS))


def test_notices_go_out_one_at_a_time_and_no_turn_is_left_on_a_connection(
    pool: str, world: World
) -> None:
    with fake_channel() as letters:
        for turn in range(3):
            for number in range(4):
                about = f"{turn}-{number}"
                enqueue([world.owner], kind=TEST, campaign=world.campaign, day=TODAY, about=about)
            at_once(deliver)
            deliver()
            assert len(letters.sent) == 4 * (turn + 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)


def test_rows_are_read_in_pieces_while_others_use_the_connections(pool: str, world: World) -> None:
    submit_all(world)
    rows = DailyReport.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2)
    found = [next(rows)]
    for _turn in range(SERVER_CONNECTIONS):
        with transaction.atomic():
            assert DailyReport.objects.count() == 2 * DAYS
    assert len([*found, *rows]) == 2 * DAYS
