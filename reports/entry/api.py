"""``GET report-book/``: what a phone keeps in order to report without a network."""

from typing import Any

from django.core.exceptions import ValidationError
from django.middleware.csrf import get_token
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.serializers import CampaignQuery
from core.endpoints import Endpoint
from core.serializers import RULE
from reports.entry.offline_snapshot import offline_snapshot_of

SNAPSHOT = {
    "owner": 12,
    "now": "2023-06-20T17:42:10+07:00",
    "today": "2023-06-20",
    "campaign": {
        "slug": "he-2023",
        "name": "Hè tình nguyện",
        "first": "2023-04-01",
        "last": "2023-06-30",
    },
    "running": [["he-2023", "Hè tình nguyện"]],
    "restored": None,
    "rules": {"opens": "06:00", "due": "20:00", "closes": "23:59", "editable_days": 3},
    "indicators": [
        {
            "code": "installed",
            "name": "Cài ứng dụng",
            "measure": "người",
            "required": False,
            "at_most": "assisted",
            "people": False,
        }
    ],
    "derived": [{"name": "Tài khoản kích hoạt", "terms": {"level1": 1, "level2": 1}}],
    "choices": [],
    "left_out": 0,
    "branches": [
        {
            "code": "XD-14173",
            "name": "Đoàn xã Tân Tiến",
            "superior": "Đoàn cụm Bình Minh",
            "office": "Văn phòng Đoàn, 024 3456 7890",
            "home": "14173",
            "units": None,
            "progress": {
                "label": "Tài khoản kích hoạt",
                "to_date": 2841,
                "target": 4100,
                "time_gone": 88.9,
            },
            "strip": {"2023-06-20": "missing"},
            "days": {
                "2023-06-20": {
                    "closes": "2023-06-23T23:59:00+07:00",
                    "sessions": [48],
                    "listed": [
                        {
                            "id": 48,
                            "time": "08:00",
                            "place": "Nhà văn hóa xóm 3",
                            "state": "closed",
                        }
                    ],
                }
            },
            "reports": [
                {
                    "id": "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10",
                    "date": "2023-06-19",
                    "unit": "14173",
                    "version": 1,
                    "status": "submitted",
                    "received_at": "2023-06-19T17:42:10+07:00",
                    "counts": {"installed": 35},
                }
            ],
            "usual": {"installed": 120},
        }
    ],
}


class OfflineSnapshotView(Endpoint):
    """All that the form needs for the branches whose secretary one is."""

    @extend_schema(
        summary="Sổ báo cáo để dùng khi không có mạng",
        tags=["Báo cáo"],
        parameters=[CampaignQuery],
        examples=[OpenApiExample("Sổ", value=SNAPSHOT, response_only=True)],
        responses={
            200: OpenApiResponse(
                OpenApiTypes.OBJECT,
                description=(
                    "Chiến dịch, chỉ số, giờ nộp, các ngày còn nhận và số đã gửi. "
                    "`restored`: cổng đã được khôi phục từ bản sao lưu; số có biên nhận từ `from` "
                    "đến `to` có thể đã mất, hãy gửi lại."
                ),
            ),
            404: OpenApiResponse(description="Không có chiến dịch nào trong phạm vi."),
        },
    )
    def get(self, request: Request) -> Response:
        """Return the snapshot; without branches where one is nobody's secretary.

        Who is signed in on the page gets along what the next sending needs, to save a round.
        """
        user: Any = request.user
        slug = self.asked(CampaignQuery)["campaign"]
        try:
            snapshot = offline_snapshot_of(user, slug)
        except ValidationError as error:
            raise serializers.ValidationError(error.message_dict, code=RULE) from error
        ticket = {} if request.auth else {"csrf": get_token(request._request)}
        return Response({**snapshot, **ticket})
