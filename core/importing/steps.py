"""The steps of a file through a page, the admin's or the portal's.

In: chosen and previewed, then confirmed; all or nothing. Out: made and recorded.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from import_export.results import Result, RowResult

from core.importing.formats import ExcelFile
from core.importing.forms import ImportFileForm
from core.importing.import_row import problems_of
from core.importing.marked_copy import Mark, NoCopy, marked_copy
from core.importing.pending_upload import Waiting
from core.importing.resource import StrictResource
from core.importing.table import Reading, Sheet, read_table
from core.importing.template import template_of
from core.importing.unknown_columns import settle_columns

# A preview of 20,000 rows would be read by nobody and slow for everybody.
MOST_SHOWN = 200
# A copy with more of them would help nobody.
MOST_MARKS = 2_000
# The fields of the answers to what was asked about a file.
ANSWER = "answer-"


def through_page(
    request: HttpRequest,
    resource: StrictResource,
    *,
    page: str,
    again: str,
    done: str,
    shown: Mapping[str, Any] = MappingProxyType({}),
) -> HttpResponse:
    """Take a file all its way through the template ``page``: previewed, then all or nothing.

    ``again`` is the page's own address, ``done`` where one goes once the file is in; ``shown``
    stands beside a preview.
    """
    try:
        if "token" in request.POST:
            result = import_pending(resource, request.POST["token"])
            if not is_good(result):
                return render(request, page, page_context(resource, ImportFileForm(), result))
            text = imported_text(result)
            log_import(resource, text)
            messages.success(request, text)
            return HttpResponseRedirect(done)
        if file := file_asked_for(resource, request):
            return file
    except FileNotFoundError:
        messages.error(request, _("Tệp xem trước không còn. Chọn lại tệp."))
        return HttpResponseRedirect(again)
    return render(request, page, {**shown, **preview_upload(resource, request)})


def preview_upload(resource: StrictResource, request: HttpRequest) -> dict[str, Any]:
    """Return what the page shows: the columns, and what a chosen file would do.

    A file that is good waits for the confirmation, which names it by its ``token``; one that
    can be read in two ways waits for the answers (``questions``) under ``asked``. What is wrong
    with a file as a whole is an error of ``form``.
    """
    if request.method != "POST":
        return page_context(resource, ImportFileForm())
    try:
        form, upload = _sent(resource, request)
    except FileNotFoundError:
        form, upload = ImportFileForm(request.POST, MultiValueDict()), None
        form.add_error("import_file", _("Tệp xem trước không còn. Chọn lại tệp."))
    if upload is None:
        return page_context(resource, form)
    try:
        reading = _read(resource, upload)
        if reading.table is None or reading.questions:
            upload.keep()
            return page_context(resource, form) | _asked(request, upload, reading)
        return _preview(resource, form, upload, reading.table, reading)
    except ValidationError as error:
        form.add_error("import_file", error)
        return page_context(resource, form)


def preview_pending(resource: StrictResource, token: str) -> dict[str, Any]:
    """Return once more what the page shows of a file that waits, as the answers are now.

    Raises ``FileNotFoundError`` if it waits no more.
    """
    upload = Waiting.named(token, resource.actor)
    reading = _read(resource, upload)
    if reading.table is None or reading.questions:
        raise FileNotFoundError
    return _preview(resource, ImportFileForm(), upload, reading.table, reading)


def _preview(
    resource: StrictResource, form: ImportFileForm, upload: Waiting, table: Sheet, reading: Reading
) -> dict[str, Any]:
    result = _run(resource, table, dry_run=True)
    context = page_context(resource, form, result) | {"notes": reading.notes}
    if is_good(result):
        upload.keep()
        context["token"] = upload.token
    elif any(problem.number for problem in context["problems"]):
        upload.keep()
        context["marked"] = upload.token
    return context


def file_asked_for(resource: StrictResource, request: HttpRequest) -> HttpResponse | None:
    """Return the file that the page of an import gives away, if it is asked for one.

    ``?template`` is an empty one; ``marked`` names the sender's own, in which what is wrong
    stands at its cells. Raises ``FileNotFoundError`` where that waits no more.
    """
    name = resource._meta.model._meta.model_name
    if request.method == "POST" and "marked" in request.POST:
        return as_file(_marked(resource, request.POST["marked"]), f"{name}-can-sua.xlsx")
    if request.method == "GET" and "template" in request.GET:
        return as_file(template_of(resource), f"{name}-mau.xlsx")
    return None


def as_file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=ExcelFile().get_content_type())
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _marked(resource: StrictResource, token: str) -> bytes:
    upload = Waiting.named(token, resource.actor)
    table = _read(resource, upload).table
    if table is None:
        raise FileNotFoundError
    result = _run(resource, table, dry_run=True)
    columns = dict(zip(table.headers or [], table.positions, strict=False))
    marks = [
        Mark(table.name, problem.number, columns.get(problem.column), problem.text)
        for problem in problems_of(result)
        if problem.number
    ]
    try:
        return marked_copy(upload.data, marks[:MOST_MARKS])
    except NoCopy as error:
        raise FileNotFoundError from error


def _sent(resource: StrictResource, request: HttpRequest) -> tuple[ImportFileForm, Waiting | None]:
    """Return the file that was sent now, or the one that what was sent answers for."""
    if "asked" not in request.POST:
        form = ImportFileForm(request.POST, request.FILES)
        is_there = form.is_valid()
        data = form.cleaned_data["import_file"].read() if is_there else b""
        return form, Waiting(resource.actor, data, {}) if is_there else None
    upload = Waiting.named(request.POST["asked"], resource.actor)
    given = {
        name.removeprefix(ANSWER): str(value)
        for name, value in request.POST.items()
        if name.startswith(ANSWER)
    }
    upload.answers = {**upload.answers, **given}
    file = SimpleUploadedFile("tep", upload.data)
    form = ImportFileForm({}, MultiValueDict({"import_file": [file]}))
    form.full_clean()
    return form, upload


def _asked(request: HttpRequest, upload: Waiting, reading: Reading) -> dict[str, Any]:
    """Return the questions for the page; one that was shown and not answered is marked."""
    shown = request.POST.getlist("question")
    return {
        "asked": upload.token,
        "notes": reading.notes,
        "questions": [
            {"name": ANSWER + q.name, "key": q.name, "text": q.text, "choices": q.choices}
            | {"is_open": q.name in shown}
            for q in reading.questions
        ],
    }


def import_pending(resource: StrictResource, token: str) -> Result:
    """Import the file that was previewed; raise ``FileNotFoundError`` if it waits no more."""
    upload = Waiting.named(token, resource.actor)
    reading = _read(resource, upload)
    if reading.table is None or reading.questions:
        raise FileNotFoundError
    result = _run(resource, reading.table, dry_run=False)
    upload.remove()
    return result


def _read(resource: StrictResource, upload: Waiting) -> Reading:
    reading = read_table(upload.data, upload.answers)
    if resource.asks_columns and reading.table is not None:
        settle_columns(resource, reading, reading.table, upload.answers)
    return reading


def _run(resource: StrictResource, table: Sheet, *, dry_run: bool) -> Result:
    """Import a table, all or nothing."""
    return resource.import_data(
        table,
        dry_run=dry_run,
        use_transactions=True,
        rollback_on_validation_errors=True,
    )


def is_good(result: Result) -> bool:
    return not result.has_errors() and not result.has_validation_errors()


def page_context(
    resource: StrictResource, form: ImportFileForm, result: Result | None = None
) -> dict[str, Any]:
    context = {"form": form, "columns": list(resource.fields.values())}
    if result is None:
        return context
    problems = problems_of(result)
    changes = [
        row
        for row in result.rows
        if row.import_type in (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE)
    ]
    return context | {
        "result": result,
        "problems": problems[:MOST_SHOWN],
        "more_problems": max(0, len(problems) - MOST_SHOWN),
        "problem_count": len(problems),
        "changes": changes[:MOST_SHOWN],
        "more_changes": max(0, len(changes) - MOST_SHOWN),
        "headers": result.diff_headers,
        "totals": dict(result.totals),
        **resource.shown(),
    }


def imported_text(result: Result) -> str:
    text: str = _("Đã nhập xong: %(new)s mới, %(update)s thay đổi, %(skip)s giữ nguyên.") % dict(
        result.totals
    )
    return text


def log_import(resource: StrictResource, text: str) -> None:
    _log(resource, text, _("Nhập từ tệp"))


def export_rows(resource: StrictResource, rows: QuerySet[Any], file_format: Any) -> bytes:
    """Return the file of ``rows``; a record is kept of who took it."""
    data = resource.export(rows, force_native_type=file_format.is_binary())
    _log(resource, _("%(count)s dòng xuất ra tệp") % {"count": len(data)}, _("Xuất ra tệp"))
    made: bytes = file_format.export_data(data)
    return made


def _log(resource: StrictResource, text: str, message: str) -> None:
    LogEntry.objects.create(
        user=resource.actor,
        content_type=ContentType.objects.get_for_model(resource._meta.model),
        object_repr=text,
        action_flag=CHANGE,
        change_message=message,
    )
