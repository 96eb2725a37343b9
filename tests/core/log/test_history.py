"""The history cannot be altered from the application, and whoever alters it is found out."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction

from campaign.models import Appointment, SettingsChange, Target
from campaign.services.grants import reopen_day
from core import clock
from core.log.checkpoint import Head, heads_in, is_ours, signed_note
from core.log.findings import acknowledge
from core.log.models import Leaf, SignedHead
from core.log.sequencer import sequence
from core.log.subjects import subjects
from core.log.verify import verify_history
from privacy.models import PersonalDataRead
from reports.checks.models import Check, CheckOutcome, CheckPlan
from reports.daily.models import DailyReport, Revision
from reports.deletion.models import FinalExport
from reports.exports.models import Export
from reports.exports.services import finish_export, keep_code, start_export
from reports.official.models import OfficialFile
from reports.reconciliation.models import DifferenceRemark, DifferenceTolerance
from tests.conftest import TODAY, World
from tests.core.log.conftest import AsOwner, found, head
from tests.reports.reporting import report


def test_untouched_history_is_whole(recorded: World) -> None:
    assert found() == ""
    assert list(verify_history([head()])) == []
    assert Leaf.objects.filter(number=None).count() == 0
    numbers = Leaf.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [*range(head().size)]
    assert SignedHead.objects.count() == 2
    assert all(is_ours(note) for note in SignedHead.objects.values_list("note", flat=True))


def test_a_leaf_says_all_of_a_report(recorded: World) -> None:
    stored = DailyReport.objects.get(branch=recorded.neighbour_branch)
    leaf = Leaf.objects.get(subject="revision", key=stored.revisions.get().pk)
    for words in ("branch_id", "unit_id", "campaign_id", str(TODAY), "received_at", "Hết sim"):
        assert words in str(leaf.content)
    assert "on_time" in str(leaf.content)
    assert all(len(bytes(entry)) == 32 for entry in Leaf.objects.values_list("entry", flat=True))


def test_two_of_the_same_do_not_have_the_same_entry(world: World) -> None:
    Appointment.objects.filter(user=world.owner).update(ends_on=TODAY)
    Appointment.objects.filter(user=world.owner).update(ends_on=None)
    same = Leaf.objects.filter(key=Appointment.objects.get(user=world.owner).pk)
    first, _ended, again = same.filter(subject="appointment").order_by("pk")
    assert (first.content, first.entry) != (again.content, again.entry)
    assert first.content == again.content


def test_every_subject_that_there_is_writes_leaves(recorded: World) -> None:
    reopen_day(
        actor=recorded.lead,
        campaign=recorded.campaign,
        branch=recorded.branch,
        day=TODAY,
        reason="Mất điện",
    )
    given: Any = {"first": TODAY, "last": TODAY, "basis": "reported"}
    export = start_export(actor=recorded.staff, campaign=recorded.campaign, **given)
    finish_export(export, rows=1, sha256="0" * 64, figures={}, content=b"abc")
    keep_code(
        code="2" * 10,
        campaign=recorded.campaign,
        export=export,
        day=TODAY,
        value=1,
        as_of=clock.now(),
        revision=0,
    )
    SettingsChange.objects.create(changed_at=clock.now(), reason="Chỉ tiêu mới")
    days: Any = {"starts_on": TODAY, "ends_on": TODAY}
    FinalExport.objects.create(campaign_key=0, made_at=clock.now(), made_by=recorded.staff, **days)
    counted: Any = {"rows": 0, "figures": 0, "new": 0, "replaced": 0}
    OfficialFile.objects.create(
        campaign=recorded.campaign,
        actor=recorded.liaison,
        received_at=clock.now(),
        first_day=TODAY,
        last_day=TODAY,
        # What the database hashes where nothing was written.
        written_sha256=hashlib.sha256(b"").hexdigest(),
        **counted,
    )
    reconciled(recorded)
    recounted(recorded)
    PersonalDataRead.objects.create(at=clock.now(), people=["volunteer:1"], size=1, numbers=0)
    acknowledge([], actor=recorded.staff, reason="Thử")
    written = set(Leaf.objects.values_list("subject", flat=True))
    assert written == {subject.name for subject in subjects()}
    receipts = Leaf.objects.filter(subject="export", key=export.pk).order_by("pk")
    assert ["0" * 64 in str(leaf.content) for leaf in receipts] == [False, True]
    assert not any("content" in str(leaf.content) for leaf in receipts)
    assert found() == ""
    Export.objects.update(content=None)
    Target.objects.all().delete()
    assert found() == ""


def reconciled(world: World) -> None:
    DifferenceTolerance.objects.create(campaign=world.campaign, author=world.staff)
    DifferenceRemark.objects.create(
        campaign=world.campaign,
        unit=world.commune,
        number=1,
        author=world.staff,
        state="asked",
        difference=1,
        covers=1,
    )


def recounted(world: World) -> None:
    days: Any = {"first_day": TODAY, "last_day": TODAY}
    drawn: Any = {"head_size": 0, "per_area": 1, "strata": {}, "measure": "level1"}
    plan = CheckPlan.objects.create(
        campaign=world.campaign,
        number=1,
        asked="lead",
        made_at=clock.now(),
        made_by=world.staff,
        **days,
        **drawn,
    )
    check = Check.objects.create(
        plan=plan,
        campaign=world.campaign,
        branch=world.branch,
        unit=world.commune,
        date=TODAY,
        probability=1,
        reported={"level1": 1},
        size=1,
    )
    CheckOutcome.objects.create(
        id=uuid4(),
        of=check,
        version=1,
        how="telephone",
        counts={"level1": 1},
        actor=world.lead,
        at=clock.now(),
    )


def test_what_is_rolled_back_leaves_no_leaf(recorded: World) -> None:
    before = Leaf.objects.count()
    with transaction.atomic():
        report(recorded.lead, "XD-14158", {"level1": 8}, date=recorded.campaign.starts_on)
        transaction.set_rollback(True)
    assert Leaf.objects.count() == before


CHANGES = (
    "UPDATE reports_revision SET reason = 'x'",
    "DELETE FROM reports_revision",
    "UPDATE core_leaf SET content = '{}'",
    "UPDATE core_leaf SET salt = gen_random_uuid()",
    "UPDATE core_leaf SET number = number + 1000",
    "UPDATE core_leaf SET number = NULL",
    "UPDATE core_leaf SET entry = ''",
    "UPDATE core_leaf SET key = '1'",
    "DELETE FROM core_leaf",
    "UPDATE core_tile SET hashes = ''",
    "UPDATE core_tile SET hashes = reverse(hashes)",
    "DELETE FROM core_tile",
    "UPDATE core_signedhead SET note = ''",
    "DELETE FROM core_signedhead",
    "UPDATE core_remark SET reason = ''",
    "DELETE FROM core_remark",
)


def test_application_can_only_add(recorded: World) -> None:
    acknowledge([], actor=recorded.staff, reason="Thử")
    for statement in CHANGES:
        with (
            pytest.raises(DatabaseError, match="only ever added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert found() == ""


NEVER_EMPTIED = (
    "reports_revision",
    "core_leaf",
    "core_tile",
    "core_signedhead",
    "core_remark",
)


def test_application_cannot_empty_the_history(recorded: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in NEVER_EMPTIED:
            with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
                cursor.execute(f"TRUNCATE {table} CASCADE")
    assert found() == ""


# The last leaf of the report that was approved, and of the other; the number of any leaf.
REPORT = """(SELECT report_id FROM reports_revision WHERE version = 3)"""
NUMBER = "(SELECT min(number) FROM core_leaf WHERE subject = 'revision')"
LAST = "(SELECT max(number) FROM core_leaf)"
REHASH = """
    UPDATE core_leaf SET content = replace(content, 'Hết sim', 'khác');
    UPDATE core_leaf SET entry = sha256(uuid_send(salt) || convert_to(
        subject || E'\\n' || key || E'\\n' || content, 'UTF8')) WHERE content LIKE '%khác%';
    UPDATE reports_revision SET content = jsonb_set(content, '{note}', '"khác"')
        WHERE content->>'note' = 'Hết sim';
    UPDATE reports_dailyreport SET note = 'khác' WHERE note = 'Hết sim'
