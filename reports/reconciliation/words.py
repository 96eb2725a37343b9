"""The classes of a difference in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaign.models import Indicator
from campaign.selectors import IndicatorSet
from core.templatetags.formatting import count
from reports.reconciliation.classes import DifferenceClass
from reports.reconciliation.lines import Line
from reports.reconciliation.ours import overlaps_of

CLASSES = {
    DifferenceClass.WITHIN: gettext_lazy("Trong dung sai"),
    DifferenceClass.OURS_HIGHER: gettext_lazy("Báo cáo cao hơn"),
    DifferenceClass.THEIRS_HIGHER: gettext_lazy("Công an cao hơn"),
    DifferenceClass.NOT_REPORTED: gettext_lazy("Chưa có báo cáo"),
    DifferenceClass.NOT_PUBLISHED: gettext_lazy("Công an chưa công bố"),
    DifferenceClass.STOPPED: gettext_lazy("Công an ngừng công bố"),
    DifferenceClass.SHIFTED: gettext_lazy("Lệch ngày"),
    DifferenceClass.SWAPPED: gettext_lazy("Đổi chỗ hai mức"),
    DifferenceClass.UPGRADED: gettext_lazy("Tính hai lần người nâng mức"),
}
# How a class is shown: well, worth a look, or only named.
TONES = {
    DifferenceClass.WITHIN: "good",
    DifferenceClass.OURS_HIGHER: "bad",
    DifferenceClass.THEIRS_HIGHER: "bad",
}


def class_words(line: Line, indicators: IndicatorSet) -> str:
    """Return the class of a line in a few words, with what its rule has counted."""
    kind, amount = line.kind, line.finding.amount
    if kind is None:
        return _("Chưa bên nào có số")
    label = str(CLASSES[kind])
    if line.parts:
        if kind == DifferenceClass.WITHIN:
            return label
        words = ngettext("%(label)s ở %(n)s đơn vị", "%(label)s ở %(n)s đơn vị", line.alike)
        return words % {"label": label, "n": count(line.alike)}
    if kind == DifferenceClass.SHIFTED:
        days = abs(amount)
        words = (
            ngettext("Công an muộn hơn %(n)s ngày", "Công an muộn hơn %(n)s ngày", days)
            if amount > 0
            else ngettext("Công an sớm hơn %(n)s ngày", "Công an sớm hơn %(n)s ngày", days)
        )
        return words % {"n": count(days)}
    if kind == DifferenceClass.SWAPPED:
        return _pair_words(indicators, label)
    if kind == DifferenceClass.UPGRADED:
        return (
            _("Công an tính hai lần người có cả hai mức")
            if amount > 0
            else _("Báo cáo tính hai lần người có cả hai mức")
        )
    return _with_days(line, label)


def _with_days(line: Line, label: str) -> str:
    kind, amount = line.kind, line.finding.amount
    days = line.finding.higher_days if kind == DifferenceClass.OURS_HIGHER else amount
    counted = {
        DifferenceClass.OURS_HIGHER: days > 1,
        DifferenceClass.STOPPED: True,
        DifferenceClass.NOT_REPORTED: days > 0,
    }
    if kind is None or not counted.get(kind):
        return label
    words = ngettext("%(label)s (%(n)s ngày)", "%(label)s (%(n)s ngày)", days)
    return words % {"label": label, "n": count(days)}


def _pair_words(indicators: IndicatorSet, label: str) -> str:
    names: dict[str, Indicator] = {one.code: one for one in indicators.all}
    pairs: Iterable[tuple[str, str]] = (one.pair for one in overlaps_of(indicators))
    first, second = next(iter(pairs), ("", ""))
    if first not in names or second not in names:
        return label
    words = {"first": names[first].short_name, "second": names[second].short_name}
    return _("%(first)s và %(second)s đổi chỗ") % words
