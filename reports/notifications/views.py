"""Signing out, which ends what a channel shows on this device."""

from typing import Any

from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse

from reports.notifications.registry import CHANNELS


class SignOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let the channels forget this device before the session that knows it is gone."""
        if request.user.is_authenticated:
            for channel in CHANNELS.values():
                channel.sign_out(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer
