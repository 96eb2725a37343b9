"""What stands around the figures of the digest: whose day, up to when, what to know of them."""

import datetime as dt
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaign.selectors import running_now
from core.log.checkpoint import heads_in
from core.vietnamese import one_line
from reports.digests.selectors import Digest
from reports.exports.codes import code_for, shown

NOTICE_LENGTH = 90


def title(digest: Digest) -> str:
    words = _("BÁO CÁO NHANH ngày %(day)s – %(unit)s") % {
        "day": date_format(digest.day, "j/n/Y"),
        "unit": one_line(digest.unit.name),
    }
    return f"{words} – {one_line(digest.campaign.name)}" if _is_one_of_several(digest) else words


def _is_one_of_several(digest: Digest) -> bool:
    """Whether several campaigns run, as whoever read this one knows already, or not yet."""
    known = vars(digest.campaign).get("is_one_of_several")
    return len(running_now()) > 1 if known is None else bool(known)


def state(digest: Digest) -> str:
    moment = digest.as_of
    if digest.is_open:
        return _("Số đến %(time)s, chưa hết hạn báo cáo (%(due)s) nên còn thay đổi.") % {
            "time": f"{moment:%H:%M}",
            "due": f"{digest.due_at:%H:%M}",
        }
    if moment.date() == digest.day:
        return _("Số đến %(time)s.") % {"time": f"{moment:%H:%M}"}
    return _("Số tổng hợp lúc %(time)s ngày %(day)s.") % {
        "time": f"{moment:%H:%M}",
        "day": short(moment.date()),
    }


def short(day: dt.date) -> str:
    """A date → 20/6."""
    return date_format(day, "j/n")


def thanks(digest: Digest) -> str:
    if digest.expected and not digest.silent:
        return _("Tất cả các đơn vị đã báo cáo. Cảm ơn các đồng chí!")
    if digest.is_closed:
        return _("Cảm ơn các đồng chí đã báo cáo.")
    if digest.received:
        return _("Cảm ơn các đồng chí đã báo cáo. Đơn vị nào chưa gửi, đề nghị gửi sớm.")
    return _("Đề nghị các đồng chí gửi báo cáo sớm. Cảm ơn các đồng chí!")


def log_head(digest: Digest) -> list[str]:
    """Give the head of the log: whoever keeps the message holds what no database can rewrite."""
    return [_("Đầu sổ ghi: %(head)s") % {"head": digest.log_head}] if digest.log_head else []


def head_address(digest: Digest) -> str:
    """Return where somebody who has the head holds it against the log; blank without one."""
    head = next(heads_in(digest.log_head), None)
    return f"{settings.PORTAL_URL}{reverse('log')}?head={head.in_address}" if head else ""


def figure_code(digest: Digest) -> str:
    """Return the code by which the headline to date is found again; blank without head or value.

    It follows from the figure, and is kept when the digest goes out (``publications``).
    """
    main = digest.headline
    if main is None or main.to_date is None or not digest.log_head:
        return ""
    of = (digest.campaign.pk, digest.unit.pk, digest.day, main.indicator.code, main.to_date)
    return shown(code_for("digest", *of))


def code_words(digest: Digest, link: str = "") -> list[str]:
    """Say by which code the figure is found again, and where one types it."""
    code = figure_code(digest)
    if not code:
        return []
    if not link:
        return [_("Mã tra số: %(code)s") % {"code": code}]
    place = urljoin(link, reverse("figures"))
    return [_("Mã tra số: %(code)s (gõ tại %(place)s)") % {"code": code, "place": place}]


def notice(digest: Digest) -> list[str]:
    """Say in short what is to be known of the figures: the first sentence of the notice."""
    words = one_line(digest.campaign.notice)
    sentence = words.split(". ")[0].rstrip(".")
    if len(sentence) > NOTICE_LENGTH:
        sentence = sentence[:NOTICE_LENGTH].rsplit(" ", 1)[0] + "…"
    return [f"({sentence})"] if sentence else []
