"""The results as CSV, beside the police's file: nothing in it is of a citizen."""

import csv
from collections.abc import Iterable
from typing import Any

from core.formula_guard import guarded
from reports.checks.selectors import AreaResult, PlanResults

BOM = "\ufeff"
COLUMNS = (
    *("plan", "first_day", "last_day", "area_code", "area", "measure", "reported"),
    *("drawn", "recounted", "not_possible", "wrong", "factor", "factor_low", "factor_high"),
    *("verified", "verified_low", "verified_high", "verdict"),
    *("official", "reported_beside", "official_units", "of_units"),
)


def results_file(out: Any, plans: Iterable[PlanResults]) -> int:
    """Write a line for each area, and one for all where there are several; return how many."""
    out.write(BOM)
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    rows = 0
    for results in plans:
        shown = list(results.areas)
        if len(shown) > 1:
            shown.append(results.whole)
        for area in shown:
            lines.writerow([guarded(cell) for cell in _cells(results, area)])
        rows += len(shown)
    return rows


def _cells(results: PlanResults, area: AreaResult) -> list[Any]:
    plan, found = results.plan, area.estimate
    return [
        plan.number,
        plan.first_day.isoformat(),
        plan.last_day.isoformat(),
        area.code,
        str(area.name),
        plan.measure,
        area.reported,
        area.drawn,
        len(area.recounted),
        area.not_possible,
        area.wrong,
        *(
            [f"{part:.4f}" for part in (found.factor, max(0, found.low), found.high)]
            if found
            else [""] * 3
        ),
        *(area.verified or [""] * 3),
        area.verdict.value if area.code else "",
        *([one.theirs, one.ours, one.units, one.of] if (one := area.official) else [""] * 4),
    ]
