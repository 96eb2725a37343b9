"""Lets the log forget what rows said, as the law asks of personal data."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef

from core import clock
from core.log.models import Leaf, Remark


@transaction.atomic
def forget(subject: str, keys: Iterable[object], *, reason: str) -> int:
    """Empty all leaves of each row but its last, which says what stands; return how many.

    Without its salt nobody can tell what an entry is the hash of; the tree stays as it is. A
    remark says which leaves and why: what was emptied without one is found (``verify``).
    """
    later = Leaf.objects.filter(
        subject=OuterRef("subject"), key=OuterRef("key"), pk__gt=OuterRef("pk")
    )
    leaves = Leaf.objects.filter(subject=subject, key__in=[str(key) for key in keys])
    due = leaves.exclude(content=None).filter(Exists(later))
    forgotten = list(due.order_by("pk").values_list("pk", flat=True))
    if forgotten:
        Remark.objects.create(at=clock.now(), reason=reason, forgotten=forgotten)
        Leaf.objects.filter(pk__in=forgotten).update(content=None, salt=None)
    return len(forgotten)
