"""Holds rows against leaves, leaves against the tree, and the tree against every head known.

It names what was altered, moved, dropped, put in another order or cut off. Whoever makes all of
it anew, as the owner of the database can, is found by a head that lies elsewhere.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from core.heartbeat import record_heartbeat
from core.log.checkpoint import Head, is_ours
from core.log.findings import Finding, finding, known_marks
from core.log.merkle import HASH, WIDTH, Roots, cut, leaf_hash, root_of
from core.log.models import Leaf, SignedHead, entry_of
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
EMPTIED = """
    SELECT number, subject, key FROM core_leaf leaf
    WHERE number IS NOT NULL AND content IS NULL AND NOT EXISTS (
        SELECT FROM (SELECT unnest(forgotten) AS id FROM core_remark) said WHERE said.id = leaf.id
    ) ORDER BY number
"""
WAITING = """
    SELECT count(*), extract(epoch FROM clock_timestamp() - min(written_at))
    FROM core_leaf WHERE number IS NULL
"""
# What the last leaf of each row says, beside what the row says. Rows that have other columns by
# now are compared by those that there were. What has no number yet comes after what has. At the
# end of what is found stand the leaf and what the row says of all that belongs to the subject.
ROWS = """
    WITH said AS (
        SELECT DISTINCT ON (key) key, id, number, said, gone FROM (
            SELECT leaf.id, leaf.number, {key} AS key, {content} AS said, {gone} AS gone
            FROM (SELECT *, content::jsonb AS doc FROM core_leaf WHERE subject = %s) leaf
        ) leaf WHERE key IS NOT NULL
        ORDER BY key, number DESC NULLS FIRST, id DESC
    ), stands AS (
        SELECT r.id::text AS key, to_jsonb(r) AS doc FROM (SELECT {columns} FROM {table}) r
    )
    SELECT key, said.number, said.key IS NULL, stands.key IS NULL, said.said = 'null', differ.names,
        said.id, coalesce((
            SELECT jsonb_object_agg(name, stands.doc->name)
            FROM jsonb_object_keys(CASE jsonb_typeof(said.said) WHEN 'object' THEN said.said END)
                AS name
        ), stands.doc)::text
    FROM stands FULL JOIN said USING (key) CROSS JOIN LATERAL (
        SELECT string_agg(f.name, ', ' ORDER BY f.name) AS names
        FROM jsonb_each(CASE jsonb_typeof(said.said) WHEN 'object' THEN said.said END)
            AS f(name, value)
        WHERE stands.doc ? f.name AND stands.doc->f.name <> f.value
    ) AS differ
    WHERE said.key IS NULL OR said.said IS NULL
        OR (said.said = 'null' OR coalesce(said.gone, false)) <> (stands.key IS NULL)
        OR differ.names IS NOT NULL
    ORDER BY said.number, key
"""
DELETED = """
    SELECT leaf.id, leaf.key FROM core_leaf leaf
    WHERE subject = %s AND content = 'null' AND EXISTS (
        SELECT FROM core_leaf earlier WHERE earlier.subject = leaf.subject
            AND earlier.key = leaf.key AND earlier.id < leaf.id AND earlier.content IS NOT NULL
    ) ORDER BY leaf.id
"""
TRIGGER = """
    SELECT tgenabled = 'D' FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s
"""


def check_history(known: Sequence[Head] = ()) -> list[Finding]:
    """Return all that is wrong, seen in one moment while others write, and keep what was found.

    ``known`` are heads that were noted down elsewhere: the log must still begin with them. All is
    well where everything that is wrong was acknowledged.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL timezone TO 'UTC'")
        wrong = sorted(verify_history(known), key=lambda one: one.known is not None)
        head = SignedHead.objects.first()
    lines = [str(one) for one in wrong[:MOST_LINES]]
    is_fine = all(one.known for one in wrong)
    record_heartbeat(HEARTBEAT, "\n".join(lines), is_fine=is_fine)
    if not is_fine:
        logger.error("The history was altered: %s", "; ".join(lines))
    elif wrong:
        logger.warning("The history is whole but for what is known: %s", "; ".join(lines))
    else:
        logger.info("The history is whole; the last head is %s", head and head.note)
    return wrong


def forgotten_leaves() -> int:
    """Return how many leaves are emptied; where the history is whole, all of them lawfully."""
    return Leaf.objects.filter(content=None).count()


def verify_history(known: Sequence[Head] = ()) -> Iterator[Finding]:
    """Yield what is wrong with the history, naming the row; nothing if it is whole."""
    remarks = known_marks()
    for found in _findings(known):
        yield replace(found, known=remarks.get(found.mark))


def _findings(known: Sequence[Head]) -> Iterator[Finding]:
    tiles = _tiles()
    tree = b"".join(hashes for (level, _n), hashes in sorted(tiles.items()) if level == 0)
    yield from _upper_tiles(tiles)
    yield from _leaves(tree)
    yield from _emptied()
    yield from _heads(tree, known)
    yield from _waiting()
    for subject in subjects():
        for part in subject.parts:
            yield from _rows(subject, part)


def _tiles() -> dict[tuple[int, int], bytes]:
    with connection.cursor() as cursor:
        cursor.execute(TILES)
        return {(level, index): bytes(hashes) for level, index, hashes in cursor.fetchall()}


