"""``GET reconciliation/``."""

from typing import Any

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.models import Level
from campaign.selectors import IndicatorSet, indicators_of
from campaign.serializers import CampaignQuery, campaign_asked
from core.endpoints import Endpoint, refusals
from core.serializers import RULE, StrictDate
from reports.reconciliation.classes import DifferenceClass
from reports.reconciliation.lines import Line, Reconciliation
from reports.reconciliation.models import DifferenceState
from reports.reconciliation.selectors import Question, reconciliation, top_asked
from reports.reconciliation.services import require_reconciler
from reports.reconciliation.words import class_words
from reports.rollup.query_params import CHOICE, days_asked, node_fields
from reports.rollup.totals import BASES, as_of


class ReconciliationQuery(CampaignQuery):
    unit = serializers.CharField(
        required=False, help_text=gettext_lazy("Mã địa bàn; mặc định: cao nhất được đối soát")
    )
    level = serializers.ChoiceField(choices=Level.values, required=False, error_messages=CHOICE)
    basis = serializers.ChoiceField(choices=BASES, default="reported", error_messages=CHOICE)
    map = serializers.ChoiceField(choices=["then", "now"], default="then", error_messages=CHOICE)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        first = gettext_lazy("Mặc định: ngày đầu chiến dịch, tức là số lũy kế")
        last = gettext_lazy("Mặc định: ngày cuối chiến dịch, hoặc hôm nay")
        return {
            **super().get_fields(),
            "from": StrictDate(required=False, help_text=first),
            "to": StrictDate(required=False, help_text=last),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "to" in attrs and attrs["from"] > attrs["to"]:
            wording = gettext_lazy("Ngày cuối phải sau ngày đầu.")
            raise serializers.ValidationError({"to": wording}, code=RULE)
        return attrs


class DifferenceSerializer(serializers.Serializer[Any]):
    """One unit, for the description."""

    unit = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()
    day = serializers.DateField(allow_null=True)
    reported = serializers.DictField(child=serializers.IntegerField())
    approved = serializers.DictField(child=serializers.IntegerField())
    official = serializers.DictField(child=serializers.IntegerField())
    difference = serializers.DictField(child=serializers.IntegerField())
    share = serializers.DictField(child=serializers.FloatField())
    size = serializers.IntegerField()
    explained = serializers.IntegerField()
    unexplained = serializers.IntegerField()
    difference_class = serializers.ChoiceField(
        choices=[one.value for one in DifferenceClass], allow_null=True
    )
    words = serializers.CharField()
    days = serializers.IntegerField()
    state = serializers.ChoiceField(choices=DifferenceState.values, allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["class"] = fields.pop("difference_class")
        return fields


class ReconciliationSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField()
    campaign = serializers.CharField()
    basis = serializers.CharField()
    level = serializers.CharField()
    published_level = serializers.CharField()
    day = serializers.DateField(allow_null=True)
    size = serializers.IntegerField()
    explained = serializers.IntegerField()
    unexplained = serializers.IntegerField()
    percent_explained = serializers.FloatField(allow_null=True)
    classes = serializers.DictField(child=serializers.IntegerField())
    results = DifferenceSerializer(many=True)


EXAMPLE = {
    "as_of": "2023-06-20T17:42:00+07:00",
    "campaign": "he-2023",
    "basis": "reported",
    "level": "commune",
    "published_level": "commune",
    "day": "2023-06-19",
    "size": 24,
    "explained": 24,
    "unexplained": 0,
    "percent_explained": 100.0,
    "classes": {"shifted": 1},
    "results": [
        {
            "unit": "14173",
            "name": "Xã Tân Tiến",
            "level": "commune",
            "day": "2023-06-19",
            "reported": {"level1": 812, "level2": 530},
            "approved": {"level1": 790, "level2": 521},
            "official": {"level1": 796, "level2": 522},
            "difference": {"level1": 16, "level2": 8},
            "share": {"level1": 1.97, "level2": 1.51},
            "size": 24,
            "explained": 24,
            "unexplained": 0,
            "class": "shifted",
            "words": "Công an muộn hơn 1 ngày",
            "days": 1,
            "state": None,
        }
    ],
}


class ReconciliationView(Endpoint):
    """Two sources side by side."""

    @extend_schema(
        summary="Đối soát với số Công an công bố",
        description=(
            "Của mỗi địa bàn cấp `level` thuộc `unit`: số đã báo cáo, đã duyệt và số Công an công "
            "bố, lũy kế đến ngày cuối cùng Công an có số (`day`), hoặc trong khoảng từ `from` đến "
            "`to`; chênh lệch là số của ta (`basis`) trừ số Công an, và loại của nó: `within` "
            "trong dung sai, `ours_higher`, `theirs_higher` chưa có lời giải, `not_reported`, "
            "`not_published`, `stopped`, `shifted` lệch `days` ngày (trên 0: Công an muộn hơn), "
            "`swapped` đổi chỗ hai mức, `upgraded` tính hai lần người có cả hai mức. `size` là "
            "tổng độ lớn chênh lệch của các chỉ số; `explained` gồm phần do loại và phần do ghi "
            "chú. Không bao giờ cộng hai nguồn với nhau. Khi Công an công bố theo cấp dưới thì "
            "loại của một dòng là loại chiếm nhiều nhất ở các địa bàn bên dưới."
        ),
        tags=["Tổng hợp"],
        parameters=[ReconciliationQuery],
        examples=[OpenApiExample("Một xã", response_only=True, value=EXAMPLE)],
        responses={
            200: ReconciliationSerializer,
            **refusals("Không có quyền đối soát ở địa bàn này."),
        },
    )
    def get(self, request: Request) -> Response:
        require_reconciler(request.user)
        asked = self.asked(ReconciliationQuery)
        campaign = campaign_asked(request.user, asked["campaign"])
        first, last = days_asked(campaign, asked)
        last = max(first, last)
        of_today = asked["map"] == "now"
        top = top_asked(request.user, campaign, asked.get("unit", ""), last, of_today=of_today)
        require_reconciler(request.user, top)
        level = asked.get("level", top.level)
        question = Question(campaign, top, level, first, last, asked["basis"], of_today)
        moment, indicators = as_of(campaign), indicators_of(campaign)
        found = reconciliation(request.user, question)
        return Response(
            {
                "as_of": moment.isoformat(),
                "campaign": campaign.slug,
                "basis": found.basis,
                "level": level,
                "published_level": found.published_level,
                "day": found.day.isoformat() if found.day else None,
                "size": found.size,
                "explained": found.size - found.unexplained,
                "unexplained": found.unexplained,
                "percent_explained": _rounded(found.share_explained),
                "classes": {one.kind.value: one.units for one in found.of_classes},
                "results": [_result(found, line, indicators) for line in found.lines],
            }
        )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 2)


def _result(found: Reconciliation, line: Line, indicators: IndicatorSet) -> dict[str, Any]:
    unknown = {"unit": "", "name": "", "level": found.level}
    figures = {
        indicator.code: of for indicator in found.indicators if (of := line.figures(indicator.code))
    }
    return {
        **(node_fields(line.unit) if line.unit is not None else unknown),
        "day": line.day.isoformat() if line.day else None,
        "reported": dict(line.reported),
        "approved": dict(line.approved),
        "official": {code: of.theirs for code, of in figures.items() if of.theirs is not None},
        "difference": {code: of.difference for code, of in figures.items()},
        "share": {
            code: round(100 * of.difference / of.ours, 2) for code, of in figures.items() if of.ours
        },
        "size": line.size,
        "explained": line.size - line.unexplained,
        "unexplained": line.unexplained,
        "class": line.kind.value if line.kind else None,
        "words": class_words(line, indicators),
        "days": _days(line),
        "state": line.latest.state if line.latest else None,
    }


def _days(line: Line) -> int:
    if line.kind == DifferenceClass.OURS_HIGHER:
        return line.finding.higher_days
    return line.finding.amount
