"""The planter itself: what it plants runs, wherever it was imported; the list of patches fits."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from campaign import count_validation
from core.counts import add_up
from reports.chat.parser import tagging
from reports.chat.parser.normalise import alike
from reports.daily.services.submit import VersionConflict
from tests.mutants.planting import (
    CALLED,
    ROOT,
    Mutant,
    mutants_of,
    note_calls,
    note_no_more,
    plant,
)
from tests.mutants.scripts import script_faults
from tests.mutants.subjects import SUBJECTS


def in_a_child(mutant: Mutant, work: Callable[[], object]) -> str:
    """Return what comes of it in a process of its own, which runs the mutant."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            plant(mutant)
            os.write(write, repr(work()).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as pipe:
        return pipe.read()


def one(path: str, words: str) -> Mutant:
    [found] = [mutant for mutant in mutants_of(path) if words in mutant.words]
    return found


def test_function_that_was_imported_already_runs_the_mutant() -> None:
    taken_off = one("core/counts.py", "total.get(code, 0) - count")
    assert in_a_child(taken_off, lambda: add_up([{"a": 3}, {"a": 1}])) == "{'a': -4}"
    assert add_up([{"a": 3}, {"a": 1}]) == {"a": 4}


def test_statement_that_names_more_than_the_rest_of_its_function_is_left_out() -> None:
    bare = one("reports/daily/services/submit.py", "super().__init__(_('Báo cáo")
    conflict: Any = (None, None)
    assert "khác" in str(VersionConflict(*conflict))
    assert in_a_child(bare, lambda: str(VersionConflict(*conflict))) == "'(None, None)'"


def test_constant_is_another_one_wherever_it_is_known() -> None:
    more = one("core/counts.py", "1000000 → 1000001")
    assert in_a_child(more, lambda: vars(count_validation)["MOST"]) == "1000001"


def test_what_was_worked_out_before_is_worked_out_anew() -> None:
    """An answer that is kept, and a table that a function makes when the module is read."""
    assert alike("tien", "tiến")
    other = one("reports/chat/parser/normalise.py", "typed != folded(meant)")
    assert in_a_child(other, lambda: alike("tien", "tiến")) == "False"
    empty = one("reports/chat/parser/tagging.py", "append((phrase, kind)) → nothing")
    assert in_a_child(empty, lambda: any(tagging.FIRST.values())) == "False"


def test_statements_of_the_database_are_changed_too() -> None:
    words = [m.words for m in mutants_of("reports/rollup/services/rollup.py")]
    assert any("'closed' becomes 'planned'" in word for word in words)
    assert any("UNION ALL becomes UNION" in word for word in words)


def test_every_patch_of_a_script_fits() -> None:
    faults = script_faults()
    assert len(faults) >= 100
    assert [str(f) for f in faults if f.old not in (ROOT / f.path).read_text()] == []


def test_plugin_is_there_before_settings_are_read() -> None:
    """pytest loads what is named with `-p` first, when no model can be imported yet."""
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    words = [sys.executable, "-c", "import tests.mutants.plugin"]
    subprocess.run(words, cwd=ROOT, env=bare, check=True)


def test_subjects_are_there() -> None:
    for subject in SUBJECTS.values():
        assert all((ROOT / path).is_file() for path in subject.paths)
        assert all((ROOT / test.split("::")[0]).exists() for test in subject.tests)


def test_who_is_called_is_noted_for_as_long_as_somebody_looks() -> None:
    path = "core/counts.py"
    try:
        note_calls(path)
        CALLED.clear()
        assert add_up([{"a": 1}]) == {"a": 1}
        assert {(where, name) for where, name, _line in CALLED} == {(path, "add_up")}
    finally:
        note_no_more(path)
        CALLED.clear()
    add_up([{"a": 1}])
    assert not CALLED
