"""``POST daily-reports/``."""

import datetime as dt
import re
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.validators import clean_text
from reports.models import DailyReport
from reports.services.submit import (
    Entry,
    InvalidReport,
    Outcome,
    VersionConflict,
    WindowClosed,
    submit_report,
)
from reports.validators import NOTE_LENGTH, check_count

EXAMPLE = {
    "id": "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10",
    "campaign": "de-an-06-2023",
    "branch": "XD-14173",
    "date": "2023-05-12",
    "counts": {"installed": 35, "level1": 20, "level2": 12},
    "base_version": 0,
}
RECEIPT = {
    "id": EXAMPLE["id"],
    "version": 1,
    "received_at": "2023-05-12T17:42:10+07:00",
    "lateness": "on_time",
    "counts": EXAMPLE["counts"],
}


# What the library's own Vietnamese leaves in English.
NULL: dict[str, Any] = {
    "null": gettext_lazy("Không gửi null. Bỏ trường này đi hoặc gửi một giá trị.")
}
BOUND = gettext_lazy("Gửi một số từ 0 đến 2147483647.")


class StrictBoolean(serializers.BooleanField):
    """true or false, not "yes" or 1."""

    default_error_messages = NULL

    def to_internal_value(self, data: Any) -> bool:
        """Take a JSON boolean only."""
        if not isinstance(data, bool):
            raise serializers.ValidationError(_("Gửi true hoặc false."))
        return data


class StrictInteger(serializers.IntegerField):
    """A JSON integer, not "1" or 1.0."""

    default_error_messages = {**NULL, "min_value": BOUND, "max_value": BOUND}

    def to_internal_value(self, data: Any) -> int:
        """Take a JSON integer only."""
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError(_("Gửi một số nguyên, ví dụ 0."))
        return super().to_internal_value(data)


class StrictText(serializers.CharField):
    """JSON text, clean of control characters."""

    default_error_messages = {
        **NULL,
        "max_length": gettext_lazy("Dài quá {max_length} ký tự. Viết ngắn lại."),
    }

    def to_internal_value(self, data: Any) -> str:
        """Take text only, and check it."""
        if not isinstance(data, str):
            raise serializers.ValidationError(_("Gửi chữ trong dấu ngoặc kép."))
        try:
            return clean_text(data)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


class StrictDate(serializers.DateField):
    """A day as ``2023-05-12``, in just these ten characters."""

    default_error_messages = {
        **NULL,
        "invalid": gettext_lazy("Không có ngày này. Ghi năm-tháng-ngày, ví dụ 2023-05-12."),
    }

    def to_internal_value(self, value: Any) -> dt.date:
        """Take what ISO 8601 writes only."""
        if not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
            self.fail("invalid", format="YYYY-MM-DD")
        day: dt.date = super().to_internal_value(value)
        return day


