"""Holds rows against leaves, leaves against the tree, and the tree against every head known.

It names what was altered, moved, dropped, put in another order or cut off. Whoever makes all of
it anew, as the owner of the database can, is found by a head that lies elsewhere.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from core.heartbeat import record_heartbeat
from core.log.checkpoint import Head, is_ours
from core.log.merkle import HASH, WIDTH, Roots, cut, leaf_hash, root_of
from core.log.models import SignedHead, entry_of
from core.log.subjects import Part, Subject, subjects

logger = logging.getLogger(__name__)

HEARTBEAT = "history"
# Beat numbers leaves every second; so long without a number means that nobody does.
LATE = 300
MOST_LINES = 20

TILES = 'SELECT level, "index", hashes FROM core_tile ORDER BY level, "index"'
LEAVES = """
    SELECT number, subject, key, content, salt, entry FROM core_leaf
    WHERE number IS NOT NULL ORDER BY number
"""
WAITING = """
    SELECT count(*), extract(epoch FROM clock_timestamp() - min(written_at))
    FROM core_leaf WHERE number IS NULL
"""
# What the last leaf of each row says, beside what the row says. Rows that have other columns by
# now are compared by those that there were. What has no number yet comes after what has.
ROWS = """
    WITH said AS (
        SELECT DISTINCT ON (key) key, number, said FROM (
            SELECT leaf.id, leaf.number, {key} AS key, {content} AS said
            FROM (SELECT *, content::jsonb AS doc FROM core_leaf WHERE subject = %s) leaf
        ) leaf WHERE key IS NOT NULL
        ORDER BY key, number DESC NULLS FIRST, id DESC
    ), stands AS (
        SELECT r.id::text AS key, to_jsonb(r) AS doc FROM (SELECT {columns} FROM {table}) r
    )
    SELECT key, said.number, said.key IS NULL, stands.key IS NULL, said.said = 'null', differ.names
    FROM stands FULL JOIN said USING (key) CROSS JOIN LATERAL (
        SELECT string_agg(f.name, ', ' ORDER BY f.name) AS names
        FROM jsonb_each(CASE jsonb_typeof(said.said) WHEN 'object' THEN said.said END)
            AS f(name, value)
        WHERE stands.doc ? f.name AND stands.doc->f.name <> f.value
    ) AS differ
    WHERE said.key IS NULL OR stands.key IS NULL OR said.said IS NULL OR said.said = 'null'
        OR differ.names IS NOT NULL
    ORDER BY said.number, key
"""
TRIGGER = """
    SELECT tgenabled = 'D' FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s
"""


def check_history(known: Sequence[Head] = ()) -> list[str]:
    """Return all that is wrong, seen in one moment while others write, and keep what was found.

    ``known`` are heads that were noted down elsewhere: the log must still begin with them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL timezone TO 'UTC'")
        wrong = list(verify_history(known))
        head = SignedHead.objects.first()
    record_heartbeat(HEARTBEAT, "\n".join(wrong[:MOST_LINES]), is_fine=not wrong)
    if wrong:
        logger.error("The history was altered: %s", "; ".join(wrong[:MOST_LINES]))
    else:
        logger.info("The history is whole; the last head is %s", head and head.note)
    return wrong


def verify_history(known: Sequence[Head] = ()) -> Iterator[str]:
    """Yield what is wrong with the history, naming the row; nothing if it is whole."""
    tiles = _tiles()
    tree = b"".join(hashes for (level, _n), hashes in sorted(tiles.items()) if level == 0)
    yield from _upper_tiles(tiles)
    yield from _leaves(tree)
    yield from _heads(tree, known)
    yield from _waiting()
    for subject in subjects():
        for part in subject.parts:
            yield from _rows(subject, part)


def _tiles() -> dict[tuple[int, int], bytes]:
    with connection.cursor() as cursor:
        cursor.execute(TILES)
        return {(level, index): bytes(hashes) for level, index, hashes in cursor.fetchall()}


