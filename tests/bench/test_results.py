"""A line of the table says what was measured, and is met only where it is."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import __main__ as bench_main
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
    there = "| a (5 rows) | b | 9 s | May |\n| elsewhere (2 rows) | d | 7 s | May |"
    table = f"old\n\n{results.HEAD}\n{there}\n"
    results.PAGE.write_text(f"Before.\n{results.BEGIN}\n{table}{results.END}\nAfter.\n")
    results.save([compare("a", "b", "s", [1], [1], at_most(1))], run="June")
    results.save([compare("c", "", "MB", [600], [], at_most(500, "ours"))], run="June")
    results.save([compare("a", "b", "s", [3], [1], at_most(1), note="7 rows")], run="July")
    rows = json.loads(results.RESULTS.read_text())
    assert [(row["name"], row["ours"], row["ok"]) for row in rows] == [
        ("a", 3, False),
        ("c", 600, False),
    ]
    results.write_page()
    results.write_page()
    page = results.PAGE.read_text()
    # What was measured elsewhere stays, and each line says of which run it is.
    assert page.count(results.HEAD) == page.count("| elsewhere (2 rows) | d | 7 s | May |") == 1
    assert "| a (7 rows) | b | 3 s | 3–3 | 1 s | 3 | ≤ 1 | no | July |" in page
    assert "| c |  | 600 MB | 600–600 | – | – | ours ≤ 500 | no | June |" in page
    assert page.count("| a (") == 1
    assert ("old" in page, page.startswith("Before."), page.endswith("After.\n")) == (
        False,
        True,
        True,
    )


def test_what_fails_leaves_the_others_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results.json")

    def good(_world: object, *, quick: bool) -> Iterator[results.Line]:
        yield compare("before" if quick else "", "", "s", [1], [], at_most(1, "ours"))

    def bad(_world: object, *, quick: bool) -> Iterator[results.Line]:
        yield compare("half", "", "s", [1], [], at_most(1, "ours"))
        raise OSError("no room")

    def measured(*given: object) -> SimpleNamespace:
        return SimpleNamespace(MEASUREMENTS={"demo": given})

    subjects = {"one": measured(bad, good), "two": measured(good)}
    monkeypatch.setattr(bench_main, "SUBJECTS", subjects)
    monkeypatch.setattr(bench_main, "world", lambda _name: nullcontext())
    monkeypatch.setattr("sys.argv", ["bench", "quick", "demo"])
    assert bench_main.main() == 1
    assert [row["name"] for row in results.load()] == ["half", "before"]
    printed = capsys.readouterr()
    assert "Failed, the rest was measured: demo one." in printed.err
    assert "demo two: 0 s" in printed.out
