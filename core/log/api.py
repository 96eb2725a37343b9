"""The log for everybody, in the formats that other tools read; nothing personal is in it.

https://c2sp.org/tlog-tiles, https://c2sp.org/tlog-checkpoint and https://c2sp.org/tlog-proof.
"""

import json
import re
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.cache import patch_cache_control
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.endpoints import Endpoint, refusals
from core.log.checkpoint import verifier_key
from core.log.merkle import HASH, WIDTH
from core.log.models import Leaf, SignedHead
from core.log.proof_texts import consistency_text, inclusion_text, proofs, tile_at
from core.serializers import StrictSerializer

MOST = 2**53 - 1
# ``x001/x234/067``, and ``.p/5`` of a tile that is not full.
TILE_PATH = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
LEVEL = re.compile("entries|0|[1-9]")
ENTRIES = "entries"
FOR_EVER = 60 * 60 * 24 * 365


class TextRenderer(BaseRenderer):
    media_type = "text/plain"
    format = "txt"

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        """Return what is there as it is; a refusal is told in JSON all the same."""
        if isinstance(data, bytes):
            return data
        return (data if isinstance(data, str) else json.dumps(data, default=str)).encode()


class BytesRenderer(TextRenderer):
    media_type = "application/octet-stream"
    format = "bin"
    charset = None
    render_style = "binary"


class LogEndpoint(Endpoint):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes: tuple[type[TextRenderer]] = (TextRenderer,)


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": MOST})
class _Number(serializers.IntegerField):
    """A number that may be left out, or blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=MOST, allow_null=True, default=None, **kwargs)


class LeafQuery(StrictSerializer):
    leaf = _Number(help_text="Số thứ tự, từ 0; để trống là dòng cuối.")


class SizesQuery(StrictSerializer):
    old = _Number(help_text="Số dòng đã biết; để trống là tất cả.")


def _text(description: str) -> OpenApiResponse:
    return OpenApiResponse(OpenApiTypes.STR, description=description)


class Checkpoint(LogEndpoint):
    @extend_schema(
        operation_id="log_checkpoint",
        responses={200: _text("Đầu sổ mới nhất, đã ký."), **refusals(not_found="Sổ còn trống.")},
    )
    def get(self, request: Request) -> Response:
        """Return the signed head: how many leaves there are, and their root."""
        return Response(_last_head().note)


class Key(LogEndpoint):
    @extend_schema(operation_id="log_key", responses={200: _text("Khóa công khai của sổ.")})
    def get(self, request: Request) -> Response:
        """Return the public key by which heads are verified. Keep it: it does not change."""
        return Response(f"{verifier_key()}\n")


class Tiles(LogEndpoint):
    renderer_classes = (BytesRenderer,)

    @extend_schema(
        operation_id="log_tile",
        parameters=[
            OpenApiParameter(
                "level", OpenApiTypes.STR, "path", description="Tầng của cây băm, hoặc `entries`."
            ),
            OpenApiParameter(
                "place", OpenApiTypes.STR, "path", description="Ví dụ `000`, `x001/067`, `003.p/5`."
            ),
        ],
        responses={
            200: OpenApiResponse(OpenApiTypes.BINARY, description="Các mã băm nối nhau."),
            **refusals(not_found="Không có mảnh này."),
        },
    )
    def get(self, request: Request, level: str, place: str) -> Response:
        """Return a tile of the tree, or the entries behind one of its lowest."""
        found = TILE_PATH.fullmatch(place)
        if found is None or not LEVEL.fullmatch(level):
            raise Http404
        index, width = int(re.sub("[x/]", "", found[1])), int(found[2] or WIDTH)
        if (width >= WIDTH and found[2]) or index > MOST:
            raise Http404
        first = index * WIDTH
        content = (
            _entries(first, width)
            if level == ENTRIES
            else tile_at(int(level), index)[: width * HASH]
        )
        if content is None or (level != ENTRIES and len(content) < width * HASH):
            raise Http404
        return Response(content)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        """Let what there is be kept: it never changes."""
        answer: HttpResponse = super().finalize_response(*args, **kwargs)
        if answer.status_code == 200:
            patch_cache_control(answer, public=True, max_age=FOR_EVER, immutable=True)
        return answer


class Proof(LogEndpoint):
    @extend_schema(
        operation_id="log_proof",
        parameters=[LeafQuery],
        responses={
            200: _text("Chứng minh một dòng có trong sổ, kèm đầu sổ."),
            **refusals(not_found="Chưa có dòng này."),
        },
    )
    def get(self, request: Request) -> Response:
        """Return what proves that a leaf is in the log: the path to the signed root."""
        number, head = self.asked(LeafQuery)["leaf"], _last_head()
        number = head.size - 1 if number is None else number
        if not 0 <= number < head.size:
            raise Http404
        return Response(inclusion_text(proofs(), number, head))


class Consistency(LogEndpoint):
    @extend_schema(
        operation_id="log_consistency",
        parameters=[SizesQuery],
        responses={
            200: _text("Chứng minh sổ hôm nay nối tiếp sổ đã biết, kèm đầu sổ."),
            **refusals(not_found="Sổ chưa có nhiều dòng như vậy."),
        },
    )
    def get(self, request: Request) -> Response:
        """Return what proves that a log of ``old`` leaves is the beginning of today's."""
        old, head = self.asked(SizesQuery)["old"], _last_head()
        old = head.size if old is None else old
        if old > head.size:
            raise Http404
        return Response(f"{consistency_text(proofs(), old, head.size)}\n{head.note}")


def _last_head() -> SignedHead:
    head = SignedHead.objects.first()
    if head is None:
        raise Http404
    return head


def _entries(first: int, width: int) -> bytes | None:
    """Return entries with their lengths before them; None where there are not so many."""
    leaves = Leaf.objects.filter(number__gte=first, number__lt=first + width).order_by("number")
    entries = [bytes(entry) for entry in leaves.values_list("entry", flat=True)]
    if len(entries) < width:
        return None
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)
