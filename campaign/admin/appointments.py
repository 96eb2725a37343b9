"""Who does what, where, and for how long."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from campaign.admin.base import ProvinceAdmin
from campaign.admin.filters import NowFilter
from campaign.checked_form import CheckedForm
from campaign.cross_checks import check_appointment
from campaign.models import Appointment
from campaign.resources import AppointmentResource
from campaign.services.appointments import confirm, note_given, propose
from core.admin import FoldedSearch
from core.clock import today

# Groups give nothing here: rights come from appointments. Secrets are nobody's to look at.
admin.site.unregister([Group, StaticDevice, TOTPDevice])


class AppointmentForm(CheckedForm):
    class Meta:
        model = Appointment
        fields = ("user", "role", "branch", "unit", "starts_on", "ends_on")
        help_texts = {
            "user": gettext_lazy("Gõ tên, tên đăng nhập hoặc số điện thoại."),
            "branch": gettext_lazy(
                "Bí thư, tổ trưởng: chọn cơ sở Đoàn. Gõ tên không dấu cũng được."
            ),
            "unit": gettext_lazy("Hoặc chọn địa bàn, thay cho cơ sở Đoàn."),
            "ends_on": gettext_lazy("Trống là chưa kết thúc. Nghỉ việc thì ghi ngày, đừng xóa."),
        }

    def check(self) -> None:
        appointment: Appointment = self.instance
        check_appointment(appointment, Appointment.objects.filter(user=appointment.user_id))


@admin.register(Appointment)
class AppointmentAdmin(FoldedSearch, ProvinceAdmin):
    """Appointments: no appointment, no data."""

    form = AppointmentForm
    resource_classes = [AppointmentResource]
    autocomplete_fields = ("user", "branch", "unit")
    list_display = ("user", "role", "place", "starts_on", "ends_on", "waits")
    list_select_related = ("user", "branch", "unit", "proposed_by")
    readonly_fields = ("waits",)
    actions = ("confirm",)
    list_filter = ("role", NowFilter)
    date_hierarchy = "starts_on"
    search_fields = (
        "user__username__icontains",
        "user__full_name__icontains",
        "user__phone__startswith",
        "branch__fold__contains",
        "branch__code__iexact",
        "unit__fold__contains",
        "unit__code__iexact",
    )
    search_help_text = gettext_lazy("Tìm theo người, cơ sở Đoàn hoặc địa bàn (không cần dấu).")
    fieldsets = (
        (None, {"fields": ("user", "role", "branch", "unit")}),
        (gettext_lazy("Thời gian"), {"fields": (("starts_on", "ends_on"), "waits")}),
    )

    @admin.display(description=gettext_lazy("phạm vi"))
    def place(self, obj: Appointment) -> str:
        return str(obj.branch or obj.unit or _("chưa rõ"))

    @admin.display(description=gettext_lazy("hiệu lực"))
    def waits(self, obj: Appointment) -> str:
        if obj.proposed_by is not None:
            return _("chờ người thứ hai xác nhận; %(who)s đề nghị") % {"who": obj.proposed_by}
        if obj.awaits_owner:
            return _("có hiệu lực; chưa bấm nhận việc")
        return _("có hiệu lực")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save; what sets up the portal waits for a second person."""
        actor: Any = request.user
        before = Appointment.objects.get(pk=obj.pk) if change else None
        if before is None or {"user", "role", "branch", "unit"} & set(form.changed_data):
            note_given(actor, obj)
        propose(actor, obj, before)
        super().save_model(request, obj, form, change)
        if obj.proposed_by is not None:
            text = _("Chưa có hiệu lực: một cán bộ khác phải vào danh sách phân công xác nhận.")
            self.message_user(request, text, messages.WARNING)

    @admin.action(description=gettext_lazy("Xác nhận phân công"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        actor: Any = request.user
        for appointment in queryset:
            try:
                confirm(actor=actor, appointment=appointment)
            except PermissionDenied:
                text = _("%(what)s: không chờ bạn xác nhận. Người đề nghị không tự xác nhận được.")
                self.message_user(request, text % {"what": appointment}, messages.WARNING)
            else:
                self.log_change(request, appointment, _("Xác nhận"))
                self.message_user(request, _("Đã xác nhận: %(what)s.") % {"what": appointment})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_on": today(), **super().get_changeform_initial_data(request)}
