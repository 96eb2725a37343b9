"""Forms of single units and branches."""

from typing import Any

from django.utils.translation import gettext_lazy

from campaign.cross_checks import check_branch
from campaign.models import Branch, Campaign, Level, Unit
from campaign.row_checks import check_unit_row
from campaign.settings_pages.base_form import SettingsForm, settings_field
from core import clock
from core.querysets import scoped

CODE_STAYS = gettext_lazy("Đã có chiến dịch công bố dùng mã này nên giữ nguyên.")


class NodeForm(SettingsForm):
    """What both have in common: a code that stays once it was published."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        if self.instance.pk and Campaign.objects.published().exists():
            code.disabled, code.help_text = True, CODE_STAYS

    def offer(self, name: str, rows: Any) -> None:
        """Let one of ``rows`` be chosen, or what is chosen already."""
        field: Any = self.fields[name]
        chosen = getattr(self.instance, f"{name}_id")
        there = rows.model._default_manager.filter(pk=chosen)
        field.queryset = (rows | there).distinct().order_by("depth", "sort_key", "pk")
        field.empty_label = gettext_lazy("Chưa chọn")


class UnitSettingsForm(NodeForm):
    parts = (
        (gettext_lazy("Địa bàn"), ("name", "kind", "level", "code", "parent", "contact")),
        (gettext_lazy("Có từ bao giờ, đến bao giờ"), ("valid_from", "valid_to")),
    )

    class Meta:
        model = Unit
        formfield_callback = settings_field
        exclude = ("past",)
        help_texts = {
            "name": gettext_lazy("Tên đủ, có loại đứng trước, ví dụ “Xã Tân Tiến”."),
            "kind": gettext_lazy("Viết thường: xã, phường, đặc khu, thôn…"),
            "code": gettext_lazy("Mã của cơ quan thống kê, hoặc mã bạn đặt."),
            "contact": gettext_lazy(
                "Hiện cho người dân. Chỉ ghi số và địa chỉ cơ quan, không ghi của riêng ai."
            ),
            "valid_to": gettext_lazy(
                "Ngày đầu tiên không còn địa bàn này; trống nếu đang còn. Số đã báo cáo vẫn giữ."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = scoped(self.actor, Unit.objects.all()).on(clock.today())
        levels = [Level.PROVINCE, Level.DISTRICT]
        if self.instance.level == Level.HAMLET or visible.filter(level=Level.HAMLET).exists():
            levels.append(Level.COMMUNE)
        self.offer("parent", visible.filter(level__in=levels).exclude(pk=self.instance.pk))

    def check(self) -> None:
        check_unit_row(self.instance, actor=self.actor, is_moved="parent" in self.changed_data)


class BranchSettingsForm(NodeForm):
    parts = (
        (gettext_lazy("Cơ sở Đoàn"), ("name", "kind", "code", "parent", "home_unit")),
        (gettext_lazy("Hoạt động"), ("reports_daily", "opened_on", "closed_on")),
    )

    class Meta:
        model = Branch
        formfield_callback = settings_field
        exclude = ("past",)
        help_texts = {
            "code": gettext_lazy("Ngắn, không trùng, ví dụ “TH-01”."),
            "home_unit": gettext_lazy("Số báo cáo mặc định tính cho địa bàn này."),
            "closed_on": gettext_lazy(
                "Ngày đầu tiên không còn hoạt động; trống nếu đang còn. Số đã báo cáo vẫn giữ."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = scoped(self.actor, Branch.objects.all()).on(clock.today())
        above = visible.filter(children__isnull=False) | visible.filter(
            home_unit__level__in=(Level.PROVINCE, Level.DISTRICT)
        )
        self.offer("parent", above.exclude(path__startswith=self.instance.path or "-"))
        self.offer("home_unit", scoped(self.actor, Unit.objects.all()).on(clock.today()))

    def check(self) -> None:
        branch: Branch = self.instance
        check_branch(branch, Branch.objects.filter(code=branch.code))
