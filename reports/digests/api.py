"""``GET digests/``: the digest of a day as text."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from campaign.count_validation import check_day
from campaign.selectors import find_unit
from campaign.serializers import CampaignQuery, campaign_asked
from core import clock
from core.serializers import RULE, StrictDate
from reports.digests.publications import publish
from reports.digests.selectors import digest, fingerprint
from reports.digests.text import link_of, text

EXAMPLE = """BÁO CÁO NHANH ngày 20/6/2023 – Cụm Bình Minh
Số đến 19:04.

Tài khoản đã kích hoạt trong ngày: 455, giảm 59% so với ngày 19/6.
Lũy kế từ 1/4: 80.412, bằng 94,8% chỉ tiêu 84.800 khi đã qua 89% thời gian.
Trong đó đã duyệt 76.635; số của ngày này còn chờ duyệt.
Còn 4.388 nữa; để kịp 30/6, mỗi ngày cần 439.

Báo cáo: 22 trên 22 đơn vị đã gửi.

Dẫn đầu về phần trăm chỉ tiêu: Xã Tân Châu 137,6%, Xã Tân Long 132,5%, Xã Tân Yên 118,6%.
Cần thêm sức: Xã Tân Hà 76,0%, Xã Tân Hải 75,1%, Xã Tân Lộc 70,7%.

Tất cả các đơn vị đã báo cáo. Cảm ơn các đồng chí!

Xem thêm: https://tienphong.example/digests/365/2023-06-20/
"""


class DigestQuery(CampaignQuery):
    """What may be asked; ``date`` is by default today, or the last day of the campaign."""

    unit = serializers.CharField(
        default="", help_text=gettext_lazy("Mã địa bàn; mặc định: cao nhất được xem")
    )
    date = StrictDate(required=False, help_text=gettext_lazy("Mặc định: hôm nay"))


class Digests(APIView):
    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """Answer with text, and with JSON where something is wrong, whatever is asked for."""
        renderer = JSONRenderer()
        return renderer, str(renderer.media_type)

    @extend_schema(
        summary="Báo cáo nhanh, dạng chữ",
        description=(
            "Chữ thuần, sẵn sàng gửi Zalo. Cùng số với `totals/` và trang Tổng quan. Trước hạn "
            "nộp của ngày, báo cáo nhanh nói rõ số còn thay đổi. Bản đã lấy được giữ lại như đã "
            "công bố. Ảnh: `/digests/UNIT/DATE.png`."
        ),
        tags=["Tổng hợp"],
        parameters=[DigestQuery],
        responses={
            (200, "text/plain"): OpenApiResponse(
                OpenApiTypes.STR, description="Báo cáo nhanh; đầu mục `As-Of` và `ETag`"
            ),
            304: OpenApiResponse(description="Chưa có gì mới so với `If-None-Match`"),
            (400, "application/json"): OpenApiResponse(
                description="Ngày chưa đúng, chưa tới, hoặc ngoài chiến dịch"
            ),
            (404, "application/json"): OpenApiResponse(description="Ngoài phạm vi được phân công."),
        },
        examples=[
            OpenApiExample(
                "Báo cáo nhanh", value=EXAMPLE, response_only=True, media_type="text/plain"
            )
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        user: Any = request.user
        query = DigestQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        campaign = campaign_asked(request.user, asked["campaign"])
        day = asked.get("date", min(clock.today(), campaign.ends_on))
        unit = find_unit(request.user, campaign, asked["unit"], day)
        try:
            check_day(campaign, day, clock.today())
        except ValidationError as error:
            raise serializers.ValidationError({"date": error.messages}, code=RULE) from error
        found = digest(campaign=campaign, unit=unit, day=day)
        tag = f'"{fingerprint(found)}"'
        body = text(found, request.build_absolute_uri(link_of(found)))
        answer = get_conditional_response(request._request, etag=tag)
        if answer is None:
            publish(actor=user, digest=found, text=body)
            answer = HttpResponse(body, content_type="text/plain; charset=utf-8")
        answer.headers["ETag"] = tag
        answer.headers["As-Of"] = found.as_of.isoformat()
        answer.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(answer, ("Cookie", "Authorization", "Accept-Language"))
        return answer
