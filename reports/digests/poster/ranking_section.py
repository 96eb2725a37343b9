"""The lower half of the poster: who leads and who needs more hands, or the week."""

from django.utils.translation import gettext as _

from campaign.pace import pace_level
from core.templatetags.formatting import count, decimal, percent
from reports.dashboards.selectors.ranking import Standing
from reports.digests.poster.canvas import (
    BED,
    BLUE,
    DIM,
    INK,
    INNER,
    MARGIN,
    PALE,
    SOFT,
    STATE_INK,
    WIDTH,
    Canvas,
)
from reports.digests.poster.font_metrics import fitting, printable, shorten, width
from reports.digests.selectors import Digest
from reports.digests.text.header_footer import short
from reports.digests.text.ranking import place

HALF = (INNER - 56) / 2
# Room for the rank before the name.
INDENT = 50


def draw_ranking(canvas: Canvas, digest: Digest, y: float) -> float:
    """Who leads and who needs more hands; without units below, the week."""
    if not digest.first:
        return _draw_week(canvas, digest, y)
    by_target = digest.below.measure == "target"
    under = _("theo phần trăm chỉ tiêu") if by_target else _("theo số trên 100 dân")
    columns: list[tuple[float, str, tuple[Standing, ...]]] = [(MARGIN, _("Dẫn đầu"), digest.first)]
    if digest.last:
        columns.append((MARGIN + HALF + 56, _("Cần cố gắng thêm"), digest.last))
    for x, title, standings in columns:
        canvas.text(x, y, title, 34, weight=700)
        if x == MARGIN:
            canvas.text(x + width(title, 34, 700) + 16, y, under, 24, fill=DIM)
        for number, stands in enumerate(standings):
            _stand(canvas, digest, stands, x, y + 60 + number * 84)
    return y + 60 + (max(len(s) for _x, _t, s in columns) - 1) * 84 + 20


def _stand(canvas: Canvas, digest: Digest, stands: Standing, x: float, y: float) -> None:
    """One unit of the ranking with its bar."""
    by_target = digest.below.measure == "target"
    value = percent(stands.progress.percent) if by_target else decimal(stands.per_resident)
    shown = (*digest.first, *digest.last)
    state_of = pace_level(stands.progress.percent, stands.progress.time_gone) if by_target else ""
    most = HALF - INDENT - width(value, 32, 700) - 18
    name = printable(stands.unit.name)
    if width(name, 26, 600) > most:
        name = brief(name)
    size = fitting(name, most, (30, 28, 26, 24), 600)
    canvas.text(x, y, str(stands.rank), 28, fill=DIM)
    canvas.text(x + INDENT, y, shorten(name, most, size, 600), size, weight=600)
    canvas.text(x + HALF, y, value, 32, weight=700, fill=STATE_INK[state_of], anchor="end")
    if stands.marks.late:
        canvas.text(x + HALF, y + 32, _late(stands), 22, fill=STATE_INK["mid"], anchor="end")
    # All bars of the poster have one length, so that they can be compared.
    beside = max((width(_late(s), 22) + 16 for s in shown if s.marks.late), default=0)
    if by_target:
        share, time = stands.progress.percent, stands.progress.time_gone
        canvas.bar(x + INDENT, y + 18, HALF - INDENT - beside, 12, share, time)
    else:
        leader = digest.first[0].per_resident or 1
        share = (stands.per_resident or 0) * 100 / leader
        canvas.bar(x + INDENT, y + 18, HALF - INDENT - beside, 12, share, None)


def _late(stands: Standing) -> str:
    """Say how many reports came late, in two words."""
    return _("%(n)s muộn") % {"n": count(stands.marks.late)}


def brief(name: str) -> str:
    """Return a unit's name with its kind as people write it in short."""
    for kind, short_kind in (("Thị trấn ", "TT "), ("Thành phố ", "TP "), ("Thị xã ", "TX ")):
        if name.startswith(kind):
            return short_kind + name.removeprefix(kind)
    return name


def _draw_week(canvas: Canvas, digest: Digest, y: float) -> float:
    """The last days as bars, and where the unit stands among its peers."""
    canvas.text(MARGIN, y, _("7 ngày qua"), 34, weight=700)
    said = place(digest)
    if said:
        canvas.text(WIDTH - MARGIN, y, said[0].rstrip("."), 26, fill=SOFT, anchor="end")
    top, bottom = y + 70, y + 250
    most = max([day.value or 0 for day in digest.week] + [1])
    step = INNER / max(len(digest.week), 1)
    for number, day in enumerate(digest.week):
        middle = MARGIN + step * (number + 0.5)
        is_last = number == len(digest.week) - 1
        tall = (bottom - top) * (day.value or 0) / most
        fill = BLUE if is_last else PALE
        canvas.rect(
            middle - step * 0.36,
            bottom - max(tall, 3),
            step * 0.72,
            max(tall, 3),
            fill if day.value else BED,
            4,
        )
        weight = 700 if is_last else 400
        canvas.text(
            middle,
            bottom - tall - 14,
            count(day.value),
            26,
            weight=weight,
            fill=INK if is_last else SOFT,
            anchor="middle",
        )
        canvas.text(
            middle,
            bottom + 38,
            short(day.date),
            24,
            weight=weight,
            fill=INK if is_last else DIM,
            anchor="middle",
        )
    return bottom + 44
