"""A whole file, a part of it, or word that it is the one that is known already."""

import gzip
import re
from collections.abc import Iterator
from io import BytesIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
PIECE = 1 << 16


def answer_of(request: HttpRequest, packed: bytes, tag: str, content_type: str) -> HttpResponseBase:
    """Answer 200, 206 for one range, 304, 412, or 416 for a range that the file has not.

    ``packed`` is the file as gzip; it is never unpacked whole. Several ranges, and one of another
    version (``If-Range``), are answered with the whole, as RFC 9110 allows.
    """
    known = get_conditional_response(request, etag=tag)
    if known is not None:
        known.headers["ETag"] = tag
        return known
    # So gzip ends, and no file of ours has 4 GB.
    size = int.from_bytes(packed[-4:], "little")
    begin, end = 0, size
    asked = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    is_part = asked is not None and any(asked.groups())
    if asked and is_part and request.headers.get("If-Range", tag) == tag:
        begin, end = _span(size, *asked.groups())
        if begin >= end:
            refused = HttpResponse(status=416, content_type=content_type)
            refused.headers["Content-Range"] = f"bytes */{size}"
            return refused
    else:
        is_part = False
    answer = StreamingHttpResponse(
        _pieces(packed, begin, end), status=206 if is_part else 200, content_type=content_type
    )
    if is_part:
        answer.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    answer.headers["ETag"], answer.headers["Accept-Ranges"] = tag, "bytes"
    answer.headers["Content-Length"] = str(end - begin)
    # Bytes are counted as they lie in the file: nothing packs them on their way.
    answer.headers["Content-Encoding"] = "identity"
    return answer


def _span(size: int, first: str, last: str) -> tuple[int, int]:
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1 if last else size, size)


def _pieces(packed: bytes, begin: int, end: int) -> Iterator[bytes]:
    with gzip.open(BytesIO(packed)) as file:
        file.seek(begin)
        left = end - begin
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
