"""``GET exports/`` and ``GET exports/ID/changes/``: what was taken, and what changed since."""

from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api import ScopedListView
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.serializers import CampaignQuery, campaign_asked
from core.endpoints import Endpoint, refusals
from core.serializers import RULE
from reports.exports.models import Export, ExportKind, ReportMap
from reports.police.changes.comparison import ChangeKind, LineChange, Tally
from reports.police.changes.selectors import MOST_COMPARED, changes_since, comparable
from reports.police.changes.why import Reason, Why
from reports.rollup.totals import BASES

MOST_LINES = 500
MOST_ID = 2**31 - 1
EXPORT = {
    "id": 41,
    "kind": "police",
    "campaign": "he-2023",
    "from": "2023-04-01",
    "to": "2023-06-20",
    "basis": "approved",
    "map": "then",
    "filter": {},
    "as_of": "2023-06-20T18:04:11+07:00",
    "started_at": "2023-06-20T18:30:02+07:00",
    "by": "Trần Văn Nam",
    "rows": 18306,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
CHANGES = {
    "export": 41,
    "to": None,
    "changed": 2,
    "added": 0,
    "removed": 0,
    "count": 2,
    "next": None,
    "results": [
        {
            "date": "2023-06-19",
            "unit": "14173",
            "name": "Xã Tân Tiến",
            "change": "changed",
            "cells": [{"column": "level1", "before": "160", "after": "16"}],
            "why": [
                {
                    "reason": "corrected",
                    "words": "Đoàn xã Tân Tiến: sửa số qua “Trang báo cáo”",
                    "role": "Bí thư",
                    "at": "2023-06-20T19:12:40+07:00",
                    "note": "",
                }
            ],
        },
        {
            "date": "2023-06-20",
            "unit": "14173",
            "name": "Xã Tân Tiến",
            "change": "changed",
            "cells": [{"column": "activated_to_date", "before": "5904", "after": "5760"}],
            "why": [
                {
                    "reason": "carried",
                    "words": "cột lũy kế mang theo thay đổi của ngày 19/06/2023",
                    "role": "",
                    "at": None,
                    "note": "",
                }
            ],
        },
    ],
}


class ExportSerializer(serializers.ModelSerializer[Export]):
    """The record of one file; ``rows`` and ``sha256`` are blank where it did not arrive whole."""

    kind = serializers.ChoiceField(choices=ExportKind.values)
    campaign = serializers.CharField(source="campaign.slug")
    by = serializers.CharField(source="actor", allow_null=True)
    basis = serializers.ChoiceField(choices=BASES)
    map = serializers.ChoiceField(choices=ReportMap.values, allow_blank=True)
    filter = serializers.DictField()

    class Meta:
        model = Export
        fields = ("id", "kind", "campaign", "basis", "map", "filter", "as_of", "started_at", "by")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            **super().get_fields(),
            "from": serializers.DateField(source="first_day"),
            "to": serializers.DateField(source="last_day"),
            "rows": serializers.IntegerField(allow_null=True),
            "sha256": serializers.CharField(allow_blank=True),
        }


class ChangedCellSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class WhySerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=[one.value for one in Reason])
    words = serializers.CharField()
    role = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class LineChangeSerializer(serializers.Serializer[Any]):
    """A line that is another; blank is no figure."""

    date = serializers.DateField()
    unit = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    change = serializers.ChoiceField(choices=[one.value for one in ChangeKind])
    cells = ChangedCellSerializer(many=True)
    why = WhySerializer(many=True)


class ChangesSerializer(serializers.Serializer[Any]):
    export = serializers.IntegerField()
    to = serializers.IntegerField(allow_null=True)
    changed = serializers.IntegerField()
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    count = serializers.IntegerField()
    next = serializers.IntegerField(allow_null=True)
    results = LineChangeSerializer(many=True)


