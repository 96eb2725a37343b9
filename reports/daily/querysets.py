"""Who may see which report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db.models import (
    Aggregate,
    BooleanField,
    ExpressionWrapper,
    F,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact

from campaign.querysets import below
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet
from core.receipt_numbers import numbered
from volunteers.sessions.models import SupportSession

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from reports.daily.models import (
        DailyReport,
        Revision,  # noqa: F401
    )


class _ObjectAgg(Aggregate):
    function = "jsonb_object_agg"
    output_field = JSONField()


class DailyReportQuerySet(ScopedQuerySet["DailyReport"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.branch_paths, "branch__path")
            | below(scope.lead_unit_paths, "branch__home_unit__path")
        )

    def numbered(self, number: str) -> Self:
        """Return those whose receipt has the number, as ``read_number`` returns it."""
        return self.filter(numbered(number))

    def mark_unreconciled(self) -> Self:
        """Annotate ``is_unreconciled``: the closed sessions of its day are not what it covers.

        The same as ``reports.daily.reconciliation.question_of`` says of one.
        """
        closed = (
            SupportSession.objects.closed()
            .filter(
                campaign=OuterRef("campaign"),
                branch=OuterRef("branch"),
                unit=OuterRef("unit"),
                date=OuterRef("date"),
            )
            .order_by()
            .values("date")
            .annotate(outcome=_ObjectAgg(Cast("pk", TextField()), F("counts")))
            .values("outcome")
        )
        outcome = Coalesce(Subquery(closed), Value({}, JSONField()))
        return self.annotate(
            is_unreconciled=ExpressionWrapper(
                ~Q(status="returned") & ~Exact(outcome, F("covered_sessions")), BooleanField()
            )
        )

    def of_day(self, day: ReportDay) -> Self:
        return self.filter(campaign=day.campaign, branch=day.branch, unit=day.unit, date=day.day)

    def of_id_or_day(self, pk: UUID, day: ReportDay) -> list[DailyReport]:
        """Read the report of an id and that of a day, at most two, at one go."""
        of_day = Q(campaign=day.campaign, branch=day.branch, unit=day.unit, date=day.day)
        return list(self.filter(Q(pk=pk) | of_day))


class RevisionQuerySet(ScopedQuerySet["Revision"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.branch_paths, "report__branch__path")
            | below(scope.lead_unit_paths, "report__branch__home_unit__path")
        )
