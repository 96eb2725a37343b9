"""A line of the table: what ours costs beside its anchor, and what is wanted of it."""

import json
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench"
RESULTS = HOME / "results.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- table -->", "<!-- end of the table -->"


@dataclass(frozen=True)
class Goal:
    """``figure`` is ``ratio``, or ``ours`` with the limit in the unit of the line."""

    figure: str
    is_most: bool
    limit: float

    def __str__(self) -> str:
        what = "" if self.figure == "ratio" else "ours "
        return f"{what}{'≤' if self.is_most else '≥'} {self.limit:g}"

    def is_met(self, ours: float, ratio: float | None) -> bool:
        value = ours if self.figure == "ours" else ratio
        if value is None:
            return False
        return value <= self.limit if self.is_most else value >= self.limit


def at_most(limit: float, figure: str = "ratio") -> Goal:
    return Goal(figure, True, limit)


def at_least(limit: float, figure: str = "ratio") -> Goal:
    return Goal(figure, False, limit)


@dataclass(frozen=True)
class Line:
    """``ours``, ``beside`` and ``spread`` (lowest and highest of ours) in ``unit``."""

    name: str
    anchor: str
    unit: str
    ours: float
    beside: float | None
    ratio: float | None
    spread: tuple[float, float]
    goal: str
    ok: bool
    note: str = ""


def compare(
    name: str,
    anchor: str,
    unit: str,
    ours: Sequence[float],
    beside: Sequence[float],
    *goals: Goal,
    note: str = "",
) -> Line:
    """Make a line of what was measured in turn; ``beside`` is empty where there is no anchor."""
    middle = median(ours)
    other = median(beside) if beside else None
    ratio = middle / other if other else None
    return Line(
        name=name,
        anchor=anchor,
        unit=unit,
        ours=middle,
        beside=other,
        ratio=ratio,
        spread=(min(ours), max(ours)),
        goal=" and ".join(map(str, goals)),
        ok=all(goal.is_met(middle, ratio) for goal in goals),
        note=note,
    )


def machine() -> dict[str, Any]:
    facts = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*: (.*)", facts)
    return {
        "processors": os.cpu_count(),
        "model": model[1] if model else platform.processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "python": platform.python_version(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }


def save(lines: Sequence[Line], *, run: str) -> None:
    """Write the lines to ``var/bench/results.json``, beside those of other runs.

    ``run`` is when theirs began.
    """
    known = {row["name"]: row for row in load()}
    for line in lines:
        known[line.name] = {**asdict(line), "run": run, "machine": machine()}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(list(known.values()), ensure_ascii=False, indent=1) + "\n")


def load() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    return rows


def row(line: dict[str, Any]) -> str:
    """Return a line of the table in Markdown."""
    ratio = "–" if line["ratio"] is None else _short(line["ratio"])
    beside = "–" if line["beside"] is None else f"{_short(line['beside'])} {line['unit']}"
    ours = f"{_short(line['ours'])} {line['unit']}"
    spread = "–".join(map(_short, line["spread"]))
    verdict = "yes" if line["ok"] else "no"
    note = f" ({line['note']})" if line["note"] else ""
    cells = (
        line["name"] + note,
        line["anchor"],
        ours,
        spread,
        beside,
        ratio,
        line["goal"],
        verdict,
        line["run"],
    )
    return f"| {' | '.join(cells)} |"


HEAD = (
    "| line | beside | ours | spread | anchor | ratio | goal | met | run (UTC) |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def write_page() -> None:
    """Put the last results into docs/performance.md, between its two marks.

    Lines that stand there and were measured elsewhere stay as they are, with their run.
    """
    rows = load()
    if not rows:
        return
    before, rest = PAGE.read_text().split(BEGIN)
    table, after = rest.split(END)
    # The name of a line, with what was noted beside it taken off.
    there = {line[2:].split(" | ")[0]: line for line in table.splitlines() if line[:2] == "| "}
    lines = {re.sub(r" \([^()]*\)$", "", name): line for name, line in there.items()}
    for heading in ("line", "---"):
        lines.pop(heading, None)
    lines |= {one["name"]: row(one) for one in rows}
    facts = rows[-1]["machine"]
    text = (
        f"{facts['processors']} processors ({facts['model']}), {facts['memory_gb']} GB, Python "
        f"{facts['python']}.\n\n{HEAD}\n" + "\n".join(lines.values())
    )
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
