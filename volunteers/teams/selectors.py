"""Teams with how many people are in them: counts only, which everybody may see."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from core.vietnamese import fold
from volunteers.teams.models import Affiliation, MemberRole, Membership, Team
from volunteers.teams.querysets import KEY_ROLES

IN_KEY_ROLE = Q(role__in=KEY_ROLES, volunteer__affiliation=Affiliation.YOUTH_UNION)


@dataclass(frozen=True)
class TeamTotals:
    """How many teams, members (memberships, not persons), and Youth Union in key roles."""

    teams: int
    members: int
    youth_key_members: int


def with_counts(teams: Any, day: dt.date) -> Any:
    """Return the teams with ``members`` and ``youth_key_members`` of ``day``."""
    owned = Membership.validity.on(day, "memberships__")
    key = Q(
        memberships__role__in=KEY_ROLES,
        memberships__volunteer__affiliation=Affiliation.YOUTH_UNION,
    )
    return teams.annotate(
        members=Count("memberships", filter=owned),
        youth_key_members=Count("memberships", filter=owned & key),
    )


def totals_of(teams: Any, day: dt.date) -> TeamTotals:
    """Return the totals of teams on ``day`` (two queries)."""
    within = Membership.objects.on(day).filter(team__in=teams.order_by().values("pk"))
    counts = within.aggregate(members=Count("pk"), key=Count("pk", filter=IN_KEY_ROLE))
    return TeamTotals(teams.count(), counts["members"], counts["key"])


def find_team(user: Any, team_id: int) -> Team:
    """Return a team that the user may see, or 404."""
    teams = Team.objects.visible_to(user).select_related("unit__parent", "branch__home_unit")
    return teams.filter(pk=team_id).or_404()


def named(teams: Any, text: str) -> Any:
    """Return the teams that bear ``text``, or whose unit or district does, marks ignored."""
    words = fold(text)
    return teams.filter(
        Q(fold__contains=words)
        | Q(unit__fold__contains=words)
        | Q(unit__parent__fold__contains=words)
        | Q(unit__code=text.strip())
    )


def members_of(team: Team, user: Any) -> list[Membership]:
    """Return the members whom the user may see, leaders first; those who have left are among."""
    order = {MemberRole.LEADER: 0, MemberRole.DEPUTY: 1}
    owned = Membership.objects.visible_to(user).filter(team=team).select_related("volunteer")
    return sorted(
        owned.order_by("volunteer__sort_key", "pk"), key=lambda m: order.get(MemberRole(m.role), 2)
    )
