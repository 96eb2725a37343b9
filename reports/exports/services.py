"""Receipts of exports."""

import datetime as dt
import gzip
import hashlib
from typing import Any

import psycopg
from django.db import connection
from django.http import HttpResponse
from psycopg.types.json import Jsonb

from accounts.models import User
from campaign.models import Campaign
from core import clock
from reports.exports.models import Export, ExportKind, FigureCode, ReportMap
from reports.rollup.totals import last_made


def start_export(
    *,
    actor: User | None,
    campaign: Campaign,
    first: dt.date,
    last: dt.date,
    basis: str,
    map: str = ReportMap.THEN,
    kind: str = ExportKind.POLICE,
    asked: dict[str, Any] | None = None,
) -> Export:
    """Write the receipt before the first byte goes out: no record, no data."""
    return Export.objects.create(
        actor=actor,
        campaign=campaign,
        first_day=first,
        last_day=last,
        basis=basis,
        map=map,
        kind=kind,
        filter=asked or {},
        # Twice the same file where nothing has changed.
        as_of=last_made(campaign),
        started_at=clock.now(),
    )


def finish_export(
    export: Export, *, rows: int, sha256: str, figures: dict[str, Any], content: bytes | bytearray
) -> None:
    """Complete the receipt: so many rows, the hash of all bytes, the figures and the file."""
    export.rows, export.sha256, export.figures = rows, sha256, figures
    statement = """
        UPDATE reports_export SET rows = %s, sha256 = %s, figures = %s, content = %b WHERE id = %s
    """
    # Django would write the file into the statement in letters, several times its size.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, [rows, sha256, Jsonb(figures), content, export.pk])


def keep_export(export: Export, *, content: bytes, rows: int) -> None:
    """Complete the receipt of a file that is held whole."""
    sha256 = hashlib.sha256(content).hexdigest()
    finish_export(export, rows=rows, sha256=sha256, figures={}, content=gzip.compress(content))


def recorded(answer: HttpResponse, *, rows: int, **about: Any) -> Export:
    """Keep a file that is held whole, before it goes out; its name says when it was made.

    ``about`` is what ``start_export`` takes.
    """
    export = start_export(**about)
    keep_export(export, content=answer.content, rows=rows)
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    return export


def keep_code(*, code: str, **figure: Any) -> None:
    """Keep a figure that goes out with its code; the same figure that went out before stays."""
    row = FigureCode(code=code, made_at=clock.now(), **figure)
    FigureCode.objects.bulk_create([row], ignore_conflicts=True)
