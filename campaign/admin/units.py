"""Units and branches. Each write plants the tree anew, so that paths and search are right."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.admin.base import DatedForm, ProvinceAdmin
from campaign.admin.filters import HomeFilter, LevelFilter, NowFilter, WithinFilter
from campaign.cross_checks import check_branch
from campaign.models import Branch, Unit
from campaign.resources import BranchResource, UnitResource
from campaign.row_checks import check_unit_row
from campaign.services.paths import rebuild_paths

SEARCH_HELP = gettext_lazy("Tìm theo tên (không cần dấu) hoặc mã.")


class UnitForm(DatedForm):
    class Meta:
        model = Unit
        fields = ("code", "name", "kind", "level", "parent", "contact", "valid_from", "valid_to")
        help_texts = {
            "code": gettext_lazy("Mã của Tổng cục Thống kê, ví dụ 14173. Mã cũ có thể dùng lại."),
            "name": gettext_lazy("Tên đủ, có loại đứng trước: Xã Tân Tiến."),
            "kind": gettext_lazy("Loại, như trong tên: tỉnh, phường, xã…"),
            "parent": gettext_lazy("Địa bàn cấp trên. Gõ tên hoặc mã để tìm."),
            "contact": gettext_lazy(
                "Hiện ở trang công khai: Văn phòng Đoàn xã, 0228 3895 123, nhà văn hóa trung tâm. "
                "Chỉ ghi số và địa chỉ cơ quan, không ghi của riêng ai."
            ),
            "valid_to": gettext_lazy("Ngày đầu tiên không còn địa bàn này. Trống nếu đang còn."),
        }

    def check(self) -> None:
        check_unit_row(self.instance, actor=self.actor, is_moved="parent" in self.changed_data)


class BranchForm(DatedForm):
    class Meta:
        model = Branch
        fields = (
            "code",
            "name",
            "kind",
            "parent",
            "home_unit",
            "reports_daily",
            "opened_on",
            "closed_on",
        )
        help_texts = {
            "code": gettext_lazy("Ví dụ: XD-14173, HD-365, TH-356-01. Không đổi khi đã dùng."),
            "parent": gettext_lazy("Cơ sở Đoàn cấp trên. Gõ tên hoặc mã để tìm."),
            "home_unit": gettext_lazy(
                "Địa bàn mà cơ sở Đoàn này đặt trụ sở; báo cáo mặc định tính cho địa bàn này."
            ),
            "closed_on": gettext_lazy("Ngày đầu tiên không còn hoạt động."),
        }

    def check(self) -> None:
        branch: Branch = self.instance
        check_branch(branch, Branch.objects.filter(code=branch.code))


class TreeAdmin(ProvinceAdmin):
    search_fields = ("code", "name")
    search_help_text = SEARCH_HELP
    ordering = ("depth", "sort_key", "pk")
    date_hierarchy = None

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return (queryset.search(search_term) if search_term.strip() else queryset), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        rebuild_paths(self.model)


@admin.register(Unit)
class UnitAdmin(TreeAdmin):
    form = UnitForm
    resource_classes = [UnitResource]
    autocomplete_fields = ("parent",)
    label_related = ("parent",)
    list_display = ("name", "code", "kind", "parent", "valid_from", "valid_to")
    list_select_related = ("parent",)
    list_filter = (LevelFilter, NowFilter, WithinFilter)
    fieldsets = (
        (None, {"fields": ("name", ("code", "kind", "level"), "parent", "contact")}),
        (
            gettext_lazy("Hiệu lực"),
            {
                "fields": (("valid_from", "valid_to"),),
                "description": gettext_lazy(
                    "Khi sáp nhập: ghi ngày hết hiệu lực ở địa bàn cũ rồi thêm địa bàn mới. "
                    "Không sửa địa bàn cũ thành địa bàn mới: báo cáo trước đó thuộc về địa bàn "
                    "cũ."
                ),
            },
        ),
    )

    def label(self, obj: Unit) -> str:
        """Return name, superior and code; old units with their last day."""
        parts = [obj.name, *([obj.parent.name] if obj.parent else []), obj.code]
        if obj.valid_to is not None:
            parts.append(_("đến %(day)s") % {"day": f"{obj.valid_to:%d/%m/%Y}"})
        return " · ".join(parts)


@admin.register(Branch)
class BranchAdmin(TreeAdmin):
    form = BranchForm
    resource_classes = [BranchResource]
    autocomplete_fields = ("parent", "home_unit")
    label_related = ("home_unit",)
    list_display = ("name", "code", "kind", "parent", "home_unit", "reports_daily", "closed_on")
    list_select_related = ("parent", "home_unit")
    list_filter = ("kind", "reports_daily", NowFilter, HomeFilter)
    fieldsets = (
        (None, {"fields": ("name", ("code", "kind"), "parent", "home_unit")}),
        (gettext_lazy("Hoạt động"), {"fields": ("reports_daily", ("opened_on", "closed_on"))}),
    )

    def label(self, obj: Branch) -> str:
        return " · ".join((obj.name, obj.home_unit.name, obj.code))
