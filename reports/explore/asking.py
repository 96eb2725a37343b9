"""What the address of a table asks, checked: the page and the API ask by the same words."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from campaign.models import Campaign, Level, Unit
from campaign.selectors import IndicatorSet, find_unit, indicators_of, units_shown
from core.serializers import RULE, StrictDate
from reports.explore.axes import AXES, BRANCH, INDICATOR, UNORDERED, family
from reports.explore.measures import MEASURES
from reports.explore.table import Question
from reports.rollup.query_params import CHOICE
from reports.rollup.totals import BASES

VIEWS = {
    "table": gettext_lazy("Bảng"),
    "heat": gettext_lazy("Tô màu"),
    "bars": gettext_lazy("Cột"),
    "lines": gettext_lazy("Đường"),
    "map": gettext_lazy("Bản đồ"),
}
FORMATS = ("json", "csv", "xlsx")
LONGEST = 200
# What a threshold is at most, and what could be read in two ways.
MOST_LIMIT = 10**12
GROUPED = re.compile(r"-?[0-9]{1,3}([.,][0-9]{3})+")
# Names of the address; blank ones are as if they were not there.
NAMES = (
    "unit", "rows", "columns", "measure", "indicator", "basis", "from", "to", "than", "names",
    "at_least", "at_most", "sort", "view", "page", "format",
)  # fmt: skip


class LimitField(serializers.FloatField):
    """A number as people type it: 12,5 is 12.5, and 1.000 is neither 1 nor 1000."""

    def to_internal_value(self, data: Any) -> float:
        typed = str(data).strip()
        if GROUPED.fullmatch(typed):
            text = _("Chưa rõ “%(typed)s” là bao nhiêu. Gõ liền các chữ số, ví dụ %(digits)s.")
            words = {"typed": typed, "digits": re.sub("[.,]", "", typed)}
            raise serializers.ValidationError(text % words, code=RULE)
        value: float = super().to_internal_value(typed.replace(",", "."))
        if not abs(value) <= MOST_LIMIT:
            raise serializers.ValidationError(_("Gõ một số, ví dụ 50."), code=RULE)
        return value


class ExploreQuery(serializers.Serializer[Any]):
    unit = serializers.CharField(
        required=False, help_text=gettext_lazy("Mã địa bàn; mặc định: cao nhất được xem")
    )
    rows = serializers.ChoiceField(
        choices=list(AXES.items()), required=False, error_messages=CHOICE,
        help_text=gettext_lazy("Mặc định: cấp ngay dưới địa bàn"),
    )  # fmt: skip
    columns = serializers.ChoiceField(
        choices=list(AXES.items()), required=False, error_messages=CHOICE,
        help_text=gettext_lazy("Mặc định: một cột"),
    )  # fmt: skip
    measure = serializers.ChoiceField(
        choices=[(one.name, one.label) for one in MEASURES.values()],
        default="value",
        error_messages=CHOICE,
    )
    indicator = serializers.CharField(
        required=False, help_text=gettext_lazy("Mã chỉ số; mặc định: chỉ số chính")
    )
    basis = serializers.ChoiceField(choices=BASES, default="reported", error_messages=CHOICE)
    names = serializers.CharField(
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy(
            "Chỉ các dòng có tên hoặc mã này; nhiều tên cách nhau bằng dấu phẩy"
        ),
    )
    at_least = LimitField(required=False)
    at_most = LimitField(required=False)
    sort = serializers.CharField(
        required=False,
        max_length=60,
        help_text=gettext_lazy("`name`, `total` hoặc mã một cột; `-` đứng trước: lớn nhất trước"),
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            **super().get_fields(),
            "from": StrictDate(
                required=False, help_text=gettext_lazy("Mặc định: ngày đầu chiến dịch")
            ),
            "to": StrictDate(
                required=False,
                help_text=gettext_lazy("Mặc định: ngày cuối chiến dịch, hoặc hôm nay"),
            ),
            "than": StrictDate(
                required=False,
                help_text=gettext_lazy(
                    "Với hàng hoặc cột `two`: ngày đầu của kỳ để so; mặc định: kỳ liền trước"
                ),
            ),
        }


def given(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what an address says, without what is left blank in a form."""
    return {name: values[name] for name in NAMES if values.get(name)}


