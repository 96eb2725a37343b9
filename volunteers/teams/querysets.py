"""Who may see which team; the people in it are seen by those who run the work there, and by
the leader of the own team.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from campaign.permissions import Permission
from campaign.querysets import ValidityQuerySet, below
from campaign.scopes import scope_of
from campaign.validity import Validity
from core.querysets import ScopedQuerySet
from core.vietnamese import fold

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from volunteers.teams.models import (
        Membership,  # noqa: F401
        Team,  # noqa: F401
        Volunteer,  # noqa: F401
    )


TEAM_VALIDITY = Validity("founded_on", "dissolved_on")


# Who leads a team; a member of the Youth Union who does is one "in a key role".
KEY_ROLES = ("leader", "deputy")


def run_by(user: Any, team: str = "") -> Q:
    """Return the condition that the user runs the team's work; ``team`` is a prefix of fields."""
    scope = scope_of(user)
    return below(scope.run_unit_paths, f"{team}unit__path") | below(
        scope.run_branch_paths, f"{team}branch__path"
    )


def people_run_by(user: Any, volunteer: str = "") -> Q:
    """Return the condition that the user runs the work of somebody's team.

    Who is in no team is of those who run the sessions that they came to. ``volunteer`` is a prefix
    of fields.
    """
    came = Q(**{f"{volunteer}memberships": None}) & run_by(
        user, f"{volunteer}participations__session__"
    )
    return run_by(user, f"{volunteer}memberships__team__") | came


def teams_led_by(user: Any) -> Any:
    """Return the teams in which the user is leader or deputy, as a subquery; mostly none."""
    if not scope_of(user).may(Permission.LEAD_TEAMS) or not hasattr(user, "volunteer"):
        return ()
    return user.volunteer.memberships.filter(role__in=KEY_ROLES, left_on=None).values("team")


class TeamQuerySet(ValidityQuerySet["Team"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.unit_paths, "unit__path") | below(scope.branch_paths, "branch__path")
        )

    def with_people_for(self, user: Any) -> Self:
        return self.filter(run_by(user) | Q(pk__in=teams_led_by(user)))

    def search(self, text: str) -> Self:
        """Return the teams that bear ``text`` in their name, marks ignored."""
        return self.filter(fold__contains=fold(" ".join(text.split())))


class MembershipQuerySet(ValidityQuerySet["Membership"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(run_by(user, "team__") | Q(team__in=teams_led_by(user)))

    def on(self, day: dt.date) -> Self:
        """Return who is a member on ``day`` of a team that exists then."""
        return super().on(day).filter(TEAM_VALIDITY.on(day, "team__"))


class VolunteerQuerySet(ScopedQuerySet["Volunteer"]):
    def visible_to(self, user: Any) -> Self:
        """Return the people of the teams that the user runs or leads, and oneself.

        Those who are in no team are seen where they came to sessions, by the leaders too; the
        province staff sees all of them, as just after they were added in the admin: nobody else
        could find them, and their numbers are taken.
        """
        scope = scope_of(user)
        wanted = run_by(user, "memberships__team__") | Q(memberships__team__in=teams_led_by(user))
        if scope.may(Permission.SET_UP):
            wanted |= Q(memberships=None)
        people = self.model._default_manager
        came = people.filter(
            run_by(user, "participations__session__")
            | below(scope.team_branch_paths, "participations__session__branch__path"),
            memberships=None,
        )
        known = Q(pk__in=people.filter(wanted).values("pk")) | Q(pk__in=came.values("pk"))
        return self.filter(known | Q(user=user))
