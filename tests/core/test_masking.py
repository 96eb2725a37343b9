"""What is logged opens nothing and names nobody."""

import io
import logging.config

import pytest
from celery.signals import after_setup_logger
from django.conf import settings

from core.masking import masked

KEY = "aB3_xyZ-0123456789abcdefGHIJKLMN"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (f"GET /invitations/{KEY}/ HTTP/1.1", "GET /invitations/.../ HTTP/1.1"),
        ("Not Found: /me/abc/de-an.pdf", "Not Found: /me/.../de-an.pdf"),
        ("GET /calendar/abc.ics", "GET /calendar/..."),
        ("GET /join/k3y/ GET /here/12-20230620.sig/", "GET /join/.../ GET /here/.../"),
        ("/c/de-an/sessions/?q=Trần+Hoa&page=2", "/c/de-an/sessions/?q=...&page=2"),
        ("?phone=%2B84 912 345 678", "?phone=..."),
        ("gọi 0912 345 678 và +84912345678", "gọi ... và ..."),
        ("Key (phone)=(0912345678) exists", "Key (phone)=(...) exists"),
        ("036_201_001_234 036201001234", "..."),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ..."),
        ("redis://:s3cret@valkey:6379/0", "redis://...@valkey:6379/0"),
        (f"secret {KEY}", "secret ..."),
        ('{"password": "Mot-mat-khau"}', '{"password": "..."}'),
    ],
)
def test_secrets_and_numbers_are_masked(line: str, left: str) -> None:
    assert masked(line) == left


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-30 07:22:05,978 INFO celery.worker Task reports.drain received",
        "127.0.0.1 192.168.100.200 GET /c/de-an-06-2023/units/14173/ 200 0.012 s",
        "report 0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10 of XD-14173, 691283 of 900000",
    ],
)
def test_what_helps_to_find_a_fault_stays(line: str) -> None:
    assert masked(line) == line


def written_by(
    logger: logging.Logger, formatter: logging.Formatter | None
) -> tuple[io.StringIO, logging.Handler]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    return stream, handler


def test_the_loggers_of_the_portal_and_of_celery_mask() -> None:
    wanted = settings.LOGGING["formatters"]["line"]
    formatter = logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(wanted))
    mine, theirs = logging.getLogger("test.portal"), logging.getLogger("test.celery")
    own, _handler = written_by(mine, formatter)
    other, _handler = written_by(theirs, None)
    after_setup_logger.send(
        sender=None, logger=theirs, loglevel=20, logfile=None, format="", colorize=False
    )
    for logger in (mine, theirs):
        try:
            raise ValueError("0912345678")
        except ValueError:
            logger.exception("GET /me/%s/", KEY)
    for stream in (own, other):
        assert "/me/.../" in stream.getvalue()
        assert "ValueError: ..." in stream.getvalue()
        assert "0912345678" not in stream.getvalue()
