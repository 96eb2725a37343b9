"""Daily counts of a district by file: template, upload, questions, preview, what was taken."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to, page_campaign
from campaign.models import Campaign
from campaign.selectors import indicators_of
from core import clock
from core.importing.forms import ImportFileForm
from core.importing.marked_copy import Mark, NoCopy, marked_copy
from core.importing.pending_upload import read_upload
from core.importing.steps import ANSWER, MOST_MARKS, MOST_SHOWN, as_file
from reports.daily.anomalies import AnomalyLabel
from reports.daily.models import Explanation
from reports.spreadsheet import services
from reports.spreadsheet.forms import TemplateForm
from reports.spreadsheet.models import CountsFile, State
from reports.spreadsheet.preparation import branches_led_by
from reports.spreadsheet.template import MOST_ROWS, make_template, rows_of

# A week is what is usually asked for.
USUAL = dt.timedelta(days=6)
RECENT = 5


def campaign_of_file(user: Any, file_id: UUID) -> str | None:
    found = CountsFile.objects.visible_to(user).filter(pk=file_id)
    return found.values_list("campaign__slug", flat=True).first()


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def counts_files(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    campaign = page_campaign(request)
    if not branches_led_by(user, campaign):
        raise PermissionDenied
    form = ImportFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["import_file"]
        file = services.receive_file(
            actor=user,
            campaign=campaign,
            name=sent.name,
            data=sent.read(),
            language=get_language() or "vi",
        )
        return lead_to(request, "counts-file", file.pk)
    return _page(request, campaign, form, TemplateForm(campaign, initial=_usual(campaign)))


def _page(
    request: HttpRequest, campaign: Campaign, form: ImportFileForm, days: TemplateForm
) -> HttpResponse:
    own = CountsFile.objects.visible_to(request.user).filter(campaign=campaign)
    context = {
        "campaign": campaign,
        "form": form,
        "days": days,
        "recent": own.defer("result").order_by("-made_at")[:RECENT],
    }
    status = 400 if form.errors or days.errors else 200
    return render(request, "reports/spreadsheet/counts_files.html", context, status=status)


def _usual(campaign: Campaign) -> dict[str, dt.date]:
    last = min(max(clock.today(), campaign.starts_on), campaign.ends_on)
    return {"first": max(last - USUAL, campaign.starts_on), "last": last}


@login_required
@never_cache
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    campaign = page_campaign(request)
    branches = branches_led_by(user, campaign)
    if not branches:
        raise PermissionDenied
    form = TemplateForm(campaign, request.GET or _usual(campaign))
    rows = []
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        rows = rows_of(campaign, branches, first, last)
        if not rows:
            form.add_error("first", _("Không có đơn vị nào phải báo cáo trong những ngày này."))
        if len(rows) > MOST_ROWS:
            form.add_error("last", _("Nhiều ngày quá. Tải từng khoảng ngắn hơn."))
    if form.errors:
        return _page(request, campaign, ImportFileForm(), form)
    with translation.override("vi"):
        data = make_template(campaign, indicators_of(campaign), rows)
    first, last = rows[0][1], rows[-1][1]
    return as_file(data, f"so-lieu-{first.isoformat()}-{last.isoformat()}.xlsx")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def counts_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    file = _found(request, file_id)
    error = ""
    if request.method == "POST":
        try:
            _act(request, file)
            return lead_to(request, "counts-file", file.pk)
        except ValidationError as problem:
            error = problem.messages[0]
    if file.is_work:
        done, of = services.progress_of(file)
        shown: dict[str, Any] = {"done": done, "of": of}
    else:
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Refresh": "true"})
        shown = _shown(request, file)
    page = {"file": file, "campaign": file.campaign, "error": error, **shown}
    return render(
        request, "reports/spreadsheet/counts_file.html", page, status=400 if error else 200
    )


def _found(request: HttpRequest, file_id: UUID) -> CountsFile:
    files = CountsFile.objects.visible_to(request.user).select_related("campaign")
    return files.filter(pk=file_id, campaign=page_campaign(request)).or_404()


def _act(request: HttpRequest, file: CountsFile) -> None:
    sent = request.POST
    if "asked" in sent:
        given = {n.removeprefix(ANSWER): v for n, v in sent.items() if n.startswith(ANSWER)}
        services.answer_questions(file=file, answers={n: str(v) for n, v in given.items()})
    elif "forget" in sent:
        services.forget_columns(file=file)
    elif "again" in sent:
        services.check_again(file=file, clears="clears" in sent)
    else:
        taken = sent.getlist("take")
        if "take-all" in sent:
            taken = file.result.get("changed", [])
        services.confirm_file(
            file=file,
            taken=taken,
            explanation=sent.get("explanation", ""),
            includes_sessions=sent.get("sessions") == "included",
        )


def _shown(request: HttpRequest, file: CountsFile) -> dict[str, Any]:
    result = file.result
    if file.state == State.ASKED:
        asked = [
            {"name": ANSWER + name, "key": name, "text": text, "choices": choices}
            for name, text, choices in result["questions"]
        ]
        return {"questions": asked, "asked": file.pk, "notes": result["notes"]}
    if file.state != State.CHECKED:
        return {"result": result}
    problems, changes = result["problems"], [_dated(one) for one in result["changes"]]
    return {
        "result": result,
        "totals": result["totals"],
        "notes": result["notes"],
        "problems": problems[:MOST_SHOWN],
        "more_problems": max(0, len(problems) - MOST_SHOWN),
        "changes": changes,
        "more_changes": len(result["changed"]) - len(changes),
        "news": [_dated(one) for one in result["news"]],
        "unusual": [
            _dated(one) | {"flags": [AnomalyLabel(**flag) for flag in one["flags"]]}
            for one in result["unusual"]
        ],
        "unusual_count": len(result["unusual_keys"]),
        "needs_reason": any(result["unusual_keys"].values()),
        "beside": [_dated(one) for one in result["beside"]],
        "beside_count": len(result["sessions"]),
        "taken": request.POST.getlist("take"),
        "explanations": Explanation.choices,
        "is_empty": not (result["totals"]["new"] or changes),
    }


def _dated(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "day": dt.date.fromisoformat(one["day"])}


@login_required
@never_cache
@require_safe
def marked(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Send the user's own file back with what is wrong written at its cells."""
    file = _found(request, file_id)
    problems = file.result.get("problems", [])
    marks = [
        Mark(one["sheet"], one["row"], one["column"], one["text"]) for one in problems[:MOST_MARKS]
    ]
    try:
        copy = marked_copy(read_upload(file.upload), marks)
    except (NoCopy, FileNotFoundError):
        return lead_to(request, "counts-file", file.pk, copy="none")
    return as_file(copy, "so-lieu-can-sua.xlsx")
