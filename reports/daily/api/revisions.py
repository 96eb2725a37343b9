"""``GET daily-reports/ID/revisions/``: everything that happened to a report."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.endpoints import Endpoint, refusals
from reports.daily.models import DailyReport
from reports.daily.selectors import who_did

EXAMPLE = {
    "id": "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10",
    "version": 1,
    "revisions": [
        {
            "version": 1,
            "at": "2023-05-12T17:42:10+07:00",
            "by": "Nguyễn Thị Hoa",
            "door": "page",
            "reason": "",
            "before": None,
            "after": {"counts": {"installed": 35}, "status": "submitted"},
        }
    ],
}


class RevisionSerializer(serializers.Serializer[Any]):
    """A report before and after one change."""

    version = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    door = serializers.CharField()
    reason = serializers.CharField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField()


class HistorySerializer(serializers.Serializer[Any]):
    """All revisions of one report, the oldest first."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    revisions = RevisionSerializer(many=True)


class Revisions(Endpoint):
    @extend_schema(
        summary="Lịch sử của một báo cáo",
        description="Ai, lúc nào, từ đâu, trước và sau mỗi lần sửa. Chỉ thêm, không ai sửa được.",
        tags=["Báo cáo"],
        responses={
            200: HistorySerializer,
            404: refusals()[404],
        },
        examples=[OpenApiExample("Lịch sử", value=EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, report_id: uuid.UUID) -> Response:
        visible = DailyReport.objects.visible_to(request.user).select_related("branch__home_unit")
        report = visible.filter(pk=report_id).or_404()
        before: dict[str, Any] | None = None
        revisions = []
        found = report.revisions.visible_to(request.user).select_related("actor")
        for revision in found.order_by("version"):
            revisions.append(
                {
                    "version": revision.version,
                    "at": revision.at,
                    "by": who_did(revision, request.user, report.branch),
                    "door": revision.source,
                    "reason": revision.reason,
                    "before": before,
                    "after": revision.content,
                }
            )
            before = revision.content
        whole = {"id": report.pk, "version": report.version, "revisions": revisions}
        return Response(HistorySerializer(whole).data)
