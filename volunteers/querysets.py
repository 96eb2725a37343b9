"""Single-table filters, and who may see which row.

Teams and sessions are seen by all whose territory or organisation they lie in. The people
in them are seen by those who run the work there, and by the leader of the own team.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q

from campaign.names import fold
from campaign.querysets import ValidityQuerySet, below
from campaign.scopes import LEADS_TEAMS, scope_of
from campaign.validity import Validity
from core.querysets import OwnQuerySet, ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from volunteers.models import (  # noqa: F401
        CalendarLink,
        Certificate,
        HelpRequest,
        Membership,
        Participation,
        Series,
        SupportSession,
        Team,
        Volunteer,
        VolunteerLink,
    )

TEAM_VALIDITY = Validity("founded_on", "dissolved_on")

M = TypeVar("M", bound=models.Model)

# Who leads a team; a member of the Youth Union who does is one "in a key role".
KEY_ROLES = ("leader", "deputy")


def run_by(user: Any, team: str = "") -> Q:
    """Return the condition that the user runs the team's work; ``team`` is a prefix of fields."""
    scope = scope_of(user)
    return below(scope.run_unit_paths, f"{team}unit__path") | below(
        scope.run_branch_paths, f"{team}branch__path"
    )


def teams_led_by(user: Any) -> Any:
    """Return the teams in which the user is leader or deputy, as a subquery; mostly none."""
    if not scope_of(user).holds(LEADS_TEAMS) or not hasattr(user, "volunteer"):
        return ()
    return user.volunteer.memberships.filter(role__in=KEY_ROLES, left_on=None).values("team")


class TeamQuerySet(ValidityQuerySet["Team"]):
    """Teams."""

    def visible_to(self, user: Any) -> Self:
        """Return the teams at work in the user's units, or of the user's branches."""
        scope = scope_of(user)
        return self.filter(
            below(scope.unit_paths, "unit__path") | below(scope.branch_paths, "branch__path")
        )

    def with_people_for(self, user: Any) -> Self:
        """Return the teams whose members the user may see by name and telephone number."""
        return self.filter(run_by(user) | Q(pk__in=teams_led_by(user)))

    def search(self, text: str) -> Self:
        """Return the teams that bear ``text`` in their name, marks ignored."""
        return self.filter(fold__contains=fold(" ".join(text.split())))


class MembershipQuerySet(ValidityQuerySet["Membership"]):
    """Memberships."""

    def visible_to(self, user: Any) -> Self:
        """Return the members of the teams that the user runs or leads."""
        return self.filter(run_by(user, "team__") | Q(team__in=teams_led_by(user)))

    def on(self, day: dt.date) -> Self:
        """Return who is a member on ``day`` of a team that exists then."""
        return super().on(day).filter(TEAM_VALIDITY.on(day, "team__"))


class VolunteerQuerySet(ScopedQuerySet["Volunteer"]):
    """Volunteers."""

    def visible_to(self, user: Any) -> Self:
        """Return the people of the teams that the user runs or leads, and oneself.

        Those who are in no team, as just after they were added in the admin, are seen by the
        province staff: nobody else could find them, and their numbers are taken.
        """
        wanted = run_by(user, "memberships__team__") | Q(memberships__team__in=teams_led_by(user))
        if scope_of(user).is_province_staff:
            wanted |= Q(memberships=None)
        known = self.model._default_manager.filter(wanted)
        return self.filter(Q(pk__in=known.values("pk")) | Q(user=user))


class SeriesQuerySet(ScopedQuerySet["Series"]):
    """Series of sessions."""

    def visible_to(self, user: Any) -> Self:
        """Return the series of the branches that the user runs."""
        scope = scope_of(user)
        return self.filter(
            below(scope.run_unit_paths, "branch__home_unit__path")
            | below(scope.run_branch_paths, "branch__path")
        )


class SessionQuerySet(ScopedQuerySet["SupportSession"]):
    """Support sessions."""

    def visible_to(self, user: Any) -> Self:
        """Return the sessions in the user's units, of the user's branches, or joined by them."""
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
        """Tell for each session which branches take part beside its host."""
        partners = self.model.partners.through.objects.filter(supportsession=OuterRef("pk"))
        teams = self.model.teams.through.objects.filter(supportsession=OuterRef("pk"))
        return self.annotate(
            partner_ids=ArraySubquery(partners.values("branch")),
            team_branch_ids=ArraySubquery(teams.values("team__branch")),
        )

    def standing(self) -> Self:
        """Return the sessions that have not been cancelled."""
        return self.exclude(state="cancelled")

    def closed(self) -> Self:
        """Return the sessions whose outcome is known."""
        return self.filter(state="closed")


class ParticipationQuerySet(ScopedQuerySet["Participation"]):
    """Participations."""

    def visible_to(self, user: Any) -> Self:
        """Return the people at the sessions that the user runs or leads, and the own people."""
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

    def present(self) -> Self:
        """Return who was checked in."""
        return self.filter(checked_in_at__isnull=False)


class HelpRequestQuerySet(ScopedQuerySet["HelpRequest"]):
    """Help requests."""

    def visible_to(self, user: Any) -> Self:
        """Return the requests in the units that the user runs, or given to the own team.

        A secretary runs the unit in which the branch is at home.
        """
        scope = scope_of(user)
        homes = frozenset(
            a.branch.home_unit.path
            for a in scope.appointments
            if a.role == "secretary" and a.branch is not None and a.branch.kind == "youth_union"
        )
        return self.filter(
            below(scope.run_unit_paths | homes, "unit__path") | Q(team__in=teams_led_by(user))
        )

    def still_open(self) -> Self:
        """Return what somebody still waits for."""
        return self.filter(state__in=("new", "assigned"))

    def overdue(self, day: dt.date) -> Self:
        """Return what should have been answered before ``day``."""
        return self.still_open().filter(due_on__lt=day)


class CalendarLinkQuerySet(OwnQuerySet["CalendarLink"]):
    """Calendar links."""


class OfVolunteerQuerySet(ScopedQuerySet[M]):
    """Rows that belong to a volunteer."""

    def visible_to(self, user: Any) -> Self:
        """Return what belongs to the people of the teams that the user runs."""
        run = self.model._default_manager.filter(run_by(user, "volunteer__memberships__team__"))
        return self.filter(pk__in=run.values("pk"))


class VolunteerLinkQuerySet(OfVolunteerQuerySet["VolunteerLink"]):
    """Links to volunteers' own pages."""


class CertificateQuerySet(OfVolunteerQuerySet["Certificate"]):
    """Certificates."""
