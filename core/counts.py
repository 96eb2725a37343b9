"""What every count is held to, and how counts add up. Without Django: the reader of messages
knows them too."""

from collections.abc import Iterable, Mapping

# No branch counts more than this in a day.
MOST = 1_000_000


def add_up(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sum of counts by indicator code; blank in all of them stays missing."""
    total: dict[str, int] = {}
    for counts in parts:
        for code, count in counts.items():
            total[code] = total.get(code, 0) + count
    return total
