"""Who does what, where, and for how long."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.admin.base import CheckedForm, ProvinceAdmin
from campaign.admin.filters import NowFilter
from campaign.cross_checks import check_appointment
from campaign.models import Appointment
from campaign.resources import AppointmentResource
from core.admin import FoldedSearch
from core.clock import today


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
    list_display = ("user", "role", "place", "starts_on", "ends_on")
    list_select_related = ("user", "branch", "unit")
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
        (gettext_lazy("Thời gian"), {"fields": (("starts_on", "ends_on"),)}),
    )

    @admin.display(description=gettext_lazy("phạm vi"))
    def place(self, obj: Appointment) -> str:
        return str(obj.branch or obj.unit or _("chưa rõ"))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_on": today(), **super().get_changeform_initial_data(request)}
