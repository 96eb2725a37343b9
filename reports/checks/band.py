"""Where a factor and its interval stand on one short axis, in percent of its width."""

from dataclasses import dataclass

from reports.checks.estimate import Estimate

# From so much of the reported to so much.
FIRST, LAST = 0.4, 1.2


@dataclass(frozen=True)
class Band:
    low: str
    factor: str
    width: str
    one: str
    official: str


def _at(share: float) -> float:
    return (min(max(share, FIRST), LAST) - FIRST) / (LAST - FIRST) * 100


def band_of(estimate: Estimate, official: float | None) -> Band:
    """``official`` is a share of what we reported, blank where there is none."""
    low, factor, high = map(_at, (estimate.low, estimate.factor, estimate.high))
    return Band(
        low=f"{low:.1f}",
        factor=f"{factor:.1f}",
        width=f"{high - low:.1f}",
        one=f"{_at(1):.1f}",
        official="" if official is None else f"{_at(official):.1f}",
    )
