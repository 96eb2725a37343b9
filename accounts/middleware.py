"""Language, and the reader's 404."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Speaks Vietnamese until the user chooses otherwise.

    Django's own would follow the browser, and many phones here are sold set to English.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language of the cookie for this request."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ReadersNotFoundMiddleware:
    """Shows the reader's 404 in a demo too, where Django would show the developer's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace a page of Django's debug view, and nothing else."""
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if settings.DEBUG and response.status_code == 404 and is_page:
            return render(request, "404.html", status=404)
        return response


class RefuseNulMiddleware:
    """Refuses addresses with a NUL, which no text in the database can hold."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 before anything looks such a text up."""
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path or "%00" in query or "\x00" in query:
            return render(request, "400.html", status=400)
        return self.get_response(request)
