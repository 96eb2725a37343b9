"""The parts of the poster from top to bottom; each takes where it begins, gives where it ends."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.templatetags.formatting import count, percent, percent_whole, signed
from reports.digests.poster.canvas import (
    BLUE,
    DEEP,
    DIM,
    INNER,
    LINE,
    MARGIN,
    SKY,
    SOFT,
    SUN,
    SUN_LIGHT,
    WIDTH,
    Canvas,
)
from reports.digests.poster.font_metrics import fitting, printable, shorten, width, wrap
from reports.digests.poster.ranking_section import draw_ranking
from reports.digests.selectors import Digest
from reports.digests.text.completeness import named
from reports.digests.text.figures import approval, left
from reports.digests.text.header_footer import notice, short, state

LEAST_HEIGHT = 1350
MOST_SILENT = 9
SILENT_LINES = 4
BAND = 280
FOOT = 94


def draw(digest: Digest) -> str:
    """Return the poster as SVG."""
    canvas = Canvas()
    canvas.rect(0, 0, WIDTH, 4000, "#ffffff")
    _head(canvas, digest)
    y = _progress(canvas, digest, BAND + 64)
    y = _day(canvas, digest, y + 44)
    y = draw_ranking(canvas, digest, y + 60)
    y = _silent(canvas, digest, y + 36)
    height = max(LEAST_HEIGHT, y + 28 + _foot_height(digest))
    _foot(canvas, digest, height)
    return canvas.svg(height)


def _head(canvas: Canvas, digest: Digest) -> None:
    """The band: whose day it is."""
    canvas.rect(0, 0, WIDTH, BAND, DEEP)
    canvas.rect(0, BAND, WIDTH, 8, SUN)
    canvas.star(MARGIN + 22, 60, 22)
    canvas.text(MARGIN + 60, 71, "Tiên Phong 06", 30, weight=600, fill="#ffffff")
    day = date_format(digest.day, "j/n/Y")
    canvas.text(WIDTH - MARGIN, 71, _("Báo cáo nhanh"), 30, fill=SKY, anchor="end")
    date_width = width(day, 46, 700)
    canvas.text(WIDTH - MARGIN, 174, day, 46, weight=700, fill=SUN, anchor="end")
    most = INNER - date_width - 40
    name = printable(digest.unit.name)
    size = fitting(name, most, (68, 60, 52, 46, 40), 700)
    canvas.text(MARGIN, 174, shorten(name, most, size, 700), size, weight=700, fill="#ffffff")
    most = INNER
    if digest.is_open:
        words = _("tạm tính đến %(time)s") % {"time": f"{digest.as_of:%H:%M}"}
        canvas.text(WIDTH - MARGIN, 234, words, 26, weight=600, fill=SUN, anchor="end")
        most -= width(words, 26, 600) + 32
    name = shorten(printable(digest.campaign.name), most, 26)
    canvas.text(MARGIN, 234, name, 26, fill=SKY)


def _progress(canvas: Canvas, digest: Digest, y: float) -> float:
    """The one big number, and how far it is against the time gone."""
    main, progress = digest.headline, digest.progress
    if main is None:
        canvas.text(MARGIN, y + 40, _("Chiến dịch chưa có chỉ số nào."), 34, fill=DIM)
        return y + 60
    label = _("%(name)s từ %(day)s") % {
        "name": printable(main.indicator.name),
        "day": short(digest.campaign.starts_on),
    }
    canvas.text(MARGIN, y, shorten(label, INNER, 32), 32, fill=DIM)
    number = count(main.to_date)
    size = fitting(number, INNER - 280, (136, 112, 92), 700)
    canvas.text(MARGIN - 4, y + 132, number, size, weight=700)
    if progress.percent is None:
        canvas.text(MARGIN, y + 190, _("Chưa giao chỉ tiêu cho đơn vị này."), 32, fill=SOFT)
        return y + 196
    right = WIDTH - MARGIN
    words = percent(progress.percent)
    canvas.text(right, y + 86, words, 64, weight=700, fill=BLUE, anchor="end")
    words = _("chỉ tiêu %(n)s") % {"n": count(progress.target)}
    canvas.text(right, y + 130, words, 28, fill=DIM, anchor="end")
    canvas.bar(MARGIN, y + 172, INNER, 26, progress.percent, progress.time_gone, fill=BLUE)
    _mark(canvas, progress.time_gone, y + 240)
    y += 296
    for line in wrap(" ".join(left(digest)), INNER, 32, 600, lines=2):
        canvas.text(MARGIN, y, line, 32, weight=600)
        y += 44
    return y - 44


def _mark(canvas: Canvas, time: float, y: float) -> None:
    """Say what the mark on the bar is, below it."""
    words = _("đã qua %(gone)s thời gian") % {"gone": percent_whole(time)}
    half = width(words, 26) / 2
    middle = MARGIN + INNER * min(time, 100) / 100
    middle = min(max(middle, MARGIN + half), WIDTH - MARGIN - half)
    canvas.text(middle, y, words, 26, fill=DIM, anchor="middle")


def _day(canvas: Canvas, digest: Digest, y: float) -> float:
    """Three figures of the day, side by side."""
    main = digest.headline
    cells = [
        (
            _("Trong ngày"),
            signed(main.today) if main else "–",
            _change(digest),
        ),
        (
            _("Đã báo cáo"),
            f"{count(digest.received)}/{count(digest.expected)}",
            _heard(digest),
        ),
    ]
    people = next((f for f in digest.others if f.indicator.counts_people), None)
    third = people or next((f for f in digest.others if f.today is not None), None)
    if third is not None:
        held = digest.sessions.closed
        under = _("%(n)s buổi hỗ trợ") % {"n": count(held)} if held else _("trong ngày")
        cells.append((third.indicator.short_name, count(third.today), under))
    canvas.rect(MARGIN, y, INNER, 2, LINE)
    step = INNER / len(cells)
    for number, (label, value, under) in enumerate(cells):
        x = MARGIN + number * step + (28 if number else 0)
        most = step - 48
        if number:
            canvas.rect(MARGIN + number * step, y + 26, 2, 132, LINE)
        canvas.text(x, y + 50, shorten(printable(label), most, 28), 28, fill=DIM)
        size = fitting(value, most, (58, 50, 42, 34), 700)
        canvas.text(x, y + 112, value, size, weight=700)
        canvas.text(x, y + 154, shorten(printable(under), most, 25), 25, fill=SOFT)
    canvas.rect(MARGIN, y + 184, INNER, 2, LINE)
    return y + 186


def _change(digest: Digest) -> str:
    """Set the day against the one before, in few words."""
    if digest.is_open:
        return _("chưa hết hạn báo cáo")
    if digest.change is None or digest.before is None:
        return _("chưa có số để so")
    sign = "▲" if digest.change > 0 else "▼"
    words = _("tăng %(n)s so với %(day)s") if sign == "▲" else _("giảm %(n)s so với %(day)s")
    if digest.change == 0:
        words = _("ngang ngày %(day)s")
    return words % {"n": percent_whole(abs(digest.change)), "day": short(digest.before.date)}


def _heard(digest: Digest) -> str:
    """Say in few words who is missing or late."""
    if not digest.expected:
        return _("không phải ngày báo cáo")
    if digest.silent:
        return _("%(n)s đơn vị chưa báo cáo") % {"n": count(len(digest.silent))}
    if digest.marks.late:
        return _("đủ cả, %(n)s đơn vị muộn") % {"n": count(digest.marks.late)}
    return _("đủ cả")


def _silent(canvas: Canvas, digest: Digest, y: float) -> float:
    """Name who has not reported."""
    if not digest.silent:
        return y
    canvas.rect(MARGIN, y, INNER, 2, LINE)
    title = _("Chưa có báo cáo: %(n)s đơn vị") % {"n": count(len(digest.silent))}
    canvas.text(MARGIN, y + 50, title, 30, weight=700)
    # A name is not parted at the end of a line.
    names = [printable(s.branch.name).replace(" ", "\u00a0") for s in digest.silent]
    y += 92
    listed = (wrap(named(names, most), INNER, 26) for most in range(MOST_SILENT, 0, -1))
    lines = next((lines for lines in listed if len(lines) <= SILENT_LINES), None)
    for line in lines or wrap(named(names, 1), INNER, 26, lines=SILENT_LINES):
        canvas.text(MARGIN, y, line, 26, fill=SOFT)
        y += 38
    return y - 38


def _notes(digest: Digest) -> tuple[int, list[str]]:
    """Return what is to be known of the figures: the size of its letters, and its lines."""
    said = "".join(notice(digest)).strip("()")
    size = fitting(said, INNER - 40, (24, 23, 22, 21))
    if width(said, size) > INNER - 40:
        size = 24
    return size, wrap(said, INNER - 40, size) if said else []


def _source(digest: Digest) -> list[str]:
    """Return where the figures come from, in lines of the foot."""
    said = [_("Nguồn: báo cáo ngày của các cơ sở Đoàn."), *approval(digest)]
    if digest.first and digest.below.measure == "residents":
        said.append(_("100 dân: theo “%(name)s”.") % {"name": digest.below.baseline})
    return wrap(printable(" ".join(said)), INNER, 24)


def _foot_height(digest: Digest) -> float:
    _size, notes = _notes(digest)
    return FOOT + len(_source(digest)) * 34 + (len(notes) * 34 + 32 if notes else 0)


def _foot(canvas: Canvas, digest: Digest, height: float) -> None:
    """As of when, from whom, and what is made up."""
    y = height - _foot_height(digest)
    size, notes = _notes(digest)
    if notes:
        canvas.rect(MARGIN, y, INNER, len(notes) * 34 + 22, SUN_LIGHT, 10)
        for number, line in enumerate(notes):
            canvas.text(MARGIN + 20, y + 37 + number * 34, line, size, fill=SOFT)
        y += len(notes) * 34 + 32
    canvas.text(MARGIN, y + 40, state(digest), 26, weight=600)
    for number, line in enumerate(_source(digest)):
        canvas.text(MARGIN, y + 80 + number * 34, line, 24, fill=DIM)
