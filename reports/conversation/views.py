"""The address at which the service of a channel brings messages."""

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from reports.conversation.inbox import TooMany, take_in
from reports.notifications.channel import NotFromService
from reports.notifications.registry import channels_on

MOST_BYTES = 64 * 1024


@csrf_exempt
@never_cache
@require_POST
def webhook(request: HttpRequest, channel: str) -> JsonResponse:
    """Keep the messages; beat has them answered within two seconds."""
    found = next((c for c in channels_on() if c.code == channel), None)
    if found is None:
        raise Http404
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"ok": False}, status=413)
    try:
        messages = found.read_webhook(request)
    except NotFromService:
        return JsonResponse({"ok": False}, status=403)
    try:
        for message in messages:
            take_in(found, message)
    except TooMany:
        return JsonResponse({"ok": False}, status=429)
    return JsonResponse({"ok": True})
