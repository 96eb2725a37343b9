"""The history cannot be altered from the application, and whoever alters it is found out."""

from collections.abc import Callable
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from core.models import Heartbeat
from reports.daily.models import DailyReport, Revision, Status
from reports.daily.services.history import check_history, history_head
from reports.daily.services.review import review_reports
from tests.accounts.test_invitations import at_once
from tests.conftest import World, build_world
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db(transaction=True)
TRIGGERS = ("revision_is_chained", "revision_moves_head", "revision_is_kept")


@pytest.fixture
def recorded(transactional_db: None) -> World:
    """Four revisions: of two branches, one of them corrected and approved."""
    world = build_world()
    stored = report(world.owner, "XD-14173", {"level1": 1})
    report(world.neighbour, "XD-14158", {"level1": 2})
    report(world.owner, "XD-14173", {"level1": 3}, report_id=stored.pk, base_version=1)
    review_reports(actor=world.lead, seen={stored.pk: 2}, decision="approve", reason="Đúng")
    return world


@pytest.fixture
def as_owner(recorded: World) -> Callable[[str], None]:
    """Run statements with the rights of the database's owner, past the triggers."""

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            for trigger in TRIGGERS:
                cursor.execute(f"ALTER TABLE reports_revision DISABLE TRIGGER {trigger}")
            cursor.execute(statement)
            for trigger in TRIGGERS:
                cursor.execute(f"ALTER TABLE reports_revision ENABLE TRIGGER {trigger}")

    return run


def run_command(**given: Any) -> str:
    """Return what the command prints; it raises where the history was altered."""
    out, wrong = StringIO(), StringIO()
    try:
        call_command("verify_history", stdout=out, stderr=wrong, **given)
    except CommandError:
        return wrong.getvalue()
    assert not wrong.getvalue()
    return out.getvalue()


def test_untouched_history_is_whole(recorded: World) -> None:
    assert check_history() == []
    assert run_command().strip() == str(history_head())
    assert history_head().seq == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_revision SET reason = 'x'",
        "DELETE FROM reports_revision WHERE seq = 4",
        "UPDATE reports_revision SET seq = 9 WHERE seq = 4",
    ],
)
def test_application_can_only_add(recorded: World, statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="only ever added"):
        cursor.execute(statement)
    assert check_history() == []


def test_application_cannot_empty_the_history(recorded: World) -> None:
    # Django's own emptying between tests needs the one trigger off: see tests/conftest.py.
    switch = "ALTER TABLE reports_revision {} TRIGGER revision_is_not_emptied"
    with connection.cursor() as cursor:
        cursor.execute(switch.format("ENABLE"))
        try:
            with pytest.raises(DatabaseError, match="only ever added"):
                cursor.execute("TRUNCATE reports_revision CASCADE")
        finally:
            cursor.execute(switch.format("DISABLE"))
    assert Revision.objects.count() == 4


# What somebody does with all rights, and the place in the chain that is named.
REHASH = """
    UPDATE reports_revision r SET reason = 'khác', hash = encode(sha256(convert_to(
        (SELECT hash FROM reports_revision WHERE seq = 1) || '|' || concat_ws('|',
        seq, report_id, version, coalesce(actor_id::text, '-'), source,
        floor(extract(epoch FROM at) * 1000000)::bigint, content::text, 'khác'),
        'UTF8')), 'hex') WHERE seq = 2
"""
SWAP = """
    UPDATE reports_revision SET seq = CASE seq WHEN 2 THEN 1003 WHEN 3 THEN 1002 END
    WHERE seq IN (2, 3);
    UPDATE reports_revision SET seq = seq - 1000 WHERE seq > 1000
"""
TAMPERING = {
    "content": (
        """UPDATE reports_revision SET content = jsonb_set(content, '{counts,level1}', '9')
           WHERE seq = 2""",
        2,
    ),
    "actor": (
        """UPDATE reports_revision SET actor_id = (SELECT max(id) FROM accounts_user)
           WHERE seq = 1""",
        1,
    ),
    "reason": ("UPDATE reports_revision SET reason = 'khác' WHERE seq = 4", 4),
    "source": ("UPDATE reports_revision SET source = 'page' WHERE seq = 3", 3),
    "time": ("UPDATE reports_revision SET at = at - interval '1 hour' WHERE seq = 2", 2),
    "middle deleted": ("DELETE FROM reports_revision WHERE seq = 2", 3),
    "first deleted": ("DELETE FROM reports_revision WHERE seq = 1", 2),
    "two swapped": (SWAP, 2),
    "hashed again": (REHASH, 3),
}


