"""What the police published: files that were taken, a table on its way in, figures typed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to, page_campaign
from campaign.models import Campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from core.importing.formats import ExcelFile
from core.importing.import_row import Problem
from core.importing.steps import ANSWER, MOST_SHOWN, as_file
from core.templatetags.formatting import count, day
from reports.official.columns import LABELS, SKIP, Column
from reports.official.forms import TableForm
from reports.official.models import FigureKind, OfficialFigure, OfficialFile
from reports.official.services import Taken
from reports.official.upload import (
    Table,
    answers_in,
    copy_with_marks,
    read_again,
    read_upload,
    take,
)

PAGE = "reports/official/official_figures.html"
A_PAGE = 30


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def official_figures(request: HttpRequest) -> HttpResponse:
    """Show which files were taken; take one on its way: sent, asked about, looked at, confirmed."""
    campaign = page_campaign(request)
    require_right(request.user, Permission.EXPORT)
    if request.method != "POST":
        return _page(request, campaign, TableForm())
    require_right(request.user, Permission.OFFICIAL_FIGURES)
    try:
        return _step(request, campaign)
    except FileNotFoundError:
        messages.error(request, _("Tệp xem trước không còn. Chọn lại tệp."))
        return lead_to(request, "official-figures")


def _step(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    user: Any = request.user
    sent = request.POST
    form = TableForm()
    try:
        if token := sent.get("marked") or sent.get("token") or sent.get("asked"):
            answers = answers_in(sent, ANSWER)
            table = read_again(user, campaign, token, answers, forget="forget" in sent)
            if "marked" in sent:
                return as_file(copy_with_marks(table), "so-lieu-cong-an-can-sua.xlsx")
            if "token" in sent and "forget" not in sent and table.preview is not None:
                if sent.get("state") == table.state:
                    return _taken(request, take(table))
                messages.warning(request, _("Vừa có số khác được nhận. Xem lại rồi xác nhận."))
        else:
            form = TableForm(sent, request.FILES)
            if not form.is_valid():
                return _page(request, campaign, form, status=400)
            table = read_upload(user, campaign, *form.sent)
    except ValidationError as error:
        return _page(request, campaign, form, refusal=" ".join(error.messages), status=400)
    table.upload.keep()
    return render(request, "reports/official/official_table.html", _shown(request, table))


def _shown(request: HttpRequest, table: Table) -> dict[str, Any]:
    prepared = table.prepared
    problems, opened = prepared.read.problems, request.POST.getlist("question")
    questions = [
        {"name": ANSWER + q.name, "key": q.name, "text": q.text, "choices": q.choices}
        | {"is_open": q.name in opened}
        for q in prepared.questions
    ]
    return {
        "campaign": table.campaign,
        "table": table,
        "name": table.name,
        "asked": table.token,
        "notes": prepared.notes,
        "questions": questions,
        "problems": []
        if questions
        else [Problem(p.row, p.title, p.text) for p in problems[:MOST_SHOWN]],
        "problem_count": len(problems),
        "more_problems": max(0, len(problems) - MOST_SHOWN),
        "columns": [(c.heading, _label(table, c)) for c in prepared.columns],
        "preview": table.preview,
        "earlier": table.earlier,
    }


def _label(table: Table, column: Column) -> str:
    """Return in words what a column was taken for; blank where it was not taken."""
    if not column.is_figures:
        return "" if column.meaning == SKIP else str(LABELS[column.meaning])
    [name] = [one.name for one in table.indicators.all if one.code == column.meaning]
    of = f", {day(column.day)}" if column.day else ""
    return f"{name}, {FigureKind(column.kind).label}{of}"


def _taken(request: HttpRequest, taken: Taken) -> HttpResponse:
    file = taken.file
    shown = {"new": count(file.new), "changed": count(file.replaced)}
    if not taken.is_same:
        text = _("Đã nhận: %(new)s số mới, %(changed)s số thay số cũ.") % shown
        messages.success(request, text)
    return lead_to(request, "official-file", file.pk, **({"same": 1} if taken.is_same else {}))


def _page(
    request: HttpRequest,
    campaign: Campaign,
    form: TableForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    files = OfficialFile.objects.visible_to(request.user).filter(campaign=campaign)
    files = files.defer("content").select_related("actor")
    context = {
        "campaign": campaign,
        "form": form,
        "refusal": refusal,
        "page": Paginator(files, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, PAGE, context, status=status)


@login_required
@never_cache
@require_safe
def official_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """Show what came with a file, what it superseded, and what superseded it since."""
    file = _file(request, file_id)
    figures = OfficialFigure.objects.visible_to(request.user)
    written = figures.filter(file=file).select_related("unit", "indicator", "superseded_by")
    replaced = figures.filter(superseded_by=file)
    was = {(f.unit_id, f.day, f.kind, f.indicator_id): f.value for f in replaced}
    page = Paginator(
        written.order_by("day", "unit__sort_key", "indicator__order", "kind", "pk"), 100
    )
    shown = page.get_page(request.GET.get("page"))
    for one in shown:
        vars(one)["was"] = was.get((one.unit_id, one.day, one.kind, one.indicator_id))
    context = {
        "campaign": file.campaign,
        "file": file,
        "page": shown,
        "gone": figures.filter(file=file).exclude(superseded_by=None).count(),
        "is_same": "same" in request.GET,
    }
    return render(request, "reports/official/official_file.html", context)


@login_required
@never_cache
@require_safe
def official_file_content(request: HttpRequest, file_id: int) -> HttpResponse:
    """Send the file as it was handed in, to whoever may hand them in."""
    require_right(request.user, Permission.OFFICIAL_FIGURES)
    file = _file(request, file_id)
    if file.content is None:
        raise Http404
    data = file.file
    is_excel = data.startswith(b"PK")
    kind = ExcelFile().get_content_type() if is_excel else "text/csv"
    answer = HttpResponse(data, content_type=kind)
    end = "xlsx" if is_excel else "csv"
    name = f"cong-an-{file.first_day}_{file.last_day}_{file.pk}.{end}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _file(request: HttpRequest, file_id: int) -> OfficialFile:
    require_right(request.user, Permission.EXPORT)
    files = OfficialFile.objects.visible_to(request.user).select_related("actor", "campaign")
    return files.filter(pk=file_id, campaign=page_campaign(request)).or_404()


def require_right(user: Any, permission: Permission) -> None:
    scope = scope_of(user)
    if not scope.roles:
        raise Http404
    if not scope.may(permission):
        raise PermissionDenied
