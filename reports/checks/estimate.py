"""How much of what was reported a recount confirms, and how sure that is.

Without Django. The verification factor is verified over reported (WHO and MEASURE Evaluation, Data
Quality Audit), estimated by a stratified ratio estimator with linearised variance and finite
population correction (Cochran, Sampling Techniques, 3rd ed., ch. 6.10 to 6.13); the interval is
a beta distribution of that mean and variance (Korn and Graubard 1998), with half an item more at
either end. docs/checks.md says why, and what its coverage was.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from reports.checks.distributions import beta_quantile, t_quantile
from reports.checks.drawing import Stratum

TAIL = 0.05
Z = 1.6449
# A beta distribution as narrow as that is a normal one.
NORMAL_FROM = 1e6
# What was not seen may lie a little beyond what was: so much of an item more, and how much of it
# was never there.
PHANTOM, PHANTOM_TAINT = 0.5, 0.8


@dataclass(frozen=True)
class Recount:
    """What an item reported and a recount found; ``probability`` is that of being drawn."""

    stratum: str
    reported: int
    verified: int
    probability: float


@dataclass(frozen=True)
class Estimate:
    """``factor`` is verified over reported, the truth lies from ``low`` to ``high`` (90 %)."""

    factor: float
    low: float
    high: float
    checked: int


@dataclass(frozen=True)
class _Line:
    """A recount: its share of what was reported, and the part of it that was not there."""

    stratum: str
    share: float
    taint: float
    probability: float


def verification_factor(recounts: Iterable[Recount], strata: Sequence[Stratum]) -> Estimate | None:
    """Estimate the factor of all that ``strata`` reported; None where nothing was recounted."""
    lines = _lines(recounts, strata)
    if not lines:
        return None
    mean = sum(line.share * line.taint for line in lines)
    variance = _variance(lines, mean)
    number = 1 / sum(line.share**2 for line in lines)
    # Whoever has counted all knows all.
    unseen = 1 - sum(line.share for line in lines if line.probability >= 1)
    least = min(0.0, *(line.taint for line in lines)) if len(lines) > 1 else 0.0
    freedom = max(1, len(lines) - len({line.stratum for line in lines}))
    variance *= (t_quantile(1 - TAIL, freedom) / Z) ** 2
    phantom = PHANTOM * unseen
    return Estimate(
        factor=1 - mean,
        low=1 - _quantile(1 - TAIL, mean, variance, number, phantom, PHANTOM_TAINT, least),
        high=1 - _quantile(TAIL, mean, variance, number, phantom, 0.0, least),
        checked=len(lines),
    )


def _lines(recounts: Iterable[Recount], strata: Sequence[Stratum]) -> list[_Line]:
    """Let the recounts of a stratum stand for all it reported, those not done for none."""
    found: dict[str, list[Recount]] = defaultdict(list)
    for one in recounts:
        found[one.stratum].append(one)
    known = [s for s in strata if found.get(s.key)]
    whole = sum(s.reported for s in known)
    lines = []
    for stratum in known:
        stands_for = [one.reported / one.probability for one in found[stratum.key]]
        for one, weight in zip(found[stratum.key], stands_for, strict=True):
            share = stratum.reported / whole * weight / sum(stands_for)
            taint = 1 - one.verified / one.reported
            lines.append(_Line(stratum.key, share, taint, one.probability))
    return lines


def _variance(lines: Sequence[_Line], mean: float) -> float:
    """Return the linearised variance of the mean, stratum by stratum."""
    strata: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        strata[line.stratum].append(line)
    total = 0.0
    for own in strata.values():
        # One alone is held against all, two and more against each other.
        about = mean
        if len(own) > 1:
            about = sum(o.share * o.taint for o in own) / sum(o.share for o in own)
        factor = len(own) / max(1, len(own) - 1)
        total += factor * sum((1 - o.probability) * (o.share * (o.taint - about)) ** 2 for o in own)
    return total


def _quantile(
    p: float,
    mean: float,
    variance: float,
    number: float,
    phantom: float,
    taint: float,
    least: float,
) -> float:
    """Return a quantile of a beta distribution from ``least`` to 1, of a mean with the phantom."""
    whole = number + phantom
    moved = (number * mean + phantom * taint) / whole
    spread = variance * (number / whole) ** 2
    spread += phantom * number * (taint - mean) ** 2 / whole**2 / (whole + 1)
    middle, spread = (moved - least) / (1 - least), spread / (1 - least) ** 2
    if spread <= 0 or not 0 < middle < 1:
        return moved
    size = max(middle * (1 - middle) / spread - 1, 0.01)
    if size > NORMAL_FROM:
        return moved + (1 - least) * sqrt(spread) * (Z if p > 0.5 else -Z)
    return least + (1 - least) * beta_quantile(p, middle * size, (1 - middle) * size)