def _upper_tiles(tiles: dict[tuple[int, int], bytes]) -> Iterator[str]:
    """Each hash of a tile above the first level is the root of a whole tile below."""
    for (level, index), hashes in tiles.items():
        for place, found in enumerate(cut(hashes) if level else ()):
            below = tiles.get((level - 1, index * WIDTH + place), b"")
            if len(below) < WIDTH * HASH or root_of(cut(below)) != found:
                yield f"tile {level}/{index}: hash {place} is not that of the tile below"


def _leaves(tree: bytes) -> Iterator[str]:
    due = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(LEAVES)
        for number, subject, key, content, salt, entry in cursor:
            if number > due:
                yield _missing(due, number)
            due = number + 1
            name = f"leaf {number} ({subject} {key})"
            if content is not None and (
                salt is None or entry_of(salt.bytes, subject, key, content) != bytes(entry)
            ):
                yield f"{name}: altered"
            elif leaf_hash(bytes(entry)) != tree[number * HASH : due * HASH]:
                yield f"{name}: not what stands there in the tree; altered or out of its place"
    if due * HASH < len(tree):
        yield _missing(due, len(tree) // HASH)


def _missing(first: int, after: int) -> str:
    if after == first + 1:
        return f"leaf {first} is missing"
    return f"leaves {first} to {after - 1} are missing"


def _heads(tree: bytes, known: Sequence[Head]) -> Iterator[str]:
    """The tree began like every head that was ever signed; the first that differs is named."""
    size = len(tree) // HASH
    stored = list(SignedHead.objects.order_by("size"))
    roots = _roots_at({h.size for h in stored} | {h.size for h in known}, tree)
    whole = 0
    for head in stored:
        name = f"the head of {head.size} leaves, signed {head.signed_at:%Y-%m-%d %H:%M:%S}"
        if head.size > size:
            yield f"leaves {size} to {head.size - 1} are missing: {name}, knows them"
            break
        if roots[head.size] != bytes(head.root):
            yield f"{name}, is of another log: altered between leaf {whole} and {head.size - 1}"
            break
        whole = head.size
    if stored and not is_ours(stored[-1].note):
        yield f"the head of {stored[-1].size} leaves is not signed with our key"
    for noted in sorted(known, key=lambda noted: noted.size):
        if noted.size > size:
            yield f"leaves {size} to {noted.size - 1} are missing: a head from elsewhere knows them"
        elif roots[noted.size] != noted.root:
            yield f"not the log that was noted down elsewhere: {noted}"


def _roots_at(sizes: set[int], tree: bytes) -> dict[int, bytes]:
    roots, found = Roots(), {}
    if 0 in sizes:
        found[0] = roots.root()
    for leaf in cut(tree):
        roots.append(leaf)
        if roots.size in sizes:
            found[roots.size] = roots.root()
    return found


def _waiting() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        count, seconds = cursor.fetchone()
    if count and seconds > LATE:
        yield f"{count} leaves wait for their number, the first for {seconds:.0f} seconds"


def _rows(subject: Subject, part: Part) -> Iterator[str]:
    statement = ROWS.format(**vars(part))
    with connection.cursor() as cursor:
        cursor.execute(TRIGGER, [part.table, part.trigger])
        if part.trigger and cursor.fetchone() != (False,):
            yield f"{part.table}: the trigger {part.trigger} is off, rows change without a leaf"
        cursor.execute(statement, [subject.name])
        for found in cursor.fetchall():
            yield from _row_problems(part.table, *found)


def _row_problems(
    table: str, key: str, number: Any, is_unknown: bool, is_gone: bool, was_deleted: Any, names: Any
) -> Iterator[str]:
    leaf = "a leaf without number" if number is None else f"leaf {number}"
    if is_unknown:
        yield f"{table} {key}: not in the log"
    elif is_gone and not was_deleted:
        yield f"{table} {key}: dropped; {leaf} has it"
    elif was_deleted and not is_gone:
        yield f"{table} {key}: there again, though {leaf} says that it was deleted"
    elif names:
        yield f"{table} {key}: {names} differ from {leaf}"
    elif was_deleted is None:
        yield f"{table} {key}: {leaf} was emptied while the row stands"
