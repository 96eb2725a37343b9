"""Teams with their members as a file, in and out, within one's own scope."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from import_export.results import Result

from accounts.models import User
from accounts.resources.files import CsvFile, ExcelFile, read_table
from accounts.resources.uploads import (
    ConfirmForm,
    ImportFileForm,
    import_context,
    imported_text,
    log_file,
)
from accounts.resources.waiting import WaitingFile, sign
from campaign import clock
from campaign.scopes import scope_of
from volunteers.models import Membership
from volunteers.resources import MembershipResource
from volunteers.services.people import runs_teams

FORMATS: dict[str, Any] = {"xlsx": ExcelFile, "csv": CsvFile}


def _check_runs_teams(user: Any) -> None:
    """Raise 404 for nobody's business, 403 for those who only look."""
    if not scope_of(user).roles:
        raise Http404
    if not runs_teams(user):
        raise PermissionDenied


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def teams_import(request: HttpRequest) -> HttpResponse:
    """Show the form, then the preview of a file, then take the file in."""
    _check_runs_teams(request.user)
    if "import_file_name" in request.POST:
        return _confirmed(request)
    if request.method != "POST":
        return _page(request, ImportFileForm())
    form = ImportFileForm(data=request.POST, files=request.FILES)
    return _preview(request, form) if form.is_valid() else _page(request, form)


def _page(request: HttpRequest, form: ImportFileForm, **context: Any) -> HttpResponse:
    shown = {"form": form, **import_context(MembershipResource, context.get("result")), **context}
    return render(request, "volunteers/team_import.html", shown)


def _preview(request: HttpRequest, form: ImportFileForm) -> HttpResponse:
    """Show what the file would do; keep it for the confirmation if all of it is good."""
    user: Any = request.user
    data: bytes = form.cleaned_data["import_file"].read()
    try:
        result = _run(user, data, dry_run=True)
    except ValidationError as error:
        form.add_error("import_file", error)
        return _page(request, form)
    if not _is_good(result):
        return _page(request, form, result=result)
    waiting = WaitingFile()
    waiting.save(data)
    kept = {
        "import_file_name": sign(waiting.name, user),
        "original_file_name": form.cleaned_data["import_file"].name,
    }
    return _page(request, form, result=result, confirm_form=ConfirmForm(initial=kept, user=user))


def _confirmed(request: HttpRequest) -> HttpResponse:
    """Take in the file that was previewed, if it still waits."""
    user: Any = request.user
    form = ConfirmForm(request.POST, user=user)
    waiting = WaitingFile(name=form.cleaned_data["import_file_name"]) if form.is_valid() else None
    try:
        if waiting is None:
            raise FileNotFoundError
        result = _run(user, waiting.read(), dry_run=False)
    except FileNotFoundError:
        messages.error(request, _("Tệp xem trước không còn. Chọn lại tệp."))
        return redirect("teams-import")
    waiting.remove()
    if not _is_good(result):
        return _page(request, ImportFileForm(), result=result)
    text = imported_text(result)
    log_file(user, Membership, text, _("Nhập từ tệp"))
    messages.success(request, text)
    return redirect("teams")


def _run(user: User, data: bytes, *, dry_run: bool) -> Result:
    """Import a file, all or nothing; raise ``ValidationError`` where it is no table."""
    return MembershipResource(user=user).import_data(
        read_table(data),
        dry_run=dry_run,
        raise_errors=False,
        use_transactions=True,
        rollback_on_validation_errors=True,
    )


def _is_good(result: Result) -> bool:
    return not result.has_errors() and not result.has_validation_errors()


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def teams_export(request: HttpRequest) -> HttpResponse:
    """Send the members whom the user may see as a file; a record is kept of who took it."""
    _check_runs_teams(request.user)
    user: Any = request.user
    members = Membership.objects.visible_to(user)
    if request.method != "POST":
        return render(request, "volunteers/team_export.html", {"count": members.count()})
    made = FORMATS.get(request.POST.get("format", ""), ExcelFile)()
    rows = members.order_by("team__unit__sort_key", "team__sort_key", "volunteer__sort_key", "pk")
    data = MembershipResource(user=user).export(rows, force_native_type=made.NATIVE)
    what = _("%(count)s dòng xuất ra tệp") % {"count": len(data)}
    log_file(user, Membership, what, _("Xuất ra tệp"))
    response = HttpResponse(made.export_data(data), content_type=made.get_content_type())
    name = f"to-va-thanh-vien-{clock.today().isoformat()}.{made.get_extension()}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
