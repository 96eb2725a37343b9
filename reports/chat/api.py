"""``POST pasted-messages/``."""

from typing import Any

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.selectors import current_campaign
from campaign.serializers import CountsSerializerField
from core.endpoints import Endpoint, refusals
from core.serializers import NULL, RULE, StrictDate, StrictSerializer, StrictText
from reports.chat.message_matching import read_pasted
from reports.chat.parser.parsing import MOST_CHARACTERS, ParsedReport, TooLong

EXAMPLE = {
    "campaign": "he-2023",
    "date": "2023-05-12",
    "text": "Tân Tiến 12/5 cài 35, m1 20, m2 12\nTan Hung cai 10\nCảm ơn các đồng chí",
}
ANSWER = {
    "lines": [
        {
            "text": "Tân Tiến 12/5 cài 35, m1 20, m2 12",
            "status": "understood",
            "branch": "XD-14173",
            "unit": "14173",
            "date": "2023-05-12",
            "counts": {"installed": 35, "level1": 20, "level2": 12},
            "unchanged": {},
            "no_activity": False,
            "questions": [],
            "candidates": [],
            "notes": [],
        },
        {
            "text": "Tan Hung cai 10",
            "status": "ask",
            "branch": None,
            "unit": None,
            "date": "2023-05-12",
            "counts": {"installed": 10},
            "unchanged": {},
            "no_activity": False,
            "questions": ["“Tan Hung” có thể là nhiều đơn vị. Số của đơn vị nào?"],
            "candidates": ["XD-14050", "XD-14083"],
            "notes": [],
        },
        {
            "text": "Cảm ơn các đồng chí",
            "status": "ignored",
            "branch": None,
            "unit": None,
            "date": None,
            "counts": {},
            "unchanged": {},
            "no_activity": False,
            "questions": [],
            "candidates": [],
            "notes": [],
        },
    ]
}


@extend_schema_field({"type": "string", "pattern": r"\S", "maxLength": MOST_CHARACTERS})
class PastedText(serializers.Field[Any, Any, Any, Any]):
    """A copied text, taken as it is: what is in it is judged line by line."""

    default_error_messages = {
        **NULL,
        "invalid": gettext_lazy("Gửi chữ trong dấu ngoặc kép."),
        "blank": gettext_lazy("Chưa có tin nào. Dán tin vào rồi gửi."),
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if not data.strip():
            self.fail("blank")
        return str(data)

    def to_representation(self, value: Any) -> str:
        return str(value)


class PastedSerializer(StrictSerializer):
    """A pasted message, and the day of what says none."""

    campaign = StrictText(max_length=50)
    text = PastedText()
    date = StrictDate()


class PastedLineSerializer(serializers.Serializer[ParsedReport]):
    """One line as it was understood; ``counts`` holds only what is certain."""

    text = serializers.CharField()
    status = serializers.ChoiceField(choices=["understood", "ask", "ignored"])
    branch = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    date = serializers.DateField(allow_null=True)
    counts = CountsSerializerField()
    unchanged = CountsSerializerField(
        help_text=gettext_lazy(
            "Số của báo cáo đang có mà dòng này không nêu. `daily-reports/` nhận báo cáo trọn vẹn: "
            "gửi kèm các số này để giữ, bỏ số nào là xóa số đó."
        )
    )
    no_activity = serializers.BooleanField()
    questions = serializers.ListField(child=serializers.CharField())
    candidates = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField())

    def to_representation(self, instance: ParsedReport) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {**shown, "branch": instance.branch or None, "unit": instance.unit or None}


class PastedAnswerSerializer(serializers.Serializer[Any]):
    """All lines in their order."""

    lines = PastedLineSerializer(many=True)


class PastedMessages(Endpoint):
    @extend_schema(
        summary="Đọc tin nhắn Zalo thành báo cáo, không lưu gì",
        description=(
            "Tối đa 20.000 ký tự, 300 dòng. `understood`: chắc chắn, gửi được bằng "
            "`daily-reports/`. `ask`: hỏi lại người dùng; `counts` chỉ có số đã chắc, "
            "`candidates` là các cơ sở Đoàn có thể đúng. `ignored`: không phải số liệu. `notes`: "
            "điều nên biết trước khi gửi, như ngày đã có báo cáo với số khác."
        ),
        tags=["Báo cáo"],
        request=PastedSerializer,
        examples=[
            OpenApiExample("Tin trong nhóm", value=EXAMPLE, request_only=True),
            OpenApiExample("Đã đọc", value=ANSWER, response_only=True),
        ],
        responses={
            200: PastedAnswerSerializer,
            **refusals("Không nhập báo cáo cho cơ sở Đoàn nào."),
        },
    )
    def post(self, request: Request) -> Response:
        asked = self.sent(PastedSerializer)
        campaign = current_campaign(request.user, asked["campaign"])
        try:
            pasted = read_pasted(request.user, campaign, asked["text"], asked["date"])
        except TooLong as error:
            raise serializers.ValidationError({"text": [str(error)]}, code=RULE) from error
        lines = [line.answer for line in pasted.lines]
        return Response(PastedAnswerSerializer({"lines": lines}).data)
