"""``official-figures/``: what the police published, as a file or as JSON; and what was taken."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers, status
from rest_framework.exceptions import Throttled
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.models import Campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.selectors import indicators_of
from campaign.serializers import CampaignQuery, campaign_asked
from core.api import Pagination, StrictJSONParser
from core.endpoints import Endpoint, refusals
from core.importing.steps import ANSWER
from core.importing.table import MOST_BYTES
from core.importing.workbook import MOST_ROWS
from core.serializers import RULE, StrictChoice, StrictList, StrictSerializer, StrictText
from core.throttle import allow
from reports.official.columns import KIND
from reports.official.json_rows import WrongRows, digest_of_rows, figures_of
from reports.official.models import FigureKind, MapOfUnits, OfficialFile, Source
from reports.official.preparation import DAY_QUESTION, MAP_QUESTION
from reports.official.services import MOST, Taken, check_may_take, take_figures
from reports.official.upload import Table, answers_in, read_upload, take

# A quarter of a year of a province by commune and day fits; and so many times a minute.
MOST_JSON = 8 * 1024 * 1024
PATIENCE, SECONDS = 60, 60

ROW = {"unit": "14173", "date": "2023-05-12", "level1": 20, "level2": 30}
SENT = {"campaign": "he-2023", "kind": "to_date", "rows": [ROW]}
RECEIPT = {
    "id": 7,
    "campaign": "he-2023",
    "source": "api",
    "name": "",
    "received_at": "2023-05-12T17:40:00+07:00",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "kind": "to_date",
    "level": "commune",
    "map": "then",
    "first_day": "2023-05-12",
    "last_day": "2023-05-12",
    "rows": 1,
    "figures": 2,
    "new": 2,
    "replaced": 0,
    "unchanged": 0,
}
WRONG = {"rows": {"0": {"level1": ["Gửi một số nguyên, ví dụ 0."]}}}
ASKED = {
    "questions": [
        {
            "name": "kind",
            "text": "Số trong bảng là số trong ngày, hay lũy kế đến hết ngày ấy?",
            "choices": {"daily": "trong ngày", "to_date": "lũy kế"},
        }
    ]
}


class RowsParser(StrictJSONParser):
    most_bytes = MOST_JSON
    most_objects = MOST_ROWS + 10


@extend_schema_field(
    {
        "type": "object",
        "required": ["unit", "date"],
        "properties": {
            "unit": {"type": "string", "maxLength": 12},
            "date": {"type": "string", "format": "date"},
        },
        "additionalProperties": {"type": "integer", "minimum": 0, "maximum": MOST},
    }
)
class RowField(serializers.Field[Any, Any, Any, Any]):
    """A row as it is; what is in it is checked with all of them."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError(_('Gửi một đối tượng, ví dụ {"unit": "14173"}.'))
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class RowsSerializer(StrictSerializer):
    """Figures of one kind; in each row a number by the code of its indicator."""

    campaign = StrictText(max_length=50)
    kind = StrictChoice(choices=FigureKind.choices)
    map = StrictChoice(choices=MapOfUnits.choices, default=MapOfUnits.THEN)
    rows = StrictList(
        child=RowField(),
        allow_empty=False,
        max_length=MOST_ROWS,
        error_messages={"empty": gettext_lazy("Gửi ít nhất một dòng.")},
    )


class FileSerializer(StrictSerializer):
    """A file. What it leaves open may be said beside it: its kind, its day, whose map it is of."""

    campaign = StrictText(max_length=50)
    file = serializers.FileField(max_length=200)
    kind = StrictChoice(choices=FigureKind.choices, required=False)
    map = StrictChoice(choices=MapOfUnits.choices, required=False)
    date = serializers.DateField(required=False)


class OfficialFileSerializer(serializers.ModelSerializer[OfficialFile]):
    campaign = serializers.CharField(source="campaign.slug")
    unchanged = serializers.SerializerMethodField()

    class Meta:
        model = OfficialFile
        fields = tuple(RECEIPT)

    def get_unchanged(self, file: OfficialFile) -> int:
        return file.figures - file.new - file.replaced


