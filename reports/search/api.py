"""``GET search/``."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.addresses import path_of
from campaign.serializers import CampaignQuery, campaign_asked
from core.endpoints import Endpoint, refusals
from core.serializers import RULE
from reports.search.selectors import LONGEST, find, read_text


class SearchQuery(CampaignQuery):
    q = serializers.CharField(
        help_text=gettext_lazy("Tên, mã, số biên nhận, số điện thoại hoặc ngày; không cần dấu"),
        max_length=4 * LONGEST,
        allow_blank=True,
    )

    def validate_q(self, value: str) -> str:
        try:
            return read_text(value)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages, code=RULE) from error


class FoundSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    url = serializers.CharField()


class SearchResults(serializers.Serializer[Any]):
    results = FoundSerializer(many=True)


class SearchView(Endpoint):
    """Search."""

    @extend_schema(
        summary="Tìm",
        description=(
            "Tìm trong những gì người hỏi được xem: trang, địa bàn, cơ sở Đoàn, người, tổ, buổi hỗ "
            "trợ, yêu cầu hỗ trợ, biên nhận, mã tra số, báo cáo nhanh của một ngày. Có dấu hay "
            "không dấu đều được. Mỗi loại nhiều nhất sáu kết quả; `about` để phân biệt tên trùng."
        ),
        tags=["Tìm"],
        parameters=[SearchQuery],
        examples=[
            OpenApiExample(
                "Một xã",
                response_only=True,
                value={
                    "results": [
                        {
                            "kind": "unit",
                            "title": "Xã Tân Tiến",
                            "about": "Tỉnh Tân Tiến · 14173",
                            "url": "/c/he-2023/units/14173/",
                        }
                    ]
                },
            )
        ],
        responses={200: SearchResults, **refusals(not_found="Không có chiến dịch này.")},
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(SearchQuery)
        campaign = campaign_asked(request.user, asked["campaign"])

        def address(name: str, *args: Any) -> str:
            return path_of(campaign, name, *args)

        found = find(request.user, campaign, asked["q"], address)
        return Response({"results": FoundSerializer(found, many=True).data})
