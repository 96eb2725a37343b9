"""Who may see which session, and who takes part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q

from campaign.querysets import below
from campaign.scopes import scope_of
from core.querysets import OwnQuerySet, ScopedQuerySet
from volunteers.teams.querysets import run_by, teams_led_by

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from volunteers.sessions.models import (
        CalendarLink,  # noqa: F401
        Decline,  # noqa: F401
        Participation,  # noqa: F401
        Series,  # noqa: F401
        SupportSession,  # noqa: F401
        WalkIn,  # noqa: F401
    )


class SeriesQuerySet(ScopedQuerySet["Series"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.run_unit_paths, "branch__home_unit__path")
            | below(scope.run_branch_paths, "branch__path")
        )


class SessionQuerySet(ScopedQuerySet["SupportSession"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        joined = self.model.partners.through.objects.filter(
            below(scope.branch_paths, "branch__path")
        ).values("supportsession")
        return self.filter(
            below(scope.unit_paths, "unit__path")
            | below(scope.branch_paths, "branch__path")
            | Q(pk__in=joined)
        )

    def with_helpers(self) -> Self:
        partners = self.model.partners.through.objects.filter(supportsession=OuterRef("pk"))
        teams = self.model.teams.through.objects.filter(supportsession=OuterRef("pk"))
        return self.annotate(
            partner_ids=ArraySubquery(partners.values("branch")),
            team_branch_ids=ArraySubquery(teams.values("team__branch")),
        )

    def existing(self) -> Self:
        return self.exclude(state="cancelled")

    def closed(self) -> Self:
        return self.filter(state="closed")


class OfPersonQuerySet(ScopedQuerySet[M]):
    """What a person does about a session: seen with the session's list, or with the person."""

    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        led = teams_led_by(user)
        seen = self.model._default_manager.filter(
            below(scope.run_unit_paths, "session__unit__path")
            | below(scope.run_branch_paths | scope.team_branch_paths, "session__branch__path")
            | Q(session__teams__in=led)
            | run_by(user, "volunteer__memberships__team__")
            | Q(volunteer__memberships__team__in=led)
            | Q(volunteer__user=user)
        )
        return self.filter(pk__in=seen.values("pk"))


class ParticipationQuerySet(OfPersonQuerySet["Participation"]):
    def present(self) -> Self:
        return self.filter(checked_in_at__isnull=False)

    def coming(self) -> Self:
        return self.filter(waiting_since=None)

    def waiting(self) -> Self:
        """Return who waits for a free place, the longest first."""
        return self.filter(waiting_since__isnull=False).order_by("waiting_since", "pk")

    def to_be_asked(self) -> Self:
        """Return who said yes to another day or other hours than the session has now."""
        same = Q(
            agreed_date=F("session__date"),
            agreed_begins_at=F("session__begins_at"),
            agreed_ends_at=F("session__ends_at"),
        )
        return self.exclude(agreed_date=None).exclude(same).filter(checked_in_at=None)

    def to_be_informed(self) -> Self:
        """Return who does not know yet of what ``Participation.knows_of``."""
        news = Q(session__moved_at__isnull=False) | Q(moved_up_at__isnull=False)
        later = Q(informed_at__lt=F("session__moved_at")) | Q(informed_at__lt=F("moved_up_at"))
        return self.filter(news & (Q(informed_at=None) | later), checked_in_at=None)


class DeclineQuerySet(OfPersonQuerySet["Decline"]):
    pass


class WalkInQuerySet(ScopedQuerySet["WalkIn"]):
    def visible_to(self, user: Any) -> Self:
        """Return those at sessions that the user leads."""
        scope = scope_of(user)
        led = self.model._default_manager.filter(
            below(scope.run_unit_paths, "session__branch__home_unit__path")
            | below(scope.run_branch_paths | scope.team_branch_paths, "session__branch__path")
            | Q(session__teams__in=teams_led_by(user))
        )
        return self.filter(pk__in=led.values("pk"))


class CalendarLinkQuerySet(OwnQuerySet["CalendarLink"]):
    pass
