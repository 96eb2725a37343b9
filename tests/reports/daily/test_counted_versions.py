"""What counted of a report after each of its versions (docs/counting.md C8, C9)."""

import pytest

from reports.daily.counted_versions import counted_versions


@pytest.mark.parametrize(
    ("story", "counted"),
    [
        # Each version: its status and its count; then the count that counts, and with "!" the
        # one that counts on the approved basis too.
        ("submitted 1", "1"),
        ("submitted 1, submitted 2", "1 2"),
        ("submitted 1, approved 1, locked 1", "1 1! 1!"),
        # Returned: the last version that was not, on the basis on which it stood.
        ("submitted 1, returned 1", "1 -"),
        ("submitted 1, submitted 2, returned 2", "1 2 1"),
        ("submitted 1, approved 1, submitted 2, returned 2", "1 1! 2 1!"),
        ("submitted 1, approved 1, returned 1", "1 1! -"),
        ("submitted 1, approved 1, locked 1, submitted 2, returned 2", "1 1! 1! 2 1!"),
        ("submitted 1, submitted 2, approved 2, submitted 3, returned 3", "1 2 2! 3 2!"),
        # Returned twice over: what was mended and returned again is no better.
        ("submitted 1, returned 1, submitted 2, returned 2", "1 - 2 -"),
        ("submitted 1, submitted 2, returned 2, submitted 3, returned 3", "1 2 1 3 1"),
        ("submitted 1, submitted 2, returned 2, returned 2", "1 2 1 1"),
        ("submitted 1, returned 1, submitted 2, submitted 3, returned 3", "1 - 2 3 2"),
        (
            "submitted 1, returned 1, submitted 2, approved 2, submitted 3, returned 3",
            "1 - 2 2! 3 2!",
        ),
    ],
)
def test_while_a_report_is_returned_what_was_not_returned_counts(story: str, counted: str) -> None:
    versions = [one.split() for one in story.split(", ")]
    found = counted_versions({"status": s, "counts": {"a": int(n)}} for s, n in versions)
    shown = ["-" if one is None else f"{one[0]['a']}{'!' if one[1] else ''}" for one in found]
    assert " ".join(shown) == counted
