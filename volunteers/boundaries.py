"""Teams, sessions and requests for help when boundaries change."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.boundaries.carried import Carried, Ending, register_carrier
from campaign.boundaries.journal import Journal
from volunteers.help_requests.models import OPEN_STATES, HelpRequest
from volunteers.sessions.models import Series, State, SupportSession
from volunteers.teams.models import Team

TEAMS = gettext_lazy("tổ chuyển sang đơn vị mới")
SESSIONS = gettext_lazy("buổi chuyển sang đơn vị mới")
CANCELLED = gettext_lazy("buổi hủy vì địa bàn chưa rõ kế tiếp")
REQUESTS = gettext_lazy("yêu cầu hỗ trợ chuyển sang đơn vị mới")
NAME_LENGTH = 200


def _after(ending: Ending, row: Any) -> dict[str, Any] | None:
    """Return what of branch and unit becomes another; None where one has no known successor."""
    found: dict[str, Any] = {}
    if row.branch_id in ending.branches:
        found["branch"] = ending.branches[row.branch_id]
    if row.unit_id in ending.units:
        found["unit"] = ending.units[row.unit_id]
    return None if None in found.values() else found


def _in_what_ends(rows: Any, ending: Ending) -> Any:
    found = rows.filter(branch__in=ending.branches) | rows.filter(unit__in=ending.units)
    return found.select_related("branch", "unit").order_by("pk")


def carry_teams(ending: Ending, journal: Journal, carried: Carried) -> None:
    """Move teams with their members; of two of a name in one unit the second says from where."""
    names = set(Team.objects.values_list("unit_id", "name"))
    for team in _in_what_ends(Team.objects.exclude(dissolved_on__lte=ending.day), ending):
        after = _after(ending, team)
        if after is None:
            carried.left.append(_("%(row)s: tổ chưa chuyển") % {"row": team})
            continue
        if "unit" in after and (after["unit"].pk, team.name) in names:
            after["name"] = f"{team.name} ({team.unit.name})"[:NAME_LENGTH]
        names.add((after.get("unit", team.unit).pk, after.get("name", team.name)))
        journal.update(team, **after)
        carried.count(TEAMS)


def carry_sessions(ending: Ending, journal: Journal, carried: Carried) -> None:
    """Move what is planned from the day on; where nobody knows to whom, it is called off."""
    planned = SupportSession.objects.filter(date__gte=ending.day, state=State.PLANNED)
    for session in _in_what_ends(planned, ending):
        after = _after(ending, session)
        version = session.version + 1
        if after is None:
            reason = _("Địa bàn chưa rõ kế tiếp từ %(day)s") % {"day": f"{ending.day:%d/%m/%Y}"}
            journal.update(session, state=State.CANCELLED, cancel_reason=reason, version=version)
            carried.left.append(_("%(row)s: buổi hủy") % {"row": session})
            carried.count(CANCELLED)
            continue
        journal.update(session, **after, version=version)
        carried.count(SESSIONS)
    _carry_partners(ending, journal)
    for series in Series.objects.filter(branch__in=ending.branches, ends_on__gte=ending.day):
        if (following := ending.branches[series.branch_id]) is not None:
            journal.update(series, branch=following)


def _carry_partners(ending: Ending, journal: Journal) -> None:
    """Let whoever comes after a partner be one in what is planned, where it is none already."""
    link = SupportSession.partners.through
    planned = link._default_manager.filter(
        supportsession__date__gte=ending.day, supportsession__state=State.PLANNED
    ).select_related("supportsession")
    known = set(planned.values_list("supportsession_id", "branch_id"))
    for row in planned.filter(branch__in=ending.branches).order_by("pk"):
        following = ending.branches[row.branch_id]
        if following is None or following.pk == row.supportsession.branch_id:
            continue
        if (row.supportsession_id, following.pk) not in known:
            known.add((row.supportsession_id, following.pk))
            journal.update(row, branch=following)


def carry_requests(ending: Ending, journal: Journal, carried: Carried) -> None:
    found = HelpRequest.objects.filter(unit__in=ending.units, state__in=OPEN_STATES)
    for request in found.select_related("unit").order_by("pk"):
        if (following := ending.units[request.unit_id]) is None:
            text = _("%(row)s: yêu cầu hỗ trợ chưa chuyển")
            carried.left.append(text % {"row": request.unit})
            continue
        journal.update(request, unit=following)
        carried.count(REQUESTS)


register_carrier("teams", carry_teams)
register_carrier("sessions", carry_sessions)
register_carrier("requests", carry_requests)
