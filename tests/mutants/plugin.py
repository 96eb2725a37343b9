"""Runs mutants instead of the tests: ``-p tests.mutants.plugin``, with the tests to be tried.

The tests run once as they are, while it is written down which of them call which function. Then
a child of this process is made for each mutant, which has the database set up and everything
imported already; it runs those that call the mutant's function up to the first that fails: those
first that have seen a fault in its module, then the quickest.
"""

import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.db import connections
from pytest_django.plugin import blocking_manager_key

from tests.e2e.queue_page import PATCHED
from tests.emptying import empty_tables
from tests.mutants.planting import (
    CALLED,
    Mutant,
    Unreadable,
    mutants_of,
    note_calls,
    note_no_more,
    plant,
)
from tests.mutants.scripts import script_faults

# A mutant that is not seen is tried by the tests that call it, within so many seconds of
# work, however busy the machine is with others.
PATIENCE = 25
# More work than any single test is, and longer than all of it takes: it goes round in circles or
# waits for ever, and whoever waits for it sees that.
ENDLESS = 20
HANGS = 400

Spot = tuple[str, str, int]


def pytest_runtestloop(session: pytest.Session) -> bool:
    asked = json.loads(os.environ["MUTANTS"])
    trial = (Trial if any(asked["subjects"].values()) else ScriptTrial)(session, **asked)
    trial.record()
    trial.run()
    return True


