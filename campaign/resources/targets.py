"""Baselines, their figures, and targets as files."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Baseline, BaselineFigure, Indicator, Target
from campaign.resources.lookups import baselines_of, campaigns_of, units_of
from campaign.resources.settings import SettingsResource
from campaign.resources.widgets import WholeWidget
from core.importing.import_row import ImportRow
from core.importing.widgets import CodeWidget, Column, DayWidget, TextWidget, YesNoWidget
from core.querysets import scoped


class BaselineResource(SettingsResource):
    """Baselines, known by their slug."""

    keys = ("slug",)

    slug = Column(
        "slug", CodeWidget(), required=True, help=gettext_lazy("Tên ngắn, ví dụ dan-so-2019.")
    )
    name = Column("name", TextWidget(), required=True, help=gettext_lazy("Tên mẫu số."))
    as_of = Column("as_of", DayWidget(), required=True, help=gettext_lazy("Tính đến ngày."))
    source = Column("source", TextWidget(), required=True, help=gettext_lazy("Nguồn số liệu."))
    is_verified = Column("is_verified", YesNoWidget(), help=gettext_lazy("“có” nếu đã kiểm chứng."))

    class Meta:
        model = Baseline


class BaselineFigureResource(SettingsResource):
    """Figures of baselines, known by baseline and unit."""

    keys = ("baseline", "unit")
    related = ("baseline", "unit")
    references = {"baseline": baselines_of, "unit": units_of}

    baseline = Column(
        "baseline__slug",
        CodeWidget(),
        required=True,
        help=gettext_lazy("Tên ngắn của mẫu số (slug)."),
    )
    unit = Column("unit__code", CodeWidget(), required=True, help=gettext_lazy("Mã địa bàn."))
    unit_on = Column(
        "unit__valid_from",
        DayWidget(),
        help=gettext_lazy("Ngày mà mã địa bàn có hiệu lực. Trống: ngày của mẫu số."),
    )
    value = Column("value", WholeWidget(), required=True, help=gettext_lazy("Số người, viết liền."))

    class Meta:
        model = BaselineFigure

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        values = row.values
        baseline: Baseline = self.find("baseline", values["baseline"])
        unit = self.find("unit", values["unit"], values.get("unit_on") or baseline.as_of)
        return self.plain(row) | {"baseline": baseline, "unit": unit}


class TargetResource(SettingsResource):
    """Targets, known by campaign, unit (on the campaign's structure date) and indicator."""

    keys = ("campaign", "unit", "indicator")
    related = ("campaign", "unit", "indicator")
    references = {"campaign": campaigns_of, "unit": units_of}

    campaign = Column(
        "campaign__slug",
        CodeWidget(),
        required=True,
        help=gettext_lazy("Tên ngắn của chiến dịch (slug)."),
    )
    unit = Column(
        "unit__code",
        CodeWidget(),
        required=True,
        help=gettext_lazy("Mã địa bàn, theo danh sách địa bàn của chiến dịch."),
    )
    indicator = Column(
        "indicator__code",
        CodeWidget(),
        required=True,
        help=gettext_lazy("Mã chỉ số của chiến dịch."),
    )
    value = Column("value", WholeWidget(), required=True, help=gettext_lazy("Chỉ tiêu, viết liền."))
    due_on = Column("due_on", DayWidget(), help=gettext_lazy("Hạn. Trống: ngày cuối chiến dịch."))

    class Meta:
        model = Target

    def prepare(self) -> None:
        super().prepare()
        self.indicators = {
            (indicator.campaign_id, indicator.code): indicator
            for indicator in scoped(self.actor, Indicator.objects.all())
        }

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        values = row.values
        campaign = self.find("campaign", values["campaign"])
        unit = self.find("unit", values["unit"], campaign.shown_day)
        indicator = self.indicators.get((campaign.pk, values["indicator"]))
        if indicator is None:
            raise ValidationError(
                {
                    "indicator": _("Chiến dịch không có chỉ số “%(code)s”.")
                    % {"code": values["indicator"][:40]}
                }
            )
        found = {"campaign": campaign, "unit": unit, "indicator": indicator}
        is_new = self.identity(found) not in self.known
        due_on = values.get("due_on") or (campaign.ends_on if is_new else None)
        return self.plain(row) | found | {"due_on": due_on}
