"""What counted of a report after each of its versions (docs/counting.md C1, C9)."""

from collections.abc import Iterable, Mapping
from typing import Any

from reports.daily.models import Status

Counts = dict[str, int]


def counted_versions(contents: Iterable[Mapping[str, Any]]) -> list[Counts | None]:
    """Return by version the counts that counted; None where none did.

    ``contents`` are those of its revisions, in order. While it is returned, the last version that
    was not returned counts, as ``services.review.fallbacks_of`` has it.
    """
    counted: list[Counts | None] = []
    fallback: Counts | None = None
    present: Counts | None = None
    is_returned = False
    for content in contents:
        if content["status"] == Status.RETURNED:
            is_returned = True
            counted.append(fallback)
            continue
        if content["status"] == Status.SUBMITTED and present is not None and not is_returned:
            fallback = present
        is_returned = False
        present = content["counts"]
        counted.append(present)
    return counted
