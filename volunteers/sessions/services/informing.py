"""Marks who has been told that a session was moved or called off."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from core import clock
from volunteers.sessions.models import Participation, SupportSession
from volunteers.sessions.selectors.participants import own_people
from volunteers.sessions.services.sessions import lock, may_lead


@transaction.atomic
def mark_informed(
    *, actor: User, session: SupportSession, on: Collection[int], off: Collection[int] = ()
) -> None:
    """Mark people of the list as told, or as not told after all; of others nothing is written.

    A partner marks the own people. Raises ``PermissionDenied`` for who has none here.
    """
    existing = lock(actor, session.pk)
    people: Any = existing.attendance
    if not may_lead(actor, existing):
        own = own_people(actor, existing)
        if not own.exists():
            raise PermissionDenied
        people = people.filter(volunteer__in=own.values("pk"))
    people.filter(volunteer__in=on).to_be_informed().update(informed_at=clock.now())
    people.filter(volunteer__in=off, checked_in_at=None).update(informed_at=None)


def note_delivered(session_id: int, user: User, moved_at: dt.datetime) -> None:
    """Write down that a notice of how the session stood at ``moved_at`` has reached somebody."""
    Participation.objects.filter(
        session=session_id, session__moved_at=moved_at, volunteer__user=user
    ).to_be_informed().update(informed_at=clock.now())


def note_moved_up(session_id: int, user: User) -> None:
    """Write down that somebody has been told of a free place; how it stands, the notice said."""
    people = Participation.objects.coming().filter(session=session_id, volunteer__user=user)
    people.to_be_informed().update(informed_at=clock.now())
