"""Which pages may be read from a replica, and whose (``core.replica``)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from campaign.scopes import scope_of
from core import replica
from core.throttle import UNREACHED

# They show figures, write nothing and are answered whole: neither files that are read while they
# are sent nor what leaves a receipt.
PAGES = {
    "dashboard",
    "unit",
    "branch",
    "own-progress",
    "completeness",
    "completeness-unit",
    "digest",
}
# What was written could not be noted: the browser itself says so for as long as it matters.
COOKIE = "primary"


class ReplicaMiddleware:
    """Lets the replica answer where it may, and the primary wherever anything is in doubt.

    Who asks, and what she may, is read from the primary: rights that ended are over at once.
    The last of all, so that whatever others write before and after a page is written there too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not replica.is_set_up():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        bears_key = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not (bears_key or "Authorization" in request.headers):
            return self.get_response(request)
        if bears_key and (response := self._from_replica(request)) is not None:
            return response
        response = self.get_response(request)
        user: Any = request.user
        if user.is_authenticated:
            try:
                replica.note_primary(user)
            except (DatabaseError, *UNREACHED):
                seconds = int(replica.MOST_BEHIND.total_seconds())
                secure = settings.SESSION_COOKIE_SECURE
                response.set_cookie(COOKIE, "1", max_age=seconds, secure=secure, samesite="Lax")
        return response

    def _from_replica(self, request: HttpRequest) -> HttpResponse | None:
        """Return the page as the replica has it; None where the primary is to answer."""
        if not _is_listed(request) or COOKIE in request.COOKIES:
            return None
        user: Any = request.user
        if not user.is_authenticated:
            return None
        scope_of(user)
        try:
            if (state := replica.state_for(user)) is None:
                return None
            with replica.reading_from_replica(state):
                response = self.get_response(request)
            # What was read last may be newer than where we began.
            ended = replica.current_state()
            if ended is None or hasattr(request, "replica_failed"):
                return None
            replica.note(user, ended.position)
        except UNREACHED:
            return None
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Let the primary answer where the replica could not: it is away, or is to write."""
        if not (replica.source() and isinstance(exception, DatabaseError)):
            return None
        request.replica_failed = True  # type: ignore[attr-defined]
        return HttpResponse(status=503)


def _is_listed(request: HttpRequest) -> bool:
    if request.method not in ("GET", "HEAD"):
        return False
    try:
        return resolve(request.path_info).view_name in PAGES
    except Resolver404:
        return False
