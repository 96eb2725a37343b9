"""``POST /public/requests/`` as machines send it, and as the OpenAPI document tells of it."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from core.serializers import NULL, KindChoice, StrictBoolean, StrictSerializer, StrictText
from core.validators import NOTE_LENGTH, normalise_phone
from volunteers.help_requests.models import HELP_REASONS, HelpState, RequestType

CHOICE: dict[str, Any] = {
    **NULL,
    "invalid_choice": gettext_lazy("Không có lựa chọn “{input}”."),
}
EXAMPLE = {
    "campaign": "he-2023",
    "unit": "14173",
    "wish": "visit",
    "reason": "elderly",
    "name": "Bà Nguyễn Thị A.",
    "phone": "0190000001",
    "hamlet": "Xóm 3",
    "note": "Chỉ ở nhà buổi tối",
    "consent": True,
}
RECEIPT = {
    "number": "0B0E-7A54",
    "due_on": "2023-06-23",
    "state": "new",
    "status_url": "https://tienphong.example/public/requests/0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10/",
}


class PhoneText(StrictText):
    """A telephone number: a landline with the code of the country has as many digits as an id."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and len(data) <= (self.max_length or 0):
            with suppress(ValidationError):
                return normalise_phone(data, or_landline=True)
        return super().to_internal_value(data)


class AskSerializer(StrictSerializer):
    """A resident's request. ``campaign`` is by default the one that runs today."""

    campaign = StrictText(max_length=50, required=False, allow_blank=True, default="")
    unit = StrictText(max_length=12)
    wish = serializers.ChoiceField(choices=RequestType.choices, error_messages=CHOICE)
    reason = KindChoice(HELP_REASONS, error_messages=CHOICE)
    name = StrictText(max_length=150)
    phone = PhoneText(max_length=50)
    hamlet = StrictText(max_length=200)
    note = StrictText(max_length=NOTE_LENGTH, required=False, allow_blank=True, default="")
    consent = StrictBoolean()


class AskedSerializer(serializers.Serializer[Any]):
    """What the resident gets: a number to read out, and the address that shows the state."""

    number = serializers.CharField()
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=HelpState.choices)
    status_url = serializers.URLField()


LEADING: dict[str, Any] = {
    "summary": "Dẫn tới trang có biểu mẫu",
    "tags": ["Người dân"],
    "auth": [],
    "responses": {302: OpenApiResponse(description="Tới `/public/`")},
}
ASKING: dict[str, Any] = {
    "summary": "Người dân nhờ giúp tại nhà hoặc qua điện thoại",
    "description": (
        "Không cần đăng nhập; trang web dùng chính địa chỉ này, gửi biểu mẫu và nhận trang. "
        "Không gửi số định danh: 12 chữ số liền nhau bị từ chối. Gửi lại lần nữa thì nhận lại "
        "yêu cầu đã có."
    ),
    "tags": ["Người dân"],
    "auth": [],
    "request": {
        "application/json": AskSerializer,
        "application/x-www-form-urlencoded": AskSerializer,
    },
    "responses": {
        (201, "application/json"): AskedSerializer,
        (303, "text/html"): OpenApiResponse(description="Biểu mẫu: dẫn tới trang của yêu cầu"),
        (400, "application/json"): OpenApiResponse(description="Lỗi theo từng trường"),
        (413, "application/json"): OpenApiResponse(description="Nội dung quá lớn"),
        (429, "application/json"): OpenApiResponse(
            description="Quá nhiều yêu cầu; xem `detail` và đầu mục `Retry-After`"
        ),
    },
    "examples": [
        OpenApiExample("Nhờ đến nhà", value=EXAMPLE, request_only=True),
        OpenApiExample("Đã nhận", value=RECEIPT, response_only=True, status_codes=["201"]),
    ],
}
