"""What a user may see and do, worked out once a request from the appointments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from campaign.permissions import ROLE_PERMISSIONS, Permission, grants, grants_only
from core.clock import today

if TYPE_CHECKING:
    from campaign.models import Appointment, Branch, Unit


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
        return frozenset(a.role for a in self.appointments)

    @property
    def permissions(self) -> frozenset[Permission]:
        return frozenset().union(*(ROLE_PERMISSIONS.get(role, ()) for role in self.roles))

    @property
    def reach(self) -> list[list[str]]:
        """The tops of what lists of reports are read by: whoever has the same sees the same."""
        tops = (self.run_unit_paths, self.lead_unit_paths, self.unit_paths, self.branch_paths)
        return [sorted(paths) for paths in tops]

    def may(self, *permissions: Permission, unit: Unit | None = None) -> bool:
        """Whether the user has one of ``permissions``, over ``unit`` if one is given."""
        return any(
            grants(a.role, *permissions) and (unit is None or unit.path.startswith(_unit_paths(a)))
            for a in self.appointments
        )

    def unit_paths_with(self, permission: Permission) -> frozenset[str]:
        """Return the tops of the subtrees over which the user has ``permission``."""
        return _united(_unit_paths(a) for a in self.appointments if grants(a.role, permission))

    def branches_with(self, permission: Permission) -> list[Branch]:
        return _branches(self.appointments, permission)

    def may_report_for(self, branch: Branch) -> bool:
        own = any(b.holds(branch) for b in self.branches_with(Permission.REPORT))
        return own or self.may(Permission.LEAD, unit=branch.home_unit)

    def may_lead_for(self, branch: Branch) -> bool:
        """Whether the user may lead sessions of ``branch``: check people in, close."""
        leads = any(branch.path.startswith(path) for path in self.team_branch_paths)
        return leads or self.may_report_for(branch)

    def may_invite_in(self, branch: Branch) -> bool:
        """Whether the user may appoint people in ``branch``; police are the province's to ask."""
        leads = self.may(Permission.INVITE, unit=branch.home_unit)
        return leads and (branch.kind != "police" or self.may(Permission.SET_UP))

    def is_above(self, appointment: Appointment) -> bool:
        """Whether the user is the superior of whoever holds the appointment.

        A team leader's is the secretary, a secretary's whoever may invite there, everybody
        else's the province; the province's own staff have none here.
        """
        branch, role = appointment.branch, appointment.role
        if branch is not None and grants_only(role, Permission.LEAD_TEAMS):
            return self.may_report_for(branch)
        if branch is not None and grants_only(role, Permission.REPORT):
            return self.may_invite_in(branch)
        unit = branch.home_unit if branch is not None else appointment.unit
        return not grants(role, Permission.SET_UP) and self.may(Permission.SET_UP, unit=unit)


def _unit_paths(appointment: Appointment) -> tuple[str, ...]:
    if appointment.branch is not None:
        return appointment.branch.home_unit.paths
    return appointment.unit.paths if appointment.unit is not None else ("-",)


def _united(paths: Iterable[tuple[str, ...]]) -> frozenset[str]:
    return frozenset(chain.from_iterable(paths))


def _is_lead(appointment: Appointment) -> bool:
    return appointment.branch is None or grants(appointment.role, Permission.LEAD)


def _branches(appointments: Iterable[Appointment], permission: Permission) -> list[Branch]:
    return [a.branch for a in appointments if a.branch is not None and grants(a.role, permission)]


def scope_of(user: Any) -> Scope:
    """Return the user's scope today; nobody's scope is empty.

    It is kept on the user object, which lives as long as the request.
    """
    if not getattr(user, "is_authenticated", False):
        return Scope()
    day = today()
    stored: tuple[Any, Scope] | None = getattr(user, "_scope", None)
    if stored is not None and stored[0] == day:
        return stored[1]
    rows = user.appointments.on(day).select_related("branch__home_unit", "branch__parent", "unit")
    # Few rows, many columns: to order them takes Django longer than to read them.
    owned = tuple(sorted(rows.order_by(), key=lambda one: one.pk))
    scope = Scope(
        appointments=owned,
        unit_paths=_united(_unit_paths(a) for a in owned),
        branch_paths=_united(a.branch.paths for a in owned if a.branch is not None),
        lead_unit_paths=_united(_unit_paths(a) for a in owned if _is_lead(a)),
        run_unit_paths=_united(_unit_paths(a) for a in owned if grants(a.role, Permission.LEAD)),
        run_branch_paths=_united(b.paths for b in _branches(owned, Permission.REPORT)),
        team_branch_paths=_united(b.paths for b in _branches(owned, Permission.LEAD_TEAMS)),
    )
    user._scope = (day, scope)
    return scope


def may_set_up(user: Any) -> bool:
    """Whether the user sets up: province staff, and the superuser, who begins where nobody is."""
    return user.is_superuser or scope_of(user).may(Permission.SET_UP)