class Trial:
    """``subjects`` are the paths of their modules, by name; ``result`` is where it is told."""

    def __init__(
        self,
        session: pytest.Session,
        subjects: dict[str, list[str]],
        sample: int,
        seed: int,
        again: str,
        result: str,
    ) -> None:
        self.session, self.subjects, self.result = session, subjects, Path(result)
        self.again = again
        self.sample, self.seed = sample, seed
        # After each test all is taken down but what the whole run shares.
        self.anchor: Any = SimpleNamespace(listchain=lambda: [session])
        self.seconds: dict[pytest.Item, float] = {}
        self.callers: dict[Spot, list[pytest.Item]] = defaultdict(list)
        # What passes in a child in which nothing was planted, and what does not: some tests pass
        # only once in a process.
        self.sound: set[pytest.Item] = set()
        self.left_out: set[pytest.Item] = set()
        # How many faults of a module a test has seen.
        self.saw: Counter[tuple[str, pytest.Item]] = Counter()

    def record(self) -> None:
        every = [path for paths in self.subjects.values() for path in paths]
        for path in every:
            note_calls(path)
        # What all share is made for the first, whose time that is not.
        self._fails(self.session.items[0])
        for item in self.session.items:
            begun = time.monotonic()
            CALLED.clear()
            if self._fails(item):
                self._leave_out(item)
            self.seconds[item] = time.monotonic() - begun
            for spot in CALLED:
                self.callers[spot].append(item)
        for path in every:
            note_no_more(path)

    def run(self) -> None:
        results = []
        for name, paths in self.subjects.items():
            every = [one for one in self._every(paths) if one.words in self.again or not self.again]
            chosen = random.Random(self.seed).sample(
                range(len(every)), min(self.sample, len(every))
            )
            unseen = []
            for mutant in [every[number] for number in sorted(chosen)]:
                begun = time.monotonic()
                is_seen = self._is_seen(mutant)
                took = f"{time.monotonic() - begun:4.0f} s"
                sys.stderr.write(f"{'seen  ' if is_seen else 'UNSEEN'} {took} {mutant}\n")
                if not is_seen:
                    unseen.append(str(mutant))
            results.append({"name": name, "of": len(every), "tried": len(chosen), "unseen": unseen})
        self.result.write_text(json.dumps(results, ensure_ascii=False))

    def _every(self, paths: list[str]) -> list[Any]:
        return [mutant for path in paths for mutant in mutants_of(path)]

    def _fails(self, item: pytest.Item) -> str:
        reports = runtestprotocol(item, log=False, nextitem=self.anchor)
        return "\n".join(report.longreprtext for report in reports if report.failed)

    def _tests_for(self, mutant: Mutant) -> list[pytest.Item]:
        """Return those that call what it changes; of a constant that nobody names, any."""
        keys = {(mutant.path, *user) for user in mutant.users}
        callers = [
            items
            for spot, items in self.callers.items()
            if spot in keys or (not keys and spot[0] == mutant.path)
        ]
        found = {item for items in callers for item in items}
        return self._likeliest(found, mutant)

    def _likeliest(self, items: Iterable[pytest.Item], mutant: Any) -> list[pytest.Item]:
        """Return those first that are quick, or have seen faults of the same module."""
        return sorted(
            items, key=lambda item: self.seconds[item] / (1 + self.saw[mutant.path, item]) ** 2
        )

    def _is_seen(self, mutant: Any) -> bool:
        tests = self._tests_for(mutant)
        while tried := [item for item in tests if item not in self.left_out]:
            failed = self._first_to_fail(mutant, tried)
            if failed is None:
                return False
            if failed in self.sound:
                self.saw[mutant.path, failed] += 1
                return True
            if self._first_to_fail(None, [failed]) is None:
                self.sound.add(failed)
            else:
                self._leave_out(failed)
        return False

    def _leave_out(self, item: pytest.Item) -> None:
        """Leave out what fails without a mutant, too."""
        self.left_out.add(item)
        sys.stderr.write(f"left out: {item.nodeid}\n")

    def _first_to_fail(self, mutant: Mutant | None, tests: list[pytest.Item]) -> pytest.Item | None:
        """Let a child with the mutant run the tests; return the first that fails, or hangs."""
        connections.close_all()
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            self._live_as(mutant, tests, write)
        os.close(write)
        deadline = time.monotonic() + HANGS
        with os.fdopen(read) as pipe:
            while not (ended := os.waitpid(child, os.WNOHANG))[0]:
                if time.monotonic() > deadline:
                    os.kill(child, signal.SIGKILL)
                time.sleep(0.01)
            words = pipe.read().split()
        if ended[1]:
            # It was killed, or ended itself in the middle of a test.
            self._clear()
            if not words:
                pytest.exit(f"{mutant} could not be tried.", 1)
        number, how = int(words[-2]), words[-1]
        return None if how == "passed" else tests[number] if tests else None

    def _live_as(self, mutant: Mutant | None, tests: list[pytest.Item], pipe: int) -> None:
        """Run the tests one after the other, and tell which one is under way."""
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE + ENDLESS, PATIENCE + ENDLESS))
            if mutant:
                plant(mutant)
            # What the application says of it nobody reads.
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
            os.write(pipe, b"0 passed ")
            for number, item in enumerate(tests):
                os.write(pipe, f"{number} running ".encode())
                if self._fails(item):
                    break
                os.write(pipe, f"{number} passed ".encode())
                if time.process_time() > PATIENCE:
                    break
            code = 0
        except Unreadable:
            # With it the module cannot even be imported: any test sees that.
            os.write(pipe, b"0 running ")
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _clear(self) -> None:
        """Take away what a killed child has left behind in the database."""
        with self.session.config.stash[blocking_manager_key].unblock():
            empty_tables()
            connections.close_all()


class ScriptTrial(Trial):
    """Changes the scripts that the tests of the queue serve to their page; no child is needed.

    They share a browser, which stays open between them.
    """

    def __init__(self, session: pytest.Session, **asked: Any) -> None:
        super().__init__(session, **asked)
        module: Any = session.items[0].parent
        self.anchor = SimpleNamespace(listchain=module.parent.listchain)

    def _every(self, paths: list[str]) -> list[Any]:
        return list(script_faults())

    def _is_seen(self, mutant: Any) -> bool:
        for item in self._likeliest(self.session.items, mutant):
            PATCHED[mutant.path] = (mutant.old, mutant.new)
            is_failing = self._fails(item)
            PATCHED.clear()
            # What fails without the change as well has not seen it.
            if is_failing and (item in self.sound or not self._fails(item)):
                self.sound.add(item)
                self.saw[mutant.path, item] += 1
                return True
        return False
