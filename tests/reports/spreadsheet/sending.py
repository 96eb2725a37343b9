"""Files of daily counts as they are sent, answered and confirmed in a browser."""

import datetime as dt
import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reports.daily.models import DailyReport
from reports.spreadsheet import services
from tests.conftest import TODAY

PAGE = "/c/de-an-06-2023/report/files/"
HEAD = ["Mã đơn vị", "Đơn vị", "Ngày", "Cài VNeID", "Mức 1", "Mức 2", "Nâng mức"]
YESTERDAY = TODAY - dt.timedelta(days=1)


def send(client: Client, data: bytes, name: str = "so-lieu.xlsx") -> Any:
    """Send a file, let a worker read it, and return its page."""
    sent = client.post(PAGE, {"import_file": SimpleUploadedFile(name, data)})
    assert sent.status_code == 302, sent.content.decode()
    return work(client, sent["Location"])


def work(client: Client, address: str) -> Any:
    services.work_off()
    page = client.get(address)
    assert page.status_code == 200
    return page


def act(client: Client, page: Any, **form: Any) -> Any:
    """Answer or confirm on the page of a file; return the page that comes of it."""
    address = page.request["PATH_INFO"]
    assert client.post(address, form).status_code == 302
    return work(client, address)


def confirm(client: Client, page: Any, **form: Any) -> Any:
    return act(client, page, confirm="1", **form)


def totals(page: Any) -> tuple[int, int, int, int]:
    found = page.context["totals"]
    return found["new"], found["changed"], found["same"], found["wrong"]


def problems(page: Any) -> list[tuple[int, str, str]]:
    return [(p["row"], p["title"], p["text"]) for p in page.context["problems"]]


def one(branch: str = "XD-14173", day: dt.date = TODAY) -> DailyReport:
    return DailyReport.objects.get(branch__code=branch, date=day)


def filled(data: bytes, *rows: list[Any]) -> bytes:
    """Return the portal's template with counts from its fourth row on, from column D."""
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    for number, row in enumerate(rows, start=4):
        for column, value in enumerate(row, start=4):
            workbook.active.cell(number, column, value)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
