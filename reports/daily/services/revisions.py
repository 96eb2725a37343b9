"""The history of a report, written: one row for every change."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection

from accounts.models import User
from reports.daily.models import DailyReport, Revision, Source
from reports.daily.texts import TEXT_NAMES

CONTENT = ("counts", "no_activity", *TEXT_NAMES, "explanation", "covered_sessions")
PARTS = ", ".join(f"'{name}', {name}" for name in (*CONTENT, "unusual", "status"))
AS_THEY_STAND = f"""
    INSERT INTO reports_revision (report_id, version, actor_id, source, at, reason, content)
    SELECT id, version, %(actor)s, %(source)s, %(at)s, '', jsonb_build_object({PARTS})
    FROM unnest(string_to_array(%(ids)s, ',')::uuid[]) WITH ORDINALITY AS wanted(id, place)
    JOIN reports_dailyreport USING (id) ORDER BY place
"""  # noqa: S608 - our own names


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
    """Keep many saved reports as they now stand, in the given order: the database reads them."""
    ids = ",".join(str(report.pk) for report in reports)
    with connection.cursor() as cursor:
        cursor.execute(
            AS_THEY_STAND,
            {"ids": ids, "actor": actor.pk if actor else None, "source": source, "at": at},
        )


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
    return {name: getattr(report, name) for name in CONTENT}
