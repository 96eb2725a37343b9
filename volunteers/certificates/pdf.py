"""Draws the certificate: one page of A4 with a QR code that leads to its check.

The paper is a Vietnamese organisation's and is in Vietnamese whatever language the pages
are read in.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import Align

from core.pdf import FAMILY, INK, add_fonts, draw_qr

WIDTH, HEIGHT, MARGIN = 297, 210, 30
BLUE, RED, SUN = (8, 63, 120), (212, 35, 43), (255, 210, 63)
DIM = (86, 100, 116)
QR_SIDE = 30
LONGEST_NAME_SIZE = 36


@dataclass(frozen=True, kw_only=True)
class CertificateContent:
    """What stands on the certificate; ``url`` is where its code is checked."""

    issuer: str
    province: str
    campaign: str
    name: str
    participations: int
    minutes: int
    issued_on: dt.date
    number: int
    code: str
    url: str
    signatory_title: str = ""
    signatory_name: str = ""


def draw_certificates(certificates: Sequence[CertificateContent]) -> bytes:
    """Return the PDF with a page for each; the same certificates are the same to the byte."""
    first = certificates[0]
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(MARGIN)
    add_fonts(pdf)
    pdf.set_title(f"Giấy chứng nhận {first.code if len(certificates) == 1 else first.campaign}")
    pdf.set_author(first.issuer)
    pdf.set_lang("vi")
    newest = max(paper.issued_on for paper in certificates)
    pdf.set_creation_date(dt.datetime.combine(newest, dt.time(), tzinfo=dt.UTC))
    for paper in certificates:
        pdf.add_page()
        _frame(pdf)
        _words(pdf, paper)
        _check(pdf, paper)
    return bytes(pdf.output())


def hours(minutes: int) -> str:
    """Write a length of time out: 150 → 2 giờ 30 phút."""
    whole, rest = divmod(minutes, 60)
    words = [f"{whole} giờ"] if whole else []
    return " ".join([*words, f"{rest} phút"] if rest or not whole else words)


def _frame(pdf: FPDF) -> None:
    pdf.set_draw_color(*BLUE)
    pdf.set_line_width(1.6)
    pdf.rect(9, 9, WIDTH - 18, HEIGHT - 18)
    pdf.set_draw_color(*SUN)
    pdf.set_line_width(0.7)
    pdf.rect(12, 12, WIDTH - 24, HEIGHT - 24)
    pdf.set_fill_color(*BLUE)
    for x in (12, WIDTH - 12):
        for y in (12, HEIGHT - 12):
            pdf.polygon(_diamond(x, y, 3.2), style="F")
    pdf.set_fill_color(*RED)
    pdf.polygon(_star(WIDTH / 2, 29, 8), style="F")


def _words(pdf: FPDF, paper: CertificateContent) -> None:
    day = paper.issued_on
    _line(pdf, 40, "ĐOÀN TNCS HỒ CHÍ MINH", 11, colour=DIM)
    _line(pdf, 46.5, paper.issuer.upper(), 14, "B", colour=BLUE)
    _line(pdf, 60, "GIẤY CHỨNG NHẬN", 34, "B", colour=RED)
    _line(pdf, 78, "Tình nguyện viên", 13, colour=DIM)
    _line(pdf, 89, paper.name, LONGEST_NAME_SIZE, "B", colour=BLUE)
    pdf.set_draw_color(*SUN)
    pdf.set_line_width(0.9)
    pdf.line(WIDTH / 2 - 45, 107, WIDTH / 2 + 45, 107)
    _line(pdf, 112, "đã tham gia chiến dịch tình nguyện", 13)
    _line(pdf, 120.5, paper.campaign, 18, "B")
    _line(
        pdf,
        133,
        f"với {paper.participations} lượt tham gia, tổng thời gian {hours(paper.minutes)}",
        14,
    )
    pdf.set_xy(WIDTH / 2, 150)
    pdf.set_font(FAMILY, "I", 12)
    pdf.set_text_color(*INK)
    date = f"{paper.province}, ngày {day.day} tháng {day.month} năm {day.year}"
    pdf.cell(WIDTH / 2 - MARGIN, 7, date, align=Align.C)
    pdf.set_xy(WIDTH / 2, 158)
    pdf.set_font(FAMILY, "B", 13)
    pdf.multi_cell(WIDTH / 2 - MARGIN, 7, paper.issuer, align=Align.C)
    # Below the signatory's title there is room for a signature and a stamp.
    _centred(pdf, pdf.get_y(), paper.signatory_title.upper(), "")
    _centred(pdf, 187, paper.signatory_name, "B")
    pdf.set_xy(20, 22)
    pdf.set_text_color(*DIM)
    pdf.set_font(FAMILY, "", 11)
    pdf.cell(60, 6, f"Số: {paper.number:04d}")


def _centred(pdf: FPDF, top: float, text: str, style: str) -> None:
    """Write a line of the signature; a long one is made smaller."""
    pdf.set_text_color(*INK)
    pdf.set_font(FAMILY, style, 12)
    room = WIDTH / 2 - MARGIN
    if (width := pdf.get_string_width(text)) > room:
        pdf.set_font(FAMILY, style, 12 * room / width * 0.99)
    pdf.set_xy(WIDTH / 2, top)
    pdf.cell(room, 6, text, align=Align.C)


def _check(pdf: FPDF, paper: CertificateContent) -> None:
    left, top = MARGIN - 5, 150
    draw_qr(pdf, paper.url, left, top, QR_SIDE)
    pdf.set_xy(left + QR_SIDE + 5, top + 3)
    pdf.set_text_color(*DIM)
    pdf.set_font(FAMILY, "", 10)
    pdf.multi_cell(80, 5.2, "Quét mã để kiểm tra giấy còn hiệu lực.\nMã giấy:", align=Align.L)
    pdf.set_x(left + QR_SIDE + 5)
    pdf.set_font(FAMILY, "B", 13)
    pdf.set_text_color(*INK)
    pdf.cell(80, 7, paper.code)


def _line(
    pdf: FPDF,
    top: float,
    text: str,
    size: float,
    style: str = "",
    *,
    colour: tuple[int, int, int] = INK,
) -> None:
    pdf.set_text_color(*colour)
    pdf.set_font(FAMILY, style, size)
    room = WIDTH - 2 * MARGIN
    width = pdf.get_string_width(text)
    if width > room:
        pdf.set_font(FAMILY, style, size * room / width * 0.99)
    pdf.set_xy(MARGIN, top)
    pdf.cell(room, size * 0.42, text, align=Align.C)


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [
        (
            x + (radius if n % 2 == 0 else radius * 0.382) * math.sin(n * math.pi / 5),
            y - (radius if n % 2 == 0 else radius * 0.382) * math.cos(n * math.pi / 5),
        )
        for n in range(10)
    ]


def _diamond(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
