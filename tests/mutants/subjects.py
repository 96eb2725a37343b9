"""What is tried, by subject: its modules, and the tests that should see faults in them.

These are fewer tests than ``make test`` runs: what they do not see, others still may.
"""

from dataclasses import dataclass

from tests.mutants.planting import ROOT


@dataclass(frozen=True)
class Subject:
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def paths(self) -> list[str]:
        """The modules' files: a folder stands for all that are in it."""
        found = []
        for module in self.modules:
            path = ROOT / module
            files = sorted(path.glob("*.py")) if path.is_dir() else [path]
            found += [
                file.relative_to(ROOT).as_posix() for file in files if file.stat().st_size > 200
            ]
        return found


CAST = "tests/campaign/test_second_cast.py"
DATES = "tests/test_boundaries.py"
SIM = "tests/sim/test_simulator.py::test_portal_shows_what_the_rules_say"
# The subjects that are about counts are tried in one run.
COUNTS = (
    *("tests/reports/daily", "tests/reports/rollup", "tests/reports/entry"),
    *("tests/campaign/test_validity.py", CAST, DATES, SIM),
)
SUBJECTS = {
    "rollup": Subject(
        (
            "reports/rollup/services/rollup.py",
            "reports/rollup/totals.py",
            "reports/rollup/expected.py",
            "campaign/services/dirty_days.py",
        ),
        COUNTS,
    ),
    "submit": Subject(
        ("reports/daily/services/submit.py", "reports/daily/services/report_input.py"),
        COUNTS,
    ),
    "review": Subject(
        (
            "reports/daily/services/review.py",
            "reports/daily/services/locking.py",
            "reports/daily/services/revisions.py",
            "reports/daily/counted_versions.py",
        ),
        COUNTS,
    ),
    "scopes": Subject(
        (
            "campaign/scopes.py",
            "campaign/querysets.py",
            "campaign/permissions.py",
            "reports/daily/querysets.py",
            "volunteers/sessions/querysets.py",
            "volunteers/teams/querysets.py",
        ),
        ("tests/campaign", "tests/volunteers/test_people_privacy.py", CAST, DATES),
    ),
    "window": Subject(
        (
            "campaign/reporting_window.py",
            "campaign/report_day.py",
            "campaign/validity.py",
            "campaign/services/grants.py",
            "core/clock.py",
        ),
        COUNTS,
    ),
    "counting": Subject(
        (
            "reports/daily/reconciliation.py",
            "campaign/count_validation.py",
            "campaign/selectors.py",
            "core/counts.py",
            "core/number_parsing.py",
        ),
        ("tests/core/test_number_parsing.py", "tests/campaign", "tests/reports/daily"),
    ),
    "parser": Subject(("reports/chat/parser",), ("tests/reports/chat",)),
    # Its faults are a list: tests/mutants/scripts.py.
    "queue": Subject((), ("tests/e2e/test_queue.py",)),
}  # fmt: skip
