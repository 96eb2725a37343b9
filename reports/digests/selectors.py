"""What a day brought in one unit: everything its text and its poster say.

The figures come through the selectors of dashboard and API, so that all three agree.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language

from campaign.models import Campaign, Indicator, Unit
from campaign.reporting_window import reporting_days, rules_on
from campaign.selectors import IndicatorSet, indicators_of
from core import clock
from core.log.checkpoint import heads_in
from core.page_cache import cached
from core.replica import known_until
from reports.checks.selectors import Verified, verified_of
from reports.dashboards.selectors.action_items import NonReportingBranch, recent_days
from reports.dashboards.selectors.progress import Progress, goals_of_unit
from reports.dashboards.selectors.ranking import RankedUnit, Ranking, ReportQuality, ranking
from reports.digests.changes import PastCorrection, reasons_since
from reports.digests.models import Publication
from reports.rollup.models import UnitDay
from reports.rollup.selectors import tag_with_reports
from reports.rollup.states import units_taking_over
from reports.rollup.totals import NodeTotals, Sums, sum_days, totals, values_at_end
from reports.rollup.trees import UNITS
from volunteers.statistics.selectors import Statistics, statistics_of

WEEK = 7


MOMENT_AND_HEAD = """
    SELECT (SELECT min(since) FROM campaign_dirtyday WHERE campaign_id = %(campaign)s), (
        SELECT note FROM core_signedhead WHERE signed_at <= %(by)s
        ORDER BY signed_at DESC, size DESC LIMIT 1)
