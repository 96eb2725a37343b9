"""The portal's emblem."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.lazy_module import lazy_module
from core.models import Portal
from core.portal import ICONS

if TYPE_CHECKING:
    from core import emblem as pictures
else:
    pictures = lazy_module("core.emblem")


@require_safe
def emblem(_request: HttpRequest, mark: str, purpose: str, size: int) -> HttpResponse:
    """Serve an icon; its address names the picture, so browsers may hold it for good."""
    if (purpose, size) not in ICONS:
        raise Http404
    try:
        picture = pictures.emblem_icon(mark, size, purpose == "maskable")
    except Portal.DoesNotExist as error:
        raise Http404 from error
    answer = HttpResponse(picture, content_type="image/png")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
