"""A campaign that is over goes into a file, and comes back from it.

Its partitions of day totals are taken out of their tables at once, written down, read back on
trial and compared, and only then dropped. Reports, revisions and totals to date stay where they
are: they are the record, and the log is held against them.
"""

import datetime as dt
import json
import zipfile
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from psycopg.sql import SQL, Identifier

from backups.facts import ROWS
from campaign.models import Campaign, DirtyDay
from core import clock
from reports.rollup.services.partitions import add_partitions_of
from reports.rollup.settings_moves import hold
from reports.rollup.trees import TREES, Tree

SUFFIX = ".archive.zip"
MANIFEST = "manifest.json"
PIECE = 1 << 20
# Gives up before the database looks for a deadlock, and would end somebody else's work.
PATIENCE = "SET LOCAL lock_timeout = '900ms'"
# No day is left dirty meanwhile, and none is in a worker's hands.
NO_NEW_DAYS = "LOCK TABLE campaign_dirtyday IN SHARE MODE"


class ArchiveError(Exception):
    """Says to a technician what was not done, and why."""


def archive_campaign(campaign: Campaign, folder: Path) -> Path:
    """Write the day totals of a campaign that is over into a file, and drop them; return it.

    Called again after it was broken off, it goes on where it was.
    """
    if campaign.archived_at is None:
        if campaign.ends_on >= clock.today():
            raise ArchiveError("Chiến dịch chưa kết thúc.")
        add_partitions_of(campaign)
        _detach(campaign)
    if not _stands(campaign):
        raise ArchiveError("Chiến dịch này đã lưu trữ rồi.")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{campaign.slug}-{_moment(campaign):%Y%m%dT%H%M%S}Z{SUFFIX}"
    partial = path.with_suffix(".part")
    _write(campaign, partial)
    _prove(campaign, partial)
    partial.rename(path)
    with transaction.atomic():
        for tree in TREES:
            _run(f"DROP TABLE {_table(tree, campaign)}")
    return path


def attach_campaign(path: Path) -> Campaign:
    """Bring the day totals of a file back into their tables; return whose they are.

    Days that were left dirty since are made again by the next drain.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            campaign = _campaign_of(manifest)
            with transaction.atomic():
                # What stands there was taken out, and never dropped.
                if not _stands(campaign):
                    _load(campaign, archive, manifest)
                _attach(campaign)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, DatabaseError) as error:
        raise ArchiveError(f"Chưa gắn được tệp này: {error}") from error
    return campaign


def _campaign_of(manifest: dict[str, Any]) -> Campaign:
    found = Campaign.objects.filter(pk=manifest["id"], slug=manifest["campaign"]).first()
    moment = dt.datetime.fromisoformat(manifest["archived_at"])
    if found is None or found.archived_at != moment:
        raise ArchiveError("Đây không phải tệp của lần lưu trữ mà chiến dịch đang nằm trong đó.")
    return found


@transaction.atomic
def _detach(campaign: Campaign) -> None:
    try:
        for statement in (PATIENCE, NO_NEW_DAYS):
            _run(statement)
        hold()
        if DirtyDay.objects.filter(campaign=campaign).exists():
            raise ArchiveError("Còn ngày chưa cộng xong. Chờ vài giây rồi chạy lại.")
        for tree in TREES:
            _run(f"ALTER TABLE {tree.day} DETACH PARTITION {_table(tree, campaign)}")
    except DatabaseError as error:
        raise ArchiveError(f"Chưa tách được, chạy lại sau: {error}") from error
    campaign.archived_at = clock.now()
    campaign.save(update_fields=["archived_at"])


def _attach(campaign: Campaign) -> None:
    hold()
    for tree in TREES:
        part = f"{_table(tree, campaign)} FOR VALUES IN ({campaign.pk})"
        _run(f"ALTER TABLE {tree.day} ATTACH PARTITION {part}")
    campaign.archived_at = None
    campaign.save(update_fields=["archived_at"])


@transaction.atomic
def _write(campaign: Campaign, path: Path) -> None:
    """Write each table as CSV, as any tool reads it, and beside them what they come to."""
    manifest = {
        "campaign": campaign.slug,
        "id": campaign.pk,
        "archived_at": _moment(campaign).isoformat(),
        "sums": {tree.day: _sum(_table(tree, campaign)) for tree in TREES},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        for tree in TREES:
            statement = f"COPY (TABLE {_table(tree, campaign)}) TO STDOUT (FORMAT csv, HEADER)"
            with (
                archive.open(f"{tree.day}.csv", "w", force_zip64=True) as file,
                connection.cursor() as cursor,
                cursor.copy(statement) as rows,
            ):
                for piece in rows:
                    file.write(piece)


@transaction.atomic
def _prove(campaign: Campaign, path: Path) -> None:
    """Read the file back into tables that nobody sees, and compare."""
    with zipfile.ZipFile(path) as archive:
        sums = json.loads(archive.read(MANIFEST))["sums"]
        for tree in TREES:
            _run(f"CREATE TEMPORARY TABLE proof (LIKE {_table(tree, campaign)}) ON COMMIT DROP")
            _fill("proof", tree, archive, sums)
            _run("DROP TABLE proof")


def _load(campaign: Campaign, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    for tree in TREES:
        _run("SELECT reports_new_days(%s, %s)", tree.day, campaign.pk)
        _fill(_table(tree, campaign), tree, archive, manifest["sums"])


def _fill(table: str, tree: Tree, archive: zipfile.ZipFile, sums: dict[str, Any]) -> None:
    """Fill a table from a file; raise where a single digit is another than when it was written."""
    with archive.open(f"{tree.day}.csv") as file, connection.cursor() as cursor:
        columns = file.readline().decode().strip()
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as rows:
            while piece := file.read(PIECE):
                rows.write(piece)
    if _sum(table, columns) != sums[tree.day]:
        raise ArchiveError("Số trong tệp khác với lúc lưu trữ. Chưa đổi gì.")


def _sum(table: str, columns: str = "*") -> list[Any]:
    """Return how many rows a table has, and a sum that any other letter in them would change.

    A file from before a column came is held against the columns that it has.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        rows = SQL("(SELECT {} FROM {})").format(SQL(columns), Identifier(table))
        cursor.execute(SQL(ROWS).format(rows))
        return list(cursor.fetchone())


def _stands(campaign: Campaign) -> bool:
    """Return whether the tables of the campaign are in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_table(TREES[0], campaign)])
        return bool(cursor.fetchone()[0])


def _table(tree: Tree, campaign: Campaign) -> str:
    return f"{tree.day}_{campaign.pk}"


def _moment(campaign: Campaign) -> dt.datetime:
    assert campaign.archived_at is not None  # noqa: S101 - asked of archived campaigns only
    return campaign.archived_at.astimezone(dt.UTC)


def _run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
