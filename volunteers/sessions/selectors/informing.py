"""Who of the list knows that a session was moved or called off, and what they answered."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from volunteers.sessions.models import Decline, Participation, State, SupportSession
from volunteers.sessions.selectors.participants import people_of
from volunteers.teams.models import Volunteer


@dataclass(frozen=True)
class InformedPerson:
    """One person who signed up: told when, and what they say to the new day and hours.

    ``answer`` is yes, no, "open" (asked, not answered), "waiting" (for a free place), "put" (down
    by others, not asked), or blank where nothing is asked. ``phone`` is None where the reader may
    not see it. ``overlapping`` says in words what else they have signed up for
    at the same hours.
    """

    volunteer: Volunteer
    phone: str | None
    informed_at: dt.datetime | None
    answer: str
    overlapping: tuple[str, ...] = ()

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
    """Return the counts of a session that was moved or called off (three queries).

    None where it was not, or where it is over and nobody is to be told any more.
    """
    if session.moved_at is None or session.has_ended:
        return None
    people = session.attendance.filter(checked_in_at=None)
    asked = people.to_be_asked() if session.is_open else people.none()
    return InformedSummary(people.count(), people.to_be_informed().count(), asked.count())


def uninformed_in(sessions: Iterable[SupportSession]) -> int:
    """Return how many are to be told of sessions to come that were moved or called off."""
    coming = [session for session in sessions if not session.has_ended]
    return Participation.objects.filter(session__in=coming).to_be_informed().count()


def informed_people(user: Any, session: SupportSession) -> list[InformedPerson]:
    """Return who signed up, as far as the user may see them; who waits to be told comes first."""
    found = []
    listed = [n for n in people_of(user, session) if n.participation and not n.is_present]
    clashes = _overlapping(user, session, [line.volunteer.pk for line in listed])
    for line in listed:
        one = line.participation
        if one is None:
            continue
        found.append(
            InformedPerson(
                line.volunteer,
                line.phone,
                one.informed_at if one.knows_of(session) else None,
                _answer_of(one, session),
                tuple(clashes[line.volunteer.pk]),
            )
        )
    no = Decline.objects.visible_to(user).filter(session=session).select_related("volunteer")
    found += [InformedPerson(one.volunteer, None, None, "no") for one in no]
    return sorted(
        found, key=lambda one: (one.is_informed, one.volunteer.sort_key, one.volunteer.pk)
    )


def _answer_of(one: Participation, session: SupportSession) -> str:
    if session.state == State.CANCELLED:
        return ""
    if one.is_to_be_asked(session):
        return "open"
    if one.waiting_since is not None:
        return "waiting"
    return "yes" if one.is_own_choice else "put"


def overlapping_sign_ups(
    session: SupportSession, volunteers: Collection[int]
) -> dict[int, list[SupportSession]]:
    """Return what else people have signed up for at the hours of a session, by volunteer."""
    rows = Participation.objects.filter(volunteer__in=volunteers, session__date=session.date)
    found: defaultdict[int, list[SupportSession]] = defaultdict(list)
    for one in rows.select_related("session").order_by("session__begins_at", "session"):
        if session.overlaps(one.session):
            found[one.volunteer_id].append(one.session)
    return found


def _overlapping(
    user: Any, session: SupportSession, volunteers: list[int]
) -> defaultdict[int, list[str]]:
    """Return the same in words; sessions that the user does not see are not named."""
    others = overlapping_sign_ups(session, volunteers)
    visible = SupportSession.objects.visible_to(user)
    asked = {other.pk for of_one in others.values() for other in of_one}
    seen = set(visible.filter(pk__in=asked).values_list("pk", flat=True))
    found: defaultdict[int, list[str]] = defaultdict(list)
    for volunteer, of_one in others.items():
        for other in of_one:
            text = _("trùng giờ với buổi ở điểm khác")
            if other.pk in seen:
                text = _("trùng giờ với %(place)s") % {"place": other.place}
            found[volunteer].append(text)
    return found
