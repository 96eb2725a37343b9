"""What checks have shown: by area, by branch, and all together."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists
from django.utils.translation import gettext_lazy

from campaign.models import Branch, Campaign, Level, Unit
from campaign.selectors import AT_HOME, IndicatorSet, indicators_of
from reports.checks.band import Band, band_of
from reports.checks.drawing import Stratum
from reports.checks.estimate import Estimate, Recount, verification_factor
from reports.checks.frame import CLUSTERS
from reports.checks.models import Check, CheckOutcome, CheckPlan
from reports.checks.official import Published, published_in
from reports.checks.verdict import Verdict, is_wrong, verdict

CLUSTER_NAMES = dict(
    zip(
        CLUSTERS,
        (
            gettext_lazy("Các xã báo cáo nhiều"),
            gettext_lazy("Các xã báo cáo vừa"),
            gettext_lazy("Các xã báo cáo ít"),
        ),
        strict=True,
    )
)


@dataclass(frozen=True)
class CheckLine:
    """A check with the outcome that holds; ``verified`` is its measure, None where not counted."""

    check: Check
    outcome: CheckOutcome | None
    verified: int | None

    @property
    def is_wrong(self) -> bool:
        return self.verified is not None and is_wrong(self.check.size, self.verified)


@dataclass(frozen=True)
class BranchLine:
    """A branch of which a recount found less, or more, than it had reported."""

    branch: Branch
    checked: int
    wrong: int
    reported: int
    verified: int

    @property
    def difference(self) -> int:
        return self.verified - self.reported


@dataclass(frozen=True)
class AreaResult:
    """What is known of one area, or of all together."""

    code: str
    name: Any
    strata: Sequence[Stratum]
    lines: Sequence[CheckLine]
    unit: Unit | None = None
    # What the police published of the same days, where they did.
    official: Published | None = None

    @property
    def reported(self) -> int:
        return sum(stratum.reported for stratum in self.strata)

    @property
    def drawn(self) -> int:
        return len(self.lines)

    @property
    def not_possible(self) -> int:
        return sum(1 for line in self.lines if line.outcome and not line.outcome.is_recounted)

    @cached_property
    def recounted(self) -> list[CheckLine]:
        """Those that were counted, in the order in which that came in."""
        found = [line for line in self.lines if line.verified is not None and line.outcome]
        return sorted(found, key=lambda line: (line.outcome.at, line.check.pk))  # type: ignore[union-attr]

    @cached_property
    def estimate(self) -> Estimate | None:
        """Return what is known of all that was reported; nothing while an area is left out."""
        if {line.check.area for line in self.recounted} != {one.area for one in self.strata}:
            return None
        return verification_factor(
            (
                Recount(
                    line.check.stratum, line.check.size, line.verified or 0, line.check.probability
                )
                for line in self.recounted
            ),
            self.strata,
        )

    @property
    def percent(self) -> tuple[float, float, float] | None:
        """Return the factor, its lower and its upper end in percent."""
        found = self.estimate
        if found is None:
            return None
        return found.factor * 100, max(0.0, found.low) * 100, found.high * 100

    @property
    def band(self) -> Band | None:
        return (
            band_of(self.estimate, self.official.share if self.official else None)
            if self.estimate
            else None
        )

    @property
    def verdict(self) -> Verdict:
        return verdict(line.is_wrong for line in self.recounted)

    @property
    def wrong(self) -> int:
        return sum(1 for line in self.recounted if line.is_wrong)

    @property
    def verified(self) -> tuple[int, int, int] | None:
        """What of the reported a recount would confirm: the estimate, its lower and upper end."""
        found = self.estimate
        if found is None:
            return None
        low, high = max(0.0, found.low), found.high
        return tuple(round(self.reported * part) for part in (found.factor, low, high))  # type: ignore[return-value]


@dataclass(frozen=True)
class PlanResults:
    plan: CheckPlan
    measure: Any
    areas: Sequence[AreaResult]
    lines: Sequence[CheckLine] = field(default_factory=list)

    @cached_property
    def whole(self) -> AreaResult:
        strata = [stratum for area in self.areas for stratum in area.strata]
        published = [area.official for area in self.areas if area.official is not None]
        whole = None
        if published and len(published) == len(self.areas):
            columns = zip(*((p.theirs, p.ours, p.units, p.of) for p in published), strict=True)
            whole = Published(*map(sum, columns))
        return AreaResult("", "", strata, self.lines, official=whole)

    @property
    def has_official(self) -> bool:
        return any(area.official is not None for area in self.areas)

    @cached_property
    def branches(self) -> list[BranchLine]:
        """Those with a wrong day, the furthest off first."""
        by_branch: dict[Branch, list[CheckLine]] = defaultdict(list)
        for line in self.whole.recounted:
            by_branch[line.check.branch].append(line)
        found = [
            BranchLine(
                branch=branch,
                checked=len(lines),
                wrong=sum(1 for line in lines if line.is_wrong),
                reported=sum(line.check.size for line in lines),
                verified=sum(line.verified or 0 for line in lines),
            )
            for branch, lines in by_branch.items()
        ]
        wrong = [line for line in found if line.wrong]
        return sorted(wrong, key=lambda line: (-abs(line.difference), line.branch.sort_key))


def results_of(user: Any, plan: CheckPlan, campaign: Campaign) -> PlanResults:
    """Return what the plan has shown of the areas that the user may see (nine queries)."""
    rows, indicators = Check.objects.results_to(user).filter(plan=plan), indicators_of(campaign)
    found = _results(plan, indicators, rows, is_whole=False)
    units = [area.unit for area in found.areas if area.unit is not None]
    official = published_in(campaign, plan, units, indicators)
    areas = [replace(a, official=official.get(a.unit.pk if a.unit else 0)) for a in found.areas]
    return replace(found, areas=areas)


def _results(
    plan: CheckPlan,
    indicators: IndicatorSet,
    rows: Any,
    *,
    is_whole: bool,
    by: dt.datetime | None = None,
) -> PlanResults:
    checks = list(rows.select_related("branch", "unit").order_by("date", "pk"))
    sent = CheckOutcome.objects.filter(of__in=[c.pk for c in checks if c.version])
    if by is not None:
        sent = sent.filter(at__lte=by)
    # The last version of each is the one that holds.
    outcomes = {outcome.of_id: outcome for outcome in sent.order_by("version")}
    lines = [_line(check, outcomes.get(check.pk), plan.measure, indicators) for check in checks]
    strata = [Stratum(**one) for one in plan.strata]
    by_area: dict[str, list[CheckLine]] = defaultdict(list)
    for line in lines:
        by_area[line.check.area].append(line)
    codes = list(dict.fromkeys(stratum.area for stratum in strata))
    shown = codes if is_whole else [code for code in codes if code in by_area]
    units = {u.code: u for u in Unit.objects.on(plan.last_day).filter(code__in=shown)}
    areas = [
        AreaResult(
            code=code,
            name=units[code].name if code in units else CLUSTER_NAMES.get(code, code),
            strata=[stratum for stratum in strata if stratum.area == code],
            lines=by_area[code],
            unit=units.get(code),
        )
        for code in shown
    ]
    areas.sort(key=lambda area: area.unit.sort_key if area.unit else "")
    measure = next((i for i in indicators.all if i.code == plan.measure), None)
    return PlanResults(plan, measure, areas, lines)


def _line(
    check: Check, outcome: CheckOutcome | None, measure: str, indicators: IndicatorSet
) -> CheckLine:
    if outcome is None or not outcome.is_recounted:
        return CheckLine(check, outcome, None)
    counts = {**_not_recounted(check, outcome), **outcome.counts}
    return CheckLine(check, outcome, max(0, indicators.complete(counts).get(measure, 0)))


def _not_recounted(check: Check, outcome: CheckOutcome) -> dict[str, int]:
    """Return what was reported and not asked for again: nobody has counted who took part."""
    return {code: n for code, n in check.reported.items() if code not in outcome.counts}


@dataclass(frozen=True)
class Verified:
    """What recounts say of the figures of a unit, on days that are over; in percent."""

    first_day: dt.date
    last_day: dt.date
    checked: int
    low: float
    high: float


# Of so many plans the last that says anything is asked.
MOST_PLANS = 3


def has_outcomes(campaign: Campaign) -> Exists:
    """Return, for a row that is read anyway, whether a plan of the campaign says anything."""
    return Exists(CheckPlan.objects.filter(campaign=campaign, checks__version__gt=0))


def verified_of(
    campaign: Campaign, unit: Unit, indicators: IndicatorSet, by: dt.datetime | None = None
) -> Verified | None:
    """Return what the last plan says of a unit, of outcomes known ``by`` a moment.

    None where there is nothing (one query), and below the areas that plans draw from (none).
    """
    if unit.level in AT_HOME:
        return None
    plans = CheckPlan.objects.filter(campaign=campaign, checks__version__gt=0)
    for plan in plans.defer("frame").distinct()[:MOST_PLANS]:
        rows = Check.objects.filter(plan=plan, unit__path__startswith=unit.path)
        results = _results(plan, indicators, rows, is_whole=unit.level == Level.PROVINCE, by=by)
        found = next((area for area in results.areas if area.code == unit.code), None)
        if unit.level == Level.PROVINCE:
            found = results.whole
        if found is not None and found.percent is not None:
            _factor, low, high = found.percent
            return Verified(plan.first_day, plan.last_day, len(found.recounted), low, high)
    return None


def checks_of(user: Any, campaign: Campaign) -> list[Check]:
    """Return the user's own checks, those not done first (one query)."""
    rows = Check.objects.filter(checker_id=user.pk, campaign=campaign)
    rows = rows.select_related("plan", "branch__home_unit", "unit", "campaign")
    return sorted(rows, key=lambda c: (c.plan.is_closed, c.version > 0, c.date, str(c.pk)))


def decided_areas(checks: Iterable[Check], indicators: IndicatorSet) -> set[tuple[int, str]]:
    """Return plan and area of those in which enough has been checked (two queries a plan)."""
    found = set()
    for plan in {check.plan for check in checks if not check.version and not check.plan.is_closed}:
        rows = Check.objects.filter(plan=plan)
        for area in _results(plan, indicators, rows, is_whole=True).areas:
            if area.verdict != Verdict.GO_ON:
                found.add((plan.pk, area.code))
    return found


def campaign_of_check(user: Any, check_id: UUID) -> str | None:
    found = Check.objects.visible_to(user).filter(pk=check_id)
    return found.values_list("campaign__slug", flat=True).first()
