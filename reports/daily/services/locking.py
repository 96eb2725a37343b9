"""Approved reports of closed days are locked."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaign.models import Campaign, LateEntryGrant
from campaign.reporting_window import rules_on
from core import clock
from reports.daily.models import DailyReport, Source, Status
from reports.daily.querysets import DailyReportQuerySet
from reports.daily.services.revisions import record_revision

# So many in one transaction: whoever sends one of these reports waits for it.
BATCH = 100


def lock_closed() -> int:
    """Lock what is approved of days that take no counts any more; return how many.

    Every report is locked in a transaction with its revision, a batch at a time. Those that
    somebody else holds at this moment are left for the next run, so that any number of
    workers may do this at once, and one that is killed leaves nothing half done.
    """
    locked = 0
    for due in _due():
        while count := _lock_some(due):
            locked += count
    return locked


def _due() -> Iterator[DailyReportQuerySet]:
    """Yield for each campaign the approved reports of its closed days without a grant."""
    now = clock.now()
    for campaign in Campaign.objects.published():
        approved = DailyReport.objects.filter(campaign=campaign, status=Status.APPROVED)
        days = approved.order_by().values_list("date", flat=True).distinct()
        closed = [day for day in days if now > rules_on(campaign, day).closes_at]
        grants = LateEntryGrant.objects.existing(now).filter(
            campaign=campaign, branch=OuterRef("branch"), date=OuterRef("date")
        )
        yield approved.filter(~Exists(grants), date__in=closed)


@transaction.atomic
def _lock_some(due: DailyReportQuerySet) -> int:
    reports = list(
        due.select_for_update(skip_locked=True, of=("self",)).order_by("date", "pk")[:BATCH]
    )
    now = clock.now()
    for report in reports:
        report.status = Status.LOCKED
        report.version += 1
        report.save(update_fields=["status", "version"])
    for report in reports:
        record_revision(report, actor=None, source=Source.REVIEW, at=now)
    return len(reports)
