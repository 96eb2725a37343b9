"""``GET totals/``."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.models import Branch, Campaign, Unit
from campaign.selectors import current_campaign, find_unit, indicators_of
from core.endpoints import Endpoint
from reports.rollup.query_params import (
    CHOICE,
    LevelQuery,
    branches_asked,
    days_asked,
    node_fields,
)
from reports.rollup.totals import BASES, NodeTotals, as_of, totals
from reports.rollup.trees import BRANCHES, UNITS


class TotalsQuery(LevelQuery):
    basis = serializers.ChoiceField(choices=BASES, default="reported", error_messages=CHOICE)
    by = serializers.ChoiceField(choices=["day"], required=False, error_messages=CHOICE)


class LineSerializer(serializers.Serializer[NodeTotals]):
    """One line, for the description; ``date`` only with ``by=day``."""

    unit = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()
    date = serializers.DateField(required=False)
    counts = serializers.DictField(child=serializers.IntegerField())
    counts_to_date = serializers.DictField(child=serializers.IntegerField())
    target = serializers.DictField(child=serializers.IntegerField())
    reports_expected = serializers.IntegerField()
    reports_received = serializers.IntegerField()


class TotalsSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField()
    campaign = serializers.CharField()
    basis = serializers.CharField()
    results = LineSerializer(many=True)


class TotalsView(Endpoint):
    @extend_schema(
        summary="Tổng hợp theo địa bàn hoặc cơ sở Đoàn",
        description=(
            "Tổng trong khoảng ngày của mỗi địa bàn cấp `level` thuộc `unit`; với `branch` thì "
            "theo cây cơ sở Đoàn. Chỉ số vắng mặt là chưa có số, không phải 0."
        ),
        tags=["Tổng hợp"],
        parameters=[TotalsQuery],
        responses=TotalsSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(TotalsQuery)
        campaign = current_campaign(request.user, asked["campaign"])
        first, last = days_asked(campaign, asked)
        tree = BRANCHES if "branch" in asked else UNITS
        if tree is BRANCHES:
            _top, nodes = branches_asked(request.user, asked)
        else:
            nodes = _units(request.user, campaign, asked)
        moment = as_of(campaign)
        lines = totals(
            tree=tree,
            campaign=campaign,
            indicators=indicators_of(campaign),
            nodes=nodes,
            first=first,
            last=last,
            basis=asked["basis"],
            by_day="by" in asked,
        )
        results = [_line(line) for line in lines]
        return Response(
            {
                "as_of": moment.isoformat(),
                "campaign": campaign.slug,
                "basis": asked["basis"],
                "results": results,
            }
        )


def _units(user: Any, campaign: Campaign, asked: dict[str, Any]) -> list[Unit | Branch]:
    top = find_unit(user, campaign, asked.get("unit", ""))
    units = Unit.objects.visible_to(user).on(campaign.structure_date).within(top)
    return list(units.filter(level=asked.get("level", top.level)).order_by("code"))


def _line(line: NodeTotals) -> dict[str, Any]:
    dated = {"date": line.date.isoformat()} if line.date else {}
    return {
        **node_fields(line.node),
        **dated,
        "counts": line.counts,
        "counts_to_date": line.counts_to_date,
        "target": line.target,
        "reports_expected": line.expected,
        "reports_received": line.received,
    }
