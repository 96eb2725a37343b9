"""What a user may see and do, worked out once a request from the appointments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.clock import today

if TYPE_CHECKING:
    from campaign.models import Appointment, Branch, Unit

ENTERS_FOR_OTHERS = frozenset({"province_staff", "district_lead"})
REPORTS = frozenset({"secretary"})
EXPORTS = frozenset({"province_staff", "district_lead", "police_liaison"})
INVITES = frozenset({"province_staff", "district_lead"})
LEADS_TEAMS = frozenset({"team_leader"})


@dataclass(frozen=True)
class Scope:
    """The appointments of one user on one day, and what follows from them.

    ``unit_paths`` and ``branch_paths`` are the tops of the subtrees that the user may see.
    ``lead_unit_paths`` are those of appointments to a unit or to lead: there the user also
    sees the branches that are at home in the unit. A secretary sees only the own branch.
    ``run_unit_paths`` and ``run_branch_paths`` are those where the user runs the work of
    branches, teams and sessions, and so sees the people in them; ``team_branch_paths`` those
    whose sessions a team leader leads.
    """

    appointments: tuple[Appointment, ...] = ()
    unit_paths: frozenset[str] = field(default=frozenset())
    branch_paths: frozenset[str] = field(default=frozenset())
    lead_unit_paths: frozenset[str] = field(default=frozenset())
    run_unit_paths: frozenset[str] = field(default=frozenset())
    run_branch_paths: frozenset[str] = field(default=frozenset())
    team_branch_paths: frozenset[str] = field(default=frozenset())

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the user holds."""
        return frozenset(a.role for a in self.appointments)

    def holds(self, roles: frozenset[str], *, unit: Unit | None = None) -> bool:
        """Whether the user holds one of ``roles``, over ``unit`` if one is given."""
        return any(
            a.role in roles and (unit is None or unit.path.startswith(_unit_path(a)))
            for a in self.appointments
        )

    def may_report_for(self, branch: Branch) -> bool:
        """Whether the user may enter counts of ``branch``."""
        own = any(
            a.role in REPORTS and a.branch is not None and branch.path.startswith(a.branch.path)
            for a in self.appointments
        )
        return own or self.holds(ENTERS_FOR_OTHERS, unit=branch.home_unit)

    def may_lead_for(self, branch: Branch) -> bool:
        """Whether the user may lead sessions of ``branch``: check people in, close."""
        leads = any(branch.path.startswith(path) for path in self.team_branch_paths)
        return leads or self.may_report_for(branch)

    def may_invite_in(self, branch: Branch) -> bool:
        """Whether the user may appoint people in ``branch``; police are the province's to ask."""
        leads = self.holds(INVITES, unit=branch.home_unit)
        return leads and (branch.kind != "police" or self.is_province_staff)

    @property
    def is_province_staff(self) -> bool:
        """Whether the user sets the campaign up."""
        return "province_staff" in self.roles


def _unit_path(appointment: Appointment) -> str:
    """Return the path of the unit, or of the branch's home unit."""
    if appointment.branch is not None:
        return appointment.branch.home_unit.path
    return appointment.unit.path if appointment.unit is not None else "-"


def _is_lead(appointment: Appointment) -> bool:
    return appointment.branch is None or appointment.role in ENTERS_FOR_OTHERS


def scope_of(user: Any) -> Scope:
    """Return the user's scope today; nobody's scope is empty.

    It is kept on the user object, which lives as long as the request.
    """
    if not getattr(user, "is_authenticated", False):
        return Scope()
    day = today()
    kept: tuple[Any, Scope] | None = getattr(user, "_scope", None)
    if kept is not None and kept[0] == day:
        return kept[1]
    held = tuple(
        user.appointments.on(day)
        .select_related("branch__home_unit", "branch__parent", "unit")
        .order_by("pk")
    )
    scope = Scope(
        appointments=held,
        unit_paths=frozenset(_unit_path(a) for a in held),
        branch_paths=frozenset(a.branch.path for a in held if a.branch is not None),
        lead_unit_paths=frozenset(_unit_path(a) for a in held if _is_lead(a)),
        run_unit_paths=frozenset(_unit_path(a) for a in held if a.role in ENTERS_FOR_OTHERS),
        run_branch_paths=frozenset(
            a.branch.path for a in held if a.role in REPORTS and a.branch is not None
        ),
        team_branch_paths=frozenset(
            a.branch.path for a in held if a.role in LEADS_TEAMS and a.branch is not None
        ),
    )
    user._scope = (day, scope)
    return scope
