"""Who may take files, and which of them one may look at."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from campaign.addresses import page_campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from reports.exports.models import Export


def require_export(user: Any) -> None:
    scope = scope_of(user)
    if not scope.roles:
        raise Http404
    if not scope.may(Permission.EXPORT):
        raise PermissionDenied


def export_of(request: HttpRequest, export_id: int) -> Export:
    """Return a file of the page's campaign that the reader may see, or 404."""
    require_export(request.user)
    exports = Export.objects.visible_to(request.user).select_related("campaign", "actor", "code")
    return exports.filter(pk=export_id, campaign=page_campaign(request)).or_404()


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
