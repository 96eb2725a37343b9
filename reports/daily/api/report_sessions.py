"""``daily-reports/ID/sessions/``: the closed sessions that a report does not cover, and the answer.

What the page of a report asks (docs/counting.md C3), for clients.
"""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.scopes import scope_of
from campaign.serializers import CountsSerializerField
from core.endpoints import Endpoint, refusals
from core.serializers import StrictChoice, StrictInteger, StrictSerializer
from reports.daily.api.reports import ConflictSerializer, ReceiptSerializer, answer
from reports.daily.models import DailyReport
from reports.daily.reconciliation import question_of
from reports.daily.services.submit import Choice, Outcome, reconcile_sessions
from volunteers.sessions.selectors.session_outcomes import closed_sessions

ONE = "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10"
QUESTION = {
    "id": ONE,
    "version": 1,
    "unreconciled": True,
    "counts": {"installed": 52},
    "sessions": [{"id": 7, "counts": {"installed": 30}}],
    "difference": {"installed": 30},
    "added": {"installed": 82},
    "may_be_added": True,
    "may_be_included": True,
}


class ClosedSessionSerializer(serializers.Serializer[Any]):
    """A session and what came of it."""

    id = serializers.IntegerField()
    counts = CountsSerializerField()


class QuestionSerializer(serializers.Serializer[Any]):
    """A report beside the closed sessions of its day.

    ``difference`` is what the sessions brought more, or less, than the report knows of; ``added``
    are its counts with that. Where nothing is asked there is no difference.
    """

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    unreconciled = serializers.BooleanField()
    counts = CountsSerializerField()
    sessions = ClosedSessionSerializer(many=True)
    difference = serializers.DictField(child=serializers.IntegerField())
    added = serializers.DictField(child=serializers.IntegerField())
    may_be_added = serializers.BooleanField()
    may_be_included = serializers.BooleanField()


class AnswerSerializer(StrictSerializer):
    """What becomes of the sessions that the report does not cover."""

    choice = StrictChoice(choices=Choice.choices)
    base_version = StrictInteger(min_value=1, max_value=2**31 - 1)


class ReportSessions(Endpoint):
    @extend_schema(
        summary="Các buổi mà báo cáo chưa gồm",
        description="Hai số để chọn: cộng thêm, hoặc đã gồm trong báo cáo.",
        tags=["Báo cáo"],
        responses={200: QuestionSerializer, 404: refusals()[404]},
        examples=[OpenApiExample("Câu hỏi", value=QUESTION, response_only=True)],
    )
    def get(self, request: Request, report_id: uuid.UUID) -> Response:
        report = _find(request.user, report_id)
        closed = closed_sessions(report.day)
        question = question_of(report, closed)
        whole = {
            "id": report.pk,
            "version": report.version,
            "unreconciled": question is not None,
            "counts": report.counts,
            "sessions": closed,
            "difference": question.difference if question else {},
            "added": question.added if question else report.counts,
            "may_be_added": question is not None and question.may_be_added,
            "may_be_included": question is not None and question.may_be_included,
        }
        return Response(QuestionSerializer(whole).data)

    @extend_schema(
        summary="Đối chiếu báo cáo với các buổi",
        description=(
            "Là một lần sửa báo cáo: có lịch sử, phải duyệt lại. Không còn gì để hỏi thì không đổi."
        ),
        tags=["Báo cáo"],
        request=AnswerSerializer,
        examples=[
            OpenApiExample(
                "Cộng thêm", value={"choice": "add", "base_version": 1}, request_only=True
            )
        ],
        responses={
            200: ReceiptSerializer,
            **refusals("Trong phạm vi nhưng không có quyền nhập."),
            409: OpenApiResponse(
                ConflictSerializer, description="Báo cáo đã có bản khác, hoặc đã khóa sổ."
            ),
        },
    )
    def post(self, request: Request, report_id: uuid.UUID) -> Response:
        asked = self.sent(AnswerSerializer)
        user: Any = request.user
        report = _find(user, report_id)
        if not scope_of(user).may_report_for(report.branch):
            raise PermissionDenied
        return answer(
            lambda: (reconcile_sessions(actor=user, report=report, **asked), Outcome.CHANGED)
        )


def _find(user: Any, report_id: uuid.UUID) -> DailyReport:
    visible = DailyReport.objects.visible_to(user).filter(pk=report_id)
    return visible.select_related("campaign", "branch__home_unit", "unit").or_404()
