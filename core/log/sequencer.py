"""Gives committed leaves their numbers, a batch at a time, and signs the head."""

from django.db import connection, transaction

from core import clock
from core.heartbeat import record_heartbeat
from core.log.checkpoint import Head, signed_note
from core.log.merkle import WIDTH, Tree, cut, leaf_hash
from core.log.models import SignedHead, Tile

BATCH = 5000
# Only sequencers ask for it, and none waits: whoever comes second goes home.
ONE_AT_A_TIME = 0x7061676573
TURN = "SELECT pg_try_advisory_xact_lock(%s)"
# By what has no number, not from the last one on: a transaction that began earlier and ends later
# is found then, and nothing is left out.
WAITING = "SELECT id, entry FROM core_leaf WHERE number IS NULL ORDER BY id LIMIT %s"
NUMBER = """
    UPDATE core_leaf SET number = given.number
    FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, number) WHERE core_leaf.id = given.id
"""
ENDS = """
    SELECT DISTINCT ON (level) level, "index", hashes FROM core_tile ORDER BY level, "index" DESC
"""


def sequence() -> int:
    """Number all leaves that are committed by now; return how many.

    Safe to run as often as one likes and to be killed at any moment: each batch is one
    transaction, and a head that was not signed is signed by the next run.
    """
    numbered = 0
    while count := _sequence_batch():
        numbered += count
    if _sign():
        record_heartbeat("log")
    return numbered


@transaction.atomic
def _sequence_batch() -> int:
    if not _is_our_turn():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [BATCH])
        waiting = cursor.fetchall()
        if not waiting:
            return 0
        tree = grown_tree()
        first = tree.size
        for _pk, entry in waiting:
            tree.append(leaf_hash(bytes(entry)))
        ids = [pk for pk, _entry in waiting]
        cursor.execute(NUMBER, [ids, list(range(first, tree.size))])
    Tile.objects.bulk_create(
        (Tile(level=level, index=index, hashes=h) for level, index, h in tree.tiles()),
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes"],
    )
    return len(waiting)


@transaction.atomic
def _sign() -> bool:
    """Sign the tree as it stands, unless it is signed; whether it was our turn."""
    if not _is_our_turn():
        return False
    tree = grown_tree()
    if not SignedHead.objects.filter(size__gte=tree.size).exists():
        head = Head(tree.size, tree.root())
        SignedHead.objects.create(
            size=head.size, root=head.root, signed_at=clock.now(), note=signed_note(head)
        )
    return True


def grown_tree() -> Tree:
    """Return the tree as it is kept (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(ENDS)
        rows = [(level, index, cut(hashes)) for level, index, hashes in cursor.fetchall()]
    size, ends = 0, {}
    for level, index, hashes in rows:
        if level == 0:
            size = index * WIDTH + len(hashes)
        ends[level] = hashes if len(hashes) < WIDTH else []
    return Tree(size, ends)


def _is_our_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TURN, [ONE_AT_A_TIME])
        return bool(cursor.fetchone()[0])
