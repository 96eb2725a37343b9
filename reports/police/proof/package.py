"""A file with all by which somebody without an account, and without us, can check it."""

import datetime as dt
import json
import zipfile
from io import BytesIO
from pathlib import Path

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from core.log.checkpoint import heads_in, verifier_key
from core.log.day_heads import day_heads
from core.log.merkle import Proofs
from core.log.models import Leaf, SignedHead
from core.log.proof_texts import consistency_text, inclusion_text, proofs
from reports.digests.models import Publication
from reports.exports.models import Export

HERE = Path(__file__).parent
# What somebody may hold an older head of: so many files, days and digests, the latest.
OLDER = 200


def proof_package(export: Export, name: str) -> bytes | None:
    """Return a zip with the file called ``name``, proof, heads, key, ``verify.py`` and how to.

    The head is the first that has the file's leaf, so that the same file has the same proof
    whenever it is asked for; ``older.txt`` shows that it continues those that were known before.
    None while the log has not come to the file, a second or two, or where the file did not arrive
    whole.
    """
    leaf = _leaf_of(export)
    if leaf is None or leaf.number is None or export.content is None:
        return None
    head = SignedHead.objects.filter(size__gt=leaf.number).order_by("size").first()
    if head is None:
        return None
    made = proofs()
    texts = {
        "proof.txt": inclusion_text(made, leaf.number, head, opened(leaf)),
        **_texts(made, head, _known_before(export, head)),
    }
    files = {name: export.file, **{member: text.encode() for member, text in texts.items()}}
    return _zipped(files, export.started_at)


def head_package(head: SignedHead) -> bytes:
    """Return a zip with a signed head, how it continues those of days before, and how to verify."""
    texts = _texts(proofs(), head, sorted(_of_days_before(head)))
    files = {member: text.encode() for member, text in texts.items()}
    return _zipped(files, head.signed_at)


def _texts(made: Proofs, head: SignedHead, known: list[int]) -> dict[str, str]:
    return {
        "head.txt": head.note,
        "older.txt": "\n".join(consistency_text(made, size, head.size) for size in known),
        "key.txt": f"{verifier_key()}\n",
    }


def _zipped(files: dict[str, bytes], at: dt.datetime) -> bytes:
    out, moment = BytesIO(), timezone.localtime(at).timetuple()[:6]
    programs = {member: (HERE / member).read_bytes() for member in ("verify.py", "DOC-TRUOC.txt")}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for member, content in (files | programs).items():
            package.writestr(zipfile.ZipInfo(member, moment), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _leaf_of(export: Export) -> Leaf | None:
    """Return the numbered leaf of a file that went out whole."""
    if not export.sha256:
        return None
    found = Leaf.objects.filter(
        subject="export", key=str(export.pk), content__contains=export.sha256
    )
    return found.exclude(number=None).order_by("-id").first()


def opened(leaf: Leaf) -> bytes:
    """Return what the leaf's hash is made of."""
    salt = leaf.salt.hex if leaf.salt else ""
    named = {"salt": salt, "subject": leaf.subject, "key": leaf.key, "content": leaf.content}
    return json.dumps(named, ensure_ascii=False).encode()


def _known_before(export: Export, head: SignedHead) -> list[int]:
    """Return the sizes of heads that went out before: with files and digests, and of each day."""
    files = Export.objects.filter(pk__lt=export.pk).exclude(sha256="").order_by("-pk")[:OLDER]
    keys = [str(pk) for pk in files.values_list("pk", flat=True)]
    ends = Leaf.objects.filter(subject="export", key__in=keys).exclude(number=None)
    first = SignedHead.objects.filter(size__gt=OuterRef("number")).order_by("size").values("size")
    # Of the leaves of one file the last, which has its hash.
    heads = dict(ends.order_by("id").values_list("key", Subquery(first[:1])))
    sizes = _of_days_before(head)
    sizes |= {size for size in heads.values() if size is not None}
    texts = Publication.objects.filter(campaign=export.campaign).values_list("text", flat=True)
    sizes |= {one.size for text in texts[:OLDER] for one in heads_in(text)}
    return sorted(size for size in sizes if 0 < size < head.size)


def _of_days_before(head: SignedHead) -> set[int]:
    days = day_heads(timezone.localtime(head.signed_at).date(), OLDER)
    return {one.signed.size for one in days if one.signed.size < head.size}