class OfficialFilesSerializer(serializers.Serializer[Any]):
    """A page of receipts, for the description."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    results = OfficialFileSerializer(many=True)


class PageQuery(CampaignQuery):
    page = serializers.IntegerField(required=False, min_value=1, max_value=999_999_999)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=999_999_999)


class OfficialFigures(Endpoint):
    parser_classes = (RowsParser, MultiPartParser)

    @extend_schema(
        summary="Các lần nhận số liệu Công an",
        description="Mới nhất trước.",
        tags=["Số liệu Công an"],
        parameters=[PageQuery],
        examples=[
            OpenApiExample(
                "Một trang",
                value={"count": 1, "next": None, "results": [RECEIPT]},
                response_only=True,
            )
        ],
        responses={200: OfficialFilesSerializer, **refusals("Không có quyền xem số liệu Công an.")},
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        campaign = campaign_asked(user, request.query_params.get("campaign", ""))
        if not scope_of(user).may(Permission.EXPORT):
            raise PermissionDenied
        files = OfficialFile.objects.visible_to(user).filter(campaign=campaign).defer("content")
        pages = Pagination()
        page = pages.paginate_queryset(files.select_related("campaign"), request, view=self)
        return pages.get_paginated_response(OfficialFileSerializer(page, many=True).data)

    @extend_schema(
        summary="Gửi số liệu Công an đã công bố",
        description=(
            f"Nhiều nhất {MOST_ROWS} dòng: JSON đến 8 MiB, hoặc một tệp (.xlsx, CSV) đến 10 MB. "
            "Nhận tất cả hoặc không nhận dòng nào. `level1`, `level2`… là mã các chỉ số của "
            "chiến dịch; mã vắng mặt là chưa có số, không phải 0. Số gửi sau thay số gửi trước "
            "của cùng đơn vị, ngày, loại và chỉ số; số cũ vẫn được giữ. Gửi lại cùng nội dung thì "
            "không đổi gì và nhận lại đúng biên nhận cũ (200). Tệp mà cổng đọc được nhiều cách thì "
            "trả về `questions`: gửi lại tệp cùng câu trả lời trong các trường `answer-TÊN`."
        ),
        tags=["Số liệu Công an"],
        request={"application/json": RowsSerializer, "multipart/form-data": FileSerializer},
        examples=[
            OpenApiExample(
                "Theo dòng", value=SENT, request_only=True, media_type="application/json"
            ),
            OpenApiExample(
                "Biên nhận", value=RECEIPT, response_only=True, status_codes=["200", "201"]
            ),
            OpenApiExample("Sai ở dòng", value=WRONG, response_only=True, status_codes=["400"]),
            OpenApiExample("Cần hỏi lại", value=ASKED, response_only=True, status_codes=["400"]),
        ],
        responses={
            201: OpenApiResponse(OfficialFileSerializer, description="Đã nhận."),
            200: OpenApiResponse(
                OfficialFileSerializer, description="Đã nhận từ trước; không đổi gì."
            ),
            **refusals("Không có quyền gửi số liệu Công an."),
            409: OpenApiResponse(description="Chiến dịch không nhận số liệu Công an nữa."),
            429: OpenApiResponse(description="Gửi quá nhiều lần. Xem `Retry-After`."),
        },
    )
    def post(self, request: Request) -> Response:
        """Take a file or rows, all of them or none."""
        user: Any = request.user
        if not allow(f"official-figures:{user.pk}", PATIENCE, SECONDS):
            raise Throttled(SECONDS, _("Gửi quá nhiều lần một phút. Chờ một phút rồi gửi lại."))
        is_file = (request.content_type or "").startswith("multipart/")
        sent = self._file_sent() if is_file else self.sent(RowsSerializer)
        campaign = Campaign.objects.visible_to(user).filter(slug=sent["campaign"]).or_404()
        try:
            check_may_take(user, campaign)
        except ValidationError as error:
            return Response({"detail": error.messages[0]}, status=status.HTTP_409_CONFLICT)
        taken = self._take_file(campaign, sent) if is_file else self._take_rows(campaign, sent)
        code = status.HTTP_200_OK if taken.is_same else status.HTTP_201_CREATED
        return Response(OfficialFileSerializer(taken.file).data, status=code)

    def _file_sent(self) -> dict[str, Any]:
        data: Any = self.request.data
        fields = {name: value for name, value in data.items() if not name.startswith(ANSWER)}
        form = FileSerializer(data=fields)
        form.is_valid(raise_exception=True)
        return {**form.validated_data, "answers": answers_in(data, ANSWER)}

    def _take_file(self, campaign: Campaign, sent: Mapping[str, Any]) -> Taken:
        user: Any = self.request.user
        file = sent["file"]
        named = {KIND: sent.get("kind"), MAP_QUESTION: sent.get("map")}
        named[DAY_QUESTION] = sent["date"].isoformat() if "date" in sent else None
        answers = {**{k: v for k, v in named.items() if v}, **sent["answers"]}
        try:
            if file.size > MOST_BYTES:
                raise ValidationError(_("Tệp lớn quá 10 MB. Chia thành nhiều tệp nhỏ."))
            table = read_upload(user, campaign, file.name, file.read(), answers)
            if table.preview is None:
                raise _refusal(table)
            return take(table, Source.API)
        except ValidationError as error:
            raise serializers.ValidationError({"file": error.messages}, code=RULE) from error

    def _take_rows(self, campaign: Campaign, sent: Mapping[str, Any]) -> Taken:
        user: Any = self.request.user
        kind, of, rows = sent["kind"], sent["map"], sent["rows"]
        indicators = indicators_of(campaign)
        try:
            figures = figures_of(user, campaign, indicators, rows, kind=kind, of=of)
        except WrongRows as wrong:
            raise serializers.ValidationError({"rows": wrong.rows}, code=RULE) from wrong
        return take_figures(
            actor=user,
            campaign=campaign,
            source=Source.API,
            figures=figures,
            rows=len(rows),
            sha256=digest_of_rows(rows, kind, of),
            map=of,
        )


def _refusal(table: Table) -> serializers.ValidationError:
    """Return what is asked about a file, or what is wrong with it by the number of the row."""
    if table.prepared.questions:
        asked: Any = [
            {"name": q.name, "text": q.text, "choices": dict(q.choices)}
            for q in table.prepared.questions
        ]
        return serializers.ValidationError({"questions": asked}, code=RULE)
    rows: dict[str, dict[str, list[str]]] = {}
    for one in table.prepared.read.problems:
        sheet = f"{one.sheet} " if table.prepared.has_sheets else ""
        of_row = rows.setdefault(f"{sheet}{one.row}", {})
        of_row.setdefault(one.title or "detail", []).append(one.text)
    return serializers.ValidationError({"rows": rows}, code=RULE)
