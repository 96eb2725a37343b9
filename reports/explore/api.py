"""``GET explore/``."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.serializers import CampaignQuery, campaign_asked
from core.endpoints import Endpoint, refusals
from core.serializers import RULE
from reports.explore.asking import FORMATS, ExploreQuery, question_of
from reports.explore.files import file_of
from reports.explore.records import record
from reports.explore.table import Question, Row, Table, explore
from reports.exports.models import CONTENT_TYPES
from reports.rollup.query_params import CHOICE
from reports.rollup.totals import as_of

CELL = serializers.FloatField(allow_null=True)


class ApiQuery(ExploreQuery, CampaignQuery):
    format = serializers.ChoiceField(choices=FORMATS, default="json", error_messages=CHOICE)


class ColumnSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()


class RowSerializer(ColumnSerializer):
    values = serializers.ListField(child=CELL)
    total = serializers.FloatField(allow_null=True)


class TableSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField()
    campaign = serializers.CharField()
    unit = serializers.CharField()
    basis = serializers.CharField()
    measure = serializers.CharField()
    indicator = serializers.CharField(allow_null=True)
    columns = ColumnSerializer(many=True)
    rows = RowSerializer(many=True)
    total = RowSerializer(allow_null=True)
    rest = RowSerializer(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            **super().get_fields(),
            "from": serializers.DateField(),
            "to": serializers.DateField(),
        }


EXAMPLE = {
    "as_of": "2023-06-20T17:42:00+07:00",
    "campaign": "he-2023",
    "unit": "36",
    "from": "2023-06-12",
    "to": "2023-06-20",
    "basis": "reported",
    "measure": "value",
    "indicator": "level1",
    "columns": [
        {"key": "2023-06-12", "name": "12/06–18/06"},
        {"key": "2023-06-19", "name": "19/06–20/06"},
    ],
    "rows": [{"key": "14173", "name": "Xã Tân Tiến", "values": [812, None], "total": 812}],
    "total": {"key": "", "name": "Tỉnh Tân Tiến", "values": [830, None], "total": 830},
    "rest": {"key": "", "name": "Không thuộc dòng nào ở trên", "values": [18, 0], "total": 18},
}  # fmt: skip


class JsonUnlessAsked(DefaultContentNegotiation):
    """``format`` asks for a file here, and not for another renderer."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ExploreView(Endpoint):
    """A table of one's own making."""

    content_negotiation_class = JsonUnlessAsked

    @extend_schema(
        summary="Bảng tự chọn",
        description=(
            "Hàng × cột × thước đo của một địa bàn trong một khoảng ngày. Hàng và cột khác loại: "
            "địa bàn một cấp hoặc cơ sở Đoàn, chỉ số, thời gian (`two` là kỳ này và kỳ trước). "
            "`value` số trong kỳ, `to_date` lũy kế đến cuối kỳ, `target` % chỉ tiêu, `residents` "
            "trên 100 người đủ điều kiện, `change` tăng giảm so với kỳ trước, `share` tỷ trọng, "
            "`rank` thứ hạng, `completeness` và `on_time` phần trăm báo cáo, `official` số Công an "
            "công bố. Ô null là chưa có số, không phải 0. `total` là của cả địa bàn dù đã lọc, "
            "`rest` là phần không thuộc dòng nào. Nhiều nhất 60.000 ô. `csv`, `xlsx` là đúng bảng "
            "ấy, và được ghi lại như mọi tệp xuất."
        ),
        tags=["Tổng hợp"],
        parameters=[ApiQuery],
        examples=[OpenApiExample("Một xã, hai tuần", response_only=True, value=EXAMPLE)],
        responses={
            (200, "application/json"): TableSerializer,
            (200, CONTENT_TYPES["xlsx"]): OpenApiResponse(
                OpenApiTypes.BINARY, description="Tệp Excel."
            ),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, description="CSV UTF-8."),
            **refusals(),
        },
    )
    def get(self, request: Request) -> Any:
        asked = self.asked(ApiQuery)
        campaign = campaign_asked(request.user, asked["campaign"])
        question = question_of(request.user, campaign, asked)
        moment = as_of(campaign)
        try:
            table = explore(request.user, question)
        except ValidationError as error:
            raise serializers.ValidationError({"rows": error.messages}, code=RULE) from error
        if asked["format"] != "json":
            content = file_of(table, asked["format"], moment)
            answer = HttpResponse(content, content_type=CONTENT_TYPES[asked["format"]])
            record(answer, request.user, table, asked["format"])
            return answer
        return Response(_answer(question, table, moment))


def _answer(asked: Question, table: Table, moment: Any) -> dict[str, Any]:
    return {
        "as_of": moment.isoformat(),
        "campaign": asked.campaign.slug,
        "unit": asked.top.code,
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "basis": asked.basis,
        "measure": asked.measure.name,
        "indicator": asked.indicator.code if asked.indicator is not None else None,
        "columns": [{"key": one.key, "name": one.label} for one in table.columns],
        "rows": [_row(row) for row in table.rows],
        "total": _row(table.total) if table.total is not None else None,
        "rest": _row(table.rest) if table.rest is not None else None,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "key": row.entry.key,
        "name": row.entry.label,
        "values": list(row.cells),
        "total": row.total,
    }
