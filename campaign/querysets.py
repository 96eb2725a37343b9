"""Single-table filters, and who may see which row."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Case, F, IntegerField, Min, Q, Value, When

from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.states import CampaignState, published_to
from core.clock import now, today
from core.querysets import MachineQuerySet, ScopedQuerySet
from core.retention import time_of
from core.vietnamese import fold, spellings

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from campaign.models.appointments import Appointment  # noqa: F401
    from campaign.models.boundary_changes import BoundaryChange  # noqa: F401
    from campaign.models.branches import Branch  # noqa: F401
    from campaign.models.campaigns import Campaign, FormulaTerm, Indicator, Phase  # noqa: F401
    from campaign.models.dirty_days import DirtyDay  # noqa: F401
    from campaign.models.grants import LateEntryGrant  # noqa: F401
    from campaign.models.settings_changes import SettingsChange  # noqa: F401
    from campaign.models.successions import Succession  # noqa: F401
    from campaign.models.targets import Baseline, BaselineFigure, Target  # noqa: F401
    from campaign.models.trials import Trial  # noqa: F401
    from campaign.models.units import Boundary, Unit  # noqa: F401

M = TypeVar("M", bound=models.Model)


def below(paths: frozenset[str], field: str = "path") -> Q:
    """Return the condition that ``field`` lies in one of the subtrees; none, no row."""
    return reduce(or_, (Q(**{f"{field}__startswith": path}) for path in paths), Q(pk__in=()))


class ValidityQuerySet(ScopedQuerySet[M]):
    """Rows that exist for some days only."""

    def on(self, day: dt.date) -> Self:
        return self.filter(self.model.validity.on(day))  # type: ignore[attr-defined]

    def during(self, first: dt.date, last: dt.date) -> Self:
        return self.filter(self.model.validity.during(first, last))  # type: ignore[attr-defined]

    def bearing(self, code: str, day: dt.date) -> Self:
        """Return whoever bore ``code``, who did on ``day`` first, else the latest.

        The key of a unit that has ended is that of one.
        """
        is_there = Case(When(self.model.validity.on(day), then=Value(0)), default=Value(1))  # type: ignore[attr-defined]
        begins = F(self.model.validity.begins).desc(nulls_last=True)  # type: ignore[attr-defined]
        bears = getattr(self.model, "of_key", lambda key: Q(code=key))
        return self.filter(bears(code)).order_by(is_there, begins, "-pk")


class NodeQuerySet(ValidityQuerySet[M]):
    """What units and branches have in common."""

    def within(self, node: Any) -> Self:
        return self.filter(path__startswith=node.path)

    def belonging_to(self, node: Any) -> Self:
        """Return a node, what lies below it, and what went into either."""
        return self.filter(below(frozenset(node.paths)))

    def search(self, text: str) -> Self:
        """Return what bears ``text`` in its name or as its code, best first.

        Marks are ignored, but a name with the very marks that were typed comes first; thủy
        and thuỷ are one.
        """
        words = " ".join(text.split())
        ends, holds = Q(), Q()
        for route in spellings(words):
            ends, holds = ends | Q(name__iendswith=route), holds | Q(name__icontains=route)
        return (
            self.filter(Q(fold__contains=fold(words)) | Q(code__iexact=words))
            .annotate(
                match=Case(
                    When(code__iexact=words, then=Value(0)),
                    When(ends, then=Value(1)),
                    When(holds, then=Value(2)),
                    default=Value(3),
                    output_field=IntegerField(),
                )
            )
            .order_by("match", "sort_key", "pk")
        )


class UnitQuerySet(NodeQuerySet["Unit"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(below(scope_of(user).unit_paths))

    def where_may(self, user: Any, permission: Permission) -> Self:
        """Return the units over which the user has the permission: fewer than are visible."""
        return self.filter(below(scope_of(user).unit_paths_with(permission)))

    def communes(self) -> Self:
        return self.filter(level="commune")


class BranchQuerySet(NodeQuerySet["Branch"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.branch_paths) | below(scope.lead_unit_paths, "home_unit__path")
        )


class WholeQuerySet(ScopedQuerySet[M]):
    """Settings of the campaign, which everybody with an appointment may read."""

    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).roles else self.none()


class OfCampaignQuerySet(WholeQuerySet[M]):
    """Settings of one campaign: those of a draft are seen by whoever sets it up."""

    state = "campaign__state"

    def visible_to(self, user: Any) -> Self:
        return super().visible_to(user).filter(published_to(user, self.state))


class CampaignQuerySet(OfCampaignQuerySet["Campaign"]):
    state = "state"

    def published(self) -> Self:
        return self.exclude(state=CampaignState.DRAFT)

    def running(self) -> Self:
        """Return those that take counts, on their days; one that counts nothing reaches nobody."""
        found = self.filter(state=CampaignState.RUNNING, indicators__is_derived=False)
        return found.distinct()

    def with_days(self) -> Self:
        """Return those whose day totals are in the database, and not in an archive."""
        return self.filter(archived_at=None)

    def current_first(self) -> Self:
        """Order by what is asked for most: what runs today, what else was published, the rest."""
        day = today()
        running = Case(
            When(state=CampaignState.ARCHIVED, then=Value(2)),
            When(state=CampaignState.DRAFT, then=Value(3)),
            When(state=CampaignState.RUNNING, starts_on__lte=day, ends_on__gte=day, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        return self.order_by(running, "-starts_on", "slug")


class PhaseQuerySet(OfCampaignQuerySet["Phase"]):
    pass


class IndicatorQuerySet(OfCampaignQuerySet["Indicator"]):
    pass


class FormulaTermQuerySet(OfCampaignQuerySet["FormulaTerm"]):
    """Addends of derived indicators."""

    state = "indicator__campaign__state"


class BaselineQuerySet(WholeQuerySet["Baseline"]):
    pass


class OfUnitQuerySet(ScopedQuerySet[M]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(below(scope_of(user).unit_paths, "unit__path"))


class BoundaryQuerySet(OfUnitQuerySet["Boundary"]):
    pass


class BaselineFigureQuerySet(OfUnitQuerySet["BaselineFigure"]):
    pass


class TargetQuerySet(OfUnitQuerySet["Target"]):
    def visible_to(self, user: Any) -> Self:
        return super().visible_to(user).filter(published_to(user, "campaign__state"))


class SuccessionQuerySet(WholeQuerySet["Succession"]):
    """What became of units is no secret: everybody with an appointment may read it."""


class AppointmentQuerySet(ScopedQuerySet["Appointment"]):
    def on(self, day: dt.date) -> Self:
        """Return those in force: what waits for a second person is not."""
        owned = self.not_ended(day)
        return owned.filter(starts_on__lte=day, proposed_by=None)

    def not_ended(self, day: dt.date) -> Self:
        """Return those in force, those to come and those that wait."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day))

    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.lead_unit_paths, "unit__path")
            | below(scope.lead_unit_paths, "branch__home_unit__path")
            | Q(user=user)
        )


