"""``sessions/ID/checkins/`` and ``sessions/ID/close/``: who came, and what came of it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.reporting_window import WindowClosed
from campaign.serializers import CountsSerializerField
from core.endpoints import Endpoint, refusals
from core.lookups import count_lookup
from core.offline import is_from_queue, owner_header
from core.serializers import RULE, StrictId, StrictInteger, StrictSerializer, StrictText
from core.validators import normalise_phone
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.api.sessions import SESSION, SessionSerializer, for_api
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import Participation, SupportSession
from volunteers.sessions.selectors.find_session import find_session
from volunteers.sessions.selectors.participants import own_people, ticked_by
from volunteers.sessions.services.presence import check_in, require_few_lookups
from volunteers.sessions.services.sessions import close_session, may_lead
from volunteers.sessions.services.walk_ins import add_newcomer
from volunteers.teams.models import Volunteer
from volunteers.teams.validators import NAME_LENGTH

CHECKIN = {"id": "6f1d10aa-5a0c-4a5e-9a55-3f2b6f6f0b0e", "phone": "0912345678"}
NEWCOMER = {**CHECKIN, "full_name": "Bùi Thị Mới"}
CHECKED_IN = {
    "id": CHECKIN["id"],
    "volunteer": 731,
    "checked_in_at": "2023-06-25T18:52:10+07:00",
}
CLOSE = {"counts": {"level1": 14, "level2": 9}, "headcount": 3, "base_version": 1}
CLOSED = {
    **SESSION,
    "state": "closed",
    "version": 2,
    "counts": {"level1": 14, "level2": 9},
    "headcount": 3,
    "participations": 11,
    "closed_at": "2023-06-25T21:05:00+07:00",
}
ANSWERS = refusals("Trong phạm vi nhưng không dẫn buổi này.")


class CheckinSerializer(StrictSerializer):
    """Who is there: by id, or by telephone number; of a newcomer the name with the number."""

    id = StrictId(error_messages={"invalid": gettext_lazy("Mã lần điểm danh phải là một UUID.")})
    volunteer = StrictInteger(min_value=0, max_value=2**31 - 1, required=False)
    phone = StrictText(max_length=30, required=False)
    full_name = StrictText(max_length=NAME_LENGTH, required=False)

    def validate_phone(self, phone: str) -> str:
        try:
            return normalise_phone(phone)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages, code=RULE) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("volunteer" in attrs) == ("phone" in attrs):
            text = _("Gửi volunteer hoặc phone, một trong hai.")
            raise serializers.ValidationError({"volunteer": [text]}, code=RULE)
        if "full_name" in attrs and "phone" not in attrs:
            text = _("Ghi số điện thoại của người mới.")
            raise serializers.ValidationError({"phone": [text]}, code=RULE)
        return attrs


class CheckedInSerializer(serializers.ModelSerializer[Participation]):
    """The check-in that stands; without an id where the person was ticked on the list."""

    id = serializers.UUIDField(source="checkin_id", allow_null=True)
    volunteer = serializers.IntegerField(source="volunteer_id")

    class Meta:
        model = Participation
        fields = ("id", "volunteer", "checked_in_at")


class CloseSerializer(StrictSerializer):
    """The outcome of a session; who took part is counted from the list."""

    counts = CountsSerializerField(required=False, default=dict)
    headcount = StrictInteger(min_value=0, max_value=2**31 - 1, required=False, default=0)
    base_version = StrictInteger(min_value=0, max_value=2**31 - 1)


class SessionConflictSerializer(serializers.Serializer[Any]):
    """Why nothing was done; with the session as it stands where somebody else changed it."""

    detail = serializers.CharField()
    current = SessionSerializer(required=False)


class Checkins(Endpoint):
    """The list of who is there, filled from a program."""

    @extend_schema(
        summary="Điểm danh một người ở buổi",
        description=(
            "Gửi lại cùng id là cùng một lần điểm danh. Người mới, không có trong danh sách: gửi "
            "phone và full_name."
        ),
        tags=["Buổi hỗ trợ"],
        request=CheckinSerializer,
        parameters=[owner_header()],
        examples=[
            OpenApiExample("Điểm danh", value=CHECKIN, request_only=True),
            OpenApiExample("Người mới", value=NEWCOMER, request_only=True),
            OpenApiExample("Đã ghi", value=CHECKED_IN, response_only=True),
        ],
        responses={
            201: OpenApiResponse(CheckedInSerializer, description="Đã điểm danh."),
            200: OpenApiResponse(CheckedInSerializer, description="Đã có mặt từ trước."),
            **ANSWERS,
            409: OpenApiResponse(
                SessionConflictSerializer,
                description="Buổi chưa tới ngày, đã kết thúc hoặc đã hủy; hoặc id của người khác.",
            ),
        },
    )
    def post(self, request: Request, session_id: int) -> Response:
        """Check one person in; sent again it is the same check-in."""
        # First of all: whom somebody else may check in is nothing to tell this user of.
        is_from_queue(request)
        user: Any = request.user
        session = _led_session(user, session_id)
        sent = self.sent(CheckinSerializer)
        try:
            participation, is_new = _check_in(user, session, sent)
        except InvalidInput as error:
            return Response(error.errors, status=status.HTTP_400_BAD_REQUEST)
        except NotNow as error:
            return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(CheckedInSerializer(participation).data, status=code)


class Close(Endpoint):
    @extend_schema(
        summary="Kết thúc buổi, hoặc sửa kết quả",
        description="Chỉ số đếm lượt tham gia được tính từ danh sách có mặt và headcount.",
        tags=["Buổi hỗ trợ"],
        request=CloseSerializer,
        examples=[
            OpenApiExample("Kết quả", value=CLOSE, request_only=True),
            OpenApiExample("Buổi đã kết thúc", value=CLOSED, response_only=True),
        ],
        responses={
            200: OpenApiResponse(SessionSerializer, description="Buổi đã kết thúc."),
            **ANSWERS,
            409: OpenApiResponse(
                SessionConflictSerializer,
                description="Người khác vừa kết thúc hoặc sửa, hoặc lúc này chưa nhận.",
            ),
        },
    )
    def post(self, request: Request, session_id: int) -> Response:
        """Close the session; the same outcome again changes nothing."""
        user: Any = request.user
        session = _led_session(user, session_id)
        outcome = self.sent(CloseSerializer)
        try:
            close_session(actor=user, session=session, **outcome)
        except InvalidInput as error:
            return Response(error.errors, status=status.HTTP_400_BAD_REQUEST)
        except (WindowClosed, NotNow) as error:
            return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
        except SessionConflict as error:
            body = {"detail": str(error), "current": _as_it_stands(session_id)}
            return Response(body, status=status.HTTP_409_CONFLICT)
        return Response(_as_it_stands(session_id))


def _led_session(user: Any, session_id: int) -> SupportSession:
    """Return a session that the user leads: 404, or 403."""
    session = find_session(user, session_id)
    if not may_lead(user, session):
        raise PermissionDenied
    return session


def _as_it_stands(session_id: int) -> Any:
    """Return the session as the API writes it; the user has been let in before."""
    session = for_api(SupportSession.objects.all()).get(pk=session_id)
    return SessionSerializer(session).data


def _check_in(
    user: Any, session: SupportSession, sent: dict[str, Any]
) -> tuple[Participation, bool]:
    by: dict[str, Any] = {"actor": user, "session": session, "checkin_id": sent["id"]}
    if "full_name" in sent:
        return add_newcomer(**by, phone=sent["phone"], full_name=sent["full_name"])
    return check_in(**by, volunteer=_find_person(user, session, sent))


def _find_person(user: Any, session: SupportSession, sent: dict[str, Any]) -> Volunteer:
    if "phone" in sent:
        require_few_lookups(user)
        name, person = "phone", own_people(user, session).filter(phone=sent["phone"]).first()
    else:
        name, person = "volunteer", ticked_by(user, session).filter(pk=sent["volunteer"]).first()
    if person is None:
        if name == "phone":
            count_lookup(user)
        raise InvalidInput({name: [_("Không có người này trong các tổ của buổi.")]})
    return person
