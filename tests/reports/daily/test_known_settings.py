"""Settings that a process holds: what another one changed counts for the next report."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test import Client

from accounts.services import issue_token
from campaign.models import Campaign, Indicator
from campaign.reporting_window import WindowClosed
from core.changes import fold
from reports.daily.services.report_input import InvalidReport
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.factories import make_campaign
from tests.portal import until
from tests.reports.reporting import CAMPAIGN, report

SETTINGS = {
    "the campaign is over": (
        "UPDATE campaign_campaign SET ends_on = %(day)s::date - 1",
        InvalidReport,
    ),
    "it is called otherwise": ("UPDATE campaign_campaign SET slug = 'khac'", Http404),
    "its hours": (
        "UPDATE campaign_campaign SET editable_days = 0, closes_at = '00:00', due_at = '00:00'",
        WindowClosed,
    ),
    "a phase": (
        "INSERT INTO campaign_phase (campaign_id, name, starts_on, ends_on, is_peak, weekdays,"
        " opens_at, past, updated_at) SELECT id, 'x', %(day)s, %(day)s, false, '', '23:59:59',"
        " '[]', now() FROM campaign_campaign",
        WindowClosed,
    ),
    "an indicator": ("UPDATE campaign_indicator SET required = code = 'level2'", InvalidReport),
    "one that is gone": (
        "DELETE FROM campaign_formulaterm; UPDATE campaign_indicator SET at_most_id = NULL;"
        " DELETE FROM campaign_target; DELETE FROM campaign_indicator WHERE code = 'level1'",
        InvalidReport,
    ),
    "a formula": (
        "UPDATE campaign_formulaterm t SET factor = -1 FROM campaign_indicator i"
        " WHERE i.id = t.source_id AND i.code = 'level1'",
        InvalidReport,
    ),
}


@pytest.fixture
def stage(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def other(stage: World) -> Iterator[psycopg.Connection[Any]]:
    """Return a connection of another process, which writes past everything in this one."""
    given = connection.get_connection_params()
    named = {name: given[name] for name in ("dbname", "user", "host", "port") if given.get(name)}
    with psycopg.connect(**named, autocommit=True) as link:
        yield link


def run(other: psycopg.Connection[Any], statements: str) -> None:
    for statement in statements.split("; "):
        other.execute(statement.encode(), {"day": TODAY})


@pytest.mark.parametrize("what", SETTINGS)
def test_what_another_process_changed_counts_for_the_next_report(
    stage: World, other: psycopg.Connection[Any], what: str
) -> None:
    statements, refusal = SETTINGS[what]
    stored = report(stage.owner, "XD-14173", {"level1": 1})
    run(other, statements)
    with pytest.raises(refusal):
        report(stage.owner, "XD-14173", {"level1": 2}, report_id=stored.pk, base_version=1)
    stored.refresh_from_db()
    assert stored.counts == {"level1": 1}


@pytest.mark.parametrize("what", SETTINGS)
def test_what_changed_while_a_report_waited_for_its_branch_counts_for_it(
    stage: World, other: psycopg.Connection[Any], what: str
) -> None:
    """It began by the old rules, and the lock was had after the new ones held."""
    statements, refusal = SETTINGS[what]
    stored = report(stage.owner, "XD-14173", {"level1": 1})
    results: list[object] = []

    def submit() -> None:
        results.extend(
            at_once(
                lambda: report(
                    stage.owner, "XD-14173", {"level1": 2}, report_id=stored.pk, base_version=1
                )
            )
        )

    sender = threading.Thread(target=submit)
    with transaction.atomic():
        with connection.cursor() as cursor:
            lock = "SELECT FROM campaign_branch WHERE code = 'XD-14173' FOR NO KEY UPDATE"
            cursor.execute(lock)
        sender.start()
        waiting = (
            "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()"
        )
        until(lambda: other.execute(waiting).rowcount, 20, 0.01)
        run(other, statements)
    sender.join(20)
    assert isinstance(results[0], refusal)
    stored.refresh_from_db()
    assert stored.counts == {"level1": 1}


def test_slug_that_went_to_another_campaign_leads_there(
    stage: World, other: psycopg.Connection[Any]
) -> None:
    stored = report(stage.owner, "XD-14173", {"level1": 1})
    successor = make_campaign(slug="moi", editable_days=91)
    Indicator.objects.filter(code="level1").update(campaign=successor)
    other.execute(b"UPDATE campaign_campaign SET slug = 'cu' WHERE slug <> 'moi'")
    other.execute(f"UPDATE campaign_campaign SET slug = '{CAMPAIGN}' WHERE slug = 'moi'".encode())
    sent = report(stage.owner, "XD-14173", {"level1": 2})
    assert (sent.campaign_id, sent.version) == (successor.pk, 1)
    stored.refresh_from_db()
    assert (stored.campaign_id, stored.counts) == (stage.campaign.pk, {"level1": 1})


@pytest.mark.django_db
def test_what_was_taken_back_never_counts(world: World) -> None:
    """A preview writes the settings, and undoes them: neither before nor after is mixed up."""
    stored = report(world.owner, "XD-14173", {"level1": 1})
    with suppress(InvalidReport), transaction.atomic():
        Indicator.objects.filter(code="level2").update(required=True)
        report(world.owner, "XD-14173", {"level1": 2}, report_id=stored.pk, base_version=1)
        pytest.fail("the rule within holds within")
    sent = report(world.owner, "XD-14173", {"level1": 2}, report_id=stored.pk, base_version=1)
    assert sent.version == 2


@pytest.mark.django_db
def test_changes_that_become_one_row_cost_nothing(
    world: World, django_assert_num_queries: Any
) -> None:
    Campaign.objects.update(notice="Số liệu minh họa")
    client = Client(headers={"Authorization": f"Bearer {issue_token(user=world.owner)}"})
    body: dict[str, Any] = {
        "id": str(uuid4()),
        "campaign": CAMPAIGN,
        "branch": "XD-14173",
        "date": TODAY.isoformat(),
        "base_version": 0,
    }

    def send(counts: dict[str, int]) -> None:
        answer = client.post(
            "/api/v1/daily-reports/",
            json.dumps(body | {"counts": counts}),
            content_type="application/json",
        )
        body["base_version"] = answer.json()["version"]

    send({"level1": 1})
    with django_assert_num_queries(9):
        send({"level1": 2})
    assert fold() > 0
    with django_assert_num_queries(9):
        send({"level1": 3})
    Campaign.objects.update(notice="")
    with django_assert_num_queries(12):
        send({"level1": 4})
