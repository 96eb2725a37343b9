"""What is tried, by subject: its modules, and the tests that should see faults in them.

These are those that are about the subject, and far fewer than ``make test`` runs: what they do
not see, others still may.
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


CAST = "tests/campaign/second_cast"
DATES = "tests/test_boundaries.py"
ASKED = "tests/campaign/test_only_what_is_asked_for.py"
DAILY = "tests/reports/daily"
SUBJECTS = {
    "rollup": Subject(
        (
            "reports/rollup/services/rollup.py",
            "reports/rollup/services/rebuild.py",
            "reports/rollup/columns.py",
            "reports/rollup/totals.py",
            "reports/rollup/expected.py",
            "campaign/services/dirty_days.py",
        ),
        ("tests/reports/rollup", "tests/campaign/test_validity.py", CAST, DATES),
    ),
    "submit": Subject(
        (
            "reports/daily/services/submit.py",
            "reports/daily/services/present.py",
            "reports/daily/services/report_input.py",
            "campaign/known_settings.py",
        ),
        (
            f"{DAILY}/test_known_settings.py",
            *(f"{DAILY}/test_taking.py", f"{DAILY}/test_submit.py", f"{DAILY}/test_bad_inputs"),
            *(f"{DAILY}/test_texts.py", "tests/reports/entry/test_cleared_counts.py"),
            *("tests/reports/chat/test_page.py", CAST, DATES),
        ),
    ),
    "review": Subject(
        (
            "reports/daily/services/review.py",
            "reports/daily/services/locking.py",
            "reports/daily/services/revisions.py",
            "reports/daily/counted_versions.py",
        ),
        (
            *(f"{DAILY}/test_counted_versions.py", f"{DAILY}/test_review"),
            *(f"{DAILY}/test_reconciliation.py", f"{DAILY}/test_taking.py", CAST, DATES),
            "tests/reports/rollup/test_counting_once.py",
        ),
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
        (
            *("tests/campaign", "tests/volunteers/teams/test_teams.py", DATES),
            *("tests/volunteers/test_people_privacy.py", "tests/volunteers/sessions/test_api.py"),
        ),
    ),
    "window": Subject(
        (
            "campaign/reporting_window.py",
            "campaign/report_day.py",
            "campaign/validity.py",
            "campaign/services/grants.py",
            "core/clock.py",
        ),
        (
            *(f"{DAILY}/test_review/test_window.py", f"{DAILY}/test_review/test_pages.py"),
            *("tests/campaign/test_validity.py", "tests/campaign/test_grants.py", ASKED),
            *("tests/core/test_clock.py", CAST, DATES),
        ),
    ),
    "counting": Subject(
        (
            "reports/daily/reconciliation.py",
            "campaign/count_validation.py",
            "campaign/selectors.py",
            "core/counts.py",
            "core/number_parsing.py",
        ),
        (
            *("tests/core/test_number_parsing.py", "tests/campaign/test_count_rules.py"),
            *(f"{DAILY}/test_question.py", f"{DAILY}/test_bad_inputs/test_counts.py"),
            *("tests/campaign/test_what_one_finds.py", "tests/campaign/test_targets.py"),
            *("tests/campaign/test_routing.py", ASKED, CAST, DATES),
        ),
    ),
    "parser": Subject(
        ("reports/chat/parser",),
        ("tests/reports/chat/test_readings.py", "tests/reports/chat/test_sets.py"),
    ),
    # Its faults are a list: tests/mutants/scripts.py.
    "queue": Subject(
        (),
        (
            *("tests/e2e/test_queue.py", "tests/e2e/test_queue_answers.py"),
            *("tests/e2e/test_queue_pages.py", "tests/e2e/test_queue_restored.py"),
        ),
    ),
}  # fmt: skip
