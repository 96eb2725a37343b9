"""Who of the list knows that a session was moved or called off, and what they answered."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from volunteers.sessions.models import Decline, Participation, State, SupportSession
from volunteers.sessions.selectors.participants import people_of
from volunteers.teams.models import Volunteer


@dataclass(frozen=True)
class InformedPerson:
    """One person who signed up: told when, and what they say to the new day and hours.

    ``answer`` is yes, no, "open" (not yet), or blank where nothing is asked. ``phone`` is None
    where the reader may not see it.
    """

    volunteer: Volunteer
    phone: str | None
    informed_at: dt.datetime | None
    answer: str

    @property
    def is_informed(self) -> bool:
        """Whether they know; whoever answered does."""
        return self.informed_at is not None or self.answer == "no"


@dataclass(frozen=True)
class InformedSummary:
    """How many signed up, how many of them are to be told, and how many have not answered."""

    people: int
    uninformed: int
    unanswered: int


def summary_of(session: SupportSession) -> InformedSummary | None:
    """Return the counts of a session that was moved or called off, else None (three queries)."""
    if session.moved_at is None:
        return None
    people = session.attendance.filter(checked_in_at=None)
    asked = people.to_be_asked() if session.is_open else people.none()
    return InformedSummary(people.count(), people.to_be_informed().count(), asked.count())


def uninformed_in(sessions: Iterable[SupportSession]) -> int:
    """Return how many are to be told of sessions that were moved or called off."""
    return Participation.objects.filter(session__in=sessions).to_be_informed().count()


def informed_people(user: Any, session: SupportSession) -> list[InformedPerson]:
    """Return who signed up, as far as the user may see them; who waits to be told comes first."""
    found = []
    for line in people_of(user, session):
        one = line.participation
        if one is None or line.is_present:
            continue
        answer = "open" if one.is_to_be_asked(session) else "yes"
        found.append(
            InformedPerson(
                line.volunteer,
                line.phone,
                one.informed_at if one.knows_of(session) else None,
                "" if session.state == State.CANCELLED else answer,
            )
        )
    no = Decline.objects.visible_to(user).filter(session=session).select_related("volunteer")
    found += [InformedPerson(one.volunteer, None, None, "no") for one in no]
    return sorted(
        found, key=lambda one: (one.is_informed, one.volunteer.sort_key, one.volunteer.pk)
    )
