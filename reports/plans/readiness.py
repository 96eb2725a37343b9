"""What stands ready for the next peak drive, each line true from rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.models import Branch, Campaign, Phase
from campaign.reporting_window import phases_of
from campaign.selectors import secretaries_of
from core import clock
from core.templatetags.formatting import count
from reports.notifications.contact_points import contact_points
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.teams.models import Membership, Team
from volunteers.teams.querysets import KEY_ROLES


@dataclass(frozen=True)
class ReadyLine:
    """One thing to have ready: how it stands, whether that will do, and the page about it."""

    text: str
    is_ready: bool
    page: str = ""


@dataclass(frozen=True)
class Readiness:
    """A peak drive that runs or is next; ``days_left`` until it begins, 0 once it runs."""

    phase: Phase
    days_left: int
    lines: Sequence[ReadyLine]

    @property
    def ready(self) -> int:
        return sum(line.is_ready for line in self.lines)


def next_drive(campaign: Campaign) -> Phase | None:
    """Return the peak drive that runs or is next, else the next phase of the campaign."""
    today = clock.today()
    ahead = [phase for phase in phases_of(campaign) if phase.on(today).ends_on >= today]
    return next((phase for phase in ahead if phase.is_peak), next(iter(ahead), None))


def readiness_of(campaign: Campaign, branch: Branch) -> Readiness | None:
    """Return what a branch and those below it have ready; None without a drive to come."""
    phase = next_drive(campaign)
    if phase is None:
        return None
    today = clock.today()
    lines = [
        *_sessions(campaign, branch, phase),
        *_teams(branch, phase),
        _people(campaign, branch, phase),
        *_secretaries(branch),
    ]
    return Readiness(phase, max((phase.starts_on - today).days, 0), lines)


def _in_phase(campaign: Campaign, branch: Branch, phase: Phase) -> Any:
    return SupportSession.objects.existing().filter(
        campaign=campaign,
        branch__path__startswith=branch.path,
        date__range=(phase.starts_on, phase.ends_on),
    )


def _sessions(campaign: Campaign, branch: Branch, phase: Phase) -> list[ReadyLine]:
    found = _in_phase(campaign, branch, phase).aggregate(
        all=Count("pk", distinct=True),
        alone=Count("pk", distinct=True, filter=Q(teams=None, state=State.PLANNED)),
    )
    number, alone = found["all"], found["alone"]
    text = ngettext("%(n)s buổi trong đợt", "%(n)s buổi trong đợt", number) % {"n": count(number)}
    if not number:
        return [ReadyLine(_("Chưa có buổi nào trong đợt"), is_ready=False, page="session-new")]
    lines = [ReadyLine(text, is_ready=True, page="sessions")]
    if alone:
        text = ngettext("%(n)s buổi chưa giao tổ nào", "%(n)s buổi chưa giao tổ nào", alone)
        lines.append(ReadyLine(text % {"n": count(alone)}, is_ready=False, page="sessions"))
    else:
        lines.append(ReadyLine(_("Buổi nào cũng đã giao tổ"), is_ready=True, page="sessions"))
    return lines


def _teams(branch: Branch, phase: Phase) -> list[ReadyLine]:
    """Say which teams have somebody who leads them, and who can be called."""
    day = max(phase.starts_on, clock.today())
    leads = Membership.objects.on(day).filter(team=OuterRef("pk"), role__in=KEY_ROLES)
    teams = Team.objects.on(day).filter(branch__path__startswith=branch.path)
    rows = teams.annotate(
        is_led=Exists(leads), is_called=Exists(leads.exclude(volunteer__phone=None))
    ).values_list("is_led", "is_called")
    number = len(rows)
    if not number:
        return [ReadyLine(_("Chưa có tổ nào"), is_ready=False, page="teams")]
    found = (
        (_("%(n)s/%(of)s tổ có tổ trưởng"), sum(led for led, _called in rows)),
        (_("%(n)s/%(of)s tổ gọi được tổ trưởng"), sum(called for _led, called in rows)),
    )
    return [
        ReadyLine(
            text % {"n": count(ready), "of": count(number)},
            is_ready=ready == number,
            page="teams",
        )
        for text, ready in found
    ]


def _people(campaign: Campaign, branch: Branch, phase: Phase) -> ReadyLine:
    """Say how many agreed to come, and of how many: only sessions that say whom they expect."""
    sessions = _in_phase(campaign, branch, phase).filter(state=State.PLANNED)
    asked = list(sessions.exclude(planned_volunteers=None).values_list("planned_volunteers"))
    yes = Participation.objects.coming().exclude(agreed_date=None)
    agreed = yes.filter(session__in=sessions).count()
    wanted = sum(number for (number,) in asked)
    if not asked:
        text = ngettext("%(n)s lượt người đã nhận lời", "%(n)s lượt người đã nhận lời", agreed)
        return ReadyLine(text % {"n": count(agreed)}, is_ready=agreed > 0, page="sessions")
    text = _("%(n)s/%(of)s lượt người đã nhận lời") % {"n": count(agreed), "of": count(wanted)}
    return ReadyLine(text, is_ready=agreed >= wanted, page="sessions")


def _secretaries(branch: Branch) -> list[ReadyLine]:
    """Say whether somebody is appointed, and whether notices reach them."""
    people = secretaries_of([branch], clock.today())[branch.pk]
    if not people:
        return [ReadyLine(_("Chưa có bí thư được phân công"), is_ready=False)]
    is_reached = bool(contact_points(people))
    text = _("Bí thư nhận được lời nhắc") if is_reached else _("Bí thư chưa bật kênh nhắc nào")
    return [ReadyLine(text, is_ready=is_reached, page="account")]
