"""Pages on which boundaries are changed: begin, confirm line by line, write, take back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaign.boundaries.difference import Line
from campaign.boundaries.forms import ApplyForm, BeginForm, TakeBackForm
from campaign.boundaries.services import (
    apply_change,
    begin_change,
    correct,
    difference_of,
    drop_change,
    take_change_back,
)
from campaign.models import BoundaryChange, BoundaryState
from campaign.setup.access import for_setup
from core.querysets import scoped


@for_setup
@require_http_methods(["GET", "POST"])
def boundary_changes(request: HttpRequest) -> HttpResponse:
    """Show what was begun and done, and begin another."""
    actor: Any = request.user
    form = BeginForm(request.POST or None, request.FILES or None, user=actor)
    if request.method == "POST" and form.is_valid() and not form.questions:
        try:
            change = begin_change(
                actor=actor, new=form.new, holds_from=form.cleaned_data["holds_from"]
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            form.remove_files()
            for note in form.notes:
                messages.warning(request, note)
            return redirect("setup-boundary-change", change.pk)
    changes = scoped(actor, BoundaryChange.objects.select_related("applied_by"))
    return render(
        request,
        "campaign/setup/boundaries.html",
        {"form": form, "changes": list(changes), "questions": form.questions},
    )


@for_setup
@require_http_methods(["GET", "POST"])
def boundary_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one: its lines to confirm, or its report once it is done."""
    change = scoped(request.user, BoundaryChange.objects.filter(pk=pk)).or_404()
    if change.state == BoundaryState.DRAFT:
        return _draft(request, change)
    return _report(request, change)


def _draft(request: HttpRequest, change: BoundaryChange) -> HttpResponse:
    asked = request.POST
    if "drop" in asked:
        drop_change(change=change)
        messages.success(request, _("Đã bỏ bản chuẩn bị."))
        return redirect("setup-boundaries")
    if "apply" in asked:
        return _apply(request, change)
    problems: dict[str, str] = {}
    if request.method == "POST":
        given = {name[3:]: asked[name] for name in asked if name.startswith("to-")}
        ticked = {*asked.getlist("confirmed")}
        ticked |= {code for code in given if f"group-{asked.get(f'kind-{code}')}" in asked}
        problems = correct(change, given, ticked)
        if not problems:
            messages.success(request, _("Đã lưu. Để đó lúc khác làm tiếp cũng được."))
            return redirect("setup-boundary-change", change.pk)
    return _draft_page(request, change, ApplyForm(initial={"carried": change.carried}), problems)


def _draft_page(
    request: HttpRequest,
    change: BoundaryChange,
    form: ApplyForm,
    problems: dict[str, str] | None = None,
) -> HttpResponse:
    found = difference_of(change)
    typed = request.POST if problems else {}
    groups = [
        (
            kind,
            title,
            [(line, _typed(line, typed), (problems or {}).get(line.unit.code)) for line in of],
        )
        for kind, title, of in found.groups
    ]
    shown = {
        "change": change,
        "difference": found,
        "groups": groups,
        "problems": problems,
        "form": form,
    }
    status = 400 if problems or form.errors else 200
    return render(request, "campaign/setup/boundary_change.html", shown, status=status)


def _typed(line: Line, typed: Any) -> str:
    written = "; ".join(f"{row.code} {row.name}" for row in line.after)
    return str(typed.get(f"to-{line.unit.code}", written))


def _apply(request: HttpRequest, change: BoundaryChange) -> HttpResponse:
    actor: Any = request.user
    form = ApplyForm(request.POST)
    if form.is_valid():
        try:
            apply_change(actor=actor, change_id=change.pk, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Đã đổi địa giới. Các tổng đang được tính lại."))
            return redirect("setup-boundary-change", change.pk)
    return _draft_page(request, change, form)


def _report(request: HttpRequest, change: BoundaryChange) -> HttpResponse:
    actor: Any = request.user
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_change_back(actor=actor, change_id=change.pk, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Đã lấy lại: mọi thứ như trước khi đổi."))
            return redirect("setup-boundaries")
    shown = {"change": change, "form": form, "is_done": change.state == BoundaryState.APPLIED}
    status = 400 if form.errors else 200
    return render(request, "campaign/setup/boundary_report.html", shown, status=status)
