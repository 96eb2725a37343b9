"""The support sessions of the demo: where its reports came from, and what is planned.

What the task force did is told by its reports, one session each. A commune's session yields
a part of the commune's report of that day: the rest was done beside it. Days, places, hours
and people of all sessions are synthetic.
"""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid5

from campaign.models import Branch, Campaign, Unit
from core import clock
from demo import police
from demo.branches import POLICE, commune_branch
from demo.daily import IDS
from demo.figures import REASONS
from demo.plan import PEAK
from demo.seeded_random import SeededRandom
from demo.territory import CAMPAIGN_ENDS, LAST_DAY, Territory
from reports.daily.models import DailyReport
from volunteers.sessions.models import Participation, PlaceKind, Series, State, SupportSession
from volunteers.teams.models import Team

PARTICIPATIONS = "participations"
SUNDAY = 6
# Everywhere on Sundays and on the days of the peak drive; this part of the day's report.
SHARE = 60
# In these districts the lists of all sessions are kept by name, elsewhere those of the peak.
LISTED = "365"
RAIN = dt.date(2023, 5, 14)
RAINED_OFF = ("14158", "14050", "13690")
AHEAD = (LAST_DAY + dt.timedelta(days=1), CAMPAIGN_ENDS)
HOURS = {
    "morning": (dt.time(8, 0), dt.time(11, 0)),
    "afternoon": (dt.time(14, 0), dt.time(17, 0)),
    "evening": (dt.time(18, 30), dt.time(21, 0)),
}
LOCATIONS = {
    PlaceKind.CULTURE_HOUSE: "Nhà văn hóa xóm {n}",
    PlaceKind.MARKET: "Chợ {name}",
    PlaceKind.COMMITTEE: "UBND {kind} {name}",
    PlaceKind.SCHOOL: "Trường THCS {name}",
    PlaceKind.MOBILE: "Điểm lưu động xóm {n}",
    PlaceKind.HOME_VISITS: "Đến nhà người già yếu, xóm {n}",
}


@dataclass
class Programme:
    """The sessions, not saved, and who is at them."""

    sessions: list[SupportSession] = field(default_factory=list)
    teams: list[tuple[SupportSession, Team]] = field(default_factory=list)
    partners: list[tuple[SupportSession, Branch]] = field(default_factory=list)
    attendance: list[Participation] = field(default_factory=list)

    def keep(self) -> int:
        SupportSession.objects.bulk_create(self.sessions, batch_size=1000)
        teams, partners = SupportSession.teams.through, SupportSession.partners.through
        teams.objects.bulk_create(
            [teams(supportsession_id=s.pk, team_id=t.pk) for s, t in self.teams], batch_size=3000
        )
        partners.objects.bulk_create(
            [partners(supportsession_id=s.pk, branch_id=b.pk) for s, b in self.partners]
        )
        Participation.objects.bulk_create(self.attendance, batch_size=3000)
        return len(self.sessions)


def add_sessions(campaign: Campaign, territory: Territory) -> int:
    if SupportSession.objects.filter(campaign=campaign).exists():
        return 0
    branches = {branch.code: branch for branch in Branch.objects.all()}
    reports: dict[tuple[int, int], list[DailyReport]] = defaultdict(list)
    for report in DailyReport.objects.filter(campaign=campaign).order_by("date"):
        reports[report.branch_id, report.unit_id].append(report)
    teams: dict[int, list[Team]] = defaultdict(list)
    for team in Team.objects.prefetch_related("memberships__volunteer").order_by("pk"):
        teams[team.unit_id].append(team)
    programme = Programme()
    for owned in police.sessions(territory):
        commune = territory.communes[owned.commune]
        (answer,) = (r for r in reports[branches[POLICE].pk, commune.pk] if r.date == owned.day)
        host = branches[commune_branch(commune.code)]
        _add_tour(programme, campaign, branches[POLICE], host, commune, answer)
    for commune in territory.communes.values():
        branch = branches[commune_branch(commune.code)]
        of_commune = reports[branch.pk, commune.pk]
        _add_commune(programme, campaign, branch, commune, of_commune, teams[commune.pk])
    return programme.keep()


def _add_tour(
    programme: Programme,
    campaign: Campaign,
    police_branch: Branch,
    host: Branch,
    commune: Unit,
    answer: DailyReport,
) -> None:
    """Add a session of the task force; its people are counted without names."""
    rng = SeededRandom("tour", answer.date)
    hours = HOURS["afternoon" if police.is_off(answer.date) else "evening"]
    kind = rng.pick(1, [PlaceKind.CULTURE_HOUSE, PlaceKind.COMMITTEE, PlaceKind.MARKET])[0]
    session = _session(campaign, police_branch, commune, answer.date, kind, hours, rng)
    _close(session, dict(answer.counts), headcount=answer.counts[PARTICIPATIONS])
    programme.sessions.append(session)
    programme.partners.append((session, host))


