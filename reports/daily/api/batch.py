"""``POST daily-reports/batch/``: many reports at once, all of them or none."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.models import Campaign
from core.api import StrictJSONParser
from core.endpoints import Endpoint, refusals
from core.serializers import StrictList, StrictSerializer, StrictText
from core.throttle import allow
from reports.daily.api.reports import (
    EXAMPLE,
    RECEIPT,
    ReceiptSerializer,
    ReportSerializer,
    refusal_of,
)
from reports.daily.models import Source
from reports.daily.reconciliation import question_of
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit import Outcome
from reports.daily.services.submit_many import NotTaken, Problem, Weighed, submit_reports
from reports.daily.texts import TEXT_NAMES

# A day of a country's communes fits; while they are written nobody else reports for their branches.
MOST, MOST_BYTES = 5_000, 2 * 1024 * 1024
# So many batches in so many seconds of one user.
PATIENCE, SECONDS = 60, 60

ONE = {name: value for name, value in EXAMPLE.items() if name != "campaign"}
SENT = {"campaign": EXAMPLE["campaign"], "reports": [ONE]}
TAKEN = {
    "created": 1,
    "changed": 0,
    "same": 0,
    "results": [{**RECEIPT, "outcome": Outcome.CREATED.value}],
}
WRONG = {
    "detail": "1 báo cáo chưa nhận được, nên chưa ghi báo cáo nào. Xem “reports”.",
    "reports": {"3": {"detail": "Đã khóa sổ ngày 12/05/2023 lúc 20:00 15/05/2023."}},
}


class BatchParser(StrictJSONParser):
    """JSON of so many reports, each of which holds an object of counts."""

    most_bytes = MOST_BYTES
    most_objects = 3 * MOST


class BatchSerializer(StrictSerializer):
    """Reports of one campaign, each as ``daily-reports/`` takes it."""

    campaign = StrictText(max_length=50)
    reports = StrictList(
        child=ReportSerializer(),
        allow_empty=False,
        max_length=MOST,
        error_messages={"empty": gettext_lazy("Gửi ít nhất một báo cáo.")},
    )


class BatchReceiptSerializer(ReceiptSerializer):
    """The receipt of one of them, and what happened to it."""

    outcome = serializers.ChoiceField(choices=[one.value for one in Outcome])

    class Meta(ReceiptSerializer.Meta):
        fields = (*ReceiptSerializer.Meta.fields, "outcome")


class TakenSerializer(serializers.Serializer[Any]):
    """How many were new, corrected and there already; the receipts in the order of the reports."""

    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    results = BatchReceiptSerializer(many=True)


class NotTakenSerializer(serializers.Serializer[Any]):
    """Why none was taken: by the place in the list, what ``daily-reports/`` would have said."""

    detail = serializers.CharField()
    reports = serializers.DictField(child=serializers.DictField())


class DailyReportsBatch(Endpoint):
    parser_classes = (BatchParser,)

    @extend_schema(
        summary="Gửi hoặc sửa nhiều báo cáo ngày một lần",
        description=(
            f"Nhiều nhất {MOST} báo cáo và 2 MiB một lần, {PATIENCE} lần một phút. Nhận tất cả "
            "hoặc không nhận báo cáo nào. Mỗi báo cáo được xét như khi gửi riêng; gửi lại cùng "
            "nội dung thì không đổi gì (`same`)."
        ),
        tags=["Báo cáo"],
        request=BatchSerializer,
        examples=[
            OpenApiExample("Các báo cáo", value=SENT, request_only=True),
            OpenApiExample(
                "Biên nhận", value=TAKEN, response_only=True, status_codes=["200", "201"]
            ),
            OpenApiExample("Chưa nhận", value=WRONG, response_only=True, status_codes=["409"]),
        ],
        responses={
            201: OpenApiResponse(TakenSerializer, description="Đã nhận; có báo cáo mới."),
            200: OpenApiResponse(TakenSerializer, description="Đã nhận; không có báo cáo mới."),
            **refusals(
                "Trong phạm vi nhưng không có quyền nhập cho một cơ sở.",
                "Ngoài phạm vi được phân công, dù chỉ một báo cáo.",
            ),
            409: OpenApiResponse(
                NotTakenSerializer, description="Có ngày đã có bản khác, hoặc đã khóa sổ."
            ),
            429: OpenApiResponse(description="Gửi quá nhiều lần. Xem `Retry-After`."),
        },
    )
    def post(self, request: Request) -> Response:
        """Take all of them in, or say of each what is wrong with it."""
        user: Any = request.user
        if not allow(f"reports-batch:{user.pk}", PATIENCE, SECONDS):
            raise Throttled(SECONDS, _("Gửi quá nhiều lần một phút. Chờ một phút rồi gửi lại."))
        sent = self.sent(BatchSerializer)
        campaign = Campaign.objects.visible_to(user).filter(slug=sent["campaign"]).or_404()
        entries = [_entry(campaign.slug, one) for one in sent["reports"]]
        try:
            lines = submit_reports(
                actor=user, campaign=campaign, entries=entries, source=Source.API
            )
        except NotTaken as refusal:
            return _refused(refusal.lines)
        return _taken(lines)


def _entry(campaign: str, values: dict[str, Any]) -> ReportInput:
    texts = {name: values.pop(name) for name in TEXT_NAMES}
    return ReportInput(campaign=campaign, texts=texts, **values)


def _taken(lines: list[Weighed]) -> Response:
    reports, outcomes = [], [line.outcome for line in lines if line.outcome]
    for line in lines:
        if line.report is not None and line.outcome is not None:
            is_asked = question_of(line.report, line.closed) is not None
            vars(line.report).update(outcome=line.outcome.value, is_unreconciled=is_asked)
            reports.append(line.report)
    body: dict[str, Any] = {one.value: outcomes.count(one) for one in Outcome}
    body["results"] = BatchReceiptSerializer(reports, many=True).data
    is_new = Outcome.CREATED in outcomes
    return Response(body, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


def _refused(lines: list[Weighed]) -> Response:
    """Answer with what is wrong, by place; what comes first with one report decides the status."""
    found = {str(place): _refusal(line.problem) for place, line in enumerate(lines) if line.problem}
    if not found:
        # Another branch took an id at the same moment.
        detail = _("Có mã báo cáo vừa được dùng ở báo cáo khác. Gửi lại để xem mã nào.")
        return Response({"detail": detail, "reports": {}}, status=status.HTTP_409_CONFLICT)
    codes = {code for code, _body in found.values()}
    detail = ngettext(
        "%(n)s báo cáo chưa nhận được, nên chưa ghi báo cáo nào. Xem “reports”.",
        "%(n)s báo cáo chưa nhận được, nên chưa ghi báo cáo nào. Xem “reports”.",
        len(found),
    ) % {"n": len(found)}
    reports = {place: body for place, (_code, body) in found.items()}
    code = next(code for code in (404, 403, 400, 409) if code in codes)
    return Response({"detail": detail, "reports": reports}, status=code)


def _refusal(problem: Problem) -> tuple[int, dict[str, Any]]:
    if isinstance(problem, Http404):
        return status.HTTP_404_NOT_FOUND, {"detail": _("Ngoài phạm vi được phân công.")}
    if isinstance(problem, PermissionDenied):
        return status.HTTP_403_FORBIDDEN, {"detail": _("Bạn không nhập số cho cơ sở này.")}
    return refusal_of(problem)
