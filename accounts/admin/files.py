"""Import and export buttons: preview first, all or nothing, every problem with its row."""

import logging
from typing import Any

import tablib
from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ImportExportMixin
from import_export.results import Result

from accounts.resources.files import AnyTable, CsvFile, ExcelFile
from accounts.resources.uploads import (
    ConfirmForm,
    ImportFileForm,
    import_context,
    imported_text,
    log_file,
)
from accounts.resources.waiting import WaitingFile, sign
from core.admin import ScopedAdmin

logger = logging.getLogger(__name__)


class ExportFileForm(forms.Form):
    """Which kind of file to make."""

    format = forms.ChoiceField(
        label=gettext_lazy("Loại tệp"), widget=forms.RadioSelect, initial="0"
    )

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        field: Any = self.fields["format"]
        field.choices = [(str(n), made().get_title()) for n, made in enumerate(formats)]


class FilesAdmin(ImportExportMixin, ScopedAdmin):  # type: ignore[misc]
    """A ``ScopedAdmin`` with import and export through one ``StrictResource``."""

    import_form_class = ImportFileForm
    confirm_form_class = ConfirmForm
    export_form_class = ExportFileForm
    tmp_storage_class = WaitingFile

    def get_import_formats(self) -> list[Any]:
        """Return the one way in."""
        return [AnyTable]

    def get_export_formats(self) -> list[Any]:
        """Return the ways out."""
        return [ExcelFile, CsvFile]

    def get_resource_kwargs(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Tell the resource who imports."""
        return {"user": request.user}

    # Import

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether the user may add and change rows."""
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or the preview of a file."""
        response = super().import_action(request, **kwargs)
        context = response.context_data
        context |= self._import_context(context.get("result"))
        if "confirm_form" not in context:
            # Nobody will come back for a file that cannot be imported.
            refused = context["form"].files.get("import_file")
            if name := getattr(refused, "tmp_storage_name", None):
                WaitingFile(name=name).remove()
        return response  # type: ignore[no-any-return]

    def _import_context(self, result: Result | None) -> dict[str, Any]:
        title = _("Nhập từ tệp: %(what)s") % {"what": self.model._meta.verbose_name_plural}
        return {"title": title, **import_context(self.resource_classes[0], result)}

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import the file that was previewed, if it still waits."""
        try:
            response = super().process_import(request, **kwargs)
        except FileNotFoundError:
            return self._start_again(request)
        if "confirm_form" in (getattr(response, "context_data", None) or {}):
            return self._start_again(request)
        return response  # type: ignore[no-any-return]

    def _start_again(self, request: HttpRequest) -> HttpResponse:
        messages.error(request, _("Tệp xem trước không còn. Chọn lại tệp."))
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        """Let the form know whose file it is."""
        return {**super().get_confirm_form_kwargs(request, import_form), "user": request.user}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        """Name the waiting file, signed for this user."""
        if import_form is None:
            return {}
        file = import_form.cleaned_data["import_file"]
        user: Any = request.user
        return {
            "import_file_name": sign(file.tmp_storage_name, user),
            "original_file_name": file.name,
        }

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Let one bad row undo everything."""
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: Any, error: Exception) -> None:
        """Say what is wrong with the file as a whole."""
        if isinstance(error, ValidationError):
            form.add_error("import_file", error)
        else:
            logger.error("unreadable import", exc_info=error)
            form.add_error("import_file", _("Không đọc được tệp. Lưu lại dạng .xlsx rồi gửi lại."))

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Report what was imported, or why nothing was."""
        if not result.has_errors() and not result.has_validation_errors():
            return super().process_result(result, request)  # type: ignore[no-any-return]
        context = {
            **self.admin_site.each_context(request),
            **self._import_context(result),
            "form": self.import_form_class([], []),
            "opts": self.model._meta,
            "result": result,
        }
        return TemplateResponse(request, [self.import_template_name], context)

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        """Say how many rows are new, changed and as they were."""
        messages.success(request, imported_text(result))

    def _create_log_entry(
        self, user_pk: int, rows: Any, import_type: str, action_flag: int
    ) -> None:
        if rows:
            LogEntry.objects.log_actions(user_pk, rows, action_flag, _("Nhập từ tệp"))

    # Export

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whether the user sees the rows anyway."""
        return self.has_view_permission(request)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or send the file."""
        response = super().export_action(request)
        if isinstance(response, TemplateResponse):
            title = _("Xuất ra tệp: %(what)s") % {"what": self.model._meta.verbose_name_plural}
            response.context_data = {**(response.context_data or {}), "title": title}
        return response  # type: ignore[no-any-return]

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any
    ) -> bytes:
        """Return the file, and keep a record of who took it."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        data: tablib.Dataset = self.get_data_for_export(
            request, queryset, force_native_type=file_format.NATIVE, **kwargs
        )
        actor: Any = request.user
        what = _("%(count)s dòng xuất ra tệp") % {"count": len(data)}
        log_file(actor, self.model, what, _("Xuất ra tệp"))
        made: bytes = file_format.export_data(data)
        return made

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        """Return a name that says what and when."""
        day = timezone.localdate().isoformat()
        return f"{self.model._meta.model_name}-{day}.{file_format.get_extension()}"
