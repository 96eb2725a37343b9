"""``POST grants/``: a closed day is opened again for one branch."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from campaign.models import Branch, Campaign, LateEntryGrant
from campaign.services.grants import reopen_day
from core.serializers import Moment, StrictDate, StrictSerializer, StrictText
from core.validators import NOTE_LENGTH

EXAMPLE = {
    "campaign": "de-an-06-2023",
    "branch": "XD-14173",
    "date": "2023-05-12",
    "reason": "Mất điện cả ngày, số còn trong sổ",
}
GIVEN = {
    "id": 7,
    **EXAMPLE,
    "grantor": "Trần Văn Nam",
    "granted_at": "2023-05-13T08:10:00+07:00",
    "expires_at": "2023-05-14T23:59:59+07:00",
}


class GrantSerializer(StrictSerializer):
    """What a client sends; without ``expires_at`` the day is open until the end of tomorrow."""

    campaign = StrictText(max_length=50)
    branch = StrictText(max_length=20)
    date = StrictDate()
    reason = StrictText(max_length=NOTE_LENGTH)
    expires_at = Moment(required=False, allow_null=True, default=None)


class GivenSerializer(serializers.ModelSerializer[LateEntryGrant]):
    campaign = serializers.CharField(source="campaign.slug")
    branch = serializers.CharField(source="branch.code")
    grantor = serializers.CharField()

    class Meta:
        model = LateEntryGrant
        fields = (
            "id",
            "campaign",
            "branch",
            "date",
            "reason",
            "grantor",
            "granted_at",
            "expires_at",
        )


@method_decorator(never_cache, name="dispatch")
class Grants(APIView):
    """Days that are opened again."""

    @extend_schema(
        summary="Mở lại một ngày đã khóa sổ cho một đơn vị",
        tags=["Báo cáo"],
        request=GrantSerializer,
        examples=[
            OpenApiExample("Mở lại", value=EXAMPLE, request_only=True),
            OpenApiExample("Đã mở lại", value=GIVEN, response_only=True, status_codes=["201"]),
        ],
        responses={
            201: GivenSerializer,
            400: OpenApiResponse(description="Giá trị chưa đúng, theo từng trường."),
            403: OpenApiResponse(description="Trong phạm vi nhưng không có quyền mở lại."),
            404: OpenApiResponse(description="Ngoài phạm vi được phân công."),
        },
    )
    def post(self, request: Request) -> Response:
        serializer = GrantSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        user: Any = request.user
        campaign = Campaign.objects.visible_to(user).filter(slug=asked["campaign"]).first()
        branches = Branch.objects.visible_to(user).select_related("home_unit")
        branch = branches.filter(code=asked["branch"]).first()
        if campaign is None or branch is None:
            raise Http404
        try:
            grant = reopen_day(
                actor=user,
                campaign=campaign,
                branch=branch,
                day=asked["date"],
                reason=asked["reason"],
                expires_at=asked["expires_at"],
            )
        except ValidationError as error:
            return Response(error.message_dict, status=status.HTTP_400_BAD_REQUEST)
        return Response(GivenSerializer(grant).data, status=status.HTTP_201_CREATED)
