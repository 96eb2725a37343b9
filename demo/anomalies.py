"""What the portal would have asked about the demo's last two weeks, and what it was told."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from campaign.baselines import residents_of
from campaign.models import Campaign
from demo.seeded_random import SeededRandom
from demo.territory import LAST_DAY
from reports.daily.anomalies import Line, expectation_of, judge
from reports.daily.models import DailyReport, Explanation

DAYS = 14
# So many of a hundred were not asked: they came in by another program.
UNASKED = 20
WORDS = (Explanation.DRIVE, Explanation.CROWD, Explanation.HANDS, Explanation.CHECKED)


def add_questions(campaign: Campaign, reports: Sequence[DailyReport]) -> None:
    parts = campaign.indicators.filter(at_most__isnull=False)
    wholes = dict(parts.values_list("code", "at_most__code"))
    _baseline, residents = residents_of(list({report.unit for report in reports}), LAST_DAY)
    lines: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for report in reports:
        place = report.branch_id, report.unit_id
        lines[place].append((report.date, report.status, report.counts))
    for report in reports:
        if report.date <= LAST_DAY - dt.timedelta(days=DAYS) or not report.counts:
            continue
        before = lines[report.branch_id, report.unit_id]
        owned = expectation_of(before, report.date, residents.get(report.unit_id))
        report.unusual = [one.as_json() for one in judge(report.counts, owned, wholes)]
        rng = SeededRandom("word", report.unit.code, report.date)
        if report.unusual and not rng.happens(UNASKED):
            report.explanation = WORDS[rng.between(0, len(WORDS) - 1)]
