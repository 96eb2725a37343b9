"""Sends reports, good and bad, as the form and as other programs do."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import DirtyDay
from reports.daily.models import DailyReport, Revision

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
URL = "/api/v1/daily-reports/"
ID = "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10"


def post(client: Client, address: str = "/c/de-an-06-2023/report/", **given: Any) -> HttpResponse:
    """Send the form of the page; a name with ``_`` for each ``-``."""
    counts = {name.replace("_", "-"): given.pop(name) for name in [*given] if "count" in name}
    sent = {"report_id": str(uuid4()), "base_version": "0", **counts, **given}
    return client.post(address, sent)  # type: ignore[return-value]


def body(**given: Any) -> dict[str, Any]:
    """Return a report as a client sends it."""
    return {
        "id": str(uuid4()),
        "campaign": "de-an-06-2023",
        "branch": "XD-14173",
        "date": "2023-05-12",
        "counts": {"installed": 35},
        **given,
    }


def send(client: Client, content: bytes | dict[str, Any], **extra: Any) -> HttpResponse:
    """Send bytes as JSON, whatever they are."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer: Any = client.post(URL, data, content_type="application/json", **extra)
    return answer  # type: ignore[no-any-return]


def nothing_is_saved() -> bool:
    """Whether no report, no revision and no stale day was left."""
    return not any(model.objects.exists() for model in (DailyReport, Revision, DirtyDay))


UNREADABLE = "Có ký tự điều khiển không đọc được. Xóa đi rồi gõ lại phần chữ đó."
CITIZEN = "Có 12 chữ số liền nhau, giống số định danh. Xóa đi: cổng không lưu số định danh."
