"""Whether a report includes what came of the sessions of its day (docs/counting.md C2-C4).

A report keeps the closed sessions that it covers, each with its counts at that time. Where they
are others now (closed later, corrected, cancelled) somebody is asked; nothing is added alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaign.report_day import ReportDay
from core.counts import add_up
from reports.daily.models import DailyReport, Status
from volunteers.sessions.models import SupportSession

Counts = dict[str, int]
# Counts by the id of a session, as the report keeps them.
Covered = dict[str, Counts]


def covered_by(sessions: Iterable[SupportSession]) -> Covered:
    return {str(session.pk): session.counts for session in sessions}


def with_people(counts: Mapping[str, int], covered: Covered, day: ReportDay) -> Counts:
    """Return the counts of a report, whole: who took part was counted from the lists.

    A report need not say it again, and does say it to whoever adds up (C1).
    """
    people = day.indicators.of_people
    counted = add_up(covered.values())
    if people is None or people.code in counts or not counted.get(people.code):
        return dict(counts)
    return {**counts, people.code: counted[people.code]}


@dataclass(frozen=True)
class Question:
    """A report beside sessions that are not what it covers.

    ``difference`` is what they brought more, or less, than the report knows of, by indicator code;
    ``added`` the report's counts with it. ``may_be_included`` says whether the report as it is can
    include them: it is not lower than they add up to.
    """

    report: DailyReport
    sessions: Covered
    difference: Counts
    added: Counts
    may_be_included: bool

    @property
    def sign(self) -> int:
        """1 where the sessions brought more everywhere, -1 where less, 0 for some of both."""
        signs = {1 if count > 0 else -1 for count in self.difference.values()}
        return signs.pop() if len(signs) == 1 else 0

    @property
    def may_be_added(self) -> bool:
        """False where the report is lower than what would be taken off it."""
        return all(count >= 0 for count in self.added.values())


def question_of(report: DailyReport, closed: Iterable[SupportSession]) -> Question | None:
    """Return what is to be asked about a report and the closed sessions of its day, if anything.

    A returned report is being corrected; it is asked about when it has been sent again.
    """
    now = covered_by(closed)
    if report.status == Status.RETURNED or now == report.covered_sessions:
        return None
    total, known = add_up(now.values()), add_up(report.covered_sessions.values())
    changed = {
        code: total.get(code, 0) - known.get(code, 0)
        for code in {**known, **total}
        if total.get(code, 0) != known.get(code, 0)
    }
    added = {**report.counts, **{c: report.counts.get(c, 0) + n for c, n in changed.items()}}
    is_enough = all(report.counts.get(code, 0) >= count for code, count in total.items())
    return Question(report, now, changed, added, is_enough)
