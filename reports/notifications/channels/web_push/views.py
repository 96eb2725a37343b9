"""The browser says that it shows notices, or does so no more."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from campaign.scopes import scope_of
from core.validators import UNSEEN
from reports.notifications.channels.web_push.contact_points import (
    SESSION_KEY,
    NotThisPhone,
    add_phone,
    remove_phone,
)
from reports.notifications.channels.web_push.forms import SubscriptionForm
from reports.notifications.channels.web_push.transport import is_push_service, public_key

AGAIN = gettext_lazy("Chưa bật được trên máy này. Tải lại trang rồi bật lần nữa.")


def _sent(request: HttpRequest) -> dict[str, str]:
    """Return what the browser's own ``toJSON`` sent, flat; nothing that no text can hold."""
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(content, dict):
        return {}
    flat = {"endpoint": content.get("endpoint"), **(keys if isinstance(keys, dict) else {})}
    texts = {name: value for name, value in flat.items() if isinstance(value, str)}
    return {name: text for name, text in texts.items() if not UNSEEN.search(text)}


@login_required
@never_cache
@require_POST
def phone(request: HttpRequest) -> JsonResponse:
    user: Any = request.user
    if not scope_of(user).roles:
        raise Http404
    form = SubscriptionForm(_sent(request))
    if not public_key() or not form.is_valid():
        return JsonResponse({"detail": str(AGAIN)}, status=400)
    if not is_push_service(form.cleaned_data["endpoint"]):
        text = _("Trình duyệt này dùng dịch vụ thông báo lạ. Dùng Chrome, Firefox, Edge, Safari.")
        return JsonResponse({"detail": text}, status=400)
    try:
        subscription = add_phone(actor=user, **form.cleaned_data)
    except NotThisPhone:
        return JsonResponse({"detail": str(AGAIN)}, status=400)
    request.session[SESSION_KEY] = subscription.pk
    return JsonResponse({"on": True}, status=201)


@login_required
@never_cache
@require_POST
def phone_off(request: HttpRequest) -> JsonResponse:
    """Show the user's notices on this phone no more; it need not have any."""
    user: Any = request.user
    remove_phone(actor=user, endpoint=_sent(request).get("endpoint", ""))
    request.session.pop(SESSION_KEY, None)
    return JsonResponse({"on": False})