class SettingsChangeQuerySet(ScopedQuerySet["SettingsChange"]):
    """Who changed the settings, and why: for those who may change them."""

    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).may(Permission.SET_UP) else self.none()


class BoundaryChangeQuerySet(ScopedQuerySet["BoundaryChange"]):
    """For those who may set up."""

    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).may(Permission.SET_UP) else self.none()


class TrialQuerySet(ScopedQuerySet["Trial"]):
    """For those who may set up; to whom else a trial is open, ``campaign.trials`` says."""

    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).may(Permission.SET_UP) else self.none()

    def running(self) -> Self:
        """Return those that are not over, cleared or not."""
        since = now() - time_of("trials")
        return self.filter(opened_at__gt=since, campaign__state=CampaignState.DRAFT)


class DirtyDayQuerySet(MachineQuerySet["DirtyDay"]):
    """Days whose totals are to be made again."""

    def oldest(self) -> dt.datetime | None:
        """Return since when one waits; those of an archived campaign wait for its return."""
        due = self.filter(campaign__archived_at=None)
        since: dt.datetime | None = due.aggregate(oldest=Min("since"))["oldest"]
        return since


class LateEntryGrantQuerySet(ScopedQuerySet["LateEntryGrant"]):
    """Closed days that were opened again."""

    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.branch_paths, "branch__path")
            | below(scope.lead_unit_paths, "branch__home_unit__path")
        )

    def existing(self, now: dt.datetime) -> Self:
        return self.filter(granted_at__lte=now, expires_at__gt=now)
