"""What is drawn from: every branch-day of a plan that counts something, once."""

import csv
import datetime as dt
import io
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from campaign.models import Branch, Campaign, Level, Unit
from campaign.querysets import below
from campaign.selectors import IndicatorSet
from reports.checks.drawing import Item
from reports.checks.models import Check
from reports.daily.models import DailyReport, Status
from volunteers.sessions.models import SupportSession

# Where nothing stands between province and communes, these are drawn by how much they report.
CLUSTERS = ("large", "middle", "small")


@dataclass(frozen=True)
class BranchDay:
    """What a branch's day counts: its report, or before there is one its closed sessions."""

    item: Item
    branch: Branch
    unit: Unit
    date: dt.date
    counts: dict[str, int]


def measure_of(indicators: IndicatorSet) -> str:
    """Return the code of what size and factor go by: the headline, if it is a count of days."""
    found = indicators.of_sessions.headline
    return found.code if found else ""


def branch_days(
    campaign: Campaign,
    top: Unit,
    first: dt.date,
    last: dt.date,
    indicators: IndicatorSet,
) -> list[BranchDay]:
    """Return the frame (five queries); each item's area is one of ``areas_of``."""
    within = below(frozenset(top.paths), "unit__path") & Q(
        campaign=campaign, date__range=(first, last)
    )
    days: dict[tuple[int, int, dt.date], tuple[dict[str, int], bool]] = {}
    sessions = SupportSession.objects.closed().filter(within)
    for branch, unit, date, counts in sessions.values_list(
        "branch_id", "unit_id", "date", "counts"
    ):
        sums = defaultdict(int, days.get((branch, unit, date), ({}, False))[0])
        for code, value in counts.items():
            sums[code] += value
        days[branch, unit, date] = dict(sums), False
    reports = DailyReport.objects.filter(within)
    for branch, unit, date, status, counts, fallback, unusual in reports.values_list(
        *("branch_id", "unit_id", "date", "status", "counts", "fallback_counts", "unusual")
    ):
        counted = fallback if status == Status.RETURNED else counts
        days[branch, unit, date] = counted or {}, bool(unusual)
    branches = Branch.objects.select_related("home_unit").in_bulk({key[0] for key in days})
    units = Unit.objects.in_bulk({key[1] for key in days})
    before = _checked_before(campaign)
    measure, found = measure_of(indicators), []
    sizes = {
        key: max(0, indicators.complete(counts).get(measure, 0))
        for key, (counts, _unusual) in days.items()
    }
    area_of = _areas(campaign, top, units, sizes)
    for (branch, unit, date), (counts, is_unusual) in sorted(days.items()):
        size = sizes[branch, unit, date]
        if size and unit in area_of:
            key = f"{branches[branch].code}/{units[unit].code}/{date}"
            item = Item(key, area_of[unit], size, is_unusual, before.get(branch, 0))
            found.append(BranchDay(item, branches[branch], units[unit], date, counts))
    return found


def _checked_before(campaign: Campaign) -> dict[int, int]:
    done = Check.objects.filter(campaign=campaign, version__gt=0).order_by()
    return dict(done.values_list("branch").annotate(n=Count("pk")))


def areas_below(campaign: Campaign, top: Unit) -> list[Unit]:
    """Return what stands right below a province; nothing where that are its communes."""
    units = Unit.objects.on(campaign.shown_day).filter(parent=top)
    return [unit for unit in units.order_by("code") if unit.level != Level.COMMUNE]


def _areas(
    campaign: Campaign,
    top: Unit,
    units: dict[int, Unit],
    sizes: dict[tuple[int, int, dt.date], int],
) -> dict[int, str]:
    """Return by unit the code of its area, or the third of communes to which it belongs."""
    areas = areas_below(campaign, top)
    if areas:
        found = {}
        for pk, unit in units.items():
            above = next((area for area in areas if area.holds(unit)), None)
            if above is not None:
                found[pk] = above.code
        return found
    sums: dict[int, int] = defaultdict(int)
    for (_branch, unit_id, _date), size in sizes.items():
        sums[unit_id] += size
    ordered = sorted(sums, key=lambda pk: (-sums[pk], pk))
    return {pk: CLUSTERS[place * len(CLUSTERS) // len(ordered)] for place, pk in enumerate(ordered)}


def frame_file(days: list[BranchDay]) -> str:
    """Return the frame as CSV: all of an item that its being drawn depends on."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("item", "area", "reported", "unusual", "checked_before"))
    for day in sorted(days, key=lambda one: one.item.key):
        item = day.item
        lines.writerow((item.key, item.area, item.size, int(item.is_unusual), item.before))
    return text.getvalue()
