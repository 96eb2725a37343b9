"""The history of reports, and the proof that nobody has altered it.

The database gives every revision its place (``seq``) and the SHA-256 of itself and of the
row before, refuses UPDATE, DELETE and TRUNCATE, and keeps the last place and hash as the
head. Whoever gets around that with the rights of the database's owner is found here: the
hashes are made again, in Python and not by the function that wrote them.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from core.heartbeat import record_heartbeat

logger = logging.getLogger(__name__)

# The very fields, in the very order, that the trigger (migration 0003) hashes.
READ = """
    SELECT id, report_id::text, version, seq, hash,
           concat_ws('|', seq, report_id, version, coalesce(actor_id::text, '-'), source,
                     floor(extract(epoch FROM at) * 1000000)::bigint, content::text, reason)
    FROM reports_revision ORDER BY seq, id
"""
LOST = """
    SELECT r.id::text, r.version, coalesce(max(v.version), 0), count(v.id)
    FROM reports_dailyreport r LEFT JOIN reports_revision v ON v.report_id = r.id
    GROUP BY r.id HAVING count(v.id) <> r.version OR max(v.version) <> r.version
    ORDER BY r.id
"""
# Every name in the content of a revision is a column of the report.
CHANGED = """
    SELECT r.id::text, r.version, string_agg(kept.key, ', ' ORDER BY kept.key)
    FROM reports_dailyreport r
    JOIN reports_revision v ON v.report_id = r.id AND v.version = r.version
    CROSS JOIN LATERAL (SELECT to_jsonb(r) AS row) now
    CROSS JOIN LATERAL jsonb_each(v.content) kept
    WHERE kept.value IS DISTINCT FROM now.row->kept.key
    GROUP BY r.id ORDER BY r.id
"""


@dataclass(frozen=True)
class Head:
    """The end of the chain: how many revisions, and the last one's hash."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def history_head() -> Head:
    """Return the head as the database keeps it; to be noted down outside the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM reports_historyhead")
        row = cursor.fetchone()
    return Head(*row) if row else Head(0, "")


def verify_history(expected: Head | None = None) -> Iterator[str]:
    """Yield what is wrong with the history, naming the row; nothing if it is whole.

    ``expected`` is a head that was noted down earlier: the chain must still run through it.
    """
    before, place, seen = "", 0, expected is None or expected.seq == 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(READ)
        for row_id, report, version, seq, stored, text in cursor:
            name = f"revision {row_id} (seq {seq}, report {report}, version {version})"
            if seq != place + 1:
                yield f"{name}: {seq - place - 1} revision(s) before it are missing"
            due = hashlib.sha256(f"{before}|{text}".encode()).hexdigest()
            if due != stored:
                yield f"{name}: altered or out of its place"
            if expected is not None and seq == expected.seq:
                seen = stored == expected.hash
                if not seen:
                    yield f"{name}: not the one whose hash was noted down"
            before, place = stored, seq
    head = history_head()
    if (head.seq, head.hash) != (place, before):
        yield f"the head says {head}, the last revision is {place}:{before}"
    if not seen and expected is not None and place < expected.seq:
        yield f"the revisions {place + 1} to {expected.seq} are missing"
    with connection.cursor() as cursor:
        cursor.execute(LOST)
        for report, stands, last, count in cursor.fetchall():
            yield f"report {report}: version {stands}, but {count} revision(s), the last {last}"
        cursor.execute(CHANGED)
        for report, version, names in cursor.fetchall():
            yield f"report {report}: {names} differ from its revision of version {version}"


def check_history(expected: Head | None = None) -> list[str]:
    """Return all that is wrong, seen in one moment while others write; note down the head."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        wrong = list(verify_history(expected))
        head = history_head()
    record_heartbeat("history", f"{len(wrong)} khác, {head}" if wrong else f"khớp, {head}")
    if wrong:
        logger.error("The history of reports was altered: %s", "; ".join(wrong[:20]))
    else:
        # The log leaves the machine: a chain that is made anew does not run through this head.
        logger.info("The history of reports is whole up to %s", head)
    return wrong
