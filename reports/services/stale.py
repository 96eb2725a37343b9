"""Marks days whose totals are to be made again."""

import datetime as dt

from reports.models import DailyReport, StaleBranchDay, StaleUnitDay


def mark_stale(report: DailyReport, since: dt.datetime) -> None:
    """Leave word, in the transaction that changes a report, that its day is stale.

    Both rows are only ever added, so that nobody waits and nothing is lost to a worker that
    is taking away an older one. The branch's home unit is marked too where it differs: it
    counts who has reported.
    """
    units = {report.unit_id, report.branch.home_unit_id}
    StaleUnitDay.objects.bulk_create(
        StaleUnitDay(campaign_id=report.campaign_id, node_id=unit_id, date=report.date, since=since)
        for unit_id in sorted(units)
    )
    StaleBranchDay.objects.create(
        campaign_id=report.campaign_id, node_id=report.branch_id, date=report.date, since=since
    )
