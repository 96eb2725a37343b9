"""``POST daily-reports/``."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.handover import hand_over
from campaign.models.campaigns import ASKS
from campaign.reporting_window import WindowClosed
from campaign.serializers import CountsSerializerField
from core.endpoints import Endpoint, refusals
from core.offline import is_from_queue, owner_header
from core.serializers import (
    LocalDateTimeField,
    StrictBoolean,
    StrictChoice,
    StrictDate,
    StrictId,
    StrictInteger,
    StrictList,
    StrictSerializer,
    StrictText,
)
from reports.daily.models import DailyReport, Explanation, Lateness, Source
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import Outcome, VersionConflict, submit_report
from reports.daily.texts import TEXT_NAMES, TEXTS

EXAMPLE = {
    "id": "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10",
    "campaign": "he-2023",
    "branch": "XD-14173",
    "date": "2023-05-12",
    "counts": {"installed": 35, "level1": 20, "level2": 12},
    "base_version": 0,
}
RECEIPT = {
    "id": EXAMPLE["id"],
    "version": 1,
    "received_at": "2023-05-12T17:42:10+07:00",
    "lateness": "on_time",
    "counts": EXAMPLE["counts"],
    "unreconciled": False,
}


class ReportSerializer(StrictSerializer):
    """A report of a campaign. Unknown fields are refused: nothing is taken silently."""

    id = StrictId(error_messages={"invalid": gettext_lazy("Mã báo cáo phải là một UUID.")})
    branch = StrictText(max_length=20)
    unit = StrictText(max_length=12, required=False, allow_blank=True, default="")
    date = StrictDate()
    counts = CountsSerializerField(required=False, default=dict)
    no_activity = StrictBoolean(required=False, default=False)
    explanation = StrictChoice(
        Explanation.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text=gettext_lazy(
            "Lời xác nhận khi số liệu bất thường. Không gửi thì số vẫn được nhận, nhưng ghi là "
            "chưa xác nhận. Phần nhiều hơn tổng chỉ được nhận khi có lời này."
        ),
    )
    captured_at = LocalDateTimeField(required=False, allow_null=True, default=None)
    base_version = StrictInteger(min_value=0, max_value=2**31 - 1, required=False, default=0)
    sessions = StrictList(
        child=StrictInteger(min_value=1, max_value=2**31 - 1),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "Mã các buổi đã kết thúc mà người gửi đã thấy: báo cáo gồm những buổi này. Không gửi "
            "thì báo cáo đầu gồm các buổi kết thúc trước `captured_at`, bản sửa gồm như bản trước."
        ),
    )

    def get_fields(self) -> dict[str, Any]:
        texts = {
            text.name: StrictText(
                max_length=text.max_length,
                required=False,
                allow_blank=True,
                default="",
                help_text=_(
                    "Phải có nếu `asks_%(name)s` của chiến dịch là `required`, trừ ngày "
                    "không phát sinh."
                )
                % {"name": text.name}
                if f"asks_{text.name}" in ASKS
                else "",
            )
            for text in TEXTS
        }
        return {**super().get_fields(), **texts}


class EntrySerializer(ReportSerializer):
    """What a client sends."""

    campaign = StrictText(max_length=50)

    def entry(self, *, is_queued: bool) -> ReportInput:
        """Return what was sent; from a queue, what is not said in words stays as it stands."""
        values: dict[str, Any] = dict(self.validated_data)
        texts = {name: values.pop(name) for name in TEXT_NAMES}
        if is_queued:
            texts |= dict.fromkeys(texts.keys() - self.initial_data.keys())
        return ReportInput(texts=texts, **values)


class ReceiptSerializer(serializers.ModelSerializer[DailyReport]):
    id = serializers.UUIDField()
    counts = CountsSerializerField()
    unreconciled = serializers.SerializerMethodField(
        help_text=gettext_lazy("Còn buổi đã kết thúc mà báo cáo chưa gồm; xem `sessions/`.")
    )

    class Meta:
        model = DailyReport
        fields: tuple[str, ...] = (
            "id",
            "version",
            "received_at",
            "lateness",
            "counts",
            "unreconciled",
        )

    def get_unreconciled(self, report: DailyReport) -> bool:
        if "is_unreconciled" not in vars(report):
            report = DailyReport.objects.mark_unreconciled().only("pk").get(pk=report.pk)
        return bool(vars(report)["is_unreconciled"])


class UnreceivedSerializer(serializers.ModelSerializer[DailyReport]):
    """What was sent, in the form of a receipt that was not given."""

    id = serializers.UUIDField()
    counts = CountsSerializerField()
    version = serializers.IntegerField()
    received_at = serializers.DateTimeField(allow_null=True)
    lateness = serializers.ChoiceField(Lateness.choices, allow_null=True)

    class Meta:
        model = DailyReport
        fields = ("id", "version", "received_at", "lateness", "counts")


class ContactSerializer(serializers.Serializer[Any]):
    """Who takes the numbers that a phone cannot send any more."""

    role = serializers.CharField()
    area = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)


class ConflictSerializer(serializers.Serializer[Any]):
    """Why a report was not taken; with both versions where two of them compete.

    A phone's queue is told by ``code`` what has ended, and by ``contact`` who takes the numbers.
    What is ``early`` is taken from ``opens_at`` on.
    """

    detail = serializers.CharField()
    code = serializers.CharField(required=False)
    opens_at = serializers.DateTimeField(required=False)
    contact = ContactSerializer(required=False, allow_null=True)
    current = ReceiptSerializer(required=False)
    yours = UnreceivedSerializer(required=False)


class DailyReports(Endpoint):
    @extend_schema(
        summary="Gửi hoặc sửa báo cáo ngày",
        tags=["Báo cáo"],
        request=EntrySerializer,
        parameters=[owner_header("Có đầu mục này thì giữ nguyên phần chữ không gửi.")],
        examples=[
            OpenApiExample("Báo cáo", value=EXAMPLE, request_only=True),
            OpenApiExample("Biên nhận", value=RECEIPT, response_only=True),
        ],
        responses={
            201: OpenApiResponse(ReceiptSerializer, description="Đã nhận bản đầu."),
            200: OpenApiResponse(ReceiptSerializer, description="Đã có, hoặc đã nhận bản sửa."),
            **refusals("Trong phạm vi nhưng không có quyền nhập."),
            409: OpenApiResponse(
                ConflictSerializer, description="Đã có bản khác, hoặc đã khóa sổ."
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Take one report in; sent again it is the same report."""
        is_queued = is_from_queue(request)
        serializer = EntrySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        entry = serializer.entry(is_queued=is_queued)
        user: Any = request.user
        if not is_queued:
            return answer(lambda: submit_report(actor=user, entry=entry, source=Source.API))
        return _answer_queue(user, entry)


