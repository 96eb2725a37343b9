"""What waits for a decision; one report and its history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Branch, Campaign
from campaign.permissions import Permission
from campaign.querysets import below
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet
from campaign.states import CampaignState
from core.clock import today
from core.page_cache import cached
from reports.daily.models import DailyReport, Revision, Source, Status
from reports.daily.querysets import DailyReportQuerySet
from reports.daily.texts import TEXTS


def may_review(user: Any) -> bool:
    return scope_of(user).may(Permission.LEAD)


def reviewable(user: Any) -> DailyReportQuerySet:
    scope = scope_of(user)
    return DailyReport.objects.visible_to(user).filter(
        below(scope.run_unit_paths, "branch__home_unit__path")
    )


def waiting_in(user: Any, campaign: Campaign, tag: int) -> int:
    """Return ``waiting_now`` of a campaign: counted once for all with the same scope.

    ``tag`` stands for the reports in it (``campaign.page_tags``).
    """
    made_from = ("waiting", campaign.pk, scope_of(user).reach)
    return cached(made_from, tag, lambda: waiting_now(user, campaign))


def waiting_now(user: Any, campaign: Campaign | None) -> int:
    """Return how many reports of a campaign, or of all that run, wait for the user's decision."""
    day, waiting = today(), reviewable(user).filter(status=Status.SUBMITTED)
    if campaign is not None:
        waiting = waiting.filter(campaign=campaign)
    else:
        waiting = waiting.filter(
            campaign__state=CampaignState.RUNNING,
            campaign__starts_on__lte=day,
            campaign__ends_on__gte=day,
        )
    return waiting.order_by().count()


def unusual_first(reports: DailyReportQuerySet) -> DailyReportQuerySet:
    """Order by the newest day, and within it what nobody has given a word for first."""
    rank = Case(
        When(unusual=[], then=Value(2)),
        When(explanation="", then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return reports.order_by("-date", rank, "branch__sort_key", "pk")


def who_did(revision: Revision, viewer: Any, branch: Branch) -> str:
    """Say who made a revision: by name to those who run the work there, else by the part."""
    actor: User | None = revision.actor
    if actor is None:
        if revision.source == Source.REVIEW:
            return _("Cổng tự khóa khi hết hạn sửa")
        return _("Không ghi người gửi")
    if actor == viewer or scope_of(viewer).may_report_for(branch):
        return str(actor)
    return _("Cấp trên") if revision.source == Source.REVIEW else _("Người nhập của đơn vị")


@dataclass(frozen=True)
class RevisionChange:
    """One line of what a revision changed: what stood before, and what stands now."""

    name: str
    before: Any
    after: Any
    is_count: bool = False

    @property
    def is_new(self) -> bool:
        return bool(self.before != self.after)


@dataclass(frozen=True)
class HistoryStep:
    """A revision as the page tells of it."""

    revision: Revision
    who: str
    changes: tuple[RevisionChange, ...]
    status: str
    is_first: bool

    @property
    def shown(self) -> tuple[RevisionChange, ...]:
        """All that came in first; after that what is different."""
        return self.changes if self.is_first else tuple(c for c in self.changes if c.is_new)


def history_of(report: DailyReport, viewer: Any, indicators: IndicatorSet) -> list[HistoryStep]:
    """Return the revisions of a report, the newest first (one query)."""
    revisions = report.revisions.visible_to(viewer).select_related("actor").order_by("version")
    return list(reversed(list(_steps(revisions, report, viewer, indicators))))


def _steps(
    revisions: QuerySet[Revision], report: DailyReport, viewer: Any, indicators: IndicatorSet
) -> Iterator[HistoryStep]:
    before: dict[str, Any] = {}
    labels = dict(Status.choices)
    for revision in revisions:
        now = revision.content
        yield HistoryStep(
            revision=revision,
            who=who_did(revision, viewer, report.branch),
            changes=tuple(_changes(before, now, indicators)),
            status=str(labels.get(now.get("status"), now.get("status", ""))),
            is_first=not before,
        )
        before = now


def _changes(
    before: dict[str, Any], now: dict[str, Any], indicators: IndicatorSet
) -> Iterator[RevisionChange]:
    """Yield the counts in their order, then the texts that are or were there."""
    old, new = before.get("counts", {}), now.get("counts", {})
    known = {i.code: i.name for i in indicators.all}
    order: Sequence[str] = [*known, *sorted((old.keys() | new.keys()) - known.keys())]
    for code in order:
        if code in old or code in new:
            yield RevisionChange(known.get(code, code), old.get(code), new.get(code), is_count=True)
    if before.get("no_activity") or now.get("no_activity"):
        yield RevisionChange(
            _("Không phát sinh"), _yes(before.get("no_activity")), _yes(now.get("no_activity"))
        )
    for text in TEXTS:
        old, new = before.get(text.name, ""), now.get(text.name, "")
        if old or new:
            yield RevisionChange(str(text.label), old, new)


def _yes(value: Any) -> str:
    return _("Có") if value else ""


def find_report(user: Any, campaign: Campaign, report_id: UUID) -> DailyReport:
    """Return a report of the campaign that the user may see, or 404.

    Its branch and unit are called as they were on its day.
    """
    reports = DailyReport.objects.visible_to(user).filter(campaign=campaign, pk=report_id)
    report = reports.select_related("campaign", "branch__home_unit", "unit").or_404()
    report.branch, report.unit = report.branch.on(report.date), report.unit.on(report.date)
    return report


def campaign_of_report(user: Any, report_id: UUID) -> str | None:
    found = DailyReport.objects.visible_to(user).filter(pk=report_id)
    return found.values_list("campaign__slug", flat=True).first()
