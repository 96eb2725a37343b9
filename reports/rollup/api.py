"""``GET totals/``."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.models import Branch, Campaign, Unit
from campaign.selectors import IndicatorSet, find_unit, indicators_of
from campaign.serializers import campaign_asked
from campaign.todays_map import map_of
from core import clock
from core.endpoints import Endpoint
from reports.rollup.mapped import MappedTotals, totals_on_map
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
    map = serializers.ChoiceField(choices=["then", "now"], default="then", error_messages=CHOICE)


class SourceSerializer(serializers.Serializer[Any]):
    """A unit of before, for the description."""

    unit = serializers.CharField()
    name = serializers.CharField()
    valid_from = serializers.DateField()


class LineSerializer(serializers.Serializer[NodeTotals]):
    """One line, for the description; ``date`` with ``by=day``, ``sources`` with ``map=now``."""

    unit = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()
    date = serializers.DateField(required=False)
    counts = serializers.DictField(child=serializers.IntegerField())
    counts_to_date = serializers.DictField(child=serializers.IntegerField())
    target = serializers.DictField(child=serializers.IntegerField())
    targets = serializers.DictField(child=serializers.IntegerField())
    reports_expected = serializers.IntegerField()
    reports_received = serializers.IntegerField()
    sources = SourceSerializer(many=True, required=False)


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
            "theo cây cơ sở Đoàn. Chỉ số vắng mặt là chưa có số, không phải 0. Với `map=now` thì "
            "theo bản đồ hôm nay: số của địa bàn cũ cộng vào địa bàn kế tiếp, `sources` là các "
            "địa bàn ấy. Địa bàn chưa rõ kế tiếp đứng ở một dòng riêng, `unit` trống, nên "
            "tổng của hai bản đồ bằng nhau. Chỉ số có `aggregation` là `last` thì `counts` "
            "cũng là số đang có ở cuối khoảng, không phải tổng các ngày. `targets` là chỉ tiêu "
            "của địa bàn ở ngày cuối khoảng, theo mã chỉ số; `target` là tên cũ của nó."
        ),
        tags=["Tổng hợp"],
        parameters=[TotalsQuery],
        responses=TotalsSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(TotalsQuery)
        campaign = campaign_asked(request.user, asked["campaign"])
        first, last = days_asked(campaign, asked)
        if asked["map"] == "now" and "branch" not in asked:
            return self._by_todays_map(request.user, campaign, asked, first, last)
        tree = BRANCHES if "branch" in asked else UNITS
        if tree is BRANCHES:
            _top, nodes = branches_asked(request.user, asked)
        else:
            nodes = _units(request.user, campaign, asked, first, last)
        moment, indicators = as_of(campaign), indicators_of(campaign)
        lines = totals(
            tree=tree,
            campaign=campaign,
            indicators=indicators,
            nodes=nodes,
            first=first,
            last=last,
            basis=asked["basis"],
            by_day="by" in asked,
        )
        return _answer(campaign, asked, moment, [_line(line, indicators) for line in lines])

    def _by_todays_map(
        self,
        user: Any,
        campaign: Campaign,
        asked: dict[str, Any],
        first: dt.date,
        last: dt.date,
    ) -> Response:
        of = map_of(user, clock.today())
        top = of.find(asked.get("unit", ""))
        moment, indicators = as_of(campaign), indicators_of(campaign)
        lines = totals_on_map(
            of=of,
            top=top,
            level=asked.get("level", top.level),
            campaign=campaign,
            indicators=indicators,
            first=first,
            last=last,
            basis=asked["basis"],
            by_day="by" in asked,
        )
        level = asked.get("level", top.level)
        results = [_mapped_line(line, level, indicators) for line in lines]
        return _answer(campaign, asked, moment, results)


def _answer(
    campaign: Campaign, asked: dict[str, Any], moment: dt.datetime, results: list[dict[str, Any]]
) -> Response:
    return Response(
        {
            "as_of": moment.isoformat(),
            "campaign": campaign.slug,
            "basis": asked["basis"],
            "results": results,
        }
    )


def _units(
    user: Any, campaign: Campaign, asked: dict[str, Any], first: dt.date, last: dt.date
) -> list[Unit | Branch]:
    """Return the units of all days asked for: of a level that changed in between, old and new."""
    top = find_unit(user, campaign, asked.get("unit", ""), last)
    if "level" not in asked:
        return [top]
    units = (
        Unit.objects.visible_to(user).during(min(first, last), max(first, last)).belonging_to(top)
    )
    return list(units.filter(level=asked["level"]).order_by("code", "valid_from"))


def _line(line: NodeTotals, indicators: IndicatorSet) -> dict[str, Any]:
    return {**node_fields(line.node), **_figures(line, indicators)}


def _mapped_line(mapped: MappedTotals, level: str, indicators: IndicatorSet) -> dict[str, Any]:
    unit = mapped.line.unit
    unknown = {"unit": "", "name": _("Chưa rõ địa bàn kế tiếp"), "level": level}
    return {
        **(node_fields(unit) if unit is not None else unknown),
        **_figures(mapped, indicators),
        "sources": [
            {"unit": one.code, "name": one.name, "valid_from": one.valid_from.isoformat()}
            for one in mapped.line.sources
        ],
    }


def _figures(line: NodeTotals | MappedTotals, indicators: IndicatorSet) -> dict[str, Any]:
    dated = {"date": line.date.isoformat()} if line.date else {}
    return {
        **dated,
        "counts": indicators.as_they_stand(line.counts, line.counts_to_date),
        "counts_to_date": line.counts_to_date,
        "target": line.target,
        "targets": line.target,
        "reports_expected": line.expected,
        "reports_received": line.received,
    }
