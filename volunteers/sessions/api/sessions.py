"""``sessions/``: the calendar for programs, and the door through which plans come in."""

import re
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api import DayFilter, ScopedListView
from campaign.models import Unit
from campaign.querysets import below
from campaign.serializers import CountsSerializerField
from core.endpoints import Endpoint, refusals
from core.serializers import (
    NULL,
    RULE,
    KindChoice,
    StrictDate,
    StrictInteger,
    StrictList,
    StrictSerializer,
    StrictText,
)
from core.validators import NOTE_LENGTH
from volunteers.errors import InvalidInput
from volunteers.sessions.models import POINT_KINDS, State, SupportSession
from volunteers.sessions.querysets import SessionQuerySet
from volunteers.sessions.recurrence import MOST_IN_SERIES
from volunteers.sessions.services.session_planning import AlreadyPlanned, plan_sessions
from volunteers.sessions.services.session_validation import LOCATION_LENGTH, Plan

MOST_TEAMS = 200
PLAN = {
    "campaign": "he-2023",
    "branch": "XD-14173",
    "place_kind": "culture_house",
    "place": "Nhà văn hóa xóm 5",
    "date": "2023-06-25",
    "begins_at": "19:00",
    "ends_at": "21:00",
    "partners": ["CA-36"],
    "planned_volunteers": 6,
    "capacity": None,
}
SERIES = {
    **PLAN,
    "place_kind": "market",
    "place": "Chợ Mới",
    "date": "2023-06-21",
    "begins_at": "07:30",
    "ends_at": "10:00",
    "rule": "FREQ=WEEKLY;BYDAY=WE,SU",
    "until": "2023-06-30",
    "but": ["2023-06-25"],
}
SESSION = {
    "id": 512,
    "campaign": "he-2023",
    "branch": "XD-14173",
    "unit": "14173",
    "place_kind": "culture_house",
    "place": "Nhà văn hóa xóm 5",
    "date": "2023-06-25",
    "begins_at": "19:00",
    "ends_at": "21:00",
    "teams": [],
    "partners": ["CA-36"],
    "planned_volunteers": 6,
    "capacity": None,
    "note": "",
    "series": None,
    "state": "planned",
    "cancel_reason": "",
    "version": 1,
    "counts": {},
    "headcount": None,
    "participations": None,
    "closed_at": None,
}


