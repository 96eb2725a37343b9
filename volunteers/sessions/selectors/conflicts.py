"""Who is to be in two places at once, and two hosts at one place: shown, never forbidden."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from volunteers.sessions.models import Participation, SupportSession
from volunteers.teams.models import Team
from volunteers.teams.validators import same_name


@dataclass
class OverlappingSession:
    """A standing session at the same time as another one, and what is claimed by both.

    ``is_place``: another host is at the same place, so that residents may be counted twice.
    Of a session outside the user's scope (``is_seen`` false) only the hours may be told.
    ``people`` are the names that the user may read, ``unnamed`` is how many more there are.
    """

    session: SupportSession
    other: SupportSession
    is_seen: bool
    is_same_location: bool = False
    teams: list[Team] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    unnamed: int = 0

    @property
    def text(self) -> str:
        who = [*(team.name for team in self.teams), *self.people]
        if self.unnamed:
            who.append(_("%(n)s người") % {"n": self.unnamed})
        wording = {
            "who": ", ".join(who),
            "place": self.other.place,
            "host": self.other.branch.name,
            "hours": f"{self.other.begins_at:%H:%M}–{self.other.ends_at:%H:%M}",
            "day": f"{self.other.date:%d/%m}",
        }
        if self.is_same_location:
            return (
                _(
                    "%(host)s cũng có buổi ở %(place)s, %(hours)s ngày %(day)s. "
                    "Thống nhất một bên tính số, để không tính hai lần."
                )
                % wording
            )
        if not self.is_seen:
            return _("%(who)s cũng có buổi ở điểm khác, %(hours)s ngày %(day)s.") % wording
        return _("%(who)s cũng có buổi ở %(place)s, %(hours)s ngày %(day)s.") % wording


def overlapping_sessions(sessions: Iterable[SupportSession], user: Any) -> list[OverlappingSession]:
    """Return the clashes of sessions by day and hour; a fixed number of queries."""
    asked = {session.pk: session for session in sessions if session.state != "cancelled"}
    team_rows = SupportSession.teams.through.objects.all()
    people_rows = Participation.objects.all()
    shared_teams = _shared(asked, team_rows, "supportsession", "team_id")
    shared_people = _shared(asked, people_rows, "session", "volunteer_id")
    locations = _at_same_location(asked.values())
    pairs = shared_teams.keys() | shared_people.keys() | locations
    if not pairs:
        return []
    others = (
        SupportSession.objects.filter(pk__in={other for _one, other in pairs})
        .select_related("campaign", "unit", "branch")
        .in_bulk()
    )
    visible = SupportSession.objects.visible_to(user).filter(pk__in=others)
    seen = set(visible.values_list("pk", flat=True))
    teams = Team.objects.in_bulk({pk for found in shared_teams.values() for pk in found})
    names = _names(asked, {pk for found in shared_people.values() for pk in found}, user)
    clashes = []
    for one, other in pairs:
        people = shared_people.get((one, other), set())
        clashes.append(
            OverlappingSession(
                session=asked[one],
                other=others[other],
                is_seen=other in seen,
                is_same_location=(one, other) in locations,
                teams=sorted((teams[t] for t in shared_teams.get((one, other), ())), key=_by_name),
                people=sorted(names[pk] for pk in people if pk in names),
                unnamed=sum(pk not in names for pk in people),
            )
        )
    return sorted(clashes, key=lambda c: (c.other.date, c.other.begins_at, c.other.pk))


def _shared(
    asked: dict[Any, SupportSession], rows: QuerySet[Any], session: str, claim: str
) -> dict[tuple[Any, Any], set[Any]]:
    """Return what two sessions at the same time claim both, by the pair (two queries)."""
    mine: dict[Any, set[Any]] = defaultdict(set)
    for pk, claimed in rows.filter(**{f"{session}__in": asked}).values_list(f"{session}_id", claim):
        mine[claimed].add(pk)
    at_the_time = (
        rows.filter(
            **{f"{claim}__in": mine, f"{session}__date__in": {s.date for s in asked.values()}}
        )
        .exclude(**{f"{session}__state": "cancelled"})
        .values_list(
            f"{session}_id",
            claim,
            f"{session}__date",
            f"{session}__begins_at",
            f"{session}__ends_at",
        )
    )
    shared: dict[tuple[Any, Any], set[Any]] = defaultdict(set)
    for other, claimed, day, begins, ends in at_the_time:
        for pk in mine[claimed]:
            one = asked[pk]
            is_then = one.date == day and one.begins_at < ends and begins < one.ends_at
            if is_then and pk != other:
                shared[pk, other].add(claimed)
    return shared


def _at_same_location(sessions: Collection[SupportSession]) -> set[tuple[Any, Any]]:
    """Return the pairs of a session and one of another host there and then (one query)."""
    there = SupportSession.objects.existing().filter(
        unit__in={s.unit_id for s in sessions}, date__in={s.date for s in sessions}
    )
    by_location = defaultdict(list)
    for other in there:
        by_location[other.unit_id, other.date].append(other)
    return {
        (one.pk, other.pk)
        for one in sessions
        for other in by_location[one.unit_id, one.date]
        if other.branch_id != one.branch_id
        and one.begins_at < other.ends_at
        and other.begins_at < one.ends_at
        and same_name(one.place, other.place)
    }


def _names(asked: Iterable[Any], volunteers: set[Any], user: Any) -> dict[Any, str]:
    known = Participation.objects.visible_to(user).filter(
        session__in=list(asked), volunteer__in=volunteers
    )
    return {one.volunteer_id: one.volunteer.full_name for one in known.select_related("volunteer")}


def _by_name(team: Team) -> tuple[str, int]:
    return team.sort_key, team.pk