"""


@dataclass(frozen=True)
class DigestFigure:
    """One indicator, of the day and to date, on both bases; None is blank, not zero."""

    indicator: Indicator
    today: int | None
    to_date: int | None
    today_approved: int | None
    to_date_approved: int | None


@dataclass(frozen=True)
class DayValue:
    """The headline of one day; None where nothing came in."""

    date: dt.date
    value: int | None


@dataclass(frozen=True)
class Digest:
    """A unit's day; ``is_open`` until it is due, ``is_closed`` when it takes no more.

    ``week`` ends on the day, ``before`` is the reporting day before it. ``peers`` ranks the
    unit among those beside it, ``below`` the units of the next level.
    ``expected`` and ``received`` are reports of the day. ``past`` is what is not any more as the
    digest before it said, ``verified`` what recounts said when it was due. ``log_head`` is the
    head of the log by then, blank before there was one. ``took_over``: others went into the unit
    that day, and what stood there came along; no state has a figure of the day.
    """

    campaign: Campaign
    unit: Unit
    day: dt.date
    as_of: dt.datetime
    due_at: dt.datetime
    is_open: bool
    is_closed: bool
    headline: DigestFigure | None
    others: tuple[DigestFigure, ...]
    progress: Progress
    goals: tuple[Progress, ...]
    before: DayValue | None
    week: tuple[DayValue, ...]
    below: Ranking
    peers: Ranking | None
    expected: int
    received: int
    quality: ReportQuality
    silent: tuple[NonReportingBranch, ...]
    sessions: Statistics
    past: PastCorrection | None
    verified: Verified | None
    log_head: str
    took_over: bool

    @property
    def change(self) -> int | None:
        """Percent by which the day lies over or under the one before; None while it runs."""
        if self.is_open or self.headline is None or self.before is None or not self.before.value:
            return None
        # More of what stands, or less, is no more or less of a day.
        if self.headline.indicator.is_state:
            return None
        if self.headline.today is None:
            return None
        return round((self.headline.today - self.before.value) * 100 / self.before.value)

    @property
    def other_goals(self) -> tuple[Progress, ...]:
        return tuple(goal for goal in self.goals if goal.indicator != self.progress.indicator)

    @property
    def has_counts(self) -> bool:
        """Whether the day brought anything: a day without names nobody first or last."""
        return any(f.today for f in (self.headline, *self.others) if f is not None)

    @property
    def first(self) -> tuple[RankedUnit, ...]:
        return self.below.first if self.has_counts else ()

    @property
    def last(self) -> tuple[RankedUnit, ...]:
        return self.below.last if self.has_counts else ()

    @property
    def own(self) -> RankedUnit | None:
        """Where the unit stands among its peers; None for one alone or without a rank."""
        stands = self.peers.of(self.unit) if self.peers and self.has_counts else None
        return stands if stands is not None and stands.rank is not None else None


def digest(*, campaign: Campaign, unit: Unit, day: dt.date) -> Digest:
    """Return the digest of a day that has begun, whoever reads it: made once for all.

    Costs a constant number of queries, whatever the number of units and reports.
    """
    rules, now = rules_on(campaign, day), clock.now()
    minute = now.replace(second=0, microsecond=0)
    times = (clock.today(), minute, now < rules.due_at, now > rules.closes_at)
    # It tells of those beside it, too.
    tag = tag_with_reports(campaign, unit.parent_id or unit.pk)
    published = Publication.objects.filter(campaign=campaign, unit=unit).aggregate(Max("pk"))
    found = cached(
        ("digest", campaign.pk, unit.pk, day, get_language()),
        (tag, times, published),
        lambda: _digest(campaign, unit, day),
    )
    # What is said of the campaign itself is as new as who asks.
    return replace(found, campaign=campaign)


def _digest(campaign: Campaign, unit: Unit, day: dt.date) -> Digest:
    unit, indicators = unit.on(day), indicators_of(campaign).on(day)
    rules, now = rules_on(campaign, day), clock.now()
    moment, log_head = _moment_and_head(campaign, now, rules.due_at)
    reported = _line(campaign, unit, day, indicators, "reported")
    approved = _line(campaign, unit, day, indicators, "approved")
    took_over = unit.pk in units_taking_over([unit], indicators, day)
    if took_over:
        reported, approved = (
            replace(line, counts=indicators.without_states(line.counts))
            for line in (reported, approved)
        )
    figures = tuple(_figure(i, reported, approved) for i in indicators.all)
    code = indicators.headline.code if indicators.headline else ""
    values = _values(campaign, unit, day, indicators, code)
    days = [day - dt.timedelta(days=n) for n in range(WEEK - 1, -1, -1)]
    of_week: Mapping[dt.date, int] = values
    if code in indicators.states:
        of_week = values_at_end(values, reported.counts_to_date.get(code), days)
    recent = recent_days(campaign, unit, day)
    progress, goals = goals_of_unit(campaign, unit, day, indicators)
    return Digest(
        campaign=campaign,
        unit=unit,
        day=day,
        as_of=moment,
        due_at=rules.due_at,
        is_open=now < rules.due_at,
        is_closed=now > rules.closes_at,
        headline=next((f for f in figures if f.indicator.code == code), None),
        others=tuple(f for f in figures if f.indicator.code != code),
        progress=progress,
        goals=goals,
        before=_before(campaign, day, values),
        week=tuple(
            DayValue(date, of_week.get(date)) for date in days if date >= campaign.starts_on
        ),
        below=_below(campaign, unit, day, indicators),
        peers=_peers(campaign, unit, day, indicators),
        expected=reported.expected,
        received=reported.received,
        quality=sum(recent.quality.values(), ReportQuality()),
        silent=tuple(recent.silent(unit.path)),
        sessions=statistics_of(campaign, [unit], day, day)[unit.pk],
        past=_past(campaign, unit, day, indicators, reported),
        verified=verified_of(campaign, unit, indicators, by=min(now, rules.due_at)),
        log_head=log_head,
        took_over=took_over,
    )


def _moment_and_head(
    campaign: Campaign, now: dt.datetime, due_at: dt.datetime
) -> tuple[dt.datetime, str]:
    """Return up to when reports are in the totals, and the last head that was signed (one query).

    While the day runs the head is that of the last full minute; later it stays what it was when
    the day was due, as the figures do that nobody changes.
    """
    by = min(now.replace(second=0, microsecond=0), due_at)
    with connection.cursor() as cursor:
        cursor.execute(MOMENT_AND_HEAD, {"campaign": campaign.pk, "by": by})
        oldest, note = cursor.fetchone()
    head = next(heads_in(note or ""), None)
    until = min(now, known_until())
    return min(timezone.localtime(oldest or until), until), str(head or "")


def fingerprint(found: Digest) -> str:
    """Return a text that changes when what the digest says does, in the reader's language.

    The minute of "as of" belongs to it while the day runs; later it stays true as it is.
    """
    minute = found.as_of.replace(second=0, microsecond=0)
    still = replace(found, as_of=minute if found.is_open else found.due_at)
    parts = (get_language(), found.campaign.notice, still)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _line(
    campaign: Campaign, unit: Unit, day: dt.date, indicators: IndicatorSet, basis: str
) -> NodeTotals:
    return next(
        totals(
            tree=UNITS,
            campaign=campaign,
            indicators=indicators,
            nodes=[unit],
            first=day,
            last=day,
            basis=basis,
        )
    )


def _figure(indicator: Indicator, reported: NodeTotals, approved: NodeTotals) -> DigestFigure:
    code = indicator.code
    return DigestFigure(
        indicator,
        today=reported.counts.get(code),
        to_date=reported.counts_to_date.get(code),
        today_approved=approved.counts.get(code),
        to_date_approved=approved.counts_to_date.get(code),
    )


def _values(
    campaign: Campaign, unit: Unit, day: dt.date, indicators: IndicatorSet, code: str
) -> dict[dt.date, int]:
    since = day - dt.timedelta(days=2 * WEEK - 1)
    rows = UnitDay.objects.filter(campaign=campaign, node=unit, date__range=(since, day))
    whole = {date: indicators.complete(c) for date, c in rows.values_list("date", "reported")}
    return {date: counts[code] for date, counts in whole.items() if code in counts}


def _before(campaign: Campaign, day: dt.date, values: dict[dt.date, int]) -> DayValue | None:
    first, last = day - dt.timedelta(days=2 * WEEK - 1), day - dt.timedelta(days=1)
    days = reporting_days(campaign, first, last)
    return DayValue(days[-1], values.get(days[-1])) if days else None


def _past(
    campaign: Campaign, unit: Unit, day: dt.date, indicators: IndicatorSet, reported: NodeTotals
) -> PastCorrection | None:
    """Compare what was published last before the day with what its day comes to now."""
    since = day - dt.timedelta(days=WEEK)
    published = (
        Publication.objects.filter(campaign=campaign, unit=unit, day__range=(since, day))
        .exclude(day=day)
        .order_by("-day", "-published_at", "-pk")
        .first()
    )
    code = indicators.headline.code if indicators.headline else ""
    was = published.figures["to_date"].get(code) if published else None
    if published is None or was is None:
        return None
    after = published.day + dt.timedelta(days=1)
    brought = sum_days(UNITS, campaign, [unit], after, day, "reported").get(unit.pk, Sums()).counts
    now = reported.counts_to_date.get(code, 0) - indicators.complete(brought).get(code, 0)
    if now == was:
        return None
    reasons = reasons_since(
        campaign=campaign,
        units=Unit.objects.within(unit),
        day=published.day,
        since=published.since,
        indicators=indicators,
        code=code,
    )
    return PastCorrection(published.day, was, now, tuple(reasons))


def _below(campaign: Campaign, unit: Unit, day: dt.date, indicators: IndicatorSet) -> Ranking:
    """Rank the units below: by target, or by residents where no target was given."""
    below = unit.children.on(day).order_by("sort_key")
    children = [child.on(day) for child in below]
    found = ranking(campaign=campaign, units=children, day=day, indicators=indicators)
    return found if found.is_measured or found.baseline is None else found.by("residents")


def _peers(
    campaign: Campaign, unit: Unit, day: dt.date, indicators: IndicatorSet
) -> Ranking | None:
    if unit.parent_id is None:
        return None
    beside = Unit.objects.filter(parent=unit.parent_id).on(day)
    units = [peer.on(day) for peer in beside.order_by("sort_key")]
    return ranking(campaign=campaign, units=units, day=day, indicators=indicators)