class StrictTime(serializers.TimeField):
    """A time of day as ``19:00``."""

    default_error_messages = {
        **NULL,
        "invalid": _("Ghi giờ:phút, ví dụ 19:00."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)

    def to_internal_value(self, value: Any) -> Any:
        """Take what ISO 8601 writes, without seconds."""
        if not (isinstance(value, str) and re.fullmatch(r"[0-9]{2}:[0-9]{2}", value)):
            self.fail("invalid", format="hh:mm")
        return super().to_internal_value(value)


class SessionSerializer(serializers.ModelSerializer[SupportSession]):
    """A session as it stands; of its people only how many. Read ``for_api`` for its rows."""

    campaign = serializers.CharField(source="campaign.slug")
    branch = serializers.CharField(source="branch.code")
    unit = serializers.CharField(source="unit.code")
    begins_at = serializers.TimeField(format="%H:%M")
    ends_at = serializers.TimeField(format="%H:%M")
    teams = serializers.SerializerMethodField()
    partners = serializers.SerializerMethodField()
    counts = CountsSerializerField()

    class Meta:
        model = SupportSession
        fields = tuple(SESSION)

    def get_teams(self, session: SupportSession) -> list[int]:
        return sorted(team.pk for team in session.teams.all())

    def get_partners(self, session: SupportSession) -> list[str]:
        return sorted(branch.code for branch in session.partners.all())


def for_api(sessions: SessionQuerySet) -> SessionQuerySet:
    return sessions.select_related("campaign", "branch", "unit").prefetch_related(
        "teams", "partners"
    )


class PlanSerializer(StrictSerializer):
    """What a client plans; with ``rule``, ``until`` and ``but`` a series.

    It goes on until the end of the campaign where ``until`` says nothing else.
    """

    campaign = StrictText(max_length=50)
    branch = StrictText(max_length=20)
    unit = StrictText(max_length=12, required=False, allow_blank=True, default="")
    place_kind = KindChoice(POINT_KINDS)
    place = StrictText(max_length=LOCATION_LENGTH)
    date = StrictDate()
    begins_at = StrictTime()
    ends_at = StrictTime()
    teams = StrictList(
        child=StrictInteger(min_value=0, max_value=2**31 - 1),
        required=False,
        default=list,
        max_length=MOST_TEAMS,
    )
    partners = StrictList(
        child=StrictText(max_length=20), required=False, default=list, max_length=MOST_TEAMS
    )
    planned_volunteers = StrictInteger(
        min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    capacity = StrictInteger(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    note = StrictText(max_length=NOTE_LENGTH, required=False, allow_blank=True, default="")
    rule = StrictText(max_length=200, required=False, allow_blank=True, default="")
    until = StrictDate(required=False, allow_null=True, default=None)
    but = StrictList(
        child=StrictDate(),
        required=False,
        default=list,
        max_length=MOST_IN_SERIES,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse the end of a series, or days left out of it, where there is none."""
        if not attrs["rule"] and (attrs["until"] or attrs["but"]):
            raise serializers.ValidationError(
                {"rule": [_("Có ngày kết thúc hoặc ngày nghỉ thì cần cách lặp lại.")]}, code=RULE
            )
        return attrs


class PlannedSerializer(SessionSerializer):
    """The first session that was planned, and the ids of all of them by day."""

    ids = serializers.ListField(child=serializers.IntegerField())

    class Meta(SessionSerializer.Meta):
        fields = ("ids", *SessionSerializer.Meta.fields)


class SessionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """``campaign``, ``unit``, ``within``, ``branch``, ``from``, ``to``, ``state``."""

    campaign = django_filters.CharFilter(field_name="campaign__slug")
    unit = django_filters.CharFilter(field_name="unit__code", label=_("Mã xã, phường"))
    within = django_filters.CharFilter(method="below", label=_("Mã địa bàn, cả cấp dưới"))
    branch = django_filters.CharFilter(field_name="branch__code", label=_("Mã đơn vị chủ trì"))
    to = DayFilter(field_name="date", lookup_expr="lte")
    state = django_filters.ChoiceFilter(choices=State.choices)

    class Meta:
        model = SupportSession
        fields = ("state",)

    @classmethod
    def get_filters(cls) -> Any:
        first = DayFilter(field_name="date", lookup_expr="gte")
        return {**super().get_filters(), "from": first}

    def below(self, queryset: Any, name: str, value: str) -> Any:
        tops = Unit.objects.filter(code=value).values_list("path", flat=True)
        return queryset.filter(below(frozenset(tops), "unit__path"))


ANSWERS = refusals("Trong phạm vi nhưng không có quyền lập buổi.")


@extend_schema_view(get=extend_schema(summary="Lịch buổi hỗ trợ", tags=["Buổi hỗ trợ"]))
class SessionList(ScopedListView):
    """Sessions in one's scope by day and hour; of people only how many."""

    queryset = for_api(SupportSession.objects.order_by("date", "begins_at", "pk"))
    serializer_class = SessionSerializer
    filterset_class = SessionFilter

    @extend_schema(
        summary="Lập một buổi hoặc một chuỗi buổi",
        tags=["Buổi hỗ trợ"],
        request=PlanSerializer,
        examples=[
            OpenApiExample("Một buổi", value=PLAN, request_only=True),
            OpenApiExample("Một chuỗi", value=SERIES, request_only=True),
            OpenApiExample("Đã lập", value={"ids": [SESSION["id"]], **SESSION}, response_only=True),
        ],
        responses={
            201: OpenApiResponse(PlannedSerializer, description="Đã lập."),
            200: OpenApiResponse(PlannedSerializer, description="Đã có đúng những buổi này."),
            **ANSWERS,
        },
    )
    def post(self, request: Request) -> Response:
        """Plan; sent again it is the same sessions."""
        plan = Plan(**self.sent(PlanSerializer))
        user: Any = request.user
        code: int = status.HTTP_201_CREATED
        try:
            planned = plan_sessions(actor=user, plan=plan)
        except AlreadyPlanned as error:
            planned, code = error.sessions, status.HTTP_200_OK
        except InvalidInput as error:
            return Response(error.errors, status=status.HTTP_400_BAD_REQUEST)
        first = for_api(SupportSession.objects.all()).get(pk=planned[0].pk)
        ids = {"ids": [session.pk for session in planned]}
        return Response({**ids, **SessionSerializer(first).data}, status=code)


class OneSession(Endpoint):
    @extend_schema(
        summary="Một buổi hỗ trợ",
        tags=["Buổi hỗ trợ"],
        responses={200: SessionSerializer, 404: ANSWERS[404]},
        examples=[OpenApiExample("Buổi", value=SESSION, response_only=True)],
    )
    def get(self, request: Request, session_id: int) -> Response:
        visible = SupportSession.objects.visible_to(request.user)
        session = for_api(visible).filter(pk=session_id).or_404()
        return Response(SessionSerializer(session).data)
