"""Who handles help requests, and who may know the person behind one."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from campaign.permissions import Permission
from campaign.scopes import scope_of
from core import clock
from volunteers.help_requests.models import HelpRequest, HelpState
from volunteers.help_requests.querysets import HelpRequestQuerySet, home_units
from volunteers.teams.models import Team
from volunteers.teams.querysets import TeamQuerySet


def may_handle(user: Any) -> bool:
    scope = scope_of(user)
    return scope.may(Permission.LEAD, Permission.LEAD_TEAMS) or bool(home_units(scope))


def seen_persons(user: Any, requests: Iterable[HelpRequest]) -> set[UUID]:
    """Return the ids of the requests whose person the user may know."""
    known = HelpRequest.objects.known_to(user).filter(pk__in=[request.pk for request in requests])
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


def campaign_of_request(user: Any, request_id: UUID) -> str | None:
    found = HelpRequest.objects.visible_to(user).filter(pk=request_id)
    return found.values_list("campaign__slug", flat=True).first()
