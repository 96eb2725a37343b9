"""What a secretary sees of the own branch since the campaign began: days, rank, what is left."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign.baselines import residents_of
from campaign.models import Branch, Campaign, Indicator
from campaign.reporting_window import rules_on
from campaign.selectors import IndicatorSet, indicators_of
from campaign.takes_part import takes_part
from core import clock
from reports.daily.models import DailyReport, Lateness, Status
from reports.dashboards.selectors.completeness import Completeness, CompletenessCell, completeness
from reports.dashboards.selectors.progress import BranchProgress, progress_by_branch
from reports.dashboards.selectors.ranking import RankedUnit
from reports.rollup.totals import sum_days
from reports.rollup.trees import BRANCHES

WEEK = 7
GIVEN = ("reported", "no_activity", "returned")


@dataclass(frozen=True)
class HistoryDay:
    """One day: reported, no_activity, returned, missing, open (today, still time) or free.

    ``may_edit`` is whether the day still takes a report.
    """

    date: dt.date
    state: str
    is_late: bool = False
    may_edit: bool = False


@dataclass(frozen=True)
class Run:
    """For how many expected days reports came one after the other up to some day.

    One missed day in seven does not end it; ``forgiven`` is how many there were.
    """

    days: int
    forgiven: int


@dataclass(frozen=True)
class PeerRank:
    """A rank among ``of`` peers, one for equals."""

    rank: int
    of: int


@dataclass(frozen=True)
class BranchHistory:
    """A branch's days, and where it stands among the branches of its kind beside it.

    ``cell`` counts the expected days up to the last one whose time is over, or that is in.
    ``run`` is the one that goes on, ``longest`` how many days the longest had. ``week`` are the
    indicators of the last seven days that came to something.
    """

    branch: Branch
    days: tuple[HistoryDay, ...]
    cell: CompletenessCell
    run: Run
    longest: int
    approved: int
    progress: BranchProgress
    headline: Indicator | None
    by_days: PeerRank | None
    by_target: PeerRank | None
    by_residents: PeerRank | None
    week: tuple[tuple[Indicator, int], ...]

    def count(self, state: str) -> int:
        return sum(day.state == state for day in self.days)

    @property
    def returned(self) -> int:
        return self.count("returned")

    @property
    def no_activity(self) -> int:
        return self.count("no_activity")

    @property
    def given(self) -> int:
        return sum(day.state in GIVEN for day in self.days)


def branch_history_of(campaign: Campaign, branch: Branch) -> BranchHistory:
    """Return the record of a branch up to today (a constant number of queries)."""
    today = clock.today()
    last = min(today, campaign.ends_on)
    node = branch.parent or branch
    found = completeness(
        campaign=campaign,
        node=node,
        first=campaign.starts_on,
        last=last,
        tree=BRANCHES,
    )
    over = found.days
    if last == today and clock.now() <= rules_on(campaign, last).due_at:
        over = over[:-1]
    indicators = indicators_of(campaign)
    days, approved = _days(campaign, branch, found, over)
    # Today counts once it is in: nobody has missed what may still come.
    counted = [day.date for day in days if day.date in over or day.state in GIVEN]
    expected = [day for day in counted if found.expected.is_expected(branch, day)]
    arrived = [(branch.pk, day) in found.arrived for day in expected]
    runs = [run_of(arrived[:end]) for end in range(len(arrived) + 1)]
    peers = _peers(found, branch, node.path, last)
    progress = progress_by_branch(campaign, peers or [branch], indicators)
    by_target, by_residents = _ranks(branch, peers, progress, last)
    return BranchHistory(
        branch=branch,
        days=days,
        cell=found.of_branch(branch, counted),
        run=runs[-1],
        longest=max(run.days for run in runs),
        approved=approved,
        progress=progress[branch.pk],
        headline=indicators.headline,
        by_days=_by_days(found, branch, peers, over),
        by_target=by_target,
        by_residents=by_residents,
        week=_week(campaign, branch, last, indicators),
    )


def _days(
    campaign: Campaign,
    branch: Branch,
    found: Completeness,
    over: Sequence[dt.date],
) -> tuple[tuple[HistoryDay, ...], int]:
    """Return every day in order, and how many are approved in all their reports."""
    reports: dict[dt.date, list[DailyReport]] = {}
    for report in DailyReport.objects.filter(campaign=campaign, branch=branch).order_by("pk"):
        reports.setdefault(report.date, []).append(report)
    now, past = clock.now(), frozenset(over)
    days = []
    for day in found.days:
        owned = reports.get(day, [])
        if any(r.status == Status.RETURNED for r in owned):
            state = "returned"
        elif owned:
            state = "no_activity" if all(r.no_activity for r in owned) else "reported"
        elif not found.expected.is_expected(branch, day):
            state = "free"
        else:
            state = "missing" if day in past else "open"
        is_late = found.arrived.get((branch.pk, day)) == Lateness.LATE
        may_edit = now <= rules_on(campaign, day).closes_at
        days.append(HistoryDay(day, state, is_late, may_edit))
    approved = sum(
        all(r.counts_as_approved for r in owned) for day, owned in reports.items() if owned
    )
    return tuple(days), approved


def run_of(arrived: Sequence[bool]) -> Run:
    """Return the run that ends with the last day; each says whether its report is in."""
    days, forgiven, missed, since = 0, 0, 0, WEEK
    for is_in in reversed(arrived):
        since += 1
        if is_in:
            # A missed day is part of the run only between days that are.
            days, forgiven = days + 1, missed
        elif since >= WEEK:
            missed, since = missed + 1, 0
        else:
            break
    return Run(days, forgiven)


def _peers(found: Completeness, branch: Branch, path: str, day: dt.date) -> list[Branch]:
    peers = [
        other
        for other in found.expected.by_path.get(path, ())
        if (other.parent_id, other.kind) == (branch.parent_id, branch.kind)
        and takes_part(found.expected.campaign, other, day)
        and other.exists_on(day)
    ]
    return peers if branch.parent_id is not None and branch in peers else []


def _by_days(
    found: Completeness, branch: Branch, peers: Sequence[Branch], over: Sequence[dt.date]
) -> PeerRank | None:
    shares = {peer.pk: found.of_branch(peer, over).share for peer in peers}
    return _location({pk: share for pk, share in shares.items() if share is not None}, branch.pk)


def _ranks(
    branch: Branch,
    peers: Sequence[Branch],
    progress: Mapping[int, BranchProgress],
    day: dt.date,
) -> tuple[PeerRank | None, PeerRank | None]:
    """Rank the home unit among those of the peers: by target, and by residents.

    Several branches in one unit have no target of their own, so they are not ranked by it.
    """
    units = [(peer.home_unit, progress[peer.pk].unit) for peer in peers]
    if len({unit.pk for unit, _progress in units}) < len(peers):
        return None, None
    known = [(unit, own) for unit, own in units if own is not None and own.indicator is not None]
    _baseline, residents = residents_of([unit for unit, _own in known], day)
    stands = [RankedUnit(unit, own, residents=residents.get(unit.pk)) for unit, own in known]
    by_target, by_residents = (
        {s.unit.pk: v for s in stands if (v := s.value(measure)) is not None}
        for measure in ("target", "residents")
    )
    return _location(by_target, branch.home_unit_id), _location(by_residents, branch.home_unit_id)


def _location(values: Mapping[int, float], own: int) -> PeerRank | None:
    """Return the rank of one of several; None for one alone, at nought or without a value."""
    if len(values) < 2 or not values.get(own):
        return None
    return PeerRank(1 + sum(v > values[own] for v in values.values()), len(values))


def _week(
    campaign: Campaign, branch: Branch, day: dt.date, indicators: IndicatorSet
) -> tuple[tuple[Indicator, int], ...]:
    """Return what the branch brought in the seven days that end on ``day``."""
    first = day - dt.timedelta(days=WEEK - 1)
    sums = sum_days(BRANCHES, campaign, [branch], first, day, "reported").get(branch.pk)
    counts = indicators.complete(sums.counts) if sums else {}
    return tuple((i, counts[i.code]) for i in indicators.all if counts.get(i.code))
