"""The police's file, and the receipts of those who took it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from campaign.addresses import link, page_campaign, reading
from campaign.models import Campaign, Unit
from campaign.permissions import Permission
from campaign.routing import takes_tokens
from campaign.selectors import indicators_of
from core import clock
from core.form_fields import SpanForm
from reports.digests.models import Publication
from reports.exports.models import Export
from reports.police.changes.selectors import changed_lines, last_file_of
from reports.police.exports import PoliceColumns, default_days, police_file
from reports.police.proof.package import proof_package
from reports.police.selectors import export_correction
from reports.police.views.machines import machine_asker, wants_page
from reports.police.views.rights import download, export_of, require_export
from reports.rollup.totals import BASES

RECEIPTS, PUBLICATIONS = 50, 20
CSV = "text/csv; charset=utf-8"


class ExportForm(SpanForm):
    """What may be asked of the file. Dates default to the whole campaign so far."""

    basis = forms.ChoiceField(
        label=gettext_lazy("Số liệu"),
        choices=[
            ("approved", gettext_lazy("Đã duyệt")),
            ("reported", gettext_lazy("Đã báo cáo (cả chưa duyệt)")),
        ],
        required=False,
    )

    map = forms.ChoiceField(
        label=gettext_lazy("Địa bàn"),
        choices=[
            ("then", gettext_lazy("Như khi đó")),
            ("now", gettext_lazy("Theo bản đồ hôm nay")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("from", gettext_lazy("Từ ngày")), ("to", gettext_lazy("Đến ngày"))):
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                error_messages={"invalid": gettext_lazy("Không có ngày này. Ghi như 20/06/2023.")},
            )
        self.order_fields(["from", "to", "basis", "map"])


@login_required
@never_cache
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    require_export(request.user)
    return _page(request, page_campaign(request), None)


def _page(
    request: HttpRequest, campaign: Campaign, form: ExportForm | None, status: int = 200
) -> HttpResponse:
    first, last = default_days(campaign, clock.today())
    read = reading(request)
    basis, of = read.get("basis", BASES[1]), read.get("map", "then")
    initial = {"from": first, "to": last, "basis": basis, "map": of}
    receipts = Export.objects.visible_to(request.user).defer("content")
    receipts = receipts.select_related("actor", "campaign")
    context = {
        "form": form or ExportForm(initial=initial),
        "columns": PoliceColumns.of(indicators_of(campaign)),
        "indicators": indicators_of(campaign).all,
        "exports": receipts[:RECEIPTS],
        "publications": _publications(request.user, campaign),
        "restated": _restated(request.user, campaign),
        "campaign": campaign,
    }
    return render(request, "reports/police/exports.html", context, status=status)


def _publications(user: Any, campaign: Campaign) -> Any:
    """Return the digests that went out last, of units of which the reader takes files."""
    units = Unit.objects.where_may(user, Permission.EXPORT)
    found = Publication.objects.visible_to(user).filter(campaign=campaign, unit__in=units)
    return found.select_related("unit", "actor").defer("text")[:PUBLICATIONS]


def _restated(user: Any, campaign: Campaign) -> tuple[Export, int] | None:
    """Return the reader's last file and how many of its lines have other figures by now."""
    file = last_file_of(user, campaign.pk)
    lines = changed_lines(file) if file is not None and campaign.archived_at is None else 0
    return (file, lines) if file is not None and lines else None


@login_required
@never_cache
@require_safe
def export_detail(request: HttpRequest, export_id: int) -> HttpResponse:
    """Show a file that was taken beside the figures of now; with ``?file`` the file again."""
    export = export_of(request, export_id)
    if "file" in request.GET:
        if export.content is None:
            raise Http404
        return download(export.file, export.file_name, export.content_type)
    context = {"export": export, "correction": export_correction(export)}
    return render(request, "reports/police/export.html", context)


@login_required
@never_cache
@require_safe
def export_proof(request: HttpRequest, export_id: int) -> HttpResponse:
    """Send a file with its proof; where the log has not come to it yet, say so on its page."""
    export = export_of(request, export_id)
    name = export.file_name
    package = proof_package(export, name)
    if package is None:
        messages.info(request, _("Sổ ghi chưa ghi đến tệp này. Vài giây nữa tải lại."))
        return redirect(link(request, "export", export.pk))
    return download(package, f"{name.rpartition('.')[0]}_{export.pk}.zip", "application/zip")


@takes_tokens
@require_GET
def police_csv(request: HttpRequest) -> HttpResponseBase:
    """Stream the file, to the session or to a bearer token.

    There is no HEAD: it would leave the receipt of a file that nobody took.
    """
    asker = machine_asker(request)
    if isinstance(asker, HttpResponseBase):
        return asker
    user, campaign = asker
    is_page = wants_page(request)
    form = ExportForm(request.GET)
    if not form.is_valid():
        if is_page:
            return _page(request, campaign, form, status=400)
        return JsonResponse(form.errors, status=400)
    return _file(user, campaign, form.cleaned_data)


def _file(user: Any, campaign: Campaign, asked: dict[str, Any]) -> StreamingHttpResponse:
    export, pieces = police_file(
        actor=user,
        campaign=campaign,
        units=Unit.objects.where_may(user, Permission.EXPORT),
        first=asked["from"],
        last=asked["to"],
        basis=asked["basis"] or BASES[1],
        of_today=asked["map"] == "now",
    )
    response = StreamingHttpResponse(pieces, content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Export-Receipt"] = str(export.pk)
    return response