def _upper_tiles(tiles: dict[tuple[int, int], bytes]) -> Iterator[Finding]:
    """Each hash of a tile above the first level is the root of a whole tile below."""
    for (level, index), hashes in tiles.items():
        for place, found in enumerate(cut(hashes) if level else ()):
            below = tiles.get((level - 1, index * WIDTH + place), b"")
            if len(below) < WIDTH * HASH or root_of(cut(below)) != found:
                text = f"tile {level}/{index}: hash {place} is not that of the tile below"
                yield finding(text, text, found, below)


def _leaves(tree: bytes) -> Iterator[Finding]:
    due = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(LEAVES)
        for number, subject, key, content, salt, entry in cursor:
            if number > due:
                yield _missing(due, number)
            due = number + 1
            name = f"leaf {number} ({subject} {key})"
            stands = tree[number * HASH : due * HASH]
            if content is not None and (
                salt is None or entry_of(salt.bytes, subject, key, content) != bytes(entry)
            ):
                yield finding(f"{name}: altered", name, content, salt, bytes(entry), stands)
            elif leaf_hash(bytes(entry)) != stands:
                text = f"{name}: not what stands there in the tree; altered or out of its place"
                yield finding(text, text, bytes(entry), stands)
    if due * HASH < len(tree):
        yield _missing(due, len(tree) // HASH)


def _emptied() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)
        for number, subject, key in cursor.fetchall():
            text = f"leaf {number} ({subject} {key}): emptied, and no remark says why"
            yield finding(text, text)


def _missing(first: int, after: int) -> Finding:
    text = f"leaves {first} to {after - 1} are missing"
    if after == first + 1:
        text = f"leaf {first} is missing"
    return finding(text, text)


def _heads(tree: bytes, known: Sequence[Head]) -> Iterator[Finding]:
    """The tree began like every head that was ever signed; the first that differs is named."""
    size = len(tree) // HASH
    stored = list(SignedHead.objects.order_by("size"))
    roots = _roots_at({h.size for h in stored} | {h.size for h in known}, tree)
    differ = [head for head in stored if roots.get(head.size) != bytes(head.root)]
    if differ:
        first = differ[0]
        whole = max((head.size for head in stored if head.size < first.size), default=0)
        name = f"the head of {first.size} leaves, signed {first.signed_at:%Y-%m-%d %H:%M:%S}"
        if first.size > size:
            text = f"leaves {size} to {first.size - 1} are missing: {name}, knows them"
        else:
            text = f"{name}, is of another log: altered between leaf {whole} and {first.size - 1}"
        # All of them, so that what is altered later is not taken for what is known.
        yield finding(text, [(h.size, bytes(h.root), roots.get(h.size)) for h in differ])
    if stored and not is_ours(stored[-1].note):
        text = f"the head of {stored[-1].size} leaves is not signed with our key"
        yield finding(text, stored[-1].note)
    for noted in sorted(known, key=lambda noted: noted.size):
        if noted.size > size:
            text = f"leaves {size} to {noted.size - 1} are missing: a head from elsewhere"
            yield finding(f"{text} knows them", noted)
        elif roots[noted.size] != noted.root:
            text = f"not the log that was noted down elsewhere: {noted}"
            yield finding(text, noted, roots[noted.size])


def _roots_at(sizes: set[int], tree: bytes) -> dict[int, bytes]:
    roots, found = Roots(), {}
    if 0 in sizes:
        found[0] = roots.root()
    for leaf in cut(tree):
        roots.append(leaf)
        if roots.size in sizes:
            found[roots.size] = roots.root()
    return found


def _waiting() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        count, seconds = cursor.fetchone()
    if count and seconds > LATE:
        yield Finding(f"{count} leaves wait for their number, the first for {seconds:.0f} seconds")


def _rows(subject: Subject, part: Part) -> Iterator[Finding]:
    statement = ROWS.format(**vars(part))
    with connection.cursor() as cursor:
        cursor.execute(TRIGGER, [part.table, part.trigger])
        if part.trigger and cursor.fetchone() != (False,):
            text = f"{part.table}: the trigger {part.trigger} is off, rows change without a leaf"
            yield finding(text, text)
        cursor.execute(statement, [subject.name])
        for key, *found, leaf, stands in cursor.fetchall():
            problem = _row_problem(*found)
            yield finding(f"{part.table} {key}: {problem}", part.table, key, leaf, stands)
        if part.is_forgotten:
            cursor.execute(DELETED, [subject.name])
            for leaf, key in cursor.fetchall():
                text = f"{part.table} {key}: deleted, and no remark says why"
                yield finding(text, text, leaf)


def _row_problem(number: Any, is_unknown: bool, is_gone: bool, was_deleted: Any, names: Any) -> str:
    leaf = "a leaf without number" if number is None else f"leaf {number}"
    if is_unknown:
        return "not in the log"
    if is_gone:
        return f"dropped; {leaf} has it"
    if was_deleted:
        return f"there again, though {leaf} says that it was deleted"
    if names:
        return f"{names} differ from {leaf}"
    return f"{leaf} was emptied while the row stands"
