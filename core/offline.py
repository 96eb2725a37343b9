"""As whom a phone's queue sends: the session may have changed hands since something was typed."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

OWNER = "X-Queue-Owner"


class OtherOwner(PermissionDenied):
    """Somebody else typed it: it waits on the phone until they are back (403)."""

    def __init__(self) -> None:
        wording = _("Phần này do người khác nhập trên điện thoại. Người đó đăng nhập lại để gửi.")
        detail: Any = {"detail": wording, "code": "other_owner"}
        super().__init__(detail)


def is_from_queue(request: Request) -> bool:
    """Whether a phone's queue sends this; ``OtherOwner`` where it is not the user's own."""
    owner = request.headers.get(OWNER)
    if owner is None:
        return False
    if owner != str(request.user.pk):
        raise OtherOwner
    return True


def owner_header(more: str = "") -> OpenApiParameter:
    """Describe the header; ``more`` says what else it does at one endpoint."""
    wording = (
        "Người đã nhập trên điện thoại. Khác người đang đăng nhập thì từ chối "
        "(403, code other_owner)."
    )
    return OpenApiParameter(
        OWNER, int, OpenApiParameter.HEADER, description=f"{wording} {more}".strip()
    )
