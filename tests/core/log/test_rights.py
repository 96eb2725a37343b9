"""The role of web and workers does the portal's work, and rewrites nothing."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from core import clock
from core.log.findings import acknowledge
from core.log.models import Leaf
from core.log.sequencer import sequence
from core.log.verify import forgotten_leaves, verify_history
from core.personal_fields import key_of
from core.rights import grant_rights
from privacy.models import PersonalDataRead
from privacy.services import erasure
from reports.daily.services.review import review_reports
from reports.rollup.services.partitions import add_partitions
from reports.rollup.services.rollup import drain
from tests.conftest import World
from tests.reports.reporting import report

ROLE = "portal_web_test"
REFUSED = (
    "UPDATE reports_dailyreport SET branch_id = (SELECT max(id) FROM campaign_branch)",
    "UPDATE reports_dailyreport SET unit_id = (SELECT max(id) FROM campaign_unit)",
    "UPDATE reports_dailyreport SET date = date - 1",
    "DELETE FROM reports_dailyreport",
    "UPDATE reports_revision SET reason = 'khác'",
    "DELETE FROM reports_revision",
    "TRUNCATE reports_revision CASCADE",
    "ALTER TABLE reports_revision DISABLE TRIGGER ALL",
    "UPDATE campaign_lateentrygrant SET expires_at = now()",
    "DELETE FROM campaign_settingschange",
    "DELETE FROM reports_publication",
    "UPDATE reports_export SET actor_id = NULL",
    "DELETE FROM reports_export",
    "UPDATE reports_figurecode SET value = 0",
    "DELETE FROM reports_figurecode",
    "UPDATE reports_officialfile SET name = ''",
    "DELETE FROM reports_officialfile",
    "UPDATE reports_officialfigure SET value = 0",
    "DELETE FROM reports_officialfigure",
    "UPDATE reports_finalexport SET deleted_at = now()",
    "DELETE FROM reports_finalexport",
    "INSERT INTO core_leaf (subject, key, entry) VALUES ('revision', '1', '')",
    "SELECT core_add_leaf('revision', '1', '{}')",
    "UPDATE core_leaf SET entry = ''",
    "DELETE FROM core_leaf",
    "TRUNCATE core_leaf",
    "UPDATE core_tile SET level = 9",
    "DELETE FROM core_tile",
    "UPDATE core_signedhead SET note = ''",
    "DELETE FROM core_signedhead",
    "UPDATE core_remark SET reason = ''",
    "DELETE FROM core_remark",
    "UPDATE privacy_personaldataread SET reader_id = NULL",
    "DELETE FROM django_migrations",
    "SET session_replication_role = replica",
    "DROP TABLE core_leaf",
    "ALTER TABLE reports_unitday DETACH PARTITION reports_unitday_other",
    "SELECT reports_new_days('reports_unitday', 7)",
    "CREATE TABLE public.other (id int)",
    "CREATE OR REPLACE FUNCTION core_log_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
)


@pytest.fixture
def as_web(world: World) -> Iterator[None]:
    """Sign in as web and workers do; the role goes with the transaction of the test."""
    grant_rights(ROLE)
    grant_rights(ROLE, "mật khẩu")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("as_web")
def test_the_portal_works_and_what_was_is_refused(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 1})
    report(world.owner, "XD-14173", {"level1": 3}, report_id=stored.pk, base_version=1)
    review_reports(actor=world.lead, seen={stored.pk: 2}, decision="approve", reason="Đúng")
    add_partitions()
    drain()
    read = PersonalDataRead.objects.create(
        at=clock.now(), people=[key_of(world.member)], size=1, numbers=0
    )
    assert erasure.forget([world.member]) == {"volunteer": 1}
    read.refresh_from_db()
    assert (read.people, forgotten_leaves()) == ([], 1)
    acknowledge([], actor=world.staff, reason="Thử")
    assert sequence() == Leaf.objects.count() > 3
    assert not list(verify_history())
    for statement in REFUSED:
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.usefixtures("as_web")
def test_every_table_can_be_read(world: World) -> None:
    for model in apps.get_models():
        model._default_manager.all().first()
