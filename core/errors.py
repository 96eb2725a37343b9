"""How endpoints say no."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

# What the library's own Vietnamese leaves in English.
DETAILS: dict[type[Exception], Any] = {
    exceptions.NotAuthenticated: gettext_lazy("Cần đăng nhập, hoặc gửi khóa API."),
    exceptions.UnsupportedMediaType: gettext_lazy("Gửi JSON, với Content-Type: application/json."),
    exceptions.NotAcceptable: gettext_lazy("Chỉ trả lời bằng JSON. Sửa đầu mục Accept."),
}


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say so in the language of who asks: a machine gets JSON."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("Không có địa chỉ này.")}, status=404)
    return render(request, "404.html", status=404)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what DRF answers, and 413 for a body that is too big."""
    if isinstance(error, RequestDataTooBig):
        return Response(
            {"detail": _("Nội dung quá lớn. Rút ngắn phần ghi chú rồi gửi lại.")},
            status=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
        )
    if isinstance(error, exceptions.APIException) and type(error) in DETAILS:
        error.detail = exceptions.ErrorDetail(DETAILS[type(error)], error.default_code)
    return drf_exception_handler(error, context)
