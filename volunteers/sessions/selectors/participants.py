"""Who can take part in a session, and what a volunteer has done."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Q

from campaign.models import Campaign
from core import clock
from core.vietnamese import given_name
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.sessions.services.sessions import may_lead
from volunteers.teams.models import Membership, Volunteer
from volunteers.teams.querysets import (
    MembershipQuerySet,
    VolunteerQuerySet,
    people_run_by,
    run_by,
    teams_led_by,
)

# As many of the last sessions as a person looks through.
RECENT = 12


def members_for(session: SupportSession) -> MembershipQuerySet:
    """Return today's members of the session's teams, and of teams of its host and partners."""
    partners = session.partners.values("pk")
    return Membership.objects.on(clock.today()).filter(
        Q(team__in=session.teams.values("pk"))
        | Q(team__branch=session.branch_id)
        | Q(team__branch__in=partners)
    )


def eligible_for(session: SupportSession) -> VolunteerQuerySet:
    """Return who may come: members, and who is in no team and has been at one of the host's."""
    been = Participation.objects.present().filter(
        session__branch=session.branch_id, volunteer__memberships=None
    )
    return Volunteer.objects.filter(
        Q(pk__in=members_for(session).values("volunteer")) | Q(pk__in=been.values("volunteer"))
    )


def who_is(session: SupportSession, *, phone: str, name: str) -> Volunteer | None:
    """Return who may come and has both the number and the given name."""
    person = eligible_for(session).filter(phone=phone).first()
    is_right = person is not None and given_name(person.fold) == given_name(name)
    return person if is_right else None


def own_people(user: Any, session: SupportSession) -> VolunteerQuerySet:
    """Return whom the user may put down by number: the host's and the own people.

    A partner is asked, not named: its people come by their own act, or by that of their own
    secretary. Nobody else learns from a number whose it is.
    """
    visible = Volunteer.objects.visible_to(user)
    if may_lead(user, session):
        own = members_for(session).filter(_of_host_or_own(user, session)).values("volunteer")
        return Volunteer.objects.filter(Q(pk__in=own) | Q(pk__in=visible.values("pk")))
    runs = Volunteer.objects.filter(run_by(user, "memberships__team__")).values("pk")
    return eligible_for(session).filter(pk__in=runs)


def offered_to(user: Any, session: SupportSession) -> MembershipQuerySet:
    """Return today's members whom the list offers to the user, by name.

    Where teams are named those are offered, else the host's. Any branch may be named as a
    partner, and any team that is seen: their people come to the list when they are sent or
    sign up. Whoever only sends own people to the session is offered no others.
    """
    members = members_for(session)
    if not may_lead(user, session):
        runs = Membership.objects.filter(run_by(user, "team__")).values("volunteer")
        return members.filter(volunteer__in=runs)
    if session.teams.exists():
        members = members.filter(team__in=session.teams.values("pk"))
    return members.filter(_of_host_or_own(user, session))


def _of_host_or_own(user: Any, session: SupportSession) -> Q:
    return (
        Q(team__branch=session.branch_id) | run_by(user, "team__") | Q(team__in=teams_led_by(user))
    )


def ticked_by(user: Any, session: SupportSession) -> VolunteerQuerySet:
    """Return whom the user may put down by a tick or an id: who can be read by name anyway."""
    people = own_people(user, session)
    if not may_lead(user, session):
        return people
    return people.filter(
        Q(pk__in=offered_to(user, session).values("volunteer"))
        | Q(pk__in=Volunteer.objects.visible_to(user).values("pk"))
    )


def may_run(user: Any, volunteer: Volunteer) -> bool:
    return Volunteer.objects.filter(people_run_by(user), pk=volunteer.pk).exists()


@dataclass
class ListedPerson:
    """One person on the list of a session."""

    volunteer: Volunteer
    teams: list[str] = field(default_factory=list)
    participation: Participation | None = None
    # None where the reader may not see it, or there is none.
    phone: str | None = None
    # The how manieth on the waiting list; 0 for who comes.
    turn: int = 0

    @property
    def has_news(self) -> bool:
        """Whether they have moved up from the waiting list, and do not know yet."""
        one = self.participation
        if one is None or one.moved_up_at is None or self.is_present:
            return False
        return one.informed_at is None or one.informed_at < one.moved_up_at

    @property
    def is_present(self) -> bool:
        return self.participation is not None and self.participation.checked_in_at is not None