# Of where and when, and so nothing that the person could mend on the form.
_ELSEWHERE = {"branch", "unit", "date"}


def _answer_queue(user: Any, entry: ReportInput) -> Response:
    """Answer a phone, which keeps what is not taken: why, and to whom its owner gives the numbers.

    Raises ``Http404`` and ``PermissionDenied`` for who never reported for the branch.
    """

    def handover() -> dict[str, Any] | None:
        return hand_over(user, campaign=entry.campaign, branch=entry.branch)

    try:
        response = answer(lambda: submit_report(actor=user, entry=entry, source=Source.QUEUE))
    except (Http404, PermissionDenied) as error:
        known = handover()
        if known is None:
            raise
        known["detail"] = known["detail"] or _("Cổng không nhận số của địa bàn này từ bạn nữa.")
        is_unseen = isinstance(error, Http404)
        code = status.HTTP_404_NOT_FOUND if is_unseen else status.HTTP_403_FORBIDDEN
        return Response(known, status=code)
    if "opens_at" in response.data:
        by_itself = _("Số đã lưu trên điện thoại; từ giờ đó mở trang này là tự gửi.")
        response.data["detail"] = f"{response.data['detail']} {by_itself}"
    is_closed = response.status_code == status.HTTP_409_CONFLICT and not (
        {"current", "opens_at"} & response.data.keys()
    )
    is_elsewhere = response.status_code == status.HTTP_400_BAD_REQUEST and bool(
        _ELSEWHERE & response.data.keys()
    )
    if is_closed or is_elsewhere:
        found = {name: value for name, value in (handover() or {}).items() if value}
        response.data = {**response.data, **found}
    return response


def answer(submit: Callable[[], tuple[DailyReport, Outcome]]) -> Response:
    """Let a report be submitted; answer with its receipt, or with why it was not taken."""
    try:
        report, outcome = submit()
    except (InvalidReport, WindowClosed, VersionConflict) as error:
        code, body = refusal_of(error)
        return Response(body, status=code)
    code = status.HTTP_201_CREATED if outcome is Outcome.CREATED else status.HTTP_200_OK
    return Response(ReceiptSerializer(report).data, status=code)


def refusal_of(
    problem: InvalidReport | WindowClosed | VersionConflict,
) -> tuple[int, dict[str, Any]]:
    """Return the status and the body that tell why a report was not taken."""
    if isinstance(problem, InvalidReport):
        return status.HTTP_400_BAD_REQUEST, problem.errors
    body: dict[str, Any] = {"detail": str(problem)}
    if isinstance(problem, WindowClosed) and problem.opens_at:
        body |= {"code": "early", "opens_at": problem.opens_at}
    if isinstance(problem, VersionConflict):
        body["current"] = ReceiptSerializer(problem.current).data
        body["yours"] = _yours(problem.yours)
    return status.HTTP_409_CONFLICT, body


def _yours(entry: ReportInput) -> dict[str, Any]:
    counts: dict[str, int] = dict(entry.counts)
    identity: UUID = entry.id
    return {
        "id": str(identity),
        "version": entry.base_version,
        "received_at": None,
        "lateness": None,
        "counts": counts,
    }
