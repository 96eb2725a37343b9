"""Drives imports and exports through the pages of the admin, as a browser would."""

import csv
import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.importing.import_row import Problem


def address(model: type[Model], what: str, *args: Any) -> str:
    """Return the address of a page of the admin."""
    opts = model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{what}", args=args)


def as_csv(*rows: list[Any]) -> bytes:
    """Return rows as a CSV in UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def as_xlsx(*rows: list[Any]) -> bytes:
    """Return rows as a workbook, with the types that they have."""
    snapshot = openpyxl.Workbook()
    for row in rows:
        snapshot.active.append(row)
    out = io.BytesIO()
    snapshot.save(out)
    return out.getvalue()


def upload(client: Client, model: type[Model], data: bytes, name: str = "tep.csv") -> Any:
    """Send a file and return the page with its preview or its problems."""
    file = SimpleUploadedFile(name, data)
    # Every form of a browser brings its token along.
    form = {"import_file": file, "csrfmiddlewaretoken": "x"}
    response = client.post(address(model, "import"), form)
    assert response.status_code == 200
    return response


def confirm(client: Client, model: type[Model], preview: Any) -> Any:
    """Confirm the import of a preview."""
    token = preview.context["token"]
    return client.post(
        address(model, "process_import"), {"token": token, "settings_reason": "đợt nhập"}
    )


def take_in(client: Client, model: type[Model], data: bytes, name: str = "tep.csv") -> None:
    """Import a file that is good."""
    preview = upload(client, model, data, name)
    assert problems(preview) == []
    assert confirm(client, model, preview).status_code == 302


def problems(page: Any) -> list[tuple[int | None, str, str]]:
    """Return row, column and text of what is wrong."""
    listed: list[Problem] = page.context.get("problems") or []
    form = page.context.get("form")
    whole = form.errors.get("import_file", []) if form is not None and form.is_bound else []
    return [(None, "", text) for text in whole] + [(p.number, p.column, p.text) for p in listed]


def totals(page: Any) -> tuple[int, int, int]:
    """Return how many rows of a preview are new, changed and as they were."""
    counts = page.context["totals"]
    return counts["new"], counts["update"], counts["skip"]


def export(client: Client, model: type[Model], kind: str, query: str = "") -> HttpResponse:
    """Return the exported file: ``xlsx`` or ``csv``."""
    form = {"format": {"xlsx": "0", "csv": "1"}[kind]}
    response = client.post(address(model, "export") + query, form)
    assert response.status_code == 200
    assert response["Content-Disposition"].endswith(f'.{kind}"')
    return response  # type: ignore[return-value]


def rows_of(response: HttpResponse) -> list[list[str]]:
    """Return the rows of an exported CSV."""
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
