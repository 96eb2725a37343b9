"""``GET totals/``."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from campaign import clock
from campaign.models import Branch, Campaign, Level, Unit
from campaign.selectors import current_campaign, indicators_of, top_unit
from campaign.serializers import RangeQuery
from reports.selectors.totals import BASES, Line, as_of, totals
from reports.trees import BRANCHES, UNITS

CHOICE: dict[str, Any] = {"invalid_choice": gettext_lazy("Không có lựa chọn “{input}”.")}


class TotalsQuery(RangeQuery):
    """What may be asked."""

    level = serializers.ChoiceField(choices=Level.values, required=False, error_messages=CHOICE)
    basis = serializers.ChoiceField(choices=BASES, default="reported", error_messages=CHOICE)
    by = serializers.ChoiceField(choices=["day"], required=False, error_messages=CHOICE)


class LineSerializer(serializers.Serializer[Line]):
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
    """The answer."""

    as_of = serializers.DateTimeField()
    campaign = serializers.CharField()
    basis = serializers.CharField()
    results = LineSerializer(many=True)


@method_decorator(never_cache, name="dispatch")
class Totals(APIView):
    """Totals of units or branches."""

    @extend_schema(
        summary="Tổng hợp theo đơn vị hoặc tổ chức",
        description=(
            "Tổng trong khoảng ngày của mỗi đơn vị cấp `level` thuộc `unit`; với `branch` thì "
            "theo cây tổ chức. Chỉ số vắng mặt là chưa có số, không phải 0."
        ),
        tags=["Tổng hợp"],
        parameters=[
            OpenApiParameter("campaign", str, description="Mặc định: chiến dịch đang chạy"),
            OpenApiParameter("unit", str, description="Mã đơn vị; mặc định: cao nhất được xem"),
            OpenApiParameter("branch", str, description="Mã tổ chức, thay cho unit"),
            OpenApiParameter("level", str, enum=Level.values),
            OpenApiParameter("from", dt.date),
            OpenApiParameter("to", dt.date),
            OpenApiParameter("basis", str, enum=list(BASES)),
            OpenApiParameter("by", str, enum=["day"]),
        ],
        responses=TotalsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the totals."""
        query = TotalsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        campaign = current_campaign(request.user, asked.get("campaign"))
        # Nothing can have come in, or be missing, on a day that is still ahead.
        last = min(asked.get("to", clock.today()), clock.today(), campaign.ends_on)
        first = max(asked.get("from", campaign.starts_on), campaign.starts_on)
        tree = BRANCHES if "branch" in asked else UNITS
        if tree is BRANCHES:
            nodes = _branches(request.user, asked)
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
    """Return the units asked for, as they stood in the campaign's structure."""
    visible = Unit.objects.visible_to(user).on(campaign.structure_date)
    code = asked.get("unit")
    top = visible.filter(code=code).first() if code else top_unit(user, campaign)
    if top is None:
        raise Http404
    level = asked.get("level", top.level)
    return list(visible.within(top).filter(level=level).order_by("code"))


def _branches(user: Any, asked: dict[str, Any]) -> list[Unit | Branch]:
    """Return the branches asked for; their level is their depth in the tree."""
    visible = Branch.objects.visible_to(user).select_related("home_unit")
    top = visible.filter(code=asked["branch"]).first()
    if top is None:
        raise Http404
    if "level" not in asked:
        return [top]
    below = visible.within(top).filter(home_unit__level=asked["level"])
    return list(below.order_by("code"))


def _line(line: Line) -> dict[str, Any]:
    """Return one line as JSON."""
    node = line.node
    level = node.level if isinstance(node, Unit) else node.home_unit.level
    dated = {"date": line.date.isoformat()} if line.date else {}
    return {
        "unit": node.code,
        "name": node.name,
        "level": level,
        **dated,
        "counts": line.counts,
        "counts_to_date": line.counts_to_date,
        "target": line.target,
        "reports_expected": line.expected,
        "reports_received": line.received,
    }
