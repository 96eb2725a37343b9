"""Residents of the demo who asked for help. Nobody is real: initials, and unassigned numbers."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from campaign.models import Campaign, Unit
from core import clock
from demo.seeded_random import SeededRandom
from demo.territory import LAST_DAY, Territory
from volunteers.help_requests.models import (
    OPEN_STATES,
    HelpRequest,
    HelpState,
    RequestReason,
    RequestType,
)
from volunteers.help_requests.services import FORGOTTEN
from volunteers.teams.models import Team

# How many there are in the commune of the demo's secretary, in the rest of its district,
# and in the rest of the province.
HOME, DISTRICT = "14173", "365"
IN_DISTRICT, ELSEWHERE = 18, 36
# Numbers of 10 digits that begin with 01 are given to nobody.
FIRST_PHONE = 190000001
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Vũ", "Đỗ", "Mai", "Cao")
OUTCOMES = ({"assisted": 1, "installed": 1, "level1": 1}, {"assisted": 1, "installed": 1})
REASONS = (*2 * [RequestReason.ELDERLY], RequestReason.ILL, RequestReason.AWAY)
# Why it could not be done.
WHY = ("Đã làm ở chỗ khác", "Gọi nhiều lần không gặp", "Máy cũ, không cài được ứng dụng")


@dataclass(frozen=True)
class PlannedRequest:
    """A request: where, how many days ago, and what has become of it."""

    unit: Unit
    days_ago: int
    state: HelpState


def add_help(campaign: Campaign, territory: Territory) -> int:
    if HelpRequest.objects.filter(campaign=campaign).exists():
        return 0
    teams = _teams()
    asked = [*_at_home(territory), *_around(territory)]
    made = [_make(campaign, number, one, teams) for number, one in enumerate(asked)]
    return len(HelpRequest.objects.bulk_create(made))


def _teams() -> dict[int, Team]:
    """Return a team of each unit that has one: that of an account, if there is such a one."""
    teams = {team.unit_id: team for team in Team.objects.order_by("-sort_key", "-pk")}
    led = Team.objects.filter(
        memberships__role="leader", memberships__volunteer__user__isnull=False
    )
    return teams | {team.unit_id: team for team in led}


def _at_home(territory: Territory) -> Iterator[PlannedRequest]:
    unit = territory.communes[HOME]
    for days_ago, state in (
        (1, HelpState.NEW),
        (5, HelpState.NEW),
        (2, HelpState.ASSIGNED),
        (9, HelpState.DONE),
        (20, HelpState.DONE),
        (55, HelpState.DONE),
    ):
        yield PlannedRequest(unit, days_ago, state)


def _around(territory: Territory) -> Iterator[PlannedRequest]:
    rng = SeededRandom("help")
    near = [u for u in territory.communes_of[DISTRICT] if u.code != HOME]
    far = [u for code, units in territory.communes_of.items() if code != DISTRICT for u in units]
    for unit in [*rng.pick(IN_DISTRICT, near), *rng.pick(ELSEWHERE, far)]:
        # More of them lately: word has got round.
        days_ago = min(rng.between(1, 70), rng.between(1, 70))
        if days_ago <= 4:
            state = HelpState.ASSIGNED if rng.happens(60) else HelpState.NEW
        elif rng.happens(4):
            state = HelpState.NEW
        else:
            state = HelpState.CANNOT if rng.happens(10) else HelpState.DONE
        yield PlannedRequest(unit, days_ago, state)


def _make(
    campaign: Campaign, number: int, one: PlannedRequest, teams: dict[int, Team]
) -> HelpRequest:
    rng = SeededRandom("help", number)
    team, state = teams.get(one.unit.pk), one.state
    if state == HelpState.ASSIGNED and team is None:
        state = HelpState.NEW
    day = LAST_DAY - dt.timedelta(days=one.days_ago)
    asked_at = clock.at(day, dt.time(rng.between(7, 20), rng.between(0, 59)))
    reason = REASONS[rng.between(0, 3)]
    title = "Bà" if rng.happens(55) else "Ông"
    made = HelpRequest(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"demo/help/{number}"),
        campaign=campaign,
        unit=one.unit,
        wish=RequestType.CALL if reason == RequestReason.AWAY else RequestType.VISIT,
        reason=reason,
        name=f"{title} {FAMILIES[number % len(FAMILIES)]} {chr(ord('A') + number % 20)}.",
        phone=f"0{FIRST_PHONE + number}",
        hamlet=f"Xóm {rng.between(1, 12)}",
        note="Gọi trước khi đến" if rng.happens(30) else "",
        consented_at=asked_at,
        asked_at=asked_at,
        due_on=day + dt.timedelta(days=campaign.help_due_days),
        state=state,
    )
    if state != HelpState.NEW:
        made.team = team
        made.assigned_at = asked_at + dt.timedelta(hours=3) if team else None
    if state not in OPEN_STATES:
        _close(made, rng)
    return made


def _close(made: HelpRequest, rng: SeededRandom) -> None:
    made.closed_at = made.asked_at + dt.timedelta(days=rng.between(1, 3))
    if made.state == HelpState.DONE:
        made.counts = OUTCOMES[rng.between(0, 1)]
    else:
        made.outcome_note = WHY[rng.between(0, len(WHY) - 1)]
    forgotten_at = made.closed_at + dt.timedelta(days=made.campaign.help_retention_days, hours=12)
    if forgotten_at < clock.at(LAST_DAY, dt.time.min):
        for field, blank in FORGOTTEN.items():
            setattr(made, field, blank)
        made.purged_at = forgotten_at
