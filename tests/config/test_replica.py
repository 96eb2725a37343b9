"""A real streaming replica that lags on purpose, and is away: who is shown what."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from campaign.models import Unit
from config.database import database
from core import clock, replica
from core.heartbeat import record_heartbeat
from core.page_cache import _Store, cached
from core.throttle import valkey
from reports.daily.models import DailyReport
from reports.rollup.services.rollup import drain
from tests.conftest import World, build_world
from tests.replica import Replica
from tests.reports.reporting import report
from tests.test_matrix import Browse

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", replica.ALIAS])

SLUG = "/c/de-an-06-2023"
OLD, NEW = 731, 947


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Replica]:
    """Start a replica that the portal knows while these tests run."""
    given = Replica(
        tmp_path_factory.mktemp("replica"),
        primary=str(connection.settings_dict["OPTIONS"]["host"]),
        database=str(connection.settings_dict["NAME"]),
    )
    own = {"default": database(given.url, statement_timeout="9s")}
    settings.DATABASES[replica.ALIAS] = connections.configure_settings(own)["default"]
    try:
        given.make()
        given.start()
        yield given
    finally:
        del settings.DATABASES[replica.ALIAS]
        given.remove()


@pytest.fixture
def world(transactional_db: None) -> World:
    """The small province, committed, with one report added up."""
    world = build_world()
    report(world.owner, "XD-14173", {"level1": OLD})
    drain()
    return world


@pytest.fixture
def standby(world: World, server: Replica, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replica]:
    """Let the portal know the replica, which has caught up."""
    monkeypatch.setattr(replica, "_left_alone_until", 0.0)
    catch_up(server)
    yield server
    connections[replica.ALIAS].close()
    server.catch_up()


def catch_up(server: Replica) -> None:
    """Let the replica have all, and something that has just happened."""
    record_heartbeat("drain")
    server.catch_up()


def figure(client: Client, unit: Unit) -> int:
    """Return which of both figures the unit's page shows."""
    answer = client.get(f"{SLUG}/units/{unit.code}/")
    assert answer.status_code == 200
    shown = {n for n in (OLD, NEW) if re.search(rf">\s*{n}\s*<", answer.content.decode())}
    assert len(shown) == 1
    return shown.pop()


def correct(client: Client, world: World) -> None:
    """Send the new figure as the page of a phone would, and have it added up."""
    stored = DailyReport.objects.get()
    body = {
        "id": str(stored.pk),
        "campaign": "de-an-06-2023",
        "branch": "XD-14173",
        "date": stored.date.isoformat(),
        "counts": {"level1": NEW},
        "base_version": 1,
    }
    sent = client.post("/api/v1/daily-reports/", body, content_type="application/json")
    assert sent.status_code == 200, sent.content
    drain()


def test_who_wrote_sees_it_and_who_did_not_may_still_see_what_was(
    standby: Replica, world: World, browse: Browse
) -> None:
    writer, reader = browse(world.lead), browse(world.staff)
    for client in (writer, reader):
        # The first page comes from the primary, which notes how far its reader has seen.
        assert figure(client, world.district) == OLD
    catch_up(standby)
    standby.pause()
    correct(writer, world)
    assert figure(reader, world.district) == OLD, "the replica was not read"
    for _turn in range(2):
        assert figure(writer, world.district) == NEW
    catch_up(standby)
    assert [figure(client, world.district) for client in (writer, reader)] == [NEW, NEW]


def test_time_never_goes_back_for_a_reader(standby: Replica, world: World, browse: Browse) -> None:
    writer, reader = browse(world.lead), browse(world.staff)
    assert figure(reader, world.district) == OLD
    catch_up(standby)
    standby.pause()
    correct(writer, world)
    assert figure(reader, world.district) == OLD, "the replica was not read"
    # A page that the primary answers shows what has come since.
    assert reader.get(f"{SLUG}/review/").status_code == 200
    assert figure(reader, world.district) == NEW
    other_device = browse(world.staff)
    assert figure(other_device, world.district) == NEW


def test_what_was_seen_at_the_replica_is_noted_as_it_was_in_the_end(
    standby: Replica, world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(world.staff)
    figure(client, world.district)
    catch_up(standby)
    until = replica.known_until
    came: list[str] = []

    def moving() -> Any:
        came.append(replica.source())
        standby.ask_primary("SELECT pg_logical_emit_message(true, 'a', 'b')::text")
        standby.catch_up()
        return until()

    monkeypatch.setattr("campaign.page_tags.known_until", moving)
    assert figure(client, world.district) == OLD
    assert came == [replica.ALIAS]
    known: Any = valkey().zscore(replica._key(world.staff), "")
    stood = replica.current_state()
    assert stood is not None
    assert known == stood.position


def test_as_of_is_no_later_than_what_the_replica_has(
    standby: Replica, world: World, browse: Browse
) -> None:
    stood = replica.current_state()
    assert stood is not None
    with replica.reading_from_replica(stood):
        assert replica.known_until() <= clock.now() - stood.behind
    assert abs((replica.known_until() - clock.now()).total_seconds()) < 1


def test_page_of_the_replica_is_never_that_of_the_primary(standby: Replica) -> None:
    stood = replica.current_state()
    assert stood is not None
    made = iter(("replica", "primary"))
    with replica.reading_from_replica(stood):
        assert cached("page", 1, lambda: next(made)) == "replica"
        others = _Store[str]("page", 2)
        others.turn = others._begin()
    # Whoever waits for the page of tag 3 takes no turn at the replica for a newer one.
    assert cached("page", 1, lambda: next(made)) == "primary"
    assert _Store[str]("page", 2).name != others.name


def test_replica_that_is_away_or_unknown_costs_nobody_a_page(
    standby: Replica, world: World, browse: Browse
) -> None:
    client = browse(world.staff)
    figure(client, world.district)
    catch_up(standby)
    assert figure(client, world.district) == OLD
    standby.stop()
    try:
        assert figure(client, world.district) == OLD
        assert client.get("/readyz").json()["replica_behind_seconds"] is None
    finally:
        standby.start()


def test_rights_that_ended_are_over_though_the_replica_has_not_heard(
    standby: Replica, world: World, browse: Browse
) -> None:
    client = browse(world.other_lead)
    page = f"{SLUG}/units/{world.other_district.code}/"
    assert client.get(page).status_code == 200
    catch_up(standby)
    standby.pause()
    assert client.get(page).status_code == 200
    world.other_lead.appointments.all().delete()
    assert client.get(page).status_code in (302, 403, 404)


def test_page_that_writes_is_answered_by_the_primary(
    standby: Replica, world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(world.staff)
    figure(client, world.district)
    catch_up(standby)
    asked: list[str] = []
    scope = replica.known_until

    def writing() -> Any:
        asked.append(replica.source())
        record_heartbeat("page")
        return scope()

    monkeypatch.setattr("campaign.page_tags.known_until", writing)
    assert figure(client, world.district) == OLD
    assert asked == [replica.ALIAS, ""]
