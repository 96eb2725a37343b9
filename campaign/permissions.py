"""Roles, and the one table of what each of them may do.

Where it may be done follows from the appointment: see ``campaign.scopes``. A new role is a
choice in ``Role`` and a row in ``ROLE_PERMISSIONS``; nothing else asks for a role by its name.
"""

from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PROVINCE_STAFF = "province_staff", _("Cán bộ cấp tỉnh")
    DISTRICT_LEAD = "district_lead", _("Phụ trách địa bàn")
    SECRETARY = "secretary", _("Bí thư")
    TEAM_LEADER = "team_leader", _("Tổ trưởng")
    POLICE_LIAISON = "police_liaison", _("Cán bộ đối soát Công an")
    PARTNER = "partner", _("Đơn vị phối hợp (chỉ xem)")


def role_choices() -> list[tuple[str, Any]]:
    """Return the choices of an appointment; a migration names this function, and no role."""
    return Role.choices


class Permission(StrEnum):
    # Counts, sessions, teams and requests of the own branch and those below it.
    REPORT = "report"
    # The same for all branches at home in a territory: enter for them, review, open days again.
    LEAD = "lead"
    INVITE = "invite"
    EXPORT = "export"
    # Hand in what the police published. Whoever may export sees it.
    OFFICIAL_FIGURES = "official_figures"
    # Sessions of the own teams: check people in, close.
    LEAD_TEAMS = "lead_teams"
    # Who asked for help at home, by name and telephone number. The province sees that somebody
    # waits, and not who.
    SEE_REQUESTERS = "see_requesters"
    # Gets each day's head of the log, to keep it.
    WITNESS = "witness"
    # Campaigns, units, branches, targets, appointments.
    SET_UP = "set_up"


ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.PROVINCE_STAFF: frozenset(
        {
            Permission.LEAD,
            Permission.INVITE,
            Permission.EXPORT,
            Permission.OFFICIAL_FIGURES,
            Permission.SET_UP,
        }
    ),
    Role.DISTRICT_LEAD: frozenset(
        {Permission.LEAD, Permission.INVITE, Permission.EXPORT, Permission.SEE_REQUESTERS}
    ),
    Role.SECRETARY: frozenset({Permission.REPORT}),
    Role.TEAM_LEADER: frozenset({Permission.LEAD_TEAMS}),
    Role.POLICE_LIAISON: frozenset(
        {Permission.EXPORT, Permission.OFFICIAL_FIGURES, Permission.WITNESS}
    ),
    Role.PARTNER: frozenset(),
}


def roles_with(*permissions: Permission) -> frozenset[str]:
    return frozenset(
        role for role, granted in ROLE_PERMISSIONS.items() if not granted.isdisjoint(permissions)
    )


def roles_with_only(permission: Permission) -> frozenset[str]:
    return frozenset(role for role in ROLE_PERMISSIONS if grants_only(role, permission))


def grants(role: str, *permissions: Permission) -> bool:
    """Whether the role has one of ``permissions``; a role that is not in the table has none."""
    return not ROLE_PERMISSIONS.get(role, frozenset()).isdisjoint(permissions)


def grants_only(role: str, permission: Permission) -> bool:
    return ROLE_PERMISSIONS.get(role) == frozenset({permission})
