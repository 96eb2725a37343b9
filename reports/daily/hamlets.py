"""A hamlet's report and a session of its commune, by the same branch on the same day.

A session is the whole commune's; what a report says of a hamlet may be part of it. Whichever comes
second is refused with the way out, so that nothing is counted twice (docs/counting.md C23).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from campaign.models import Level
from campaign.report_day import ReportDay
from campaign.selectors import IndicatorSet, indicators_of
from core.templatetags.formatting import count
from reports.daily.models import DailyReport, Status
from volunteers.errors import NotNow
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.session_outcomes import closed_sessions
from volunteers.sessions.services.sessions import register_closing_check

Counts = Mapping[str, int]


def beside_sessions(
    day: ReportDay, counts: Counts, closed: Iterable[SupportSession] | None = None
) -> str | None:
    """Say why a hamlet's counts cannot stand beside the closed sessions of its commune.

    They are read where ``closed`` does not give them.
    """
    commune = day.unit.parent if day.unit.level == Level.HAMLET else None
    if commune is None or not any(counts.values()):
        return None
    if closed is None:
        closed = closed_sessions(replace(day, unit=commune))
    found = [session for session in closed if any(session.counts.values())]
    if not found:
        return None
    figures = "; ".join(_figures(session.counts, day.indicators) for session in found)
    text = _(
        "Hôm đó có buổi hỗ trợ ở %(unit)s (%(figures)s). Báo cáo chung cho cả xã, để không tính "
        "hai lần; báo cáo riêng của xóm thì ghi “không phát sinh”."
    )
    return text % {"unit": commune.name, "figures": figures}


def refuse_session(session: SupportSession, counts: Counts) -> None:
    """Raise ``NotNow`` where the host has reported of a hamlet of the session's unit that day."""
    if not any(counts.values()):
        return
    reports = DailyReport.objects.filter(
        campaign=session.campaign_id,
        branch=session.branch_id,
        date=session.date,
        unit__parent=session.unit_id,
        unit__level=Level.HAMLET,
    )
    found = [(r.unit.name, _counting(r)) for r in reports.select_related("unit").order_by("unit")]
    indicators = indicators_of(session.campaign)
    hamlets = [f"{name}: {_figures(of, indicators)}" for name, of in found if any(of.values())]
    if hamlets:
        text = _(
            "Hôm đó đã có báo cáo riêng của %(hamlets)s. Buổi này (%(figures)s) tính cho cả xã, "
            "nên số có thể bị cộng hai lần. Bí thư sửa báo cáo của xóm thành “không phát sinh”, "
            "kết thúc buổi này, rồi báo cáo chung cho cả xã."
        )
        figures = _figures(counts, indicators)
        raise NotNow(text % {"hamlets": "; ".join(hamlets), "figures": figures})


def _counting(report: DailyReport) -> Counts:
    if report.status == Status.RETURNED:
        return report.fallback_counts or {}
    counts: Counts = report.counts
    return counts


def _figures(counts: Counts, indicators: IndicatorSet) -> str:
    known = ((i.label, counts.get(i.code)) for i in indicators.entered)
    return ", ".join(f"{label} {count(number)}" for label, number in known if number)


register_closing_check(refuse_session)
