"""What has pages of its own: a list, a form for one, and the words of both."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaign.models import Branch, Indicator, Phase, Unit
from campaign.settings_pages.base_form import SettingsForm
from campaign.settings_pages.forms import IndicatorSettingsForm, PhaseSettingsForm
from campaign.settings_pages.node_forms import BranchSettingsForm, UnitSettingsForm


@dataclass(frozen=True)
class Kind:
    """``one`` and ``many`` are the names of the pages, ``new`` that of the one that adds."""

    model: type[models.Model]
    form: type[SettingsForm]
    many: str
    one: str
    new: str
    title: Any
    add: Any
    lead: Any
    closing: Any

    @property
    def model_name(self) -> str:
        return str(self.model._meta.model_name)


PHASES = Kind(
    Phase,
    PhaseSettingsForm,
    "phases",
    "phase",
    "phase-new",
    gettext_lazy("Các đợt"),
    gettext_lazy("Thêm đợt"),
    gettext_lazy("Ngày thuộc một đợt theo quy tắc của đợt; ô để trống thì theo quy tắc chung."),
    gettext_lazy("Muốn thôi một đợt đã chạy thì sửa ngày kết thúc."),
)
INDICATORS = Kind(
    Indicator,
    IndicatorSettingsForm,
    "indicators",
    "indicator",
    "indicator-new",
    gettext_lazy("Các chỉ số"),
    gettext_lazy("Thêm chỉ số"),
    gettext_lazy("Biểu mẫu, trang Tổng quan và tệp xuất lấy theo danh sách này."),
    gettext_lazy("Báo cáo đã có số của chỉ số thì không xóa được."),
)
UNITS = Kind(
    Unit,
    UnitSettingsForm,
    "setup-unit-list",
    "setup-unit",
    "setup-unit-new",
    pgettext_lazy("nhiều", "Địa bàn"),
    gettext_lazy("Thêm địa bàn"),
    gettext_lazy("Tìm một địa bàn để đổi tên, chuyển cấp trên hoặc ghi ngày hết hiệu lực."),
    gettext_lazy("Địa bàn đã dùng thì không xóa: ghi ngày hết hiệu lực."),
)
BRANCHES = Kind(
    Branch,
    BranchSettingsForm,
    "setup-branch-list",
    "setup-branch",
    "setup-branch-new",
    gettext_lazy("Cơ sở Đoàn"),
    gettext_lazy("Thêm cơ sở Đoàn"),
    gettext_lazy("Tìm một cơ sở để đổi tên, chuyển cấp trên hoặc ghi ngày giải thể."),
    gettext_lazy("Cơ sở đã dùng thì không xóa: ghi ngày giải thể."),
)
