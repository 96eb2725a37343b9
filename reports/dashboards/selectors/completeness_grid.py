"""The heat map of a unit: its units below, or its branches, day by day; and whom to call."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from campaign.models import Branch, Unit
from campaign.permissions import Permission
from campaign.scopes import Scope
from campaign.selectors import secretaries_of
from core.short_text import cut_to
from core.templatetags.formatting import count
from core.vietnamese import one_line
from reports.dashboards.selectors.action_items import NonReportingBranch
from reports.dashboards.selectors.completeness import Completeness, CompletenessCell
from reports.phones.models import PhoneState
from reports.phones.selectors import phones_of

ORDERS = ("worst", "name")
# What a message on Zalo holds.
MOST_LETTERS = 2000


@dataclass(frozen=True)
class GridRow:
    """A unit below, or a branch that is at home in the unit itself."""

    node: Unit | Branch
    cells: tuple[CompletenessCell, ...]
    over: CompletenessCell

    @property
    def is_branch(self) -> bool:
        """Whether it is a branch: each day is then one report or none."""
        return isinstance(self.node, Branch)


@dataclass(frozen=True)
class NonReportingContact:
    """A silent branch with the people in charge, for those who may know their numbers.

    Each with what is known of the own phones. ``may_open`` is whether
    the reader may open a closed day for it.
    """

    silent: NonReportingBranch
    people: tuple[tuple[User, list[PhoneState]], ...]
    may_open: bool


def grid_rows(
    unit: Unit, children: Sequence[Unit], found: Completeness, order: str
) -> list[GridRow]:
    """Return the rows of all branches below ``unit``, each branch in one row only.

    Who was expected on no day of the range has none.
    """
    branches = [b for b in found.expected.by_path.get(unit.path, ()) if b.home_unit_id == unit.pk]
    units: list[tuple[Unit | Branch, list[CompletenessCell]]] = [
        (child, [found.cell(child.path, (day,)) for day in found.days]) for child in children
    ]
    own: list[tuple[Unit | Branch, list[CompletenessCell]]] = [
        (b.on(found.days[-1]), [found.of_branch(b, (day,)) for day in found.days]) for b in branches
    ]
    rows = [GridRow(node, tuple(cells), total(cells)) for node, cells in (*units, *own)]
    rows = [row for row in rows if row.over.expected]
    if order == "name":
        return sorted(rows, key=lambda row: row.node.sort_key)
    return sorted(rows, key=lambda row: (row.over.share, -row.over.missing, row.node.sort_key))


def total(cells: Sequence[CompletenessCell]) -> CompletenessCell:
    return CompletenessCell(
        expected=sum(c.expected for c in cells),
        received=sum(c.received for c in cells),
        on_time=sum(c.on_time for c in cells),
        late=sum(c.late for c in cells),
        offline_late=sum(c.offline_late for c in cells),
        returned=sum(c.returned for c in cells),
    )


def contacts_of(
    silent: Sequence[NonReportingBranch], scope: Scope, today: dt.date
) -> list[NonReportingContact]:
    """Return whom to call; nobody's number for who may not invite in the branch (two queries)."""
    known = [s.branch for s in silent if scope.may_invite_in(s.branch)]
    people = secretaries_of(known, today)
    phones = phones_of([user for users in people.values() for user in users])
    return [
        NonReportingContact(
            s,
            tuple((user, phones.get(user.pk, [])) for user in people.get(s.branch.pk, ())),
            scope.may(Permission.LEAD, unit=s.branch.home_unit),
        )
        for s in silent
    ]


def non_reporting_text(
    day: dt.date,
    children: Sequence[Unit],
    silent: Sequence[NonReportingBranch],
    *,
    appeal: str,
    link: str,
) -> str:
    """Return the silent as plain text for a chat group, by unit where there are several.

    ``link`` is the address at which a report of the day is entered. Where all names would be more
    than a message holds, units are named with how many they are.
    """
    date = f"{day.day}/{day.month}"
    if not silent:
        return _("Ngày %(day)s tất cả các đơn vị đã báo cáo. Cảm ơn các đồng chí!") % {"day": date}
    groups = [
        (child.name, [s for s in silent if s.branch.home_unit.path.startswith(child.path)])
        for child in children
    ]
    groups = [(name, owned) for name, owned in groups if owned]
    placed = {s.branch.pk for _name, owned in groups for s in owned}
    rest = [s for s in silent if s.branch.pk not in placed]
    if len(silent) == len(groups) or not groups:
        wording = _("Chưa báo cáo ngày %(day)s: %(names)s.")
        bare = "\n".join([wording % {"day": date, "names": ""}, appeal, link])
        names = _names_within(silent, MOST_LETTERS - len(bare))
        return "\n".join([wording % {"day": date, "names": names}, appeal, link])
    head = _("Chưa báo cáo ngày %(day)s, còn %(n)s đơn vị:") % {
        "day": date,
        "n": count(len(silent)),
    }
    groups += [("", rest)] if rest else []
    for write in (_names, _number):
        lines = [
            f"- {one_line(name)}: {write(owned)}" if name else f"- {write(owned)}"
            for name, owned in groups
        ]
        text = "\n".join([head, *lines, appeal, link])
        if len(text) <= MOST_LETTERS:
            return text
    return cut_to(text, MOST_LETTERS)


def appeal_of(due: dt.datetime, *, is_open: bool, is_closed: bool) -> str:
    """Return what to ask of the silent: a due time that is past asks for nothing by then."""
    if is_closed:
        return _("Ngày này đã khóa sổ. Cần sửa thì báo cấp trên mở lại.")
    if is_open:
        return _("Đề nghị các đồng chí gửi báo cáo trước %(due)s. Cảm ơn các đồng chí!") % {
            "due": f"{due:%H:%M}"
        }
    return _("Đề nghị các đồng chí gửi báo cáo sớm. Cảm ơn các đồng chí!")


def _names_within(silent: Sequence[NonReportingBranch], room: int) -> str:
    """Return as many names as there is room for, and how many more there are."""
    whole = _names(silent)
    if len(whole) <= room:
        return whole
    for shown in range(len(silent) - 1, 0, -1):
        words = {"names": _names(silent[:shown]), "count": len(silent) - shown}
        text = _("%(names)s và %(count)d đơn vị khác") % words
        if len(text) <= room:
            return text
    return _number(silent)


def _number(silent: Sequence[NonReportingBranch]) -> str:
    n = len(silent)
    return ngettext("%(n)s đơn vị", "%(n)s đơn vị", n) % {"n": count(n)}


def _names(silent: Sequence[NonReportingBranch]) -> str:
    return ", ".join(one_line(s.branch.name) for s in silent)
