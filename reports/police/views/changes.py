"""What changed since a file was taken: as a page, and as a file."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.exports.models import Export
from reports.police.changes.comparison import LineChange, Tally
from reports.police.changes.file import changes_file
from reports.police.changes.selectors import (
    MOST_COMPARED,
    changes_since,
    comparable,
    later_files,
)
from reports.police.changes.why import Reason, Why
from reports.police.views.rights import export_of

MOST_SHOWN = 200


@login_required
@never_cache
@require_safe
def export_changes(request: HttpRequest, export_id: int) -> HttpResponse:
    export, later = _asked(request, export_id)
    user: Any = request.user
    shown: list[tuple[LineChange, list[Why]]] = []
    tally, carried = Tally(), 0
    is_whole = "all" in request.GET
    is_large = (export.rows or 0) > MOST_COMPARED
    found = () if is_large else changes_since(export, later, user, tally)
    for change, reasons in found:
        if not is_whole and _is_carried(reasons):
            carried += 1
        elif len(shown) < MOST_SHOWN:
            shown.append((change, reasons))
    context = {
        "export": export,
        "later": later,
        "files": later_files(export, user),
        "tally": tally,
        "changes": shown,
        "carried": carried,
        "more": tally.total - carried - len(shown),
        "is_large": is_large,
    }
    return render(request, "reports/police/changes.html", context)


@login_required
@never_cache
@require_safe
def export_changes_file(request: HttpRequest, export_id: int) -> StreamingHttpResponse:
    """Stream the changes as CSV, a line for each cell; it has a record as other files have."""
    export, later = _asked(request, export_id)
    user: Any = request.user
    record, pieces = changes_file(actor=user, export=export, later=later)
    answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{record.file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Export-Receipt"] = str(record.pk)
    return answer


def _asked(request: HttpRequest, export_id: int) -> tuple[Export, Export | None]:
    """Return the file, and the later one that ``?to=`` names; 404 where they cannot be compared."""
    export = export_of(request, export_id)
    if not export.is_police or export.content is None:
        raise Http404
    to = request.GET.get("to", "")
    if not to:
        return export, None
    if not to.isdecimal() or len(to) > 18:
        raise Http404
    later = export_of(request, int(to))
    if not comparable(export, later):
        raise Http404
    return export, later


def _is_carried(reasons: list[Why]) -> bool:
    return all(why.reason == Reason.CARRIED for why in reasons)
