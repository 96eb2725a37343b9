"""What reports say in words, as a file: difficulties, proposals, notes, links to pictures."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import page_campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from core.formula_guard import guarded
from reports.daily.models import DailyReport
from reports.daily.texts import TEXT_NAMES

BOM = "\ufeff"
COLUMNS = ("date", "unit_code", "unit", "branch_code", "branch", "status", *TEXT_NAMES)


class _Line:
    """What ``csv`` writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


@login_required
@never_cache
@require_safe
def report_texts(request: HttpRequest) -> StreamingHttpResponse:
    """Answer with a line for each report that says something (UTF-8 with BOM, CRLF, guarded)."""
    user: Any = request.user
    if not scope_of(user).may(Permission.LEAD):
        raise PermissionDenied
    campaign = page_campaign(request)
    says = Q()
    for name in TEXT_NAMES:
        says |= ~Q(**{name: ""})
    reports = (
        DailyReport.objects.visible_to(user)
        .filter(says, campaign=campaign)
        .select_related("unit", "branch")
        .order_by("date", "branch__sort_key", "unit__sort_key")
    )
    answer = StreamingHttpResponse(
        (line.encode() for line in _lines(reports)), content_type="text/csv; charset=utf-8"
    )
    name = f"{campaign.slug}-kho-khan-de-xuat.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(reports: Any) -> Iterator[str]:
    lines = csv.writer(_Line(), lineterminator="\r\n")
    yield BOM + lines.writerow(COLUMNS)
    for report in reports.iterator():
        unit, branch = report.unit.on(report.date), report.branch.on(report.date)
        texts = (getattr(report, name) for name in TEXT_NAMES)
        cells = (report.date.isoformat(), unit.code, unit.name, branch.code, branch.name)
        yield lines.writerow([guarded(cell) for cell in (*cells, report.status, *texts)])
