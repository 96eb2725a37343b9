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


def _at(share: float) -> float:
    return (min(max(share, FIRST), LAST) - FIRST) / (LAST - FIRST) * 100


def band_of(estimate: Estimate) -> Band:
    low, factor, high = map(_at, (estimate.low, estimate.factor, estimate.high))
    return Band(*(f"{value:.1f}" for value in (low, factor, high - low, _at(1))))
