"""Pages for what kinds there are: of branches, teams, meeting points, reasons for help."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from campaign.settings_pages.base_form import settings_field
from campaign.settings_pages.meanwhile import NoticesOthers
from campaign.setup.access import for_setup
from core.kinds import REGISTRY, Kinds
from core.models import KindWord
from core.validators import clean_text

if TYPE_CHECKING:
    WordForm = forms.ModelForm[KindWord]
else:
    WordForm = forms.ModelForm


class KindForm(NoticesOthers, WordForm):
    class Meta:
        model = KindWord
        formfield_callback = settings_field
        fields = ("name", "name_en", "order", "is_offered")
        help_texts = {
            "is_offered": gettext_lazy("Bỏ đánh dấu thì không chọn được nữa; mục đã ghi vẫn giữ.")
        }

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])

    def clean_name_en(self) -> str:
        return clean_text(self.cleaned_data["name_en"])


@for_setup
@require_safe
def kind_list(request: HttpRequest) -> HttpResponse:
    shown = [(kinds, kinds.rows()) for kinds in REGISTRY.values()]
    return render(request, "campaign/settings_pages/kinds.html", {"groups": shown})


@for_setup
@require_http_methods(["GET", "POST"])
def kind(request: HttpRequest, of: str, code: str = "") -> HttpResponse:
    """Show the words of a kind to be changed; without a code those of a new one."""
    if of not in REGISTRY:
        raise Http404
    kinds = REGISTRY[of]
    # Its own words as they are stored: Vietnamese, whatever the reader's language is.
    with override("vi"):
        row = next((one for one in kinds.rows() if one.code == code), None)
        if code and row is None:
            raise Http404
        if row is None:
            row = KindWord(of=of, order=len(kinds.rows()) + 1)
        row.name = str(row.name)
    title = row.name or _("Thêm loại")
    form = KindForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            _save(kinds, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Đã lưu. Sau vài giây mọi trang đều hiện tên mới."))
            return redirect("setup-kinds")
    shown: dict[str, Any] = {"form": form, "kinds": kinds, "title": title, "code": code}
    return render(request, "campaign/settings_pages/kind.html", shown)


@transaction.atomic
def _save(kinds: Kinds, form: KindForm) -> None:
    """Save the words, unless somebody else has changed them since they were shown."""
    row: KindWord = form.instance
    stored = kinds.locked(row.code)
    if stored is not None:
        form.check_meanwhile(KindForm(instance=stored))
        row.pk = stored.pk
    kinds.save(row)