class Moment(serializers.DateTimeField):
    """A moment that can be told in every time zone."""

    default_error_messages = {
        "invalid": gettext_lazy("Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
        "overflow": gettext_lazy("Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    }

    def to_internal_value(self, value: Any) -> dt.datetime:
        """Refuse the edges of the calendar."""
        try:
            moment: dt.datetime = super().to_internal_value(value)
        except OverflowError:
            self.fail("overflow")
        return moment


class CountsSerializerField(serializers.DictField):
    """``{indicator code: integer}``; a missing code is blank."""

    default_error_messages = NULL

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.IntegerField(), **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, int]:
        """Check each value on its own; which codes there are is checked later."""
        if not isinstance(data, dict):
            raise serializers.ValidationError(_('Gửi một đối tượng, ví dụ {"installed": 35}.'))
        problems: dict[str, list[str]] = {}
        for code, value in data.items():
            try:
                check_count(value)
            except ValidationError as error:
                problems[code] = error.messages
        if problems:
            raise serializers.ValidationError(problems)
        return data


class EntrySerializer(serializers.Serializer[Any]):
    """What a client sends. Unknown fields are refused: nothing is taken silently."""

    id = serializers.UUIDField(
        error_messages={
            **NULL,
            "invalid": gettext_lazy("Mã báo cáo phải là một UUID."),
        }
    )
    campaign = StrictText(max_length=50)
    branch = StrictText(max_length=20)
    unit = StrictText(max_length=12, required=False, allow_blank=True, default="")
    date = StrictDate(input_formats=["%Y-%m-%d"])
    counts = CountsSerializerField(required=False, default=dict)
    no_activity = StrictBoolean(required=False, default=False)
    note = StrictText(max_length=NOTE_LENGTH, required=False, allow_blank=True, default="")
    difficulties = StrictText(max_length=NOTE_LENGTH, required=False, allow_blank=True, default="")
    proposals = StrictText(max_length=NOTE_LENGTH, required=False, allow_blank=True, default="")
    evidence_url = StrictText(max_length=500, required=False, allow_blank=True, default="")
    captured_at = Moment(required=False, allow_null=True, default=None)
    base_version = StrictInteger(min_value=0, max_value=2**31 - 1, required=False, default=0)

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is not listed, beside what is wrong with the rest."""
        problems: dict[str, Any] = {
            name: [_("Không nhận trường này. Bỏ nó đi.")]
            for name in data.keys() - self.fields.keys()
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            problems |= error.detail  # type: ignore[arg-type]
        if not isinstance(data.get("id", ""), str):
            problems["id"] = [_("Mã báo cáo phải là một UUID.")]
        if problems:
            raise serializers.ValidationError(problems)
        return values


class ReceiptSerializer(serializers.ModelSerializer[DailyReport]):
    """What the server has."""

    id = serializers.UUIDField()
    counts = CountsSerializerField()

    class Meta:
        model = DailyReport
        fields = ("id", "version", "received_at", "lateness", "counts")


class ConflictSerializer(serializers.Serializer[Any]):
    """Why a report was not taken; with both versions where two of them compete."""

    detail = serializers.CharField()
    current = ReceiptSerializer(required=False)
    yours = ReceiptSerializer(required=False)


@method_decorator(never_cache, name="dispatch")
class DailyReports(APIView):
    """The door for counts."""

    @extend_schema(
        summary="Gửi hoặc sửa báo cáo ngày",
        tags=["Báo cáo"],
        request=EntrySerializer,
        examples=[
            OpenApiExample("Báo cáo", value=EXAMPLE, request_only=True),
            OpenApiExample("Biên nhận", value=RECEIPT, response_only=True),
        ],
        responses={
            201: OpenApiResponse(ReceiptSerializer, description="Đã nhận bản đầu."),
            200: OpenApiResponse(ReceiptSerializer, description="Đã có, hoặc đã nhận bản sửa."),
            400: OpenApiResponse(description="Giá trị chưa đúng, theo từng trường."),
            403: OpenApiResponse(description="Trong phạm vi nhưng không có quyền nhập."),
            404: OpenApiResponse(description="Ngoài phạm vi được phân công."),
            409: OpenApiResponse(
                ConflictSerializer, description="Đã có bản khác, hoặc đã khóa sổ."
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Take one report in; sent again it is the same report."""
        serializer = EntrySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        entry = Entry(**serializer.validated_data)
        user: Any = request.user
        return answer(user, entry)


def answer(user: User, entry: Entry) -> Response:
    """Submit the entry and say what became of it."""
    try:
        report, outcome = submit_report(actor=user, entry=entry)
    except InvalidReport as error:
        return Response(error.errors, status=status.HTTP_400_BAD_REQUEST)
    except WindowClosed as error:
        return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
    except VersionConflict as error:
        body = {
            "detail": str(error),
            "current": ReceiptSerializer(error.current).data,
            "yours": _yours(error.yours),
        }
        return Response(body, status=status.HTTP_409_CONFLICT)
    code = status.HTTP_201_CREATED if outcome is Outcome.CREATED else status.HTTP_200_OK
    return Response(ReceiptSerializer(report).data, status=code)


def _yours(entry: Entry) -> dict[str, Any]:
    """Return what was sent in the form of a receipt that was not given."""
    counts: dict[str, int] = dict(entry.counts)
    identity: UUID = entry.id
    return {
        "id": str(identity),
        "version": entry.base_version,
        "received_at": None,
        "lateness": None,
        "counts": counts,
    }
