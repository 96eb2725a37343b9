"""The log's heads for everybody: no sign-in, no cookie, nothing personal."""

import datetime as dt
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core import clock
from core.log.checkpoint import verifier_key
from core.log.day_heads import day_heads
from core.throttle import address_of, allow
from reports.police.proof.package import head_package
from reports.witness.notices import head_words
from reports.witness.selectors import LONGEST, compared

SHOWN = 31
# Tries of one address in a minute: each goes up and down the tree.
MOST, MINUTE = 30, 60
DAY = 86_400


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the days' heads; hold one that somebody has (``?head=``) against the log."""
    typed = request.GET.get("head", "").strip()[:LONGEST]
    days = day_heads(clock.today(), SHOWN)
    context: dict[str, Any] = {
        "days": days,
        "typed": typed,
        "key": verifier_key(),
        "message": head_words(days[0]) if days else "",
        "demo_day": settings.PORTAL_TODAY,
    }
    status = HTTPStatus.OK
    if typed and not allow(f"log:{address_of(request)}", MOST, MINUTE):
        context["is_slowed"], status = True, HTTPStatus.TOO_MANY_REQUESTS
    elif typed:
        context["compared"] = compared(typed)
    answer = HttpResponse(render_to_string("reports/witness/log.html", context), status=status)
    answer.headers["Cache-Control"] = "no-store" if typed else "public, max-age=60"
    patch_vary_headers(answer, ("Cookie",))
    return answer


@require_safe
def day_package(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Send a day's head with its signature, what it continues, and how to verify it."""
    found = [one for one in day_heads(day, 1) if one.day == day]
    if not found:
        raise Http404
    if not allow(f"log:{address_of(request)}", MOST, MINUTE):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    answer = HttpResponse(head_package(found[0].signed), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="dau-so_{day}.zip"'
    answer.headers["Cache-Control"] = (
        f"public, max-age={DAY}" if found[0].is_over else "public, max-age=60"
    )
    return answer
