"""What is asked about a report beside its sessions, in figures (docs/counting.md C2, C3, C9)."""

from typing import Any

import pytest

from campaign.models import Indicator
from campaign.selectors import IndicatorSet
from reports.daily.models import DailyReport, Status
from reports.daily.reconciliation import Question, question_of, with_people
from volunteers.sessions.models import SupportSession

Counts = dict[str, int]


def asked(counts: Counts, covered: dict[str, Counts], *closed: Counts, **given: Any) -> Any:
    """Return what is asked about a report, the sessions being 1, 2, …; None where nothing is."""
    stored = DailyReport(counts=counts, covered_sessions=covered, **given)
    return question_of(stored, [SupportSession(pk=n, counts=c) for n, c in enumerate(closed, 1)])


@pytest.mark.parametrize(
    ("covered", "closed"),
    [({}, []), ({"1": {"a": 3}}, [{"a": 3}]), ({"1": {}}, [{}])],
)
def test_nothing_is_asked_where_the_report_knows_the_sessions(
    covered: dict[str, Counts], closed: list[Counts]
) -> None:
    assert asked({"a": 5}, covered, *closed) is None


def test_returned_report_is_asked_about_once_it_has_been_sent_again() -> None:
    assert asked({"a": 5}, {}, {"a": 1}, status=Status.RETURNED) is None
    assert asked({"a": 5}, {}, {"a": 1}, status=Status.APPROVED) is not None


# The report and what it covers, the sessions now; the difference, the sum, its sign, and whether
# it may be added or is included already.
CASES: list[tuple[tuple[Counts, dict[str, Counts], list[Counts]], tuple[Any, ...]]] = [
    # One more, of which the report may know, or not.
    (({"a": 5}, {}, [{"a": 3}]), ({"a": 3}, {"a": 8}, 1, True, True)),
    (({"a": 2}, {}, [{"a": 3}]), ({"a": 3}, {"a": 5}, 1, True, False)),
    (({"a": 3}, {}, [{"a": 3}]), ({"a": 3}, {"a": 6}, 1, True, True)),
    # What the report leaves blank is counted from nought, and is not in it.
    (({"a": 5}, {}, [{"b": 3}]), ({"b": 3}, {"a": 5, "b": 3}, 1, True, False)),
    # One was cancelled, another corrected: less, both ways, and in some counts no difference.
    (({"a": 5}, {"1": {"a": 3}}, []), ({"a": -3}, {"a": 2}, -1, True, True)),
    (({"a": 3}, {"1": {"a": 3}}, []), ({"a": -3}, {"a": 0}, -1, True, True)),
    (({"a": 2}, {"1": {"a": 3}}, []), ({"a": -3}, {"a": -1}, -1, False, True)),
    (
        ({"a": 9, "b": 9}, {"1": {"a": 3, "b": 1}}, [{"a": 1, "b": 4}]),
        ({"a": -2, "b": 3}, {"a": 7, "b": 12}, 0, True, True),
    ),
    (
        ({"a": 9, "b": 9}, {"1": {"a": 3, "b": 1}}, [{"a": 3}, {"b": 2}]),
        ({"b": 1}, {"a": 9, "b": 10}, 1, True, True),
    ),
    # Another session of the same figures: no figure differs, and still it is asked.
    (({"a": 5}, {"2": {"a": 3}}, [{"a": 3}]), ({}, {"a": 5}, 0, True, True)),
    (({"a": 5}, {}, [{"a": 0}]), ({}, {"a": 5}, 0, True, True)),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_question_holds_what_the_sessions_brought_beside_the_report(
    given: tuple[Counts, dict[str, Counts], list[Counts]], expected: tuple[Any, ...]
) -> None:
    counts, covered, closed = given
    found = asked(counts, covered, *closed)
    assert isinstance(found, Question)
    assert found.sessions == {str(n): c for n, c in enumerate(closed, 1)}
    assert expected == (
        *(found.difference, found.added, found.sign, found.may_be_added, found.may_be_included),
    )


def test_who_took_part_is_counted_from_the_lists_unless_the_report_says_it() -> None:
    class Day:
        indicators = IndicatorSet((Indicator(code="people", counts_people=True),))

    class Bare:
        indicators = IndicatorSet((Indicator(code="a"),))

    day: Any = Day()
    bare: Any = Bare()
    covered = {"1": {"people": 3}, "2": {"people": 2, "a": 9}}
    assert with_people({"a": 1}, covered, day) == {"a": 1, "people": 5}
    assert with_people({"people": 7}, covered, day) == {"people": 7}
    assert with_people({"people": 0}, covered, day) == {"people": 0}
    assert with_people({"a": 1}, {"1": {"people": 0}}, day) == {"a": 1}
    assert with_people({"a": 1}, {}, day) == {"a": 1}
    assert with_people({"a": 1}, covered, bare) == {"a": 1}