def people_of(user: Any, session: SupportSession) -> list[ListedPerson]:
    """Return who was put down and who else is offered, as far as the user may see them."""
    offered = offered_to(user, session).select_related("team", "volunteer")
    attendance = session.attendance.select_related("volunteer")
    if not may_lead(user, session):
        runs = Membership.objects.filter(run_by(user, "team__")).values("volunteer")
        attendance = attendance.filter(volunteer__in=runs)
    lines: dict[int, ListedPerson] = {}
    for membership in offered:
        line = lines.setdefault(membership.volunteer_id, ListedPerson(membership.volunteer))
        line.teams.append(membership.team.name)
    turns: dict[int, int] = {}
    if any(participation.waiting_since for participation in attendance):
        waiting = session.attendance.waiting().values_list("volunteer", flat=True)
        turns = {pk: turn for turn, pk in enumerate(waiting, 1)}
    for participation in attendance:
        line = lines.setdefault(participation.volunteer_id, ListedPerson(participation.volunteer))
        line.participation = participation
    for line in lines.values():
        line.turn = turns.get(line.volunteer.pk, 0)
    seen = set(Volunteer.objects.visible_to(user).filter(pk__in=lines).values_list("pk", flat=True))
    for pk, line in lines.items():
        line.phone = line.volunteer.phone if pk in seen else None
    return sorted(
        lines.values(),
        key=lambda n: (n.participation is None, n.turn, n.volunteer.sort_key, n.volunteer.pk),
    )


@dataclass(frozen=True)
class VolunteerRecord:
    """What a volunteer has done in a campaign: closed sessions with a check-in or without.

    ``minutes`` are those of the sessions, an hour at two of them counted once.
    """

    participations: int = 0
    minutes: int = 0
    missed: int = 0


def record_of(volunteer: Volunteer, campaign: Campaign) -> VolunteerRecord:
    return records_of([volunteer.pk], campaign)[volunteer.pk]


def records_of(volunteers: Collection[int], campaign: Campaign) -> dict[int, VolunteerRecord]:
    """Return the records of volunteers by id (one query)."""
    owned = Participation.objects.filter(
        volunteer__in=volunteers, session__state=State.CLOSED, session__campaign=campaign
    ).coming()
    hours = ("session__date", "session__begins_at", "session__ends_at")
    came: dict[int, list[Hours]] = defaultdict(list)
    missed: Counter[int] = Counter()
    for pk, at, *span in owned.values_list("volunteer", "checked_in_at", *hours):
        if at is None:
            missed[pk] += 1
        else:
            came[pk].append(Hours(*span))
    return {
        pk: VolunteerRecord(len(came[pk]), minutes_of(came[pk]), missed[pk]) for pk in volunteers
    }


class Hours(NamedTuple):
    """From when to when somebody was at a session."""

    date: dt.date
    begins_at: dt.time
    ends_at: dt.time


def minutes_of(came: Iterable[Hours]) -> int:
    """Return how long one person was there in all: an hour at two sessions counts once."""
    total, day, until = 0, None, 0
    for date, begins_at, ends_at in sorted(came):
        begins, ends = (60 * at.hour + at.minute for at in (begins_at, ends_at))
        until = until if date == day else 0
        total += max(ends - max(begins, until), 0)
        day, until = date, max(until, ends)
    return total


def recent_of(volunteer: Volunteer) -> list[Participation]:
    listed = Participation.objects.filter(
        volunteer=volunteer, session__date__lte=clock.today()
    ).coming()
    owned = listed.exclude(session__state=State.CANCELLED)
    newest = owned.select_related("session__campaign", "session__unit").order_by(
        "-session__date", "-session__begins_at", "-pk"
    )
    return list(newest[:RECENT])


def upcoming_for(volunteer: Volunteer) -> list[dict[str, Any]]:
    """Return the coming sessions of the own teams; of those signed up for also the cancelled.

    ``moved_from`` is the sign-up where it was for another day or other hours; ``overlapping`` are
    the other sessions at the same time for which the person has signed up.
    """
    now = clock.now()
    teams = Membership.objects.on(now.date()).filter(volunteer=volunteer).values("team")
    own = Participation.objects.filter(volunteer=volunteer, session__date__gte=now.date())
    signed = {one.session_id: one for one in own.select_related("session")}
    sessions = (
        SupportSession.objects.filter(
            Q(state__in=(State.PLANNED, State.UNDER_WAY))
            | Q(state=State.CANCELLED, pk__in=list(signed)),
            Q(date__gt=now.date()) | Q(date=now.date(), ends_at__gt=now.time()),
        )
        .filter(
            Q(pk__in=list(signed))
            | Q(
                pk__in=SupportSession.teams.through.objects.filter(team__in=teams).values(
                    "supportsession"
                )
            )
        )
        .select_related("unit", "branch")
        .order_by("date", "begins_at", "pk")
    )
    return [_coming(session, signed) for session in sessions[:RECENT]]


def _coming(session: SupportSession, signed: dict[int, Participation]) -> dict[str, Any]:
    own = signed.get(session.pk)
    others = [one.session for one in signed.values()] if own is not None else []
    return {
        "session": session,
        "is_signed_up": own is not None,
        "is_present": own is not None and own.checked_in_at is not None,
        "turn": turn_of(own, session),
        "is_cancelled": session.state == State.CANCELLED,
        "moved_from": own if own is not None and own.is_to_be_asked(session) else None,
        "overlapping": [other for other in others if session.overlaps(other)],
    }


def turn_of(own: Participation | None, session: SupportSession) -> int:
    """Return the how manieth somebody is on the waiting list; 0 for who comes, or is not there."""
    if own is None or own.waiting_since is None:
        return 0
    order = list(session.attendance.waiting().values_list("pk", flat=True))
    return order.index(own.pk) + 1 if own.pk in order else 0
