"""``POST grants/``: a closed day is opened again for one branch."""

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.models import LateEntryGrant
from campaign.selectors import current_campaign, find_branch
from campaign.services.grants import reopen_day
from core.endpoints import Endpoint, refusals
from core.serializers import LocalDateTimeField, StrictDate, StrictSerializer, StrictText
from core.validators import NOTE_LENGTH

EXAMPLE = {
    "campaign": "he-2023",
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
    expires_at = LocalDateTimeField(required=False, allow_null=True, default=None)


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


class Grants(Endpoint):
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
            **refusals("Trong phạm vi nhưng không có quyền mở lại."),
        },
    )
    def post(self, request: Request) -> Response:
        asked = self.sent(GrantSerializer)
        user: Any = request.user
        try:
            grant = reopen_day(
                actor=user,
                campaign=current_campaign(user, asked["campaign"]),
                branch=find_branch(user, asked["branch"], asked["date"]),
                day=asked["date"],
                reason=asked["reason"],
                expires_at=asked["expires_at"],
            )
        except ValidationError as error:
            return Response(error.message_dict, status=status.HTTP_400_BAD_REQUEST)
        return Response(GivenSerializer(grant).data, status=status.HTTP_201_CREATED)
