"""Where a code that stands beside a figure is typed, and what it leads to.

Nobody has to sign in for the figure itself; what it is made of is shown by one's rights.
"""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.selectors import indicators_of
from core.throttle import address_of, allow
from reports.exports.codes import read_code
from reports.exports.models import Export, FigureCode
from reports.police.figure_history import figure_proof, history_of_figure

# Of one address: more than somebody types who checks a poster, and far fewer than there are codes.
MOST_TRIES, TRIED_WITHIN = 30, 600
LONGEST = 60


@never_cache
@require_safe
def figures(request: HttpRequest, text: str = "") -> HttpResponse:
    typed = (text or request.GET.get("code", ""))[:LONGEST]
    context: dict[str, Any] = {"typed": typed}
    status = HTTPStatus.OK
    if typed.strip():
        if not allow(f"figure {address_of(request)}", MOST_TRIES, TRIED_WITHIN):
            context["problem"], status = "many", HTTPStatus.TOO_MANY_REQUESTS
        else:
            code = read_code(typed)
            figure = _figure(code) if code else None
            if figure is None:
                context["problem"] = "unknown" if code else "wrong"
                status = HTTPStatus.NOT_FOUND
            else:
                context |= _context(figure, request.user)
    answer = render(request, "reports/police/figures.html", context, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["Retry-After"] = str(TRIED_WITHIN)
    return answer


@never_cache
@require_safe
def figure_proof_file(request: HttpRequest, text: str) -> HttpResponse:
    """Send the proof as text; 404 until the log has come to the figure."""
    code = read_code(text[:LONGEST])
    figure = _figure(code) if code else None
    proof = figure_proof(figure) if figure is not None else None
    if proof is None:
        raise Http404
    answer = HttpResponse(proof, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{figure}.txt"'
    return answer


def _figure(code: str) -> FigureCode | None:
    found = FigureCode.objects.filter(code=code).select_related("campaign", "unit")
    return found.first()


def _context(figure: FigureCode, user: Any) -> dict[str, Any]:
    """Return the figure; for who has signed in also its parts, or the file that it is of."""
    by_code = {one.code: one for one in indicators_of(figure.campaign).all}
    context: dict[str, Any] = {"figure": figure, "indicator": by_code.get(figure.indicator)}
    if user.is_authenticated:
        if figure.campaign.archived_at is None:
            history = history_of_figure(figure, user)
            context |= {"history": history, "is_same": history and history.is_same(figure)}
        if figure.export_id is not None:
            files = Export.objects.visible_to(user).filter(pk=figure.export_id)
            context["file"] = files.defer("content").first()
    return context