def levels_below(user: Any, campaign: Campaign, top: Unit) -> list[str]:
    """Return the levels of which there are units below, the highest first."""
    below = units_shown(user, campaign).belonging_to(top).exclude(pk=top.pk)
    there = set(below.order_by().values_list("level", flat=True).distinct())
    return [level for level in Level.values if level in there]


def question_of(user: Any, campaign: Campaign, asked: Mapping[str, Any]) -> Question:
    """Return what checked values ask; raise ``ValidationError`` by field, and 404."""
    indicators = indicators_of(campaign)
    # Nothing can have come in, or be missing, on a day that is still ahead.
    end = max(campaign.shown_day, campaign.starts_on)
    last = max(min(asked.get("to", end), end), campaign.starts_on)
    first = max(asked.get("from", campaign.starts_on), campaign.starts_on)
    if first > last:
        _refuse("to", _("Ngày cuối phải sau ngày đầu, và không sau hôm nay."))
    top = find_unit(user, campaign, asked.get("unit", ""), last)
    rows = asked.get("rows") or next(iter(levels_below(user, campaign, top)), BRANCH)
    columns = asked.get("columns", "")
    measure = MEASURES[asked["measure"]]
    _check(rows, columns, measure.name)
    return Question(
        campaign=campaign,
        top=top,
        rows=rows,
        columns=columns,
        measure=measure,
        indicator=_indicator(indicators, asked.get("indicator", "")),
        basis=asked["basis"],
        first=first,
        last=last,
        than=_than(campaign, asked.get("than"), first, last) if "two" in (rows, columns) else None,
        names=asked.get("names", ""),
        at_least=asked.get("at_least"),
        at_most=asked.get("at_most"),
        sort=asked.get("sort", ""),
    )


def _check(rows: str, columns: str, name: str) -> None:
    """Refuse what has no meaning together."""
    measure, axes = MEASURES[name], (rows, columns)
    if family(rows) == family(columns):
        _refuse("columns", _("Hàng và cột phải khác loại: đơn vị, thời gian hoặc chỉ số."))
    if measure.of_reports and INDICATOR in axes:
        text = _("“%(measure)s” là của báo cáo, không phải của chỉ số: đổi hàng hoặc cột.")
        _refuse("measure", text % {"measure": measure.label})
    if measure.of_units and "branch" in axes:
        text = _("“%(measure)s” chỉ có ở địa bàn, không có ở cơ sở Đoàn: đổi hàng hoặc cột.")
        _refuse("measure", text % {"measure": measure.label})
    if measure.runs_on and any(axis in UNORDERED for axis in axes):
        text = _("“%(measure)s” không tính được theo thứ trong tuần: chọn ngày, tuần hoặc tháng.")
        _refuse("measure", text % {"measure": measure.label})
    if name == "rank" and family(rows) != "node":
        _refuse("measure", _("Thứ hạng là của đơn vị: chọn đơn vị ở hàng."))
    if name == "share" and rows == INDICATOR:
        _refuse("measure", _("Các chỉ số không phải là phần của nhau: chọn hàng khác."))


def _indicator(indicators: IndicatorSet, code: str) -> Any:
    if not code:
        return indicators.headline
    found = next((one for one in indicators.all if one.code == code), None)
    if found is None:
        _refuse("indicator", _("Chiến dịch không có chỉ số này."))
    return found


def _than(campaign: Campaign, than: dt.date | None, first: dt.date, last: dt.date) -> dt.date:
    """Return on which day the other of two periods begins; it is as long, and over before."""
    length = last - first
    begins = than or first - length - dt.timedelta(days=1)
    if begins + length >= first:
        _refuse("than", _("Kỳ để so phải hết trước ngày đầu của kỳ đang xem."))
    if begins < campaign.starts_on:
        text = _("Kỳ để so bắt đầu trước chiến dịch: chọn ít ngày hơn, hoặc ngày đầu muộn hơn.")
        _refuse("than", text)
    return begins


def _refuse(field: str, text: str) -> None:
    raise serializers.ValidationError({field: [text]}, code=RULE)
