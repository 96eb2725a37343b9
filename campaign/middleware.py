"""Holds every sign-in to the rules of its role."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import sessions
from campaign.sign_in_rules import asks_again, is_over, waits_for_factor

Handler = Callable[[HttpRequest], HttpResponse]


class SignInRulesMiddleware:
    """Signs nobody in whose session is over or waits for a code.

    Until the code is given nobody is signed in: no page has to know of it. Who it is stands in
    ``request.half_signed_in`` for the page that asks. Looked at only where a page asks who is
    there.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user
        request.user = SimpleLazyObject(lambda: _within_rules(request, signed_in))  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Ask again before what leaves the portal, brings somebody in or moves sums."""
        if not asks_again(request) or not request.user.is_authenticated:
            return None
        if request.path.startswith("/api/"):
            detail = _("Mở trang cổng, nhập lại mã hoặc mật khẩu rồi thử lại.")
            return JsonResponse({"detail": detail}, status=403)
        return redirect_to_login(request.get_full_path(), resolve_url("prove"))


def _within_rules(request: HttpRequest, signed_in: Any) -> Any:
    request.half_signed_in = None  # type: ignore[attr-defined]
    if not signed_in.is_authenticated:
        return signed_in
    if is_over(request, signed_in):
        request.session.flush()
        return AnonymousUser()
    if waits_for_factor(request, signed_in):
        request.half_signed_in = signed_in  # type: ignore[attr-defined]
        return AnonymousUser()
    sessions.note_use(request)
    return signed_in
