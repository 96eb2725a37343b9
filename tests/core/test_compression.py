"""A page is the same by every way of compressing it, and how long it becomes says nothing."""

import gzip

import brotli
from django.http import HttpRequest, HttpResponse

from core.compression import CompressionMiddleware

PAGE = ("<p>Báo cáo hằng ngày của Đoàn xã</p>" * 40).encode()


def packed(accepted: str, page: bytes = PAGE) -> HttpResponse:
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = accepted
    found = CompressionMiddleware(lambda _request: HttpResponse(page, headers={"ETag": '"1"'}))
    return found(request)  # type: ignore[return-value]


def test_page_is_the_same_by_brotli_by_gzip_and_plain() -> None:
    by_brotli, by_gzip, plain = (packed(how) for how in ("gzip, deflate, br", "gzip", ""))
    assert (by_brotli["Content-Encoding"], by_gzip["Content-Encoding"]) == ("br", "gzip")
    assert brotli.decompress(by_brotli.content) == gzip.decompress(by_gzip.content) == PAGE
    assert plain.content == PAGE
    assert (by_brotli["ETag"], plain["ETag"]) == ('W/"1"', '"1"')
    assert by_brotli["Content-Length"] == str(len(by_brotli.content))
    assert {one["Vary"] for one in (by_brotli, by_gzip, plain)} == {"Accept-Encoding"}


def test_length_is_hidden_and_what_is_short_or_packed_is_left_alone() -> None:
    lengths = {len(packed("br").content) for _time in range(60)}
    assert len(lengths) > 15
    assert max(lengths) - min(lengths) <= CompressionMiddleware.max_random_bytes
    assert "Content-Encoding" not in packed("br", b"short")
