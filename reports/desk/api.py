"""``GET tasks/``."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.addresses import path_of
from campaign.models import Campaign
from campaign.serializers import CampaignQuery, campaign_asked
from core.endpoints import Endpoint, refusals
from reports.desk.models import FollowUpAction, TaskKind
from reports.desk.selectors import DeskLine, desk, may_chase


class StepSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=FollowUpAction.values)
    at = serializers.DateTimeField()
    text = serializers.CharField(allow_blank=True)


class TaskSerializer(serializers.Serializer[Any]):
    """One task, for the description."""

    kind = serializers.ChoiceField(choices=TaskKind.values)
    key = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    url = serializers.CharField()
    branch = serializers.CharField(allow_null=True)
    is_breach = serializers.BooleanField()
    has_secretary = serializers.BooleanField(allow_null=True)
    is_reached = serializers.BooleanField(allow_null=True)
    reminded_at = serializers.DateTimeField(allow_null=True)
    snoozed = serializers.BooleanField()
    done = StepSerializer(many=True)


class TasksSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    campaign = serializers.CharField()
    results = TaskSerializer(many=True)


EXAMPLE = {
    "day": "2023-06-20",
    "campaign": "he-2023",
    "results": [
        {
            "kind": "silent",
            "key": "silent:12",
            "title": "Đoàn xã Tân Tiến",
            "about": "chưa báo cáo 3 ngày liền",
            "url": "/c/he-2023/branches/XD-14173/",
            "branch": "XD-14173",
            "is_breach": True,
            "has_secretary": True,
            "is_reached": False,
            "reminded_at": None,
            "snoozed": False,
            "done": [{"action": "called", "at": "2023-06-20T15:20:00+07:00", "text": "hẹn 18 giờ"}],
        }
    ],
}


class TasksView(Endpoint):
    """What needs a hand today."""

    @extend_schema(
        summary="Việc cần làm hôm nay",
        description=(
            "Hàng việc của người phụ trách: đơn vị chưa báo cáo, báo cáo bị trả lại, số bất "
            "thường, buổi chưa đối chiếu hoặc chưa ghi kết quả, yêu cầu quá hạn, chênh với Công "
            "an, tổng hợp lệch. Không có tên và số điện thoại: trang Việc cần làm mới có. "
            "`has_secretary`, `is_reached` là null với việc không thuộc cơ sở Đoàn nào."
        ),
        tags=["Theo dõi"],
        parameters=[CampaignQuery],
        examples=[OpenApiExample("Một đơn vị", response_only=True, value=EXAMPLE)],
        responses={200: TasksSerializer, **refusals("Chỉ người phụ trách có hàng việc.")},
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(CampaignQuery)
        campaign = campaign_asked(request.user, asked["campaign"])
        if not may_chase(request.user):
            raise PermissionDenied
        found = desk(request.user, campaign, request.build_absolute_uri)
        results = [
            {**_line(line, campaign), "snoozed": is_snoozed}
            for lines, is_snoozed in ((found.lines, False), (found.snoozed, True))
            for line in lines
        ]
        return Response({"day": found.day, "campaign": campaign.slug, "results": results})


def _line(line: DeskLine, campaign: Campaign) -> dict[str, Any]:
    task, contact = line.task, line.contact
    name, *named = task.address
    is_of_branch = task.branch is not None
    return {
        "kind": task.kind,
        "key": task.key,
        "title": task.title,
        "about": task.about,
        "url": path_of(campaign, name, *named),
        "branch": task.branch.code if task.branch is not None else None,
        "is_breach": task.is_breach,
        "has_secretary": bool(contact.people) if is_of_branch else None,
        "is_reached": contact.is_reached if is_of_branch else None,
        "reminded_at": contact.reminded,
        "done": [{"action": one.action, "at": one.at, "text": one.text} for one in line.done],
    }
