"""Language, the reader's 404, a busy database, and addresses that cannot be read."""

import logging
import re
from collections.abc import Callable
from typing import Any

from csp.constants import HEADER as CSP_HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from core.errors import page_not_found
from core.text_gate import is_stacked
from core.validators import check_form

logger = logging.getLogger(__name__)

# The database has cut off a transaction that stood still for too long.
CUT_OFF = "25P03"
AGAIN_SECONDS = 3
# Of a header with its cookies, and of an address with its query; browsers stay far below.
LONGEST_HEADER, LONGEST_ADDRESS = 16 * 1024, 8 * 1024
# A file of ten million bytes, and the form around it.
MOST_BODY = 11 * 1024 * 1024

# Whoever signs in may send a whole day of a chat group back (``DATA_UPLOAD_MAX_NUMBER_FIELDS``).
MOST_FIELDS_OF_STRANGERS = 100

# What core/draft.js gives a draft, and how long a slow page may take to hear of it.
DRAFT, DRAFT_SECONDS = re.compile(r"[0-9a-f]{4,16}"), 600

Handler = Callable[[HttpRequest], HttpResponse]


def guarded(response: HttpResponse) -> HttpResponse:
    """Give the answer the headers that it misses.

    An answer given before the inner middleware is reached has no X-Frame-Options, and
    django-csp leaves every 404 of a demo alone, taking it for Django's own.
    """
    response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
    response.headers.setdefault(CSP_HEADER, build_policy())
    return response


class LanguageMiddleware:
    """Speaks Vietnamese until the user chooses otherwise.

    Django's own would follow the browser, and many phones here are sold set to English.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class DraftTakenMiddleware:
    """Says which draft of a form was taken, so that the device forgets it (core/draft.js).

    A form that was taken is answered by leading on; whoever is led to sign in has sent nothing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_led_on = request.method == "POST" and response.status_code in (302, 303)
        if is_led_on and request.user.is_authenticated:
            draft = request.POST.get("draft", "")
            if DRAFT.fullmatch(draft):
                response.set_cookie(
                    f"draft-{draft}",
                    "taken",
                    max_age=DRAFT_SECONDS,
                    secure=settings.SESSION_COOKIE_SECURE,
                    samesite="Lax",
                )
        return response


class FriendlyNotFoundMiddleware:
    """Shows the reader's 404 in a demo too, where Django would show the developer's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and request.resolver_match is None:
            return page_not_found(request, Http404())
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a page that found nothing; one that says so itself is left alone."""
        if settings.DEBUG and isinstance(exception, Http404):
            return page_not_found(request, exception)
        return None


class DatabaseBusyMiddleware:
    """Says 503 and how to send again, where the database does not answer in time.

    Nothing was taken in then, and nothing that was typed is lost: the page holds it, ready
    to be sent once more, and a phone's queue tries again by itself.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a lock that was not to be had, and for a connection that is gone."""
        if not _is_busy(exception):
            return None
        logger.warning("%s %s: %s", request.method, request.path, type(exception.__cause__))
        return busy_answer(request)


def busy_answer(request: HttpRequest) -> HttpResponse:
    """Say that it is to be tried again, with what was typed."""
    detail = _("Máy chủ đang bận, chưa nhận được. Chờ vài giây rồi thử lại.")
    if request.path.startswith("/api/") or request.content_type == "application/json":
        answer: HttpResponse = JsonResponse({"detail": detail}, status=503)
    else:
        # Drawn without anything that would ask the database again.
        context = {"sent": typed_fields(request), "csrf_token": get_token(request)}
        answer = HttpResponse(render_to_string("503.html", context), status=503)
    answer.headers["Retry-After"] = str(AGAIN_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_busy(exception: Exception) -> bool:
    if isinstance(exception, OperationalError | InterfaceError):
        return True
    state = getattr(exception.__cause__, "sqlstate", None)
    return isinstance(exception, DatabaseError) and state == CUT_OFF


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form as they were sent; nothing of one with passwords or files."""
    if request.method != "POST" or request.FILES or any("password" in n for n in request.POST):
        return []
    lists = request.POST.lists()
    return [(name, v) for name, vs in lists for v in vs if name != "csrfmiddlewaretoken"]


class RefuseNulMiddleware:
    """Refuses addresses and cookies with a NUL, which no text in the database can hold.

    Every answer passes here on its way out and is guarded.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 before anything looks such a text up."""
        query = request.META.get("QUERY_STRING", "").replace("%00", "\x00")
        # A cookie in quotes may spell it out: "\000".
        if not any("\x00" in text for text in (request.path, query, *request.COOKIES.values())):
            return guarded(self.get_response(request))
        if request.path.startswith("/api/"):
            detail = _("Địa chỉ có ký tự không đọc được (NUL). Bỏ ký tự đó đi.")
            return guarded(JsonResponse({"detail": detail}, status=400))
        return guarded(render(request, "400.html", status=400))


class TextGateMiddleware:
    """Refuses what is too long or bears too many marks before anybody works on it.

    The address and the header are looked at here, a form before its view is called; an endpoint
    reads its body itself (``core.api.StrictJSONParser``, ``check_form``).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 414, 431 or 400 to an address or a header that no browser sends."""
        header = sum(len(str(v)) for name, v in request.META.items() if name.startswith("HTTP_"))
        if header > LONGEST_HEADER:
            return self._refuse(request, 431)
        if len(request.get_full_path()) > LONGEST_ADDRESS:
            return self._refuse(request, 414)
        asked = (text for _name, texts in request.GET.lists() for text in texts)
        if any(map(is_stacked, (request.path, *asked))):
            return self._refuse(request, 400)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer 413 to a body that is too long, and 400 to a form with too many marks."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return None
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        is_long = length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        user: Any = request.user
        is_endpoint = hasattr(view, "cls")
        if not is_long and (is_endpoint or not user.is_authenticated) and _has_many_fields(request):
            return self._refuse(request, 400)
        if is_endpoint:
            return None
        if is_long:
            is_file = request.content_type == "multipart/form-data"
            # Files are for those who have signed in.
            if not (is_file and length <= MOST_BODY and user.is_authenticated):
                return self._refuse(request, 413)
        try:
            check_form(request)
        except ValidationError:
            return self._refuse(request, 400)
        return None

    @staticmethod
    def _refuse(request: HttpRequest, status: int) -> HttpResponse:
        if request.path.startswith("/api/"):
            detail = _("Nội dung quá dài, hoặc có chữ không đọc được. Rút ngắn rồi gửi lại.")
            return JsonResponse({"detail": detail}, status=status)
        return render(request, "400.html", status=status)


def _has_many_fields(request: HttpRequest) -> bool:
    is_form = request.content_type == "application/x-www-form-urlencoded"
    return is_form and request.body.count(b"&") >= MOST_FIELDS_OF_STRANGERS


class RefuseRepeatedMiddleware:
    """Refuses a parameter of the API that comes twice, as a field of its JSON: which was meant?"""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 by field before an endpoint takes the last of them for the only one."""
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        repeated = [name for name, values in request.GET.lists() if len(values) > 1]
        if not repeated:
            return self.get_response(request)
        wording = _("Trường “%(name)s” có hai lần. Chỉ gửi một lần.")
        problems = {name: [wording % {"name": name}] for name in repeated}
        return JsonResponse(problems, status=400)
