"""What counted of a report after each of its versions (docs/counting.md C1, C9)."""

from collections.abc import Iterable, Mapping
from typing import Any

from reports.daily.models import APPROVED_BASIS, Status

Counts = dict[str, int]
# The counts, and whether they count on the approved basis too.
Counted = tuple[Counts, bool]


def counted_versions(contents: Iterable[Mapping[str, Any]]) -> list[Counted | None]:
    """Return by version what counted of the report; None where nothing did.

    ``contents`` are those of its revisions, in order. While it is returned, the last version that
    was not returned counts; a report that is returned keeps it (``fallback_counts``).
    """
    counted: list[Counted | None] = []
    fallback: Counted | None = None
    present: Counted | None = None
    is_returned = False
    for content in contents:
        status = content["status"]
        if status == Status.RETURNED:
            is_returned = True
            counted.append(fallback)
            continue
        if status == Status.SUBMITTED and present is not None and not is_returned:
            fallback = present
        is_returned = False
        present = content["counts"], status in APPROVED_BASIS
        counted.append(present)
    return counted
