"""Draws day sheets: a page of A4 for each commune, to be filled in by hand where no phone is.

The QR code opens the report form with nothing but place and day. The paper is a Vietnamese
organisation's and is in Vietnamese whatever language the pages are read in.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import Align

from core.pdf import FAMILY, INK, add_fonts, draw_qr
from core.templatetags.formatting import WEEKDAYS

WIDTH, HEIGHT, MARGIN = 210, 297, 18
ROOM = WIDTH - 2 * MARGIN
BLUE, DIM, LINE, FILL = (8, 63, 120), (74, 86, 101), (120, 132, 146), (232, 238, 247)
QR_SIDE = 34
# Of a line, in millimetres for each point of its letters.
LINE_HEIGHT = 0.42
TABLE_TOP, TABLE_END, ROW, BOX = 88, 226, 12.5, 46


@dataclass(frozen=True, kw_only=True)
class DaySheet:
    """One branch's page; ``day`` is None where it is written in by hand.

    ``url`` stands in the QR code, ``address`` is what a person types.
    """

    name: str
    above: str
    code: str
    day: dt.date | None
    url: str
    address: str


def draw_sheets(campaign: str, indicators: Sequence[str], sheets: Iterable[DaySheet]) -> bytes:
    """Return the PDF; the same sheets are the same to the byte."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(MARGIN)
    add_fonts(pdf)
    pdf.set_title("Phiếu số liệu ngày")
    pdf.set_lang("vi")
    pdf.set_creation_date(dt.datetime(2023, 1, 1, tzinfo=dt.UTC))
    pdf.set_line_width(0.3)
    for sheet in sheets:
        pdf.add_page()
        _head(pdf, campaign, sheet)
        _table(pdf, indicators)
        _foot(pdf)
    return bytes(pdf.output())


def _head(pdf: FPDF, campaign: str, sheet: DaySheet) -> None:
    room = ROOM - QR_SIDE - 6
    _text(pdf, MARGIN, 18, campaign, 10, colour=DIM, room=room)
    _text(pdf, MARGIN, 24, "PHIẾU SỐ LIỆU NGÀY", 20, "B", colour=BLUE, room=room)
    _text(pdf, MARGIN, 37, sheet.name, 17, "B", room=room, may_wrap=True)
    _text(pdf, MARGIN, 45.5, sheet.above, 11, colour=DIM, room=room, may_wrap=True)
    _text(pdf, MARGIN, 54, f"Mã: {sheet.code}", 13, "B", room=room)
    if sheet.day is None:
        day = "Ngày ……… / ……… / …………"
    else:
        day = f"{WEEKDAYS[sheet.day.weekday()]}, ngày {sheet.day:%d/%m/%Y}"
    _text(pdf, MARGIN, 64, day, 15, "B", room=room)
    draw_qr(pdf, sheet.url, WIDTH - MARGIN - QR_SIDE, 18, QR_SIDE)
    pdf.set_xy(WIDTH - MARGIN - QR_SIDE - 4, 53)
    pdf.set_font(FAMILY, "", 8.5)
    pdf.set_text_color(*DIM)
    pdf.multi_cell(QR_SIDE + 8, 4, "Có mạng thì quét mã này để nhập thay cho phiếu", align=Align.C)
    _text(pdf, MARGIN, 74, f"Hoặc mở: {sheet.address}", 9, colour=DIM)
    _text(pdf, MARGIN, 79.5, "Không có số thì để trống; đếm được không người nào thì ghi 0.", 10)


def _table(pdf: FPDF, indicators: Sequence[str]) -> None:
    height = min(ROW, (TABLE_END - TABLE_TOP) / (len(indicators) + 2))
    size = min(12.0, height)
    top = float(TABLE_TOP)
    pdf.set_draw_color(*LINE)
    pdf.set_fill_color(*FILL)
    for number, name in enumerate(["Chỉ số", *indicators]):
        is_head = number == 0
        pdf.rect(MARGIN, top, ROOM - BOX, height, "DF" if is_head else "D")
        pdf.rect(WIDTH - MARGIN - BOX, top, BOX, height, "DF" if is_head else "D")
        style = "B" if is_head else ""
        words = name if is_head else f"{number}. {name}"
        middle = top + (height - size * LINE_HEIGHT) / 2
        _text(pdf, MARGIN + 3, middle, words, size, style, room=ROOM - BOX - 6, may_wrap=True)
        if is_head:
            _text(pdf, WIDTH - MARGIN - BOX + 3, middle, "Số trong ngày", size, "B", room=BOX - 6)
        top += height
    side = height * 0.5
    pdf.rect(MARGIN + 1, top + height * 0.25, side, side)
    words = "Hôm nay không phát sinh (đánh dấu vào ô, để trống bảng trên)"
    middle = top + (height - size * LINE_HEIGHT) / 2
    _text(pdf, MARGIN + side + 5, middle, words, size, room=ROOM - side - 6)


def _foot(pdf: FPDF) -> None:
    _text(
        pdf, MARGIN, 230, "Ghi chú (không ghi tên, số điện thoại, số định danh của người dân):", 10
    )
    pdf.set_draw_color(*LINE)
    for top in (242, 250):
        pdf.line(MARGIN, top, WIDTH - MARGIN, top)
    half = ROOM / 2
    for left, words in ((MARGIN, "Người ghi phiếu"), (MARGIN + half, "Người nhập vào cổng")):
        _text(pdf, left, 255, words, 11, "B", room=half - 5)
        _text(pdf, left, 260.5, "(ký, ghi rõ họ tên; giờ)", 9, colour=DIM, room=half - 5)


def _text(
    pdf: FPDF,
    left: float,
    top: float,
    text: str,
    size: float,
    style: str = "",
    *,
    colour: tuple[int, int, int] = INK,
    room: float = ROOM,
    may_wrap: bool = False,
) -> None:
    """Write one line, where there is no room for it smaller, or in two about the same middle."""
    pdf.set_text_color(*colour)
    pdf.set_font(FAMILY, style, size)
    width, height = pdf.get_string_width(text), size * LINE_HEIGHT
    pdf.set_xy(left, top)
    if width <= room:
        pdf.cell(room, height, text, align=Align.L)
    elif not may_wrap:
        pdf.set_font_size(size * room / width * 0.98)
        pdf.cell(room, height, text, align=Align.L)
    else:
        size = min(size * 0.65, size * 2 * room / width * 0.88)
        pdf.set_font_size(size)
        pdf.set_xy(left, top + height / 2 - size * LINE_HEIGHT)
        pdf.multi_cell(room, size * LINE_HEIGHT, text, align=Align.L)
