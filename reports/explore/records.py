"""The record of a table that left the portal as a file."""

from typing import Any

from django.http import HttpResponse

from reports.explore.table import Table
from reports.exports.models import ExportKind, ReportMap
from reports.exports.services import recorded


def record(answer: HttpResponse, user: Any, table: Table, kind: str) -> None:
    """Keep the file with what was asked, before it goes out."""
    asked = table.question
    recorded(
        answer,
        rows=len(table.rows),
        actor=user,
        campaign=asked.campaign,
        first=asked.first,
        last=asked.last,
        basis=asked.basis,
        map=ReportMap.THEN,
        kind=ExportKind.EXPLORE,
        asked={
            "unit": asked.top.code,
            "rows": asked.rows,
            "columns": asked.columns,
            "measure": asked.measure.name,
            "indicator": asked.indicator.code if asked.indicator is not None else "",
            "suffix": kind,
        },
    )
