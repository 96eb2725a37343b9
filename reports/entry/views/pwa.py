"""What makes the report work without a network: worker, shell, manifest, ticket.

Worker, shell and offline page are the same for everybody and hold nothing of anybody; they
are drawn once for each language and life of the process.
"""

import hashlib
import re
from functools import lru_cache
from typing import Any, cast

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rjsmin import jsmin

from backups.selectors import restored_mark
from core.compression import reads_brotli
from core.portal import ICONS, Identity, portal
from core.templatetags.formatting import SHORT_WEEKDAYS, WEEKDAYS
from reports.daily.models import Explanation
from reports.entry.forms import ReportForm
from volunteers.sessions.models import State

PAGES = {"report": "reports/entry/report_form.html", "away": "reports/entry/offline.html"}
FILES = (
    "core/portal.css",
    "reports/entry/report.css",
    "core/form.js",
    "core/dom.js",
    "core/draft.js",
    "core/offline/pwa.js",
    "core/offline/idb.js",
    "core/offline/offline_snapshot.js",
    "core/offline/queue.js",
    "reports/entry/report.js",
    "reports/entry/validation.js",
    "reports/entry/offline_form.js",
    "reports/entry/queue_list.js",
    "reports/entry/phone_reports.js",
    "core/share.js",
    "core/star.svg",
)
# What the page's own script says, beside its sentences.
WORDS: dict[str, Any] = {
    "explanations": Explanation.choices,
    "weekdays": WEEKDAYS,
    "short_weekdays": SHORT_WEEKDAYS,
}
# Written by whoever sends notices, if there is somebody.
PUSH = "channels/web_push/sw_push.js"


@never_cache
@require_safe
def queue_ticket(request: HttpRequest) -> JsonResponse:
    """Tell the phone's queue as whom it would send, with the token that a sending needs.

    And whether the portal was restored: of what a phone has a receipt for, it may have lost some.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"detail": _("Đăng nhập lại để gửi.")}, status=401)
    ticket = {"owner": request.user.pk, "csrf": get_token(request), "restored": restored_mark()}
    return JsonResponse(ticket)


@never_cache
@require_safe
def phone_reports(request: HttpRequest) -> HttpResponse:
    """Show whoever holds the phone what waits on it: signed in or not, appointed or not."""
    return render(request, "reports/entry/phone_reports.html", WORDS)


@lru_cache(maxsize=16)
def _page(name: str, language: str, _of: Identity) -> str:
    """Draw a page without anybody in it, in one language, for a portal as it is called now."""
    with translation.override(language):
        context: dict[str, Any] = {
            "shell": True,
            "demo_day": settings.PORTAL_TODAY,
            "factor_is_off": not settings.SECOND_FACTOR,
            "session_states": State.choices,
            "form": ReportForm(),
            **WORDS,
        }
        # A phone pays for indentation too.
        return re.sub(r"\n\s+", "\n", render_to_string(PAGES[name], context))


def worker_version() -> str:
    """Name all that the worker keeps: another name when something of it changes."""
    return _version(portal())


@lru_cache(maxsize=4)
def _version(of: Identity) -> str:
    files = [static(name) for name in FILES]
    pages = [_page(name, language, of) for name in PAGES for language, _name in settings.LANGUAGES]
    return hashlib.sha256("".join([*files, *pages]).encode()).hexdigest()[:12]


@lru_cache(maxsize=4)
def _worker(of: Identity) -> str:
    context = {
        "portal_name": of.name,
        "files": [static(name) for name in FILES],
        "version": _version(of),
        "languages": [code for code, _name in settings.LANGUAGES],
        "push": static(PUSH) if finders.find(PUSH) else "",
    }
    worker: str = jsmin(render_to_string("reports/entry/sw.js", context))
    return worker


@lru_cache
def _compressed(text: str) -> bytes:
    packed: bytes = brotli.compress(text.encode(), mode=brotli.MODE_TEXT)
    return packed


def _answer(request: HttpRequest, text: str, kind: str) -> HttpResponse:
    """Answer with what is the same for everybody, a sixth smaller than gzip where that is read.

    Asked for again, it is 304 until it has changed.
    """
    is_compressed = reads_brotli(request)
    content = _compressed(text) if is_compressed else text
    answer = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    if is_compressed:
        answer["Content-Encoding"] = "br"
    answer["Cache-Control"] = "no-cache"
    patch_vary_headers(answer, ("Accept-Encoding",))
    answer["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    unchanged = get_conditional_response(request, etag=answer["ETag"], response=answer)
    return cast("HttpResponse", unchanged)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the worker, which changes when a file of it does."""
    return _answer(request, _worker(portal()), "text/javascript")


@require_safe
def shell(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """Serve a page for the worker to keep: the report without data, or the one without network."""
    if name not in PAGES or language not in dict(settings.LANGUAGES):
        raise Http404
    answer = _answer(request, _page(name, language, portal()), "text/html")
    answer["Content-Language"] = language
    return answer


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    here = portal()
    icons = [
        {
            "src": here.icon(purpose, size),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for purpose, size in ICONS
    ]
    description = {
        "id": "/report/",
        "name": here.name,
        "short_name": here.name,
        "description": _("Báo cáo ngày của chiến dịch tình nguyện"),
        "lang": translation.get_language(),
        "start_url": "/report/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#083f78",
        "icons": icons,
    }
    answer = JsonResponse(description, content_type="application/manifest+json")
    answer["Cache-Control"] = "max-age=86400"
    return answer
