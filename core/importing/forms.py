"""What a person chooses on the pages of an import or export."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.importing.table import MOST_BYTES


class ImportFileForm(forms.Form):
    """The file to import; what kind it is shows in the file itself."""

    import_file = forms.FileField(
        label=gettext_lazy("Tệp Excel (.xlsx) hoặc CSV UTF-8"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": gettext_lazy("Chưa chọn tệp."),
            "missing": gettext_lazy("Chưa chọn tệp."),
            "invalid": gettext_lazy("Chưa nhận được tệp. Chọn lại tệp."),
        },
    )

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("Tệp lớn quá 10 MB. Chia thành nhiều tệp nhỏ."))
        return file


class ExportFileForm(forms.Form):
    """Which kind of file to make, as the library's page of an export asks for it."""

    format = forms.ChoiceField(
        label=gettext_lazy("Loại tệp"), widget=forms.RadioSelect, initial="0"
    )

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        field: Any = self.fields["format"]
        field.choices = [(str(n), made().get_title()) for n, made in enumerate(formats)]
