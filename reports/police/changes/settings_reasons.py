"""Which changes of settings stand behind a line that is another."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import BoundaryChange, Campaign, LateEntryGrant, SettingsChange
from campaign.permissions import Permission
from reports.police.changes.comparison import ChangeKind, LineChange
from reports.police.changes.roles import Roles
from reports.police.changes.why import Reason, Why

# Of which models a change moves which cells, by the words that a move has of its model.
OF_UNITS = ("unit", "branch")
OF_ALL = ("campaign", "phase", "indicator", "formulaterm")
NAMES = frozenset(
    ("province_code", "province", "district_code", "district", "commune_code", "commune")
)
MOST = 5


class SettingsReasons:
    """All changes of settings in a span of time, read once."""

    def __init__(
        self, since: dt.datetime, until: dt.datetime | None, reader: User, roles: Roles
    ) -> None:
        self._roles, upto = roles, {"changed_at__lte": until} if until else {}
        found = SettingsChange.objects.filter(changed_at__gt=since, **upto)
        self._changes = list(found.order_by("pk"))
        visible = SettingsChange.objects.visible_to(reader).filter(changed_at__gt=since)
        self._readable = {*visible.values_list("pk", flat=True)} if self._changes else set()
        applied = {"applied_at__lte": until} if until else {}
        bounds = BoundaryChange.objects.filter(applied_at__gt=since, **applied)
        self._bounds = list(bounds.order_by("pk").defer("rows", "report"))
        roles.read(one.actor_id for one in self._changes)
        roles.read(one.applied_by_id for one in self._bounds)

    def grants(self, campaign: Campaign, day: dt.date) -> dict[int, LateEntryGrant]:
        """Return by branch the last leave to send counts of a day that was closed."""
        rows = list(LateEntryGrant.objects.filter(campaign=campaign, date=day).order_by("pk"))
        self._roles.read(one.grantor_id for one in rows)
        return {one.branch_id: one for one in rows}

    def of_line(self, change: LineChange, *, has_reports: bool) -> Iterator[Why]:
        columns = change.columns
        if change.kind != ChangeKind.CHANGED or columns & NAMES:
            yield from self._boundaries()
        for made in self._changes:
            moves = [one for one in made.moves if self._moves(one, change, has_reports)]
            for move in moves[:MOST]:
                is_target = _model(move) == "target"
                words = f"{move['kind']} {move['field']}: {move['before']} → {move['after']}"
                yield Why(
                    Reason.TARGET if is_target else Reason.SETTINGS,
                    words,
                    self._roles.of(made.actor_id, made.changed_at, Permission.SET_UP),
                    made.changed_at,
                    made.reason if made.pk in self._readable else "",
                )

    def _boundaries(self) -> Iterator[Why]:
        for one in self._bounds:
            if one.applied_at is not None:
                role = self._roles.of(one.applied_by_id, one.applied_at, Permission.SET_UP)
                words = _("đổi địa giới từ %(day)s") % {"day": f"{one.holds_from:%d/%m/%Y}"}
                yield Why(Reason.BOUNDARY, words, role, one.applied_at)

    @staticmethod
    def _moves(move: dict[str, Any], change: LineChange, has_reports: bool) -> bool:
        """Whether what was moved may be behind the cells of the line that differ."""
        model, columns = _model(move), change.columns
        is_named = change.name and change.name in move["row"]
        if model == "target":
            return bool("target" in columns and is_named)
        if model in OF_UNITS and is_named:
            return bool(columns & NAMES or "reports_expected" in columns or not has_reports)
        return model in OF_ALL and ("reports_expected" in columns or not has_reports)


def _model(move: dict[str, Any]) -> str:
    return str(move.get("model", "")).lower().rpartition(".")[2]
