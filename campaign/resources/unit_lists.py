"""A province's own list of its units, in the columns that it has."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Level
from campaign.resources.units import UnitResource
from campaign.services.import_units import LEVEL_OF_KIND
from core.clock import today
from core.importing.import_row import ImportRow
from core.importing.widgets import Column, DayWidget, TextWidget

ALIASES = {
    "code": (
        "Mã | Mã số | Mã địa bàn | Mã đơn vị | Mã xã | Mã phường | Mã xã, phường | Mã ĐVHC | "
        "Mã đơn vị hành chính | Mã xã mới"
    ),
    "name": (
        "Tên | Tên đủ | Tên địa bàn | Tên đơn vị | Tên xã | Tên xã, phường | Xã, phường | Xã | "
        "Tên ĐVHC | Tên đơn vị hành chính | Địa bàn | Đơn vị | Đơn vị hành chính | Tên xã mới"
    ),
    "kind": "Loại | Loại hình | Loại đơn vị | Loại địa bàn | Loại ĐVHC | Đơn vị là",
    "level": "Cấp của cổng",
    "parent_code": (
        "Mã cấp trên | Mã đơn vị cấp trên | Mã địa bàn cấp trên | Thuộc | Trực thuộc | Mã tỉnh | "
        "Mã TP | Mã tỉnh, thành phố"
    ),
    "parent_from": "Cấp trên từ ngày",
    "contact": "Liên hệ | Địa chỉ | Điện thoại | Trụ sở",
    "valid_from": "Có từ ngày | Từ ngày | Hiệu lực từ | Ngày hiệu lực | Ngày thành lập",
    "valid_to": "Đến ngày | Hết hiệu lực",
}


class UnitListResource(UnitResource):
    """Units as people list them: the kind as the name says it, the day as stored or this year's.

    The titles are Vietnamese, as in files of people.
    """

    aliases = ALIASES
    asks_columns = True

    kind = Column(
        "kind",
        TextWidget(),
        help=gettext_lazy("Loại: tỉnh, phường, xã… Trống: theo chữ đầu của tên."),
    )
    valid_from = Column(
        "valid_from",
        DayWidget(),
        help=gettext_lazy("Có hiệu lực từ. Trống: giữ ngày đang có; địa bàn mới từ ngày 1/1."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, words in ALIASES.items():
            self.fields[name].column_name = words.partition(" |")[0]
        self.name_titles()

    def index_rows(self) -> None:
        """Fill in what the names and the stored units say, then find what rows refer to."""
        open_ones = [unit for unit in self.known.values() if unit.valid_to is None]
        since = {unit.code: unit.valid_from for unit in open_ones}
        first_day = today().replace(month=1, day=1)
        for row in self.rows:
            values = row.values
            if values.get("valid_from") is None:
                values["valid_from"] = since.get(values.get("code"), first_day)
            if not values.get("kind"):
                values["kind"] = kind_of(values.get("name") or "")
        self._fill_in_the_top()
        super().index_rows()

    def _fill_in_the_top(self) -> None:
        """Let a list without superiors stand under its province, where nothing is in between."""
        tops = {row.values.get("code") for row in self.rows if _is_province(row.values)}
        stored = [unit for unit in self.known.values() if unit.level == Level.PROVINCE]
        tops |= {unit.code for unit in stored if unit.valid_to is None}
        self.is_topless = not tops
        self.top = tops.pop() if len(tops) == 1 else None
        is_flat = all(
            LEVEL_OF_KIND.get((row.values["kind"] or "").lower()) == Level.COMMUNE
            for row in self.rows
            if row.values.get("code") != self.top
        )
        for row in self.rows:
            if row.values.get("code") == self.top and _is_province(row.values):
                row.values.setdefault("level", Level.PROVINCE)
            elif self.top and is_flat and not row.values.get("parent_code"):
                row.values["parent_code"] = self.top

    def resolve_references(self, row: ImportRow) -> dict[str, Any]:
        if row.values["kind"] is None:
            text = _("Chưa rõ loại: ghi ở đầu tên (xã, phường…) hoặc thêm cột loại.")
            raise ValidationError({"kind": text})
        if self.is_topless:
            text = _("Tệp thiếu dòng của tỉnh: thêm một dòng có mã và tên đủ của tỉnh.")
            raise ValidationError({"parent_code": text})
        return super().resolve_references(row)


def _is_province(values: Mapping[str, Any]) -> bool:
    kind = (values.get("kind") or "").lower()
    return not values.get("parent_code") and kind in {"tỉnh", "thành phố"}


def kind_of(name: str) -> str | None:
    """Return the kind that a name begins with."""
    words = " ".join(name.lower().split())
    return next((kind for kind in LEVEL_OF_KIND if words.startswith(f"{kind} ")), None)
