"""Where one drops a file, or types its SHA-256, and learns whether it is ours."""

import re
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import page_campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from core.importing.table import MOST_BYTES
from reports.exports.models import Export
from reports.police.changes.selectors import changed_lines
from reports.police.verification import Verdict, Verification, known_file, verify_file
from reports.police.views.rights import require_export

SHA256 = re.compile("[0-9a-fA-F]{64}")


class VerifyForm(forms.Form):
    """A file, or the SHA-256 of one that is too large to be sent."""

    file = forms.FileField(
        label=gettext_lazy("Tệp CSV"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv"}),
    )
    sha256 = forms.CharField(
        label=gettext_lazy("Hoặc mã SHA-256 của tệp"), required=False, max_length=100
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and file.size > MOST_BYTES:
            raise ValidationError(
                _("Tệp lớn quá 10 MB. Tính mã SHA-256 của tệp rồi ghi vào ô bên dưới.")
            )
        return file

    def clean_sha256(self) -> str:
        text = "".join(self.cleaned_data["sha256"].split())
        if text and not SHA256.fullmatch(text):
            raise ValidationError(_("Mã SHA-256 có 64 chữ số 0–9, a–f."))
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("file") and not cleaned.get("sha256"):
            self.add_error("file", _("Chọn tệp, hoặc ghi mã SHA-256 của tệp."))
        return cleaned


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_export(request: HttpRequest) -> HttpResponse:
    require_export(request.user)
    campaign, user = page_campaign(request), request.user
    is_asked = request.method == "POST"
    form = VerifyForm(request.POST, request.FILES) if is_asked else VerifyForm()
    context: dict[str, Any] = {"form": form, "campaign": campaign}
    if is_asked and form.is_valid():
        found = _verify(form.cleaned_data, user, campaign)
        context |= {"found": found, "is_own": _is_seen(found.export, user)}
        context["may_see_receiver"] = scope_of(user).may(Permission.SET_UP)
        if found.export is not None and found.export.is_police:
            is_here = found.export.campaign.archived_at is None
            context["restated"] = changed_lines(found.export) if is_here else None
    status = 400 if form.errors else 200
    return render(request, "reports/police/verify.html", context, status=status)


def _verify(asked: dict[str, Any], user: Any, campaign: Any) -> Verification:
    if asked["file"]:
        return verify_file(asked["file"].file, reader=user, campaign=campaign)
    known = known_file(asked["sha256"])
    verdict = Verdict.OURS if known is not None else Verdict.FOREIGN
    return Verification(verdict, asked["sha256"].lower(), known)


def _is_seen(export: Export | None, user: Any) -> bool:
    """Whether the reader may look at the file's own page."""
    return export is not None and Export.objects.visible_to(user).filter(pk=export.pk).exists()
