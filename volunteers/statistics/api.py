"""``GET figures/``."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.models import Branch, Unit
from campaign.selectors import find_branch, find_unit
from campaign.serializers import RangeQuery, campaign_asked
from core import clock
from core.endpoints import Endpoint
from volunteers.statistics.selectors import statistics_of

EXAMPLE = {
    "as_of": "2023-06-20T10:15:00+07:00",
    "teams": 196,
    "team_members": 1073,
    "youth_key_members": 202,
    "volunteers": 640,
    "sessions": {"planned": 12, "closed": 230, "cancelled": 3},
    "participations": 1804,
    "hours": 4120.5,
    "help_requests": {"open": 5, "overdue": 1, "done": 22, "median_days": 1.4},
}


class SessionFiguresSerializer(serializers.Serializer[Any]):
    planned = serializers.IntegerField()
    closed = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class HelpFiguresSerializer(serializers.Serializer[Any]):
    """Help requests by state, and how long those waited who were helped."""

    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    done = serializers.IntegerField()
    median_days = serializers.FloatField(allow_null=True)


class FiguresSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField()
    teams = serializers.IntegerField()
    team_members = serializers.IntegerField()
    youth_key_members = serializers.IntegerField()
    volunteers = serializers.IntegerField()
    sessions = SessionFiguresSerializer()
    participations = serializers.IntegerField()
    hours = serializers.FloatField()
    help_requests = HelpFiguresSerializer()


class StatisticsView(Endpoint):
    """People, sessions and help requests of one unit or branch."""

    @extend_schema(
        summary="Lực lượng, buổi hỗ trợ, yêu cầu của một địa bàn hoặc cơ sở Đoàn",
        description=(
            "`teams`, `team_members`, `youth_key_members` (đoàn viên là tổ trưởng, tổ phó) tính "
            "đến ngày cuối. `volunteers` là số người khác nhau có tên đã tham gia; "
            "`participations` là số lượt, gồm cả người không ghi tên. `help_requests` là yêu cầu "
            "gửi trong khoảng ngày; `median_days` là trung vị số ngày chờ của việc đã giúp xong."
        ),
        tags=["Tổng hợp"],
        parameters=[RangeQuery],
        examples=[OpenApiExample("Bình Minh", value=EXAMPLE, response_only=True)],
        responses=FiguresSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(RangeQuery)
        campaign = campaign_asked(request.user, asked["campaign"])
        node: Unit | Branch
        if "branch" in asked:
            node = find_branch(request.user, asked["branch"])
        else:
            node = find_unit(request.user, campaign, asked.get("unit", ""))
        first = max(asked.get("from", campaign.starts_on), campaign.starts_on)
        last = min(asked.get("to", campaign.ends_on), campaign.ends_on)
        found = statistics_of(campaign, [node], first, last)[node.pk]  # type: ignore[arg-type]
        return Response(
            {
                "as_of": clock.now().isoformat(),
                "teams": found.teams,
                "team_members": found.team_members,
                "youth_key_members": found.youth_key_members,
                "volunteers": found.volunteers,
                "sessions": {
                    "planned": found.planned,
                    "closed": found.closed,
                    "cancelled": found.cancelled,
                },
                "participations": found.participations,
                "hours": found.hours,
                "help_requests": {
                    "open": found.help_open,
                    "overdue": found.help_overdue,
                    "done": found.help_done,
                    "median_days": found.median_days,
                },
            }
        )
