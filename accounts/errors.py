"""How endpoints say no."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what DRF answers, and 413 for a body that is too big."""
    if isinstance(error, RequestDataTooBig):
        return Response(
            {"detail": _("Nội dung quá lớn. Rút ngắn phần ghi chú rồi gửi lại.")},
            status=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
        )
    return drf_exception_handler(error, context)
