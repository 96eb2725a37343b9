"""How the totals of the demo come apart into communes, days and indicators.

It goes from the whole to the parts: what a district has reached to date is settled first,
so that sums hit the figures of the newspaper exactly, on every machine.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from campaign.services.targets import distribute
from demo.attendance import OUTLIERS, Attendance, liveliness
from demo.seeded_random import SeededRandom

# Báo Nam Định 2023: more than 107 thousand residents of Giao Thủy helped to install VNeID,
# of whom more than 80 thousand accounts activated. The last three digits are ours.
PUBLISHED = {"365": (80_412, 107_268)}
# Synthetic: per mille of the target reached on 20-6, and apps installed for each thousand
# accounts activated.
PROGRESS = {
    "356": (556, 1280),
    "358": (873, 1310),
    "359": (788, 1350),
    "360": (684, 1260),
    "361": (846, 1330),
    "362": (742, 1290),
    "363": (917, 1340),
    "364": (653, 1300),
    "366": (812, 1320),
}


@dataclass(frozen=True)
class Result:
    """Accounts activated and apps installed, from which the other counts follow."""

    activated: int
    installed: int

    def __sub__(self, other: "Result") -> "Result":
        return Result(self.activated - other.activated, self.installed - other.installed)


def district_result(code: str, target: int) -> Result:
    if code in PUBLISHED:
        return Result(*PUBLISHED[code])
    reached, installed = PROGRESS[code]
    activated = target * reached // 1000
    return Result(activated, activated * installed // 1000)


def by_commune(whole: Result, targets: Mapping[str, int]) -> dict[str, Result]:
    """Split a district's result over its communes (targets by code): some do better."""
    weights = {code: n * SeededRandom("zeal", code).between(80, 118) for code, n in targets.items()}
    activated = distribute(whole.activated, weights)
    pull = {code: n * SeededRandom("apps", code).between(96, 104) for code, n in activated.items()}
    installed = distribute(whole.installed, pull)
    return {code: Result(activated[code], installed[code]) for code in targets}


def by_day(code: str, whole: Result, attendance: Attendance) -> dict[dt.date, Result]:
    rng = SeededRandom("work", code)
    fixed = {day: OUTLIERS[code, day] for day in attendance.active if (code, day) in OUTLIERS}
    weights = {
        day.isoformat(): liveliness(day) * rng.between(55, 145)
        for day in attendance.active
        if day not in fixed
    }
    parts = distribute(whole.activated - sum(fixed.values()), weights)
    activated = {d: fixed.get(d, parts.get(d.isoformat(), 0)) for d in attendance.active}
    pull = {d.isoformat(): n * rng.between(85, 115) for d, n in activated.items()}
    installed = distribute(whole.installed, pull)
    return {d: Result(n, installed[d.isoformat()]) for d, n in activated.items()}


def counts_of(
    rng: SeededRandom, result: Result, participations: int | None = None
) -> dict[str, int]:
    """Return the counts of one report; activated is level1 + level2 − upgraded exactly.

    About one report in ten leaves the sign-ins to the service portal blank.
    """
    level2 = result.activated * rng.between(58, 80) // 100
    upgraded = level2 * rng.between(10, 26) // 100
    reached = max(result.installed, result.activated)
    volunteers = max(3, result.activated // rng.between(6, 11))
    counts = {
        "assisted": reached * rng.between(104, 124) // 100,
        "installed": result.installed,
        "level1": result.activated - level2 + upgraded,
        "level2": level2,
        "upgraded": upgraded,
        "participations": volunteers if participations is None else participations,
    }
    sign_ins = result.activated * rng.between(22, 46) // 100
    if participations is not None or not rng.happens(10):
        counts["portal_login"] = sign_ins
    return counts


# Who is not reached: of a hundred people so many, and of a hundred reports one names a reason.
REASONS = {
    "sim_not_own": 30,
    "no_smartphone": 24,
    "away": 22,
    "data_error": 12,
    "refused": 6,
    "other_language": 4,
    "other_reason": 2,
}
NAMED = 14


def reasons_of(commune: str, day: dt.date) -> dict[str, int]:
    """Return how many people were not reached, by reason; synthetic, and mostly not said."""
    rng = SeededRandom("reasons", commune, day)
    if not rng.happens(NAMED):
        return {}
    return {code: rng.between(1, 9) for code, share in REASONS.items() if rng.happens(share)}


def spread(
    total: int, weights: Mapping[str, int], rng: SeededRandom, around: int
) -> dict[str, int]:
    """Split a total by weights, each of them up to ``around`` per cent off."""
    return distribute(
        total,
        {name: n * rng.between(100 - around, 100 + around) for name, n in weights.items()},
    )
