"""What stands along the rows and the columns of a table: units, branches, indicators or time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Branch, Campaign, Indicator, Level, Unit
from campaign.querysets import below
from core.templatetags.formatting import WEEKDAYS

DAY = dt.timedelta(days=1)
TIMES = {
    "day": gettext_lazy("Ngày"),
    "week": gettext_lazy("Tuần"),
    "month": gettext_lazy("Tháng"),
    "phase": gettext_lazy("Đợt"),
    "weekday": gettext_lazy("Thứ trong tuần"),
    "two": gettext_lazy("Kỳ này và kỳ trước"),
}
BRANCH, INDICATOR = "branch", "indicator"
AXES: dict[str, Any] = {
    **{level.value: level.label for level in Level},
    BRANCH: gettext_lazy("Cơ sở Đoàn"),
    INDICATOR: gettext_lazy("Chỉ số"),
    **TIMES,
}
# Of these the days of one do not follow on those of another: nothing runs on through them.
UNORDERED = ("weekday",)


def family(axis: str) -> str:
    if axis in TIMES:
        return "time"
    return axis if axis in ("", INDICATOR) else "node"


@dataclass(frozen=True)
class Period:
    """Some days that are summed up; ``first`` and ``last`` are the outermost of them."""

    key: str
    label: str
    days: tuple[dt.date, ...]

    @property
    def first(self) -> dt.date:
        return self.days[0]

    @property
    def last(self) -> dt.date:
        return self.days[-1]


@dataclass(frozen=True)
class Entry:
    """One row or column; what is None is that of the whole table."""

    key: str
    label: str
    node: Unit | Branch | None = None
    period: Period | None = None
    indicator: Indicator | None = None


def span(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    return tuple(first + n * DAY for n in range((last - first).days + 1))


def periods(
    axis: str, campaign: Campaign, first: dt.date, last: dt.date, than: dt.date | None = None
) -> list[Period]:
    """Return the periods of a range, cut where it begins and ends; ``than`` begins the other."""
    days = span(first, last)
    if axis == "day":
        return [Period(f"{day}", date_format(day, "d/m"), (day,)) for day in days]
    if axis == "weekday":
        found = [(n, tuple(d for d in days if d.weekday() == n)) for n in range(7)]
        return [Period(f"{n}", str(WEEKDAYS[n]), of) for n, of in found if of]
    if axis == "phase":
        parts = [
            (f"{phase.pk}", phase.name, max(phase.starts_on, first), min(phase.ends_on, last))
            for phase in campaign.phases.order_by("starts_on", "pk")
        ]
        return [Period(key, name, span(a, b)) for key, name, a, b in parts if a <= b]
    if axis == "two":
        before = than or first - len(days) * DAY
        other = span(before, before + (len(days) - 1) * DAY)
        return [Period("then", _between(other), other), Period("now", _between(days), days)]
    return _cut(axis, days)


def _cut(axis: str, days: Sequence[dt.date]) -> list[Period]:
    """Return weeks (from Monday) or months."""
    begins = [
        n
        for n, day in enumerate(days)
        if n == 0 or (day.weekday() == 0 if axis == "week" else day.day == 1)
    ]
    found = []
    for start, end in pairwise([*begins, len(days)]):
        part = tuple(days[start:end])
        label = _between(part) if axis == "week" else _("Tháng %d") % part[0].month
        found.append(Period(f"{part[0]}", label, part))
    return found


def _between(days: Sequence[dt.date]) -> str:
    first, last = date_format(days[0], "d/m"), date_format(days[-1], "d/m")
    return first if first == last else f"{first}–{last}"


def units_of_level(user: Any, top: Unit, level: str, first: dt.date, last: dt.date) -> list[Unit]:
    """Return the units of all days of a range; of a level that changed in between, old and new."""
    seen = Unit.objects.visible_to(user).during(first, last).belonging_to(top)
    rows = seen.filter(level=level).select_related("boundary").order_by("sort_key", "valid_from")
    return [unit.on(last) for unit in rows]


def branches_within(user: Any, top: Unit, first: dt.date, last: dt.date) -> list[Branch]:
    seen = Branch.objects.visible_to(user).select_related("home_unit").during(first, last)
    rows = seen.filter(below(frozenset(top.paths), "home_unit__path")).order_by("sort_key")
    return [branch.on(last) for branch in rows]


def children_of(branches: Sequence[Branch]) -> dict[int, list[int]]:
    """Return the ids of the branches directly below each, whoever may see them."""
    found: dict[int, list[int]] = {}
    rows = Branch.objects.filter(parent__in=[branch.pk for branch in branches])
    for pk, parent in rows.values_list("pk", "parent_id"):
        found.setdefault(parent, []).append(pk)
    return found
