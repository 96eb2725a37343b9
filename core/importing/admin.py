"""Import and export buttons: preview first, all or nothing, every problem with its row."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from import_export.admin import ImportExportMixin
from import_export.results import Result

from core.admin import ScopedAdmin, log_rows
from core.importing import steps
from core.importing.formats import EXPORT_FORMATS
from core.importing.forms import ExportFileForm, ImportFileForm
from core.importing.resource import StrictResource


class FilesAdmin(ImportExportMixin, ScopedAdmin):  # type: ignore[misc]
    """A ``ScopedAdmin`` with import and export through one ``StrictResource``."""

    export_form_class = ExportFileForm

    def get_export_formats(self) -> list[Any]:
        return list(EXPORT_FORMATS.values())

    def get_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"user": request.user}

    def _resource(self, request: HttpRequest) -> StrictResource:
        made: StrictResource = self.resource_classes[0](user=request.user)
        return made

    # Import

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        resource = self._resource(request)
        try:
            if file := steps.file_asked_for(resource, request):
                return file
        except FileNotFoundError:
            return self._gone(request)
        return self._import_page(request, steps.preview_upload(resource, request))

    def _gone(self, request: HttpRequest) -> HttpResponse:
        messages.error(request, _("Tệp xem trước không còn. Chọn lại tệp."))
        return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        resource = self._resource(request)
        try:
            result = steps.import_pending(resource, request.POST.get("token", ""))
        except FileNotFoundError:
            return self._gone(request)
        if steps.is_good(result):
            done: HttpResponse = self.process_result(result, request)
            return done
        return self._import_page(request, steps.page_context(resource, ImportFileForm(), result))

    def _import_page(self, request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Nhập từ tệp: %(what)s") % {"what": self.model._meta.verbose_name_plural},
            "opts": self.model._meta,
            **shown,
        }
        return TemplateResponse(request, [self.import_template_name], context)

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        messages.success(request, steps.imported_text(result))

    def _create_log_entry(
        self, user_pk: int, rows: Any, import_type: str, action_flag: int
    ) -> None:
        if rows:
            log_rows(user_pk, rows, action_flag, _("Nhập từ tệp"))

    # Export

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        response = super().export_action(request)
        if isinstance(response, TemplateResponse):
            title = _("Xuất ra tệp: %(what)s") % {"what": self.model._meta.verbose_name_plural}
            response.context_data = {**(response.context_data or {}), "title": title}
        return response  # type: ignore[no-any-return]

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any
    ) -> bytes:
        return steps.export_rows(self._resource(request), queryset, file_format)

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        day = timezone.localdate().isoformat()
        return f"{self.model._meta.model_name}-{day}.{file_format.get_extension()}"