def named(lines: list[str], seq: int) -> bool:
    """Whether a line names the revision of this place."""
    return any(f"(seq {seq}, report" in line for line in lines)


@pytest.mark.parametrize("case", TAMPERING)
def test_what_was_altered_is_named(as_owner: Callable[[str], None], case: str) -> None:
    statement, seq = TAMPERING[case]
    as_owner(statement)
    wrong = check_history()
    assert named(wrong, seq), wrong
    assert run_command().splitlines() == wrong


def test_lost_tail_is_noticed(as_owner: Callable[[str], None]) -> None:
    as_owner("DELETE FROM reports_revision WHERE seq = 4")
    assert any("the head says 4:" in line for line in check_history())


def test_lost_tail_with_its_head_is_noticed_by_the_report(
    as_owner: Callable[[str], None],
) -> None:
    stored = Revision.objects.get(seq=4).report_id
    as_owner(
        """DELETE FROM reports_revision WHERE seq = 4;
           UPDATE reports_historyhead SET (seq, hash) =
               (SELECT seq, hash FROM reports_revision WHERE seq = 3)"""
    )
    assert any(str(stored) in line for line in check_history())


@pytest.mark.parametrize(
    "changed",
    [
        {"counts": {"level1": 99}},
        {"counts": {}},
        {"status": Status.LOCKED},
        {"no_activity": True, "counts": {}},
        {"note": "khác"},
        {"explanation": "drive"},
        {"unusual": [{"kind": "jump", "code": "level1", "value": 9, "usual": 1}]},
    ],
    ids=str,
)
def test_report_that_changed_without_a_revision_is_named(
    recorded: World, changed: dict[str, Any]
) -> None:
    stored = DailyReport.objects.get(branch=recorded.neighbour_branch)
    DailyReport.objects.filter(pk=stored.pk).update(**changed)
    [line] = check_history()
    assert str(stored.pk) in line
    assert all(name in line for name in changed)


def test_chain_that_was_made_anew_does_not_run_through_a_noted_head(
    as_owner: Callable[[str], None],
) -> None:
    noted = history_head()
    as_owner(
        """CREATE TEMPORARY TABLE copied AS SELECT * FROM reports_revision ORDER BY seq;
           DELETE FROM reports_revision;
           UPDATE copied SET reason = 'khác' WHERE seq = 2"""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO reports_revision (id, report_id, version, actor_id, source, at, content,
                   reason) SELECT id, report_id, version, actor_id, source, at, content, reason
               FROM copied ORDER BY seq"""
        )
    # By itself it is a chain like any other.
    assert check_history() == []
    assert named(check_history(noted), 4)
    assert "4" in run_command(head=noted)


def test_noted_head_that_is_gone_is_missed(recorded: World) -> None:
    noted = history_head()
    later = type(noted)(noted.seq + 2, noted.hash)
    assert any("5 to 6 are missing" in line for line in check_history(later))
    report(recorded.lead, "XD-14158", {"level1": 8}, date=recorded.campaign.starts_on)
    assert check_history(noted) == []


def test_eight_writers_at_once_make_one_chain(recorded: World) -> None:
    days = [recorded.campaign.starts_on.replace(day=n) for n in range(1, 9)]
    results = at_once(
        *[partial(report, recorded.owner, "XD-14173", {"level1": 1}, date=day) for day in days]
    )
    assert all(isinstance(result, DailyReport) for result in results), results
    assert check_history() == []
    assert list(Revision.objects.order_by("seq").values_list("seq", flat=True)) == [*range(1, 13)]


def test_nightly_check_notes_the_head_and_may_run_twice(recorded: World) -> None:
    check_history()
    check_history()
    beat = Heartbeat.objects.get(name="history")
    assert str(history_head()) in beat.message
    assert "khớp" in beat.message
