"""``GET completeness/``."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.models import Branch, Campaign, Unit
from campaign.selectors import find_unit
from campaign.serializers import campaign_asked
from core import clock
from core.endpoints import Endpoint
from core.serializers import RULE
from reports.dashboards.selectors.completeness import CompletenessCell, completeness
from reports.rollup.query_params import LevelQuery, branches_asked, days_asked, node_fields
from reports.rollup.trees import BRANCHES, UNITS

MOST_DAYS = 92
DEFAULT_DAYS = 14


class CellSerializer(serializers.Serializer[Any]):
    """One unit on one day, for the description."""

    unit = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()
    date = serializers.DateField()
    expected = serializers.IntegerField()
    received = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    offline_late = serializers.IntegerField()


class CompletenessSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField()
    campaign = serializers.CharField()
    results = CellSerializer(many=True)


class CompletenessView(Endpoint):
    """Who was expected and heard, by unit and day."""

    @extend_schema(
        summary="Đủ và đúng hạn, theo địa bàn và ngày",
        description=(
            "Của mỗi địa bàn cấp `level` thuộc `unit` (mặc định: cấp ngay dưới) và mỗi ngày: bao "
            "nhiêu đơn vị phải báo cáo, bao nhiêu đã báo cáo, trong đó đúng hạn, muộn, ghi đúng "
            "hạn nhưng gửi bù do mất mạng. Một đơn vị tính một lần mỗi ngày; đơn vị không phải "
            "báo cáo ngày đó không tính. `received` = `on_time` + `late` + `offline_late`. Mặc "
            "định 14 ngày gần nhất, nhiều nhất 92 ngày; với `branch` thì theo cây cơ sở Đoàn."
        ),
        tags=["Tổng hợp"],
        parameters=[LevelQuery],
        examples=[
            OpenApiExample(
                "Một xã, một ngày",
                response_only=True,
                value={
                    "as_of": "2023-06-20T17:42:00+07:00",
                    "campaign": "he-2023",
                    "results": [
                        {
                            "unit": "14173",
                            "name": "Xã Tân Tiến",
                            "level": "commune",
                            "date": "2023-06-20",
                            "expected": 1,
                            "received": 1,
                            "on_time": 1,
                            "late": 0,
                            "offline_late": 0,
                        }
                    ],
                },
            )
        ],
        responses=CompletenessSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(LevelQuery)
        campaign = campaign_asked(request.user, asked["campaign"])
        first, last = _range(campaign, asked)
        top: Unit | Branch
        if "branch" in asked:
            tree, (top, nodes) = BRANCHES, branches_asked(request.user, asked)
        else:
            tree, (top, nodes) = UNITS, _units(request.user, campaign, asked, first, last)
        moment = clock.now()
        found = completeness(campaign=campaign, node=top, first=first, last=last, tree=tree)
        results = [
            _line(node, day, found.cell(node.path, (day,))) for day in found.days for node in nodes
        ]
        return Response(
            {"as_of": moment.isoformat(), "campaign": campaign.slug, "results": results}
        )


def _range(campaign: Campaign, asked: dict[str, Any]) -> tuple[dt.date, dt.date]:
    """Return the days asked for, by default the latest; refuse too many."""
    first, last = days_asked(campaign, asked)
    if "from" not in asked:
        # A first day of the calendar has no day before.
        first += dt.timedelta(days=max((last - first).days - DEFAULT_DAYS + 1, 0))
    if (last - first).days >= MOST_DAYS:
        text = _("Nhiều nhất %(days)d ngày một lần. Chọn khoảng ngắn hơn.") % {"days": MOST_DAYS}
        raise serializers.ValidationError({"from": [text]}, code=RULE)
    return first, last


def _units(
    user: Any, campaign: Campaign, asked: dict[str, Any], first: dt.date, last: dt.date
) -> tuple[Unit, list[Unit | Branch]]:
    top = find_unit(user, campaign, asked.get("unit", ""), last)
    units = Unit.objects.visible_to(user).during(min(first, last), max(first, last))
    level = asked.get("level") or (
        units.filter(parent=top).order_by("depth").values_list("level", flat=True).first()
    )
    return top, list(
        units.within(top).filter(level=level or top.level).order_by("code", "valid_from")
    )


def _line(node: Unit | Branch, day: dt.date, cell: CompletenessCell) -> dict[str, Any]:
    return {
        **node_fields(node.on(day)),
        "date": day.isoformat(),
        "expected": cell.expected,
        "received": cell.received,
        "on_time": cell.on_time,
        "late": cell.late,
        "offline_late": cell.offline_late,
    }
