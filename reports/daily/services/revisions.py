"""The history of a report, written: one row for every change."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from accounts.models import User
from reports.daily.models import DailyReport, Revision, Source
from reports.daily.texts import TEXT_NAMES

BATCH = 2000


def record_revision(
    report: DailyReport, *, actor: User | None, source: Source, at: dt.datetime, reason: str = ""
) -> Revision:
    """Keep the report as it now stands; revisions are only ever added.

    To be called when the report is saved: the database writes it into the log with the revision.
    """
    revision = _revision(report, actor, source, at, reason)
    revision.save(force_insert=True)
    return revision


def record_revisions(
    reports: Iterable[DailyReport], *, actor: User | None, source: Source, at: dt.datetime
) -> None:
    """Keep many reports as they now stand, in the given order."""
    rows = [_revision(report, actor, source, at) for report in reports]
    Revision.objects.bulk_create(rows, batch_size=BATCH)


def _revision(
    report: DailyReport, actor: User | None, source: Source, at: dt.datetime, reason: str = ""
) -> Revision:
    return Revision(
        report=report,
        version=report.version,
        actor=actor,
        source=source,
        at=at,
        reason=reason,
        content={
            **content_of(report),
            "unusual": report.unusual,
            "status": report.status,
        },
    )


def content_of(report: DailyReport) -> dict[str, Any]:
    """Return the content of a kept report in the form of ``checked_content``."""
    names = ("counts", "no_activity", *TEXT_NAMES, "explanation", "covered_sessions")
    return {name: getattr(report, name) for name in names}