class ChangesQuery(serializers.Serializer[Any]):
    to = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_ID,
        help_text=gettext_lazy("Tệp sau để so; mặc định: số hiện nay"),
    )
    start = serializers.IntegerField(
        default=0,
        min_value=0,
        max_value=MOST_ID,
        help_text=gettext_lazy("Bỏ qua bấy nhiêu dòng đầu; lấy ở `next`"),
    )


class Exports(ScopedListView):
    queryset = Export.objects.select_related("campaign", "actor").defer("content", "figures")
    serializer_class = ExportSerializer
    filter_backends = ()

    @extend_schema(
        summary="Các tệp đã tải",
        description=(
            "Biên nhận của các tệp, mới nhất trước: của mình; ai thiết lập cổng thì xem của mọi "
            "người. `as_of` là lúc của số liệu, `started_at` lúc tải."
        ),
        tags=["Đối soát"],
        parameters=[CampaignQuery],
        responses={200: ExportSerializer(many=True), **refusals("Không có quyền xuất dữ liệu.")},
        examples=[OpenApiExample("Biên nhận", value=EXPORT, response_only=True)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        _require(self.request.user)
        asked = self.asked(CampaignQuery)
        campaign = campaign_asked(self.request.user, asked["campaign"])
        return super().get_queryset().filter(campaign=campaign)


class ExportChanges(Endpoint):
    @extend_schema(
        summary="Thay đổi kể từ một tệp",
        description=(
            "Từng dòng của tệp nay đã khác (hoặc khác ở tệp `to` tải sau, cùng căn cứ và bản đồ): "
            "từ số nào sang số nào, vì sao, ở vai trò nào, không nêu tên người. Mỗi lần nhiều nhất "
            "500 dòng; còn nữa thì hỏi tiếp với `start` bằng `next`."
        ),
        tags=["Đối soát"],
        parameters=[ChangesQuery],
        responses={200: ChangesSerializer, **refusals("Không có quyền xuất dữ liệu.")},
        examples=[OpenApiExample("Thay đổi", value=CHANGES, response_only=True)],
    )
    def get(self, request: Request, export_id: int) -> Response:
        user: Any = request.user
        _require(user)
        asked = self.asked(ChangesQuery)
        export = _file_of(user, export_id)
        later = _file_of(user, asked["to"]) if "to" in asked else None
        if later is not None and not comparable(export, later):
            problem = _("Chọn tệp tải sau, cùng căn cứ, bản đồ và có ngày chung.")
            raise serializers.ValidationError({"to": problem}, code=RULE)
        if (export.rows or 0) > MOST_COMPARED:
            problem = _("Tệp quá lớn để so ngay. Tải tệp thay đổi (CSV) ở trang của tệp.")
            raise serializers.ValidationError({"detail": problem}, code=RULE)
        tally, start = Tally(), asked["start"]
        lines = changes_since(export, later, user, tally)
        wanted = [_line(*one) for one in islice(lines, start, start + MOST_LINES)]
        # To the end, so that the sums are those of all.
        for _rest in lines:
            pass
        end = start + len(wanted)
        whole = {
            "export": export.pk,
            "to": later and later.pk,
            "changed": tally.changed,
            "added": tally.added,
            "removed": tally.removed,
            "count": tally.total,
            "next": end if end < tally.total else None,
            "results": wanted,
        }
        return Response(ChangesSerializer(whole).data)


def _require(user: Any) -> None:
    if not scope_of(user).may(Permission.EXPORT):
        raise PermissionDenied


def _file_of(user: Any, export_id: int) -> Export:
    files = Export.objects.visible_to(user).police().select_related("campaign", "actor")
    if export_id > MOST_ID:
        raise Http404
    return files.filter(pk=export_id).exclude(content=None).or_404()


def _line(change: LineChange, reasons: list[Why]) -> dict[str, Any]:
    return {
        "date": change.date,
        "unit": change.code,
        "name": change.name,
        "change": change.kind,
        "cells": change.cells,
        "why": reasons,
    }
