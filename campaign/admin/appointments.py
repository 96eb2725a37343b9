"""Who does what, where, and for how long."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.admin.base import CheckedForm, ProvinceAdmin
from campaign.admin.filters import NowFilter
from campaign.cross_checks import check_appointment
from campaign.models import Appointment
from campaign.resources import AppointmentResource
from core.clock import today
from core.vietnamese import fold


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
class AppointmentAdmin(ProvinceAdmin):
    """Appointments: no appointment, no data."""

    form = AppointmentForm
    resource_classes = [AppointmentResource]
    autocomplete_fields = ("user", "branch", "unit")
    list_display = ("user", "role", "place", "starts_on", "ends_on")
    list_select_related = ("user", "branch", "unit")
    list_filter = ("role", NowFilter)
    date_hierarchy = "starts_on"
    search_fields = ("user__username",)
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

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        words = search_term.strip()
        if words:
            queryset = queryset.filter(
                Q(user__username__icontains=words)
                | Q(user__full_name__icontains=words)
                | Q(user__phone__startswith=words)
                | Q(branch__fold__contains=fold(words))
                | Q(branch__code__iexact=words)
                | Q(unit__fold__contains=fold(words))
                | Q(unit__code__iexact=words)
            )
        return queryset, False