"""
INTO_THE_TREE = f"""{REHASH};
    UPDATE core_tile SET hashes = overlay(hashes PLACING
        (SELECT sha256('\\x00'::bytea || entry) FROM core_leaf WHERE content LIKE '%khác%')
        FROM 1 + 32 * (SELECT number FROM core_leaf WHERE content LIKE '%khác%')::int)
    WHERE level = 0
"""
SWAP = f"""
    UPDATE core_leaf SET number = number + 1000 WHERE number - {NUMBER} IN (0, 1);
    UPDATE core_leaf SET number = 2001 - number + 2 * {NUMBER} WHERE number >= 1000
"""
# What somebody does with all rights, and what is named.
TAMPERING: dict[str, tuple[str, str]] = {
    **{
        f"{column} of a report": (
            f"UPDATE reports_dailyreport SET {column} = {value} WHERE id = {REPORT}",
            f"reports_dailyreport REPORT: {column} differ",
        )
        for column, value in {
            "branch_id": "(SELECT id FROM campaign_branch WHERE code = 'XD-14050')",
            "unit_id": "(SELECT id FROM campaign_unit WHERE code = '14050')",
            "date": "date - 1",
            "received_at": "received_at - interval '1 hour'",
            "captured_at": "now()",
            "lateness": "'late'",
            "counts": """'{"level1": 9}'""",
            "no_activity": "true",
            "note": "'khác'",
            "status": "'locked'",
            "return_reason": "'khác'",
            "version": "2",
        }.items()
    },
    "report moved": (
        f"""UPDATE reports_dailyreport SET date = date - 3,
            branch_id = (SELECT id FROM campaign_branch WHERE code = 'XD-14050'),
            unit_id = (SELECT id FROM campaign_unit WHERE code = '14050') WHERE id = {REPORT}""",
        "reports_dailyreport REPORT: branch_id, date, unit_id differ",
    ),
    "report dropped": (
        f"DELETE FROM reports_dailyreport WHERE id = {REPORT}",
        "reports_dailyreport REPORT: dropped",
    ),
    **{
        f"{column} of a revision": (
            f"UPDATE reports_revision SET {column} = {value} WHERE version = 2",
            f": {column} differ",
        )
        for column, value in {
            "content": "jsonb_set(content, '{counts,level1}', '9')",
            "actor_id": "(SELECT max(id) FROM accounts_user)",
            "reason": "'khác'",
            "source": "'review'",
            "at": "at - interval '1 hour'",
        }.items()
    },
    "revision dropped": ("DELETE FROM reports_revision WHERE version = 2", ": dropped; leaf"),
    "revision slipped in": (
        """INSERT INTO reports_revision (report_id, version, source, at, content)
           SELECT report_id, 9, source, at, content FROM reports_revision WHERE version = 3""",
        ": not in the log",
    ),
    "appointment": ("UPDATE campaign_appointment SET role = 'province_staff'", ": role differ"),
    "appointment dropped": ("DELETE FROM campaign_appointment", "campaign_appointment"),
    "target": ("UPDATE campaign_target SET value = 1", ": value differ"),
    "session": (
        """UPDATE volunteers_supportsession SET counts = '{"level1": 9}'""",
        "volunteers_supportsession",
    ),
    "leaf altered": (
        f"UPDATE core_leaf SET content = '{{}}' WHERE number = {NUMBER}",
        "): altered",
    ),
    "leaf altered, hash and row with it": (REHASH, "altered or out of its place"),
    "leaf altered, hash, row and tree with it": (INTO_THE_TREE, "is of another log: altered"),
    "leaf dropped": (f"DELETE FROM core_leaf WHERE number = {NUMBER}", "is missing"),
    "leaves swapped": (SWAP, "altered or out of its place"),
    "first leaf dropped": ("DELETE FROM core_leaf WHERE number = 0", "leaf 0 is missing"),
    "tail dropped": (f"DELETE FROM core_leaf WHERE number = {LAST}", "is missing"),
    "tail dropped, tree with it": (
        f"""DELETE FROM core_leaf WHERE number = {LAST};
            UPDATE core_tile SET hashes = substr(hashes, 1, length(hashes) - 32)""",
        "are missing: the head",
    ),
    "tree": ("UPDATE core_tile SET hashes = reverse(hashes)", "out of its place"),
    "head": ("UPDATE core_signedhead SET root = reverse(root)", "is of another log"),
    "head of another hand": (
        "UPDATE core_signedhead SET note = overlay(note PLACING '7' FROM position('=' IN note))",
        "not signed",
    ),
    "trigger off": (
        "ALTER TABLE campaign_target DISABLE TRIGGER row_is_logged",
        "campaign_target: the trigger row_is_logged is off",
    ),
    "leaf emptied": (
        "UPDATE core_leaf SET content = NULL, salt = NULL WHERE subject = 'target'",
        "was emptied while the row stands",
    ),
}


def test_what_was_altered_is_named(as_owner: AsOwner) -> None:
    identity = str(Revision.objects.get(version=3).report_id)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    missed = {}
    for case, (statement, words) in TAMPERING.items():
        with transaction.atomic():
            as_owner(statement)
            lines = found()
            transaction.set_rollback(True)
        if words.replace("REPORT", identity) not in lines:
            missed[case] = lines
    assert missed == {}
    assert found() == ""


REBUILD = """
    DELETE FROM core_signedhead; DELETE FROM core_tile;
    CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT * FROM core_leaf ORDER BY number;
    DELETE FROM core_leaf;
    UPDATE reports_dailyreport SET note = 'khác' WHERE note = 'Hết sim';
    UPDATE reports_revision SET content = jsonb_set(content, '{note}', '"khác"')
        WHERE content->>'note' = 'Hết sim';
    SELECT core_add_leaf(subject, key, replace(content, 'Hết sim', 'khác')::jsonb)
    FROM (SELECT * FROM copied ORDER BY number OFFSET 0) rows
