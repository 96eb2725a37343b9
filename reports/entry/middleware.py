"""Hears what a phone's queue says of itself in each of its requests (``reports.phones``)."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from reports.entry.views.pwa import worker_version
from reports.phones.services import Claim, note_phone

logger = logging.getLogger(__name__)

HEADER = "X-Phone"
# Whose queue, which phone, which version of the worker, how many reports wait and were refused.
CLAIM = re.compile(r"([0-9]{1,9}) ([0-9a-f]{8}) ([0-9a-f]{12}|-) ([0-9]{1,3}) ([0-9]{1,3})")
SENDING = "api-daily-reports"
# The phone will try again: see ``isLost`` in queue.js.
TRIED_AGAIN = {401, 403, 408, 429}


class PhoneStateMiddleware:
    """Notes the claim of whoever is signed in; what is no claim is passed over.

    What cannot be noted is lost: no report waits for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        claim = read_claim(request.headers.get(HEADER, ""))
        user: Any = request.user
        if claim is None or not user.is_authenticated:
            return response
        try:
            is_latest = claim.version == worker_version()
            note_phone(user, _after(claim, request, response), is_latest=is_latest)
        except DatabaseError:
            logger.warning("The state of a phone could not be noted.", exc_info=True)
        return response


def read_claim(text: str) -> Claim | None:
    found = CLAIM.fullmatch(text)
    if found is None:
        return None
    owner, key, version, waiting, refused = found.groups()
    return Claim(int(owner), key, version.strip("-"), int(waiting), int(refused))


def _after(claim: Claim, request: HttpRequest, response: HttpResponse) -> Claim:
    """Add the report that is being sent, which the phone left out, to what has become of it."""
    match = request.resolver_match
    if match is None or match.view_name != SENDING or response.status_code < 400:
        return claim
    if response.status_code >= 500 or response.status_code in TRIED_AGAIN:
        return replace(claim, waiting=claim.waiting + 1)
    return replace(claim, refused=claim.refused + 1)
