"""Finds the unit, the branch and the team that a row of a file means."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Branch, BranchKind, Unit
from campaign.permissions import Permission
from campaign.resources.lookups import branches_of, units_of
from campaign.scopes import scope_of
from core.clock import today
from core.validators import blamed_on
from core.vietnamese import bare_name, fold
from volunteers.teams.models import Team
from volunteers.teams.services import may_run, set_team_name
from volunteers.teams.validators import same_name


class TeamLookup:
    """Units, branches and teams that the actor may name, by what files call them."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        self.units = units_of(actor)
        self.branches = branches_of(actor)
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in (u for bearers in self.units.by_code.values() for u in bearers):
            for name in {fold(unit.name), fold(bare_name(unit.name))}:
                self.by_name[name].append(unit)
        own = scope_of(actor).branches_with(Permission.REPORT)
        self.own: Branch | None = own[0] if len(own) == 1 else None
        self.teams: dict[tuple[int, str], Team] = {}
        self.today = today()
        # Of branch and unit, whether the actor may run teams of the one in the other.
        self.rights: dict[tuple[int, int], bool] = {}
        self.at_home: dict[int, list[Branch]] = defaultdict(list)
        for branch in self.branches.rows.values():
            if branch.kind == BranchKind.YOUTH_UNION:
                self.at_home[branch.home_unit_id].append(branch)

    def add(self, teams: Iterable[Team]) -> None:
        self.teams |= {(team.unit_id, team.name.casefold()): team for team in teams}

    def get(self, values: dict[str, Any]) -> Team:
        """Return the team that a row names, new if there is none, and the actor's to fill.

        Raises ``ValidationError`` by column for what is unknown or outside the scope.
        """
        unit = self._unit(values)
        with blamed_on("branch"):
            branch = self.branch(values.get("branch"))
        key = (unit.pk, values["team"].casefold())
        if key in self.teams:
            team = self.teams[key]
        else:
            team = Team(unit=unit, branch=branch or self._default_branch(unit))
            set_team_name(team, values["team"])
            self.teams[key] = team
        for named in {team.branch, branch or team.branch}:
            if not self._may_run(named, unit):
                raise ValidationError(
                    {"team": _("Tổ này của %(branch)s, ngoài phạm vi của bạn.") % {"branch": named}}
                )
        return team

    def _may_run(self, branch: Branch, unit: Unit) -> bool:
        place = branch.pk, unit.pk
        if place not in self.rights:
            is_allowed = self.actor.is_superuser or may_run(self.actor, branch=branch, unit=unit)
            self.rights[place] = is_allowed
        return self.rights[place]

    def _unit(self, values: dict[str, Any]) -> Unit:
        """Return the unit by its code, or by its name; both must be of one unit."""
        column = "unit" if values.get("unit") else "unit_name"
        text = values.get(column)
        if text is None:
            if self.own is None:
                raise ValidationError({"unit": _("Ghi mã hoặc tên xã mà tổ hoạt động.")})
            return self.own.home_unit
        days = [day for day in (values.get("founded_on"), self.today) if day is not None]
        with blamed_on(column):
            if not text.isdecimal():
                return self._unit_named(text, days)
            unit = self._unit_coded(text, days, values["team"].casefold())
        name = values.get("unit_name")
        if column == "unit" and name and not name.isdecimal() and unit not in self._named(name):
            raise ValidationError(
                {
                    "unit_name": _("Mã %(code)s là %(name)s. Xem lại mã hoặc tên.")
                    % {"code": text, "name": unit.name}
                }
            )
        return unit

    def _unit_coded(self, code: str, days: list[dt.date], team: str) -> Unit:
        bearers = self.units.by_code.get(code, [])
        known = [unit for unit in bearers if (unit.pk, team) in self.teams]
        if len(known) == 1:
            return known[0]
        for day in days:
            for unit in bearers:
                if unit.exists_on(day):
                    return unit
        return self.units.get(code, days[0])

    def _named(self, text: str) -> list[Unit]:
        """Return the units of a name; that of their Youth Union, “Đoàn xã …”, will do."""
        text = re.sub(r"^đoàn\s+", "", text, flags=re.IGNORECASE)
        return [
            unit
            for unit in self.by_name.get(fold(text), [])
            if same_name(unit.name, text) or same_name(bare_name(unit.name), text)
        ]

    def _unit_named(self, text: str, days: list[dt.date]) -> Unit:
        named = self._named(text)
        for day in days:
            found = [unit for unit in named if unit.exists_on(day)]
            if len(found) == 1:
                return found[0]
            if found:
                codes = ", ".join(f"{unit.name} ({unit.code})" for unit in found)
                raise ValidationError(
                    _("Có %(n)s địa bàn tên “%(text)s”: %(codes)s. Ghi mã.")
                    % {"n": len(found), "text": text[:40], "codes": codes}
                )
        raise ValidationError(
            _("Không có địa bàn tên “%(text)s” trong phạm vi của bạn. Ghi đủ dấu, hoặc ghi mã.")
            % {"text": text[:40]}
        )

    def branch(self, text: str | None) -> Branch | None:
        if text is None or text in self.branches.rows:
            return self.branches.rows[text] if text else None
        named = [b for b in self.branches.rows.values() if same_name(b.name, text)]
        found: Branch = named[0] if len(named) == 1 else self.branches.get(text)
        return found

    def _default_branch(self, unit: Unit) -> Branch:
        """Return the Youth Union at home in the unit, else the one that the actor reports for."""
        at_home = self.at_home.get(unit.pk, [])
        found = min(at_home, key=lambda branch: (branch.depth, branch.pk), default=self.own)
        if found is None:
            raise ValidationError(
                {"branch": _("Chưa rõ tổ thuộc cơ sở Đoàn nào. Ghi mã cơ sở Đoàn, ví dụ XD-14173.")}
            )
        return found