"""


def test_what_was_made_anew_does_not_begin_with_a_head_from_elsewhere(
    as_owner: AsOwner, tmp_path: Path
) -> None:
    noted = head()
    as_owner(REBUILD)
    sequence()
    # By itself it is a history like any other, and signed.
    assert found() == ""
    (wrong,) = verify_history([noted])
    assert wrong.text == f"not the log that was noted down elsewhere: {noted}"


def test_a_head_from_elsewhere_misses_the_tail(as_owner: AsOwner) -> None:
    noted = head()
    as_owner("DELETE FROM core_leaf; DELETE FROM core_tile; DELETE FROM core_signedhead")
    assert f"leaves 0 to {noted.size - 1} are missing: a head from elsewhere" in "\n".join(
        one.text for one in verify_history([noted])
    )


def test_a_head_from_elsewhere_stays_true_as_the_log_grows(recorded: World) -> None:
    noted = head()
    report(recorded.lead, "XD-14158", {"level1": 8}, date=recorded.campaign.starts_on)
    sequence()
    assert head().size > noted.size
    assert [*verify_history([noted])] == []


def test_leaves_that_nobody_numbers_are_told(as_owner: AsOwner) -> None:
    target = Target.objects.get()
    target.value = 7
    target.save()
    assert found() == ""
    as_owner("UPDATE core_leaf SET written_at = now() - interval '1 hour' WHERE number IS NULL")
    assert "1 leaves wait for their number" in found()


def test_heads_are_read_from_whatever_names_them(settings: LazySettings) -> None:
    known = Head(17655, bytes(range(32)))
    note = signed_note(known)
    sent = f"BÁO CÁO NHANH ngày 20/6/2023\nCài VNeID: 1.234\nĐầu sổ: {known}.\nXem thêm"
    assert list(heads_in(note)) == list(heads_in(sent)) == [known]
    settings.LOG_ORIGIN = "another.name/log"
    assert is_ours(note)
    assert not is_ours(note.replace("17655", "17656"))
    settings.LOG_KEY = "A" * 43 + "="
    assert not is_ours(note)
