"""Why a sum to date is not what it was: which reports and sessions changed since."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from campaign.models import Branch, Campaign, DirtyDay
from campaign.querysets import UnitQuerySet
from campaign.selectors import IndicatorSet
from core.counts import add_up
from reports.daily.counted_versions import counted_versions
from reports.daily.models import APPROVED_BASIS, DailyReport, Revision, Source, Status
from volunteers.sessions.models import SupportSession

Counts = dict[str, int]
# Branch, unit and day: what counts once.
Key = tuple[int, int, dt.date]
# The decisions that change what counts: an approval changes no count that is reported.
STATUSES: dict[str, tuple[str, ...]] = {
    "reported": (Status.SUBMITTED, Status.RETURNED),
    "approved": (Status.SUBMITTED, Status.RETURNED, Status.APPROVED),
}


@dataclass(frozen=True)
class Since:
    """The last revision that was in the figures, by its id, and the moment.

    The id and not the time: whose clock was wrong, or is the demo's, explains nothing.
    """

    revision: int
    moment: dt.datetime

    def is_before(self, row: Revision | SupportSession) -> bool:
        if isinstance(row, Revision):
            return row.pk <= self.revision
        return row.closed_at is None or row.closed_at < self.moment


def last_revision_in(campaign: Campaign) -> int:
    """Return the id of the last revision that is in the campaign's totals."""
    oldest = DirtyDay.objects.filter(campaign=campaign).oldest()
    revisions = Revision.objects.filter(at__lt=oldest) if oldest else Revision.objects.all()
    last: int | None = revisions.aggregate(last=Max("pk"))["last"]
    return last or 0


@dataclass(frozen=True)
class Reason:
    """What counted of a branch's day before and counts now; None is nothing."""

    branch: Branch
    unit: int
    date: dt.date
    before: int | None
    after: int | None
    words: str

    @property
    def difference(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True)
class PastCorrection:
    """The sum to date of an earlier day as its digest was published, and as it is now."""

    day: dt.date
    published: int
    now: int
    reasons: tuple[Reason, ...]


def reasons_since(
    *,
    campaign: Campaign,
    units: UnitQuerySet,
    day: dt.date,
    since: Since,
    indicators: IndicatorSet,
    code: str,
    basis: str = "reported",
) -> list[Reason]:
    """Return what changed since then in the sum of units to ``day``, the largest first.

    Four queries, however many changed. A session that was cancelled or corrected leaves no trace
    of what it was: what it took away is in no reason.
    """
    within = {"campaign": campaign, "unit__in": units.order_by(), "date__lte": day}
    is_approved = basis == "approved"
    revisions = _revisions(within, since, STATUSES[basis])
    # Sessions are approved by nobody (C8).
    sessions = {} if is_approved else _sessions(within, since, revisions)
    late = {key for key, of in sessions.items() if any(not since.is_before(s) for s in of)}
    # A session that is closed beside a report counts in nothing.
    late -= _counted_reports(within, late - revisions.keys())
    found = []
    for key in revisions.keys() | late:
        history, closed = revisions.get(key, []), sessions.get(key, [])
        before = _counted([r for r in history if since.is_before(r)], basis)
        if before is None:
            before = _sum(s for s in closed if since.is_before(s))
        after = _counted(history, basis)
        if after is None:
            after = _sum(closed)
        values = _value(indicators, before, code), _value(indicators, after, code)
        if (values[0] or 0) != (values[1] or 0):
            branch = history[0].report.branch if history else closed[0].branch
            found.append(Reason(branch, key[1], key[2], *values, _words(history, since, basis)))
    return sorted(found, key=lambda r: (-abs(r.difference), r.date, r.branch.pk))


def _revisions(
    within: Mapping[str, Any], since: Since, statuses: Collection[str]
) -> dict[Key, list[Revision]]:
    """Return all revisions of the reports whose counts may have changed since, by key."""
    mine = {f"report__{name}": value for name, value in within.items()}
    changed = Revision.objects.filter(**mine, pk__gt=since.revision, content__status__in=statuses)
    rows = Revision.objects.filter(report__in=changed.order_by().values("report"))
    found: dict[Key, list[Revision]] = defaultdict(list)
    for revision in rows.select_related("report__branch").order_by("report", "version"):
        found[_key(revision.report)].append(revision)
    return found


def _sessions(
    within: Mapping[str, Any], since: Since, keys: Iterable[Key]
) -> dict[Key, list[SupportSession]]:
    """Return the closed sessions of those keys and of all where one was closed since."""
    closed = SupportSession.objects.closed().filter(**within)
    late = closed.filter(closed_at__gte=since.moment).order_by().values("branch")
    rows = closed.filter(Q(branch__in={branch for branch, _u, _d in keys}) | Q(branch__in=late))
    found: dict[Key, list[SupportSession]] = defaultdict(list)
    for session in rows.select_related("branch").order_by("pk"):
        found[_key(session)].append(session)
    return found


def _counted_reports(within: Mapping[str, Any], keys: Collection[Key]) -> set[Key]:
    """Return those of the keys whose report counts."""
    if not keys:
        return set()
    reports = DailyReport.objects.filter(**within, branch__in={branch for branch, _u, _d in keys})
    counting = reports.exclude(status=Status.RETURNED, fallback_counts=None)
    return {*counting.values_list("branch", "unit", "date")} & {*keys}


def _key(row: Any) -> Key:
    return row.branch_id, row.unit_id, row.date


def _counted(history: Sequence[Revision], basis: str) -> Counts | None:
    versions = counted_versions(revision.content for revision in history)
    if not versions or versions[-1] is None:
        return None
    counts, is_approved = versions[-1]
    return counts if is_approved or basis == "reported" else None


def _sum(sessions: Iterable[SupportSession]) -> Counts | None:
    return add_up(session.counts for session in sessions) or None


def _value(indicators: IndicatorSet, counts: Counts | None, code: str) -> int | None:
    return indicators.complete(counts).get(code) if counts is not None else None


def _words(history: Sequence[Revision], since: Since, basis: str) -> str:
    if not history:
        return _("buổi hỗ trợ kết thúc sau đó")
    last = next(r for r in reversed(history) if r.content["status"] in STATUSES[basis])
    if last.content["status"] == Status.RETURNED:
        return _("bị trả lại")
    if last.content["status"] in APPROVED_BASIS:
        return _("được duyệt sau đó")
    if basis == "approved":
        return _("sửa, chờ duyệt lại")
    if last.source == Source.SESSION:
        return _("đối chiếu buổi hỗ trợ")
    if not since.is_before(history[0]):
        return _("gửi sau đó")
    return _("sửa qua “%(source)s”") % {"source": Source(last.source).label}
