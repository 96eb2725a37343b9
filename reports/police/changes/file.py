"""What changed since a file, as a file: a line for each cell that differs."""

import csv
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from io import StringIO

from accounts.models import User
from core.formula_guard import guarded
from reports.exports.models import Export, ExportKind
from reports.exports.services import finish_export, start_export
from reports.police.changes.comparison import LineChange, Tally
from reports.police.changes.selectors import changes_since
from reports.police.changes.why import Why
from reports.police.exports import BOM, GZIP, PACKING
from reports.rollup.archived import refuse_archived

COLUMNS = (
    *("date", "commune_code", "commune", "change", "column", "from", "to"),
    *("reason", "why", "role", "at", "note"),
)


def changes_file(
    *, actor: User, export: Export, later: Export | None
) -> tuple[Export, Iterator[bytes]]:
    """Write the record, and return it with the file as it is streamed."""
    if later is None:
        refuse_archived(export.campaign)
    record = start_export(
        actor=actor,
        campaign=export.campaign,
        first=export.first_day,
        last=export.last_day,
        basis=export.basis,
        map=export.map,
        kind=ExportKind.CHANGES,
        asked={"export": export.pk, "to": later and later.pk},
    )
    return record, _stream(record, export, later, actor)


def _stream(record: Export, export: Export, later: Export | None, actor: User) -> Iterator[bytes]:
    digest, packer, packed = hashlib.sha256(), zlib.compressobj(PACKING, wbits=GZIP), bytearray()
    tally, rows, last = Tally(), 0, b""
    pieces = _pieces(export, later, actor, tally)
    for piece, lines in pieces:
        if last:
            yield last
        digest.update(piece)
        packed += packer.compress(piece)
        rows, last = rows + lines, piece
    packed += packer.flush()
    figures = {"changed": tally.changed, "added": tally.added, "removed": tally.removed}
    # Completed before the last piece goes out: who has the whole file finds its record.
    finish_export(record, rows=rows, sha256=digest.hexdigest(), figures=figures, content=packed)
    yield last


def _pieces(
    export: Export, later: Export | None, actor: User, tally: Tally
) -> Iterator[tuple[bytes, int]]:
    yield BOM + f"{','.join(COLUMNS)}\r\n".encode(), 0
    for change, reasons in changes_since(export, later, actor, tally):
        buffer = StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        cells = change.figures or change.cells
        for cell in cells:
            writer.writerow([*_named(change), cell.column, cell.before, cell.after, *_why(reasons)])
        yield buffer.getvalue().encode(), len(cells)


def _named(change: LineChange) -> list[str]:
    return [change.date, guarded(change.code), guarded(change.name), change.kind]


def _why(reasons: Sequence[Why]) -> list[str]:
    """Return the reasons beside each other in each cell, divided by semicolons."""
    parts = (
        (
            why.reason,
            why.words,
            why.role,
            why.at.isoformat(timespec="seconds") if why.at else "",
            why.note,
        )
        for why in reasons
    )
    return [guarded("; ".join(filter(None, texts))) for texts in zip(*parts, strict=True)]
