"""``POST reviews/``: many reports approved or returned at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.serializers import CountsSerializerField
from core.endpoints import Endpoint, refusals
from core.serializers import (
    NULL,
    RULE,
    StrictChoice,
    StrictId,
    StrictList,
    StrictSerializer,
    StrictText,
)
from core.validators import NOTE_LENGTH
from reports.daily.selectors import who_did
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.review import MOST, Conflict, Decision, ReviewConflict, review_reports

ONE = "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10"
EXAMPLE = {
    "reports": [ONE],
    "decision": "return",
    "reason": "Mức 2 chưa khớp với danh sách của buổi chiều",
    "base_versions": [1],
}
DONE = {"results": [{"id": ONE, "version": 2, "status": "returned", "reason": EXAMPLE["reason"]}]}
HIGHEST = 2**31 - 1
VERSION = {"type": "integer", "minimum": 1, "maximum": HIGHEST}


@extend_schema_field(
    {
        "oneOf": [
            {"type": "array", "items": VERSION, "minItems": 1, "maxItems": MOST},
            {"type": "object", "additionalProperties": VERSION, "minProperties": 1},
        ]
    }
)
class BaseVersions(serializers.Field[Any, Any, Any, Any]):
    """Versions as a list in the order of the reports, or by their ids."""

    default_error_messages = NULL

    def to_internal_value(self, data: Any) -> list[int] | dict[str, int]:
        """Take whole numbers from 1 only."""
        values = data.values() if isinstance(data, dict) else data
        if not isinstance(data, (list, dict)) or not all(
            type(value) is int and 0 < value <= HIGHEST for value in values
        ):
            raise serializers.ValidationError(
                _("Gửi các số nguyên từ 1, theo thứ tự của reports: [1, 2].")
            )
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ReviewSerializer(StrictSerializer):
    reports = StrictList(
        child=StrictId(error_messages={"invalid": gettext_lazy("Mã báo cáo phải là một UUID.")}),
        allow_empty=False,
        max_length=MOST,
        error_messages={"empty": gettext_lazy("Gửi ít nhất một mã báo cáo.")},
    )
    decision = StrictChoice(choices=Decision.choices)
    reason = StrictText(max_length=NOTE_LENGTH, required=False, allow_blank=True, default="")
    base_versions = BaseVersions(
        help_text=gettext_lazy(
            "Phiên bản đã xem: danh sách theo thứ tự của reports, hoặc đối tượng theo mã."
        )
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Bring each report together with the version that was seen of it."""
        ids: Sequence[UUID] = attrs["reports"]
        if len(set(ids)) != len(ids):
            message = _("Có mã lặp lại. Gửi mỗi mã một lần.")
            raise serializers.ValidationError({"reports": [message]}, code=RULE)
        attrs["seen"] = _paired(ids, attrs["base_versions"])
        return attrs


def _paired(ids: Sequence[UUID], versions: list[int] | Mapping[str, int]) -> dict[UUID, int]:
    wrong = serializers.ValidationError(
        {"base_versions": [_("Gửi đúng một phiên bản cho mỗi báo cáo.")]}, code=RULE
    )
    if len(versions) != len(ids):
        raise wrong
    if isinstance(versions, list):
        return dict(zip(ids, versions, strict=True))
    by_id = {key.lower(): version for key, version in versions.items()}
    if by_id.keys() != {str(one) for one in ids}:
        raise wrong
    return {one: by_id[str(one)] for one in ids}


class ReviewedSerializer(serializers.Serializer[Any]):
    """A report as it stands after the decision."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.CharField()
    reason = serializers.CharField(source="return_reason")


class ResultsSerializer(serializers.Serializer[Any]):
    """All that were decided about."""

    results = ReviewedSerializer(many=True)


class CurrentReportSerializer(serializers.Serializer[Any]):
    """What somebody did to a report in the meantime."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    counts = CountsSerializerField()


class ReviewConflictSerializer(serializers.Serializer[Any]):
    """Why nothing was decided, and how each of these reports stands."""

    detail = serializers.CharField()
    current = CurrentReportSerializer(many=True)


class Reviews(Endpoint):
    """Decisions about reports."""

    @extend_schema(
        summary="Duyệt hoặc trả lại báo cáo",
        description=(
            "Tất cả hoặc không báo cáo nào. Gửi lại lần nữa thì kết quả như cũ. Trả lại báo cáo "
            "của ngày đã khóa sổ thì ngày đó được mở lại cho đơn vị đến hết ngày mai."
        ),
        tags=["Báo cáo"],
        request=ReviewSerializer,
        examples=[
            OpenApiExample("Trả lại để sửa", value=EXAMPLE, request_only=True),
            OpenApiExample("Đã trả lại", value=DONE, response_only=True, status_codes=["200"]),
        ],
        responses={
            200: ResultsSerializer,
            **refusals(
                "Trong phạm vi nhưng không có quyền duyệt.",
                not_found="Có báo cáo ngoài phạm vi được phân công.",
            ),
            409: OpenApiResponse(
                ReviewConflictSerializer,
                description="Có báo cáo đã đổi hoặc đã khóa; chưa quyết định gì.",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        asked = self.sent(ReviewSerializer)
        user: Any = request.user
        try:
            done = review_reports(
                actor=user, seen=asked["seen"], decision=asked["decision"], reason=asked["reason"]
            )
        except InvalidReport as error:
            return Response(error.errors, status=status.HTTP_400_BAD_REQUEST)
        except ReviewConflict as error:
            current = [current_report(conflict, user) for conflict in error.conflicts]
            body = {
                "detail": str(error),
                "current": CurrentReportSerializer(current, many=True).data,
            }
            return Response(body, status=status.HTTP_409_CONFLICT)
        return Response(ResultsSerializer({"results": done}).data)


def current_report(conflict: Conflict, viewer: Any) -> dict[str, Any]:
    report, last = conflict.report, conflict.last
    return {
        "id": report.pk,
        "version": report.version,
        "status": report.status,
        "by": who_did(last, viewer, report.branch) if last else "",
        "at": last.at if last else report.received_at,
        "reason": last.reason if last else "",
        "counts": report.counts,
    }
