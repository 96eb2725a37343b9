"""The way of a file through a page, the admin's or the portal's: chosen, previewed, confirmed."""

from typing import Any

from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.results import Result, RowResult

from accounts.models import User
from accounts.resources.base import StrictResource
from accounts.resources.files import MOST_BYTES
from accounts.resources.rows import problems_of
from accounts.resources.waiting import unsign

# A preview of 20,000 rows would be read by nobody and slow for everybody.
MOST_SHOWN = 200


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

    def __init__(self, formats: Any = (), resources: Any = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def clean_import_file(self) -> Any:
        """Refuse what is too big before it is read."""
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("Tệp lớn quá 10 MB. Chia thành nhiều tệp nhỏ."))
        return file

    def clean(self) -> dict[str, Any]:
        """Name the one format and the one resource."""
        return {**self.cleaned_data, "format": "0", "resource": "0"}


class ConfirmForm(forms.Form):
    """Confirms the import of a file that was previewed."""

    import_file_name = forms.CharField(widget=forms.HiddenInput)
    original_file_name = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_import_file_name(self) -> str:
        """Return the name under which the file waits."""
        name = unsign(self.cleaned_data["import_file_name"], self.user)
        if name is None:
            raise ValidationError("")
        return name

    def clean(self) -> dict[str, Any]:
        """Name the one format and the one resource."""
        return {**self.cleaned_data, "format": "0", "resource": "0"}


def import_context(resource: type[StrictResource], result: Result | None) -> dict[str, Any]:
    """Return what the page of an import shows: the columns, and what a file would do."""
    context: dict[str, Any] = {
        "columns": [
            (resource.title_of(name), column) for name, column in resource().fields.items()
        ],
    }
    if result is None:
        return context
    problems = problems_of(result, resource.title_of)
    changes = [
        row
        for row in result.rows
        if row.import_type in (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE)
    ]
    return context | {
        "problems": problems[:MOST_SHOWN],
        "more_problems": max(0, len(problems) - MOST_SHOWN),
        "problem_count": len(problems),
        "changes": changes[:MOST_SHOWN],
        "more_changes": max(0, len(changes) - MOST_SHOWN),
        "headers": result.diff_headers,
        "totals": dict(result.totals),
    }


def imported_text(result: Result) -> str:
    """Say how many rows are new, changed and as they were."""
    text: str = _("Đã nhập xong: %(new)s mới, %(update)s thay đổi, %(skip)s giữ nguyên.") % dict(
        result.totals
    )
    return text


def log_file(user: User, model: type[models.Model], what: str, message: str) -> None:
    """Keep a record of who took a file in or out."""
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(model),
        object_repr=what,
        action_flag=CHANGE,
        change_message=message,
    )
