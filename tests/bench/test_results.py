"""A line of the table says what was measured, and is met only where it is."""

import json
from pathlib import Path

import pytest

from bench import results
from bench.results import Goal, at_least, at_most, compare


@pytest.mark.parametrize(
    ("goal", "is_met"),
    [
        (at_most(2), True),
        (at_most(1.9), False),
        (at_least(2), True),
        (at_least(2.1), False),
        (at_most(20, "ours"), True),
        (at_most(19, "ours"), False),
        (at_least(21, "ours"), False),
    ],
)
def test_a_goal_is_held_against_its_figure(goal: Goal, is_met: bool) -> None:
    line = compare("a", "b", "ms", [10, 20, 90], [9, 10, 11], goal)
    assert (line.ours, line.beside, line.ratio, line.ok) == (20, 10, 2, is_met)
    assert line.spread == (10, 90)


def test_without_an_anchor_no_ratio_is_met() -> None:
    assert not compare("a", "", "ms", [1], [], at_most(5)).ok
    assert compare("a", "", "ms", [1], [], at_most(5, "ours")).ok


def test_lines_are_kept_beside_those_of_other_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path / "bench" / "results.json")
    monkeypatch.setattr(results, "PAGE", tmp_path / "performance.md")
    results.PAGE.write_text(f"Before.\n{results.BEGIN}\nold\n{results.END}\nAfter.\n")
    results.save([compare("a", "b", "s", [1], [1], at_most(1))])
    results.save([compare("c", "", "MB", [600], [], at_most(500, "ours"))])
    results.save([compare("a", "b", "s", [3], [1], at_most(1))])
    rows = json.loads(results.RESULTS.read_text())
    assert [(row["name"], row["ours"], row["ok"]) for row in rows] == [
        ("a", 3, False),
        ("c", 600, False),
    ]
    results.write_page()
    page = results.PAGE.read_text()
    assert "| a | b | 3 s | 3–3 | 1 s | 3 | ≤ 1 | no |" in page
    assert ("old" in page, page.startswith("Before."), page.endswith("After.\n")) == (
        False,
        True,
        True,
    )
