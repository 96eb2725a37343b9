"""How JSON is read, and how pages of a list look."""

import itertools
import json
import math
import re
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.text_gate import is_stacked
from core.validators import STACKED

# Of one object: no endpoint knows more fields, and each that is not known is told by name. And
# how many objects there may be in all.
MOST_NAMES, MOST_OBJECTS = 500, 2000


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, refusing a name that comes twice: which one was meant?"""
    found: dict[str, Any] = {}
    if len(pairs) > MOST_NAMES:
        raise _too_many(MOST_NAMES)
    for name, value in pairs:
        # Half a character (\ud800) is a ValueError here; no answer could repeat it.
        name.encode()
        if name in found:
            raise ParseError(_("Trường “%(name)s” có hai lần. Chỉ gửi một lần.") % {"name": name})
        found[name] = value
    return found


def _too_many(most: int) -> ParseError:
    return ParseError(_("Quá %(most)s trường. Bớt đi.") % {"most": most})


def _finite(text: str) -> float:
    """Refuse NaN and infinities, which JSON does not know."""
    number = float(text)
    if not math.isfinite(number):
        raise ParseError(_("Số “%(text)s” không dùng được.") % {"text": text[:20]})
    return number


def _whole(text: str) -> int:
    """Return an integer; one of absurd length is refused before it is converted."""
    if len(text) > 30:
        raise ParseError(_("Số “%(text)s…” quá dài.") % {"text": text[:20]})
    return int(text)


def _holds_stack(data: Any) -> bool:
    """Whether a text within, however it is spelt, bears too many marks."""
    waiting = [data]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            waiting += [*found, *found.values()]
        elif isinstance(found, list):
            waiting += found
        elif isinstance(found, str) and is_stacked(found):
            return True
    return False


class StrictJSONParser(BaseParser):
    """Reads JSON as it is written: nothing twice, no NaN, UTF-8 only, an object at the top."""

    media_type = "application/json"
    # None for what Django takes of any form.
    most_bytes: int | None = None
    most_objects = MOST_OBJECTS

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the object; raise ``ParseError`` for anything else."""
        most = self.most_bytes or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise RequestDataTooBig
        number = itertools.count(1)

        def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            if next(number) > self.most_objects:
                raise _too_many(self.most_objects)
            return _once(pairs)

        try:
            data = json.loads(
                body.decode("utf-8"),
                object_pairs_hook=read,
                parse_float=_finite,
                parse_int=_whole,
                parse_constant=_finite,
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(_("Nội dung không phải JSON (UTF-8) đúng cú pháp.")) from error
        if _holds_stack(data):
            raise ParseError(STACKED)
        if not isinstance(data, dict):
            raise ParseError(_("Gửi một đối tượng JSON, ví dụ {…}."))
        return data


class Pagination(PageNumberPagination):
    """``{"count", "next", "results"}``; up to 500 a page."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    invalid_page_message: Any = gettext_lazy("Không có trang này.")

    def get_page_size(self, request: Request) -> int:
        """Raise ``ValidationError`` for what is no size: the library would take its own instead."""
        asked = request.query_params.get(self.page_size_query_param, "")
        if not asked:
            return self.page_size
        if not re.fullmatch("[1-9][0-9]{0,8}", asked):
            problem = _("Nhập số nguyên từ 1, ví dụ 50. Nhiều nhất một trang là 500.")
            raise ValidationError({self.page_size_query_param: [problem]})
        return min(int(asked), self.max_page_size)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"] |= {"minimum": 1, "maximum": 999_999_999}
        return parameters

    def get_paginated_response(self, data: Any) -> Response:
        count = self.page.paginator.count if self.page is not None else 0
        return Response({"count": count, "next": self.get_next_link(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["count", "results"],
            "properties": {
                "count": {"type": "integer", "example": 226},
                "next": {"type": "string", "nullable": True, "format": "uri", "example": None},
                "results": schema,
            },
        }
