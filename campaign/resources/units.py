"""Units and branches as files. Rows may stand in any order: a superior may come later."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.cross_checks import check_branch, check_unit
from campaign.models import Branch, Level, Unit, branch_kinds
from campaign.resources.lookups import UnitIndex, branches_of, units_of
from campaign.resources.settings import SettingsResource
from campaign.services.import_units import LEVEL_OF_KIND
from campaign.services.paths import rebuild_paths
from core.clock import today
from core.importing.import_row import ImportRow
from core.importing.widgets import (
    ChoiceWidget,
    CodeWidget,
    Column,
    DayWidget,
    TextWidget,
    YesNoWidget,
)


class TreeResource(SettingsResource):
    """What units and branches have in common: a superior that may be new itself."""

    def bulk_create(self, *args: Any, **kwargs: Any) -> None:
        """Create the new rows from the top: a superior has its id before those below."""
        pending = list(self.create_instances)
        while pending:
            later: list[Unit | Branch] = []
            self.create_instances.clear()
            for node in pending:
                is_ready = node.parent is None or node.parent.pk is not None
                (self.create_instances if is_ready else later).append(node)
            if not self.create_instances:
                raise ValueError("superiors in a circle passed the checks")
            pending = later
            super().bulk_create(*args, **kwargs)

    def after_writing(self, rows: list[ImportRow]) -> None:
        if rows:
            rebuild_paths(self._meta.model)


class UnitResource(TreeResource):
    """Units, known by code and first day of validity."""

    keys = ("code", "valid_from")
    related = ("parent",)
    references = {"parent_code": units_of}

    code = Column("code", CodeWidget(), required=True, help=gettext_lazy("Mã địa bàn, là chữ số."))
    name = Column(
        "name", TextWidget(), required=True, help=gettext_lazy("Tên đủ, ví dụ “Xã Tân Tiến”.")
    )
    kind = Column(
        "kind",
        TextWidget(),
        required=True,
        help=gettext_lazy("Loại, như trong tên: tỉnh, phường, xã…"),
    )
    level = Column(
        "level",
        ChoiceWidget(Level.choices),
        help=gettext_lazy("Cấp: province, district, commune, hamlet. Trống: suy ra từ loại."),
    )
    parent_code = Column("parent__code", CodeWidget(), help=gettext_lazy("Mã địa bàn cấp trên."))
    parent_from = Column(
        "parent__valid_from",
        DayWidget(),
        help=gettext_lazy("Ngày hiệu lực của cấp trên. Trống: lấy theo ngày của dòng này."),
    )
    contact = Column(
        "contact",
        TextWidget(),
        help=gettext_lazy("Số máy, địa chỉ cơ quan cho người dân hỏi. Không ghi của riêng ai."),
    )
    valid_from = Column(
        "valid_from", DayWidget(), required=True, help=gettext_lazy("Có hiệu lực từ.")
    )
    valid_to = Column(
        "valid_to",
        DayWidget(),
        help=gettext_lazy("Ngày đầu tiên không còn hiệu lực. Trống: đang còn."),
    )

    class Meta:
        model = Unit

    def index_rows(self) -> None:
        units = self.lookups["parent_code"]
        for row in self.rows:
            code, valid_from = row.values.get("code"), row.values.get("valid_from")
            if code is not None and valid_from is not None and (code, valid_from) not in self.known:
                unit = Unit(code=code, valid_from=valid_from, valid_to=row.values.get("valid_to"))
                self.known[code, valid_from] = unit
                units.add(unit)
        self.bearers = UnitIndex(self.known.values()).by_code

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        values = row.values
        kind = (values.get("kind") or "").lower()
        level = values.get("level") or LEVEL_OF_KIND.get(kind)
        if level is None:
            raise ValidationError({"level": _("Chưa rõ cấp của loại này. Điền cột level.")})
        assign = self.plain(row) | {"level": level}
        if "parent_code" in values:
            day = values.get("parent_from") or values["valid_from"]
            assign["parent"] = self.find("parent_code", values["parent_code"], day)
        return assign

    def check(self, row: ImportRow) -> None:
        """Check level, dates and superior; new tops are not for a province to make."""
        unit: Unit = row.instance
        check_unit(unit, self.bearers[unit.code])
        if unit.parent is None and row.before is None and not self.actor.is_superuser:
            raise ValidationError({"parent": _("Địa bàn cao nhất do người quản trị hệ thống tạo.")})


class BranchResource(TreeResource):
    keys = ("code",)
    related = ("parent", "home_unit")
    references = {"parent_code": branches_of, "home_unit": units_of}

    code = Column(
        "code", CodeWidget(), required=True, help=gettext_lazy("Mã cơ sở Đoàn, ví dụ XD-14173.")
    )
    name = Column(
        "name", TextWidget(), required=True, help=gettext_lazy("Tên, ví dụ “Đoàn xã Tân Tiến”.")
    )
    kind = Column(
        "kind",
        ChoiceWidget(branch_kinds),
        required=True,
        help=gettext_lazy("Loại: youth_union, school, police, womens_union."),
    )
    parent_code = Column("parent__code", CodeWidget(), help=gettext_lazy("Mã cơ sở Đoàn cấp trên."))
    home_unit = Column(
        "home_unit__code",
        CodeWidget(),
        required=True,
        help=gettext_lazy("Mã địa bàn đặt trụ sở."),
    )
    home_unit_on = Column(
        "home_unit__valid_from",
        DayWidget(),
        help=gettext_lazy("Ngày mà mã địa bàn có hiệu lực. Trống: ngày thành lập hoặc hôm nay."),
    )
    reports_daily = Column(
        "reports_daily", YesNoWidget(), help=gettext_lazy("“có” nếu phải báo cáo hằng ngày.")
    )
    opened_on = Column("opened_on", DayWidget(), help=gettext_lazy("Ngày thành lập."))
    closed_on = Column(
        "closed_on", DayWidget(), help=gettext_lazy("Ngày đầu tiên không còn hoạt động.")
    )

    class Meta:
        model = Branch

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Leave out whose code another bears since: a file knows branches by it."""
        later = Branch.objects.filter(code=OuterRef("code"), opened_on__gte=OuterRef("closed_on"))
        return super().filter_export(queryset, **kwargs).exclude(Exists(later))

    def index_rows(self) -> None:
        codes = {row.values["code"] for row in self.rows if row.values.get("code")}
        self.bearers: dict[str, list[Branch]] = defaultdict(list)
        for bearer in Branch.objects.filter(code__in=codes).exclude(
            pk__in=[branch.pk for branch in self.known.values()]
        ):
            self.bearers[bearer.code].append(bearer)
        branches = self.lookups["parent_code"].rows
        for row in self.rows:
            code = row.values.get("code")
            if code is not None:
                branch = self.known.setdefault((code,), Branch(code=code))
                if branch.pk is None or branch.pk in self.visible:
                    branches[code] = branch

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        values = row.values
        day: dt.date = values.get("home_unit_on") or values.get("opened_on") or today()
        assign = self.plain(row)
        assign["home_unit"] = self.find("home_unit", values["home_unit"], day)
        if "parent_code" in values:
            assign["parent"] = self.find("parent_code", values["parent_code"])
        return assign

    def check(self, row: ImportRow) -> None:
        check_branch(row.instance, self.bearers[row.instance.code])
