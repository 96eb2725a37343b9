"""Keeps who read whose name or number, for every page, file and answer of the API at once."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from core import clock
from core.middleware import busy_answer
from core.personal_fields import Noted, noting
from privacy.models import PersonalDataRead

logger = logging.getLogger(__name__)

# Addresses that hold no secret: everywhere else a link is the key to a page.
OPEN_ROUTES = ("c/", "api/", "admin/")


class RecordReadsMiddleware:
    """Writes one record for an answer that shows other people, and nothing for any other.

    What cannot be recorded is not shown.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with noting() as noted:
            response = self.get_response(request)
        is_shown = bool(noted.people) and not 300 <= response.status_code < 400
        if not is_shown or response.status_code == 204:
            return response
        try:
            record_read(request, noted)
        except DatabaseError:
            logger.exception("A read of personal data could not be recorded; it is not shown.")
            return busy_answer(request)
        return response


def record_read(request: HttpRequest, noted: Noted) -> None:
    user: Any = request.user
    others = noted.others(user)
    if not others:
        return
    match = request.resolver_match
    route = match.route if match else ""
    PersonalDataRead.objects.create(
        reader_id=user.pk if user.is_authenticated else None,
        at=clock.now(),
        page=(match.view_name if match else "")[:100],
        path=request.path[:300] if route.startswith(OPEN_ROUTES) else "",
        people=others,
        size=len(others),
        numbers=len(noted.numbers.intersection(others)),
    )
