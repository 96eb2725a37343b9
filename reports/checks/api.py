"""``checks/``: what one has to recount, and what a recount found."""

from functools import cached_property
from typing import Any

import django_filters
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

from campaign.api import ScopedListView
from campaign.selectors import IndicatorSet, indicators_of
from campaign.serializers import CountsSerializerField
from core.endpoints import refusals
from core.serializers import StrictChoice, StrictId, StrictInteger, StrictSerializer, StrictText
from core.validators import NOTE_LENGTH
from reports.checks.models import Check, CheckOutcome, How, Obstacle
from reports.checks.services.outcomes import (
    OutcomeConflict,
    OutcomeInput,
    asked_codes,
    record_outcome,
)
from volunteers.errors import InvalidInput, NotNow

CHECK = {
    "id": "5f0c2f6e-7a51-4b9e-9d0e-8c1f4a0b7d21",
    "campaign": "he-2023",
    "plan": 1,
    "branch": "XD-14158",
    "unit": "14158",
    "date": "2023-05-12",
    "asked": ["installed", "level1", "level2"],
    "is_open": True,
    "version": 0,
}
SENT = {
    "id": "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10",
    "check": CHECK["id"],
    "how": "on_the_spot",
    "counts": {"installed": 31, "level1": 18, "level2": 12},
}
TAKEN = {
    **SENT,
    "obstacle": "",
    "remark": "",
    "version": 1,
    "at": "2023-05-20T09:12:40+07:00",
}


class CheckSerializer(serializers.ModelSerializer[Check]):
    """A branch-day to recount; what was reported is not told."""

    campaign = serializers.CharField(source="campaign.slug")
    plan = serializers.IntegerField(source="plan.number")
    branch = serializers.CharField(source="branch.code")
    unit = serializers.CharField(source="unit.code")
    asked = serializers.SerializerMethodField(
        help_text=gettext_lazy("Mã các chỉ số phải đếm lại, không thừa không thiếu.")
    )
    is_open = serializers.SerializerMethodField(
        help_text=gettext_lazy("Chưa có kết quả và đợt kiểm tra chưa kết thúc.")
    )

    class Meta:
        model = Check
        fields = tuple(CHECK)

    @cached_property
    def indicators(self) -> dict[int, IndicatorSet]:
        return {}

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_asked(self, check: Check) -> list[str]:
        known = self.indicators
        if check.campaign_id not in known:
            known[check.campaign_id] = indicators_of(check.campaign)
        return asked_codes(check, known[check.campaign_id])

    def get_is_open(self, check: Check) -> bool:
        return check.version == 0 and not check.plan.is_closed


class OutcomeSerializer(StrictSerializer):
    id = StrictId(error_messages={"invalid": gettext_lazy("Mã kết quả phải là một UUID.")})
    check = StrictId(error_messages={"invalid": gettext_lazy("Mã lượt kiểm tra là một UUID.")})
    how = StrictChoice(How.choices)
    counts = CountsSerializerField(required=False, default=dict)
    obstacle = StrictChoice(Obstacle.choices, required=False, allow_blank=True, default="")
    remark = StrictText(max_length=NOTE_LENGTH, required=False, allow_blank=True, default="")
    base_version = StrictInteger(min_value=0, max_value=2**31 - 1, required=False, default=0)


class RecountTakenSerializer(serializers.ModelSerializer[CheckOutcome]):
    id = serializers.UUIDField()
    check = serializers.UUIDField(source="of_id")
    counts = CountsSerializerField()

    class Meta:
        model = CheckOutcome
        fields = tuple(TAKEN)


class OutcomeConflictSerializer(serializers.Serializer[Any]):
    """``current`` is the outcome that stands there, null where the id is of another check."""

    detail = serializers.CharField()
    current = RecountTakenSerializer(allow_null=True)


class CheckFilter(django_filters.FilterSet):  # type: ignore[misc]
    campaign = django_filters.CharFilter(
        field_name="campaign__slug", label=gettext_lazy("Tên ngắn của chiến dịch")
    )

    class Meta:
        model = Check
        fields = ("campaign",)


class Checks(ScopedListView):
    queryset = Check.objects.select_related("campaign", "plan", "branch", "unit")
    serializer_class = CheckSerializer
    filterset_class = CheckFilter

    @extend_schema(
        summary="Các lượt kiểm tra chọn mẫu",
        description="Của mình; cán bộ cấp tỉnh thấy tất cả. Không có số đã báo cáo.",
        tags=["Báo cáo"],
        examples=[OpenApiExample("Một lượt", value=CHECK, response_only=True)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Gửi kết quả đếm lại",
        description=(
            "Gửi lại cùng mã và nội dung thì không đổi gì (200). Sửa kết quả: mã mới, "
            "`base_version` là `version` của lượt. Không kiểm tra được thì nêu `obstacle`."
        ),
        tags=["Báo cáo"],
        request=OutcomeSerializer,
        examples=[
            OpenApiExample("Kết quả", value=SENT, request_only=True),
            OpenApiExample("Đã nhận", value=TAKEN, response_only=True, status_codes=["200", "201"]),
        ],
        responses={
            201: OpenApiResponse(RecountTakenSerializer, description="Đã nhận."),
            200: OpenApiResponse(RecountTakenSerializer, description="Đã nhận từ trước."),
            **refusals("Không phải lượt của mình.", "Không có lượt này, hoặc không được xem."),
            409: OpenApiResponse(
                OutcomeConflictSerializer,
                description="Lượt đã có kết quả khác, hoặc đợt đã kết thúc.",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        user: Any = request.user
        entry = OutcomeInput(**self.sent(OutcomeSerializer))
        try:
            outcome, is_new = record_outcome(actor=user, entry=entry)
        except InvalidInput as error:
            return Response(error.errors, status=status.HTTP_400_BAD_REQUEST)
        except OutcomeConflict as error:
            current = RecountTakenSerializer(error.current).data if error.current else None
            body = {"detail": str(error), "current": current}
            return Response(body, status=status.HTTP_409_CONFLICT)
        except NotNow as error:
            body = {"detail": str(error), "current": None}
            return Response(body, status=status.HTTP_409_CONFLICT)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(RecountTakenSerializer(outcome).data, status=code)
