"""Lets the log forget what a row said, as the law asks of personal data."""

from core.log.models import Leaf


def forget(subject: str, key: object) -> int:
    """Empty all leaves of a row but the last, which says what stands; return how many.

    Without its salt nobody can tell what an entry is the hash of; the tree stays as it is.
    """
    leaves = Leaf.objects.filter(subject=subject, key=str(key)).exclude(content=None)
    last = leaves.order_by("-pk").values("pk")[:1]
    return leaves.exclude(pk__in=last).update(content=None, salt=None)
