"""Who handles help requests, and who may know the person behind one."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from campaign.models import BranchKind
from campaign.permissions import Permission, grants
from campaign.querysets import below
from campaign.scopes import Scope, scope_of
from core import clock
from volunteers.help_requests.models import HelpRequest, HelpState
from volunteers.help_requests.querysets import HelpRequestQuerySet
from volunteers.teams.models import Team
from volunteers.teams.querysets import TeamQuerySet, teams_led_by


def may_handle(user: Any) -> bool:
    scope = scope_of(user)
    return scope.may(Permission.LEAD, Permission.LEAD_TEAMS) or bool(_home_units(scope))


def seen_persons(user: Any, requests: Iterable[HelpRequest]) -> set[UUID]:
    """Return the ids of the requests whose person the user may know by name and number.

    These are the secretary of the commune's own Youth Union, the leader of the team that
    the request is given to, and the district above. The province sees that somebody waits,
    and not who.
    """
    scope = scope_of(user)
    districts = frozenset(
        unit.path
        for a in scope.appointments
        if grants(a.role, Permission.SEE_REQUESTERS)
        for unit in [a.branch.home_unit if a.branch is not None else a.unit]
        if unit is not None
    )
    known = HelpRequest.objects.visible_to(user).filter(
        below(districts, "unit__path")
        | Q(unit__in=_home_units(scope))
        | Q(team__in=teams_led_by(user)),
        pk__in=[request.pk for request in requests],
        purged_at=None,
    )
    return set(known.values_list("pk", flat=True))


def may_see_person(user: Any, request: HelpRequest) -> bool:
    """Whether the user may know who asked; see ``seen_persons``."""
    return request.pk in seen_persons(user, [request])


def teams_for(user: Any, request: HelpRequest) -> TeamQuerySet:
    """Return the teams to which the user may give a request: those at work in its commune."""
    return (
        Team.objects.visible_to(user)
        .on(clock.today())
        .filter(unit__path__startswith=request.unit.path)
    )


def sizes(requests: HelpRequestQuerySet, day: dt.date) -> dict[str, int]:
    """Return how many requests there are in each state, open, and overdue on ``day``."""
    is_open = Q(state__in=(HelpState.NEW, HelpState.ASSIGNED))
    return requests.order_by().aggregate(
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(due_on__lt=day)),
        **{state: Count("pk", filter=Q(state=state)) for state in HelpState.values},
    )


def _home_units(scope: Scope) -> list[int]:
    return [
        branch.home_unit_id
        for branch in scope.branches_with(Permission.REPORT)
        if branch.kind == BranchKind.YOUTH_UNION
    ]


def campaign_of_request(user: Any, request_id: UUID) -> str | None:
    found = HelpRequest.objects.visible_to(user).filter(pk=request_id)
    return found.values_list("campaign__slug", flat=True).first()
