"""A thank-you worth sharing: it changes with what was done, and never scolds."""

from django.utils.translation import gettext as _

from core.templatetags.formatting import count
from core.vietnamese import one_line
from reports.dashboards.selectors.branch_history import WEEK, BranchHistory

REACHED = 100
MOST_FIGURES = 3


def thank_you(record: BranchHistory) -> str:
    """Return the text; blank where there is nothing to thank for yet."""
    if not record.given:
        return ""
    lines = [_occasion(record), _week(record), _("Cảm ơn các đồng chí và bà con!")]
    return "\n".join(line for line in lines if line)


def _occasion(record: BranchHistory) -> str:
    name = one_line(record.branch.name)
    unit = record.progress.unit
    percent = unit.percent if unit else None
    if percent is not None and percent >= REACHED:
        return _("%(name)s cùng bà con %(place)s đã đạt chỉ tiêu của chiến dịch!") % {
            "name": name,
            "place": one_line(record.branch.home_unit.name),
        }
    if record.run.days >= WEEK:
        text = _("%(name)s báo cáo đều %(n)s ngày liền, không sót ngày nào.")
        if record.run.forgiven:
            text = _("%(name)s báo cáo đều đặn, được %(n)s ngày.")
        return text % {"name": name, "n": count(record.run.days)}
    if record.given == 1:
        return _("%(name)s đã có báo cáo đầu tiên của chiến dịch.") % {"name": name}
    return _("%(name)s đã có %(n)s ngày báo cáo trong chiến dịch.") % {
        "name": name,
        "n": count(record.given),
    }


def _week(record: BranchHistory) -> str:
    """Say what the last seven days brought: the headline first, a few others."""
    shown = sorted(record.week, key=lambda pair: pair[0] != record.headline)[:MOST_FIGURES]
    if not shown:
        return ""
    figures = "; ".join(f"{one_line(i.name)}: {count(n)}" for i, n in shown)
    return _("Bảy ngày qua – %(figures)s.") % {"figures": figures}