def _add_commune(
    programme: Programme,
    campaign: Campaign,
    branch: Branch,
    commune: Unit,
    reports: list[DailyReport],
    teams: list[Team],
) -> None:
    rng = SeededRandom("commune sessions", commune.code)
    series = Series.objects.create(
        campaign=campaign,
        branch=branch,
        rule="FREQ=WEEKLY;BYDAY=SU",
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
    )
    is_listed = bool(commune.parent and commune.parent.code == LISTED)
    turn = 0
    for report in reports:
        is_peak = PEAK[0] <= report.date <= PEAK[1]
        if not report.counts or not (is_peak or report.date.weekday() == SUNDAY):
            continue
        kind = PlaceKind.CULTURE_HOUSE if not is_peak else rng.pick(1, list(LOCATIONS))[0]
        hours = HOURS["morning" if rng.happens(60) else "afternoon"]
        session = _session(campaign, branch, commune, report.date, kind, hours, rng)
        session.series = None if is_peak else series
        if report.date == RAIN and commune.code in RAINED_OFF:
            session.state, session.cancel_reason = State.CANCELLED, "Mưa to, lùi sang tuần sau."
            programme.sessions.append(session)
            continue
        team = teams[turn % len(teams)]
        turn += 1
        counts = {c: n * SHARE // 100 for c, n in report.counts.items() if c not in REASONS}
        people = max(counts.get(PARTICIPATIONS, 0), 1)
        counts[PARTICIPATIONS] = people
        names = list(_present(session, team, people)) if is_listed or is_peak else []
        present = sum(name.checked_in_at is not None for name in names)
        _close(session, counts, headcount=people - present)
        programme.sessions.append(session)
        programme.teams.append((session, team))
        programme.attendance += names
    for day in _days_ahead(rng):
        kind = (
            PlaceKind.CULTURE_HOUSE if day.weekday() == SUNDAY else rng.pick(1, list(LOCATIONS))[0]
        )
        hours = HOURS[rng.pick(1, list(HOURS))[0]]
        session = _session(campaign, branch, commune, day, kind, hours, rng)
        session.series = series if day.weekday() == SUNDAY else None
        programme.sessions.append(session)
        programme.teams.append((session, teams[turn % len(teams)]))
        turn += 1


def _days_ahead(rng: SeededRandom) -> list[dt.date]:
    """Return today for one commune in three, the next Sunday, and a day after that."""
    days = [dt.date(2023, 6, 25), AHEAD[0] + dt.timedelta(days=rng.between(5, 9))]
    return [LAST_DAY, *days] if rng.happens(33) else days


def _session(
    campaign: Campaign,
    branch: Branch,
    commune: Unit,
    day: dt.date,
    kind: PlaceKind,
    hours: tuple[dt.time, dt.time],
    rng: SeededRandom,
) -> SupportSession:
    name = commune.name.removeprefix(commune.kind.capitalize()).strip()
    place = LOCATIONS[kind].format(n=rng.between(1, 12), name=name, kind=commune.kind)
    return SupportSession(
        campaign=campaign,
        branch=branch,
        unit=commune,
        place_kind=kind,
        place=place,
        date=day,
        begins_at=hours[0],
        ends_at=hours[1],
        planned_volunteers=rng.between(4, 12),
        join_key=secrets.token_urlsafe(12),
    )


def _close(session: SupportSession, counts: dict[str, int], headcount: int) -> None:
    session.state, session.counts = State.CLOSED, counts
    session.headcount, session.participations = headcount, counts[PARTICIPATIONS]
    session.closed_at = clock.at(session.date, session.ends_at)
    session.version = 2


def _present(session: SupportSession, team: Team, most: int) -> Iterator[Participation]:
    """Yield the members who came: as many as there were people, and then some who did not."""
    came = clock.at(session.date, session.begins_at)
    for number, membership in enumerate(team.memberships.all()):
        is_there = number < most
        if not is_there and number > most:
            return
        yield Participation(
            session=session,
            volunteer=membership.volunteer,
            is_own_choice=number % 2 == 0,
            checked_in_at=came if is_there else None,
            checkin_id=uuid5(IDS, f"{session.join_key}/{number}") if is_there else None,
        )
