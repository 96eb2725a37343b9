"""What a plan can be made of: hosts, places, teams, partners."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from campaign.models import Branch, Campaign, Level, Unit
from core import clock
from volunteers.sessions.models import SupportSession
from volunteers.teams.models import Team

MOST_TEAMS = 200
MOST_LOCATIONS = 12


def teams_for(
    user: Any, branch: Branch, unit: Unit | None, chosen: Collection[int], had: Collection[int]
) -> list[Team]:
    """Return the teams to choose from: the host's, those at work in the unit, those chosen.

    Besides them those that the session ``had``, though the user could not call them.
    """
    near = Q(branch=branch) | Q(pk__in=chosen)
    if unit is not None:
        near |= Q(unit__path__startswith=unit.path)
    visible = Team.objects.visible_to(user).filter(near).on(clock.today())
    teams = Team.objects.filter(Q(pk__in=visible.values("pk")) | Q(pk__in=had))
    return list(teams.order_by("sort_key", "pk")[:MOST_TEAMS])


def partners_for(branch: Branch, unit: Unit | None, stored: Collection[str]) -> list[Branch]:
    """Return who can help: the branches of the province, and those of the district.

    Where there are no districts, those of the other communes too.
    """
    home = unit or branch.home_unit
    district, province = home.at_level(Level.DISTRICT), home.at_level(Level.PROVINCE)
    near = Q(home_unit__level=Level.PROVINCE)
    if district is not None:
        near |= Q(home_unit__path__startswith=district.path)
    elif province is not None:
        near |= Q(home_unit__parent=province)
    branches = Branch.objects.on(clock.today()).filter(near) | Branch.objects.filter(
        code__in=stored
    )
    return list(branches.exclude(pk=branch.pk).order_by("depth", "sort_key", "pk"))


def last_at_locations(campaign: Campaign, branch: Branch) -> list[SupportSession]:
    """Return the last session at each of the branch's places, the latest first (one query)."""
    owned = SupportSession.objects.existing().filter(campaign=campaign, branch=branch)
    last = owned.order_by("place", "-date", "-begins_at", "-pk").distinct("place")
    newest = SupportSession.objects.filter(pk__in=last.values("pk")).select_related("unit")
    return list(newest.order_by("-date", "-begins_at", "-pk")[:MOST_LOCATIONS])


def last_of_kinds(sessions: Iterable[SupportSession]) -> list[SupportSession]:
    """Return the first of each kind of place."""
    found: dict[str, SupportSession] = {}
    for session in sessions:
        found.setdefault(session.place_kind, session)
    return list(found.values())
