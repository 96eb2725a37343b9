"""Who asks for a file: somebody who has signed in, or a machine with a bearer token."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed

from accounts.api import BearerAuthentication
from campaign.models import Campaign
from campaign.routing import machine_campaign
from reports.police.views.rights import require_export


def machine_asker(request: HttpRequest) -> tuple[Any, Campaign] | HttpResponseBase:
    """Return who asks, and of which campaign; or the answer to who may not.

    Raises what ``require_export`` does.
    """
    try:
        bearer = BearerAuthentication().authenticate(request)
    except AuthenticationFailed as error:
        return JsonResponse({"detail": str(error.detail)}, status=401)
    user: Any = bearer[0] if bearer else request.user
    if not user.is_authenticated:
        if wants_page(request):
            return redirect_to_login(request.get_full_path())
        return JsonResponse({"detail": _("Cần đăng nhập.")}, status=401)
    require_export(user)
    try:
        return user, machine_campaign(request, user)
    except ValidationError as error:
        return JsonResponse(error.message_dict, status=400)


def wants_page(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")
