"""A copied stretch of a chat, cut into its messages."""

import datetime as dt
import re
from dataclasses import dataclass, field

from reports.chat.parser.normalise import plain
from reports.chat.parser.vocabulary import STICKER

DAY = r"(?P<day>\d{1,2})[/\-.](?P<month>\d{1,2})[/\-.](?P<year>\d{4}|\d{2})"
SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Mai|"
    "Trịnh|Cao|Tạ|Lưu|Lương|Hà|Tống|Đào|Trương"
)
TIME = r"(?P<hour>\d{1,2})(?::|h)(?P<minute>\d{2})(?::\d{2})?"
NAME = r"(?P<name>[^\d\[\]:|]{2,60}?)"
ANY_NAME = r"(?P<name>[^\[\]:|]{1,60}?)"
# The shapes in which a head is copied, from the several versions of the program.
HEADS = tuple(
    re.compile(phrase)
    for phrase in (
        rf"^\[\s*{DAY}[,\s]+{TIME}\s*\]\s*{ANY_NAME}\s*:(?P<rest>.*)$",
        rf"^\[\s*{TIME}[,\s]+{DAY}\s*\]\s*{ANY_NAME}\s*:(?P<rest>.*)$",
        rf"^\[\s*{TIME}\s*\]\s*{ANY_NAME}\s*:(?P<rest>.*)$",
        rf"^\[\s*{DAY}[,\s]+{TIME}\s*\]\s*{NAME}\s*(?P<rest>)$",
        rf"^\[\s*{TIME}[,\s]+{DAY}\s*\]\s*{NAME}\s*(?P<rest>)$",
        rf"^{NAME}\s*[\[(,]?\s*{DAY}[,\s]+{TIME}\s*[\])]?\s*:?(?P<rest>)$",
        rf"^{NAME}\s*[\[(,]?\s*{TIME}[,\s]+{DAY}\s*[\])]?\s*:?(?P<rest>)$",
        rf"^{NAME}\s*[\[(]\s*{DAY}[,\s]+{TIME}\s*[\])]\s*:(?P<rest>.*)$",
        rf"^{NAME}\s*[\[(]\s*{TIME}(?:[,\s]+{DAY})?\s*[\])]\s*:(?P<rest>.*)$",
        rf"^{DAY}[,\s]+{TIME}\s*[-–,]?\s*{NAME}\s*:(?P<rest>.*)$",
        rf"^{TIME}[,\s]+{DAY}\s*[-–,]?\s*{NAME}\s*:(?P<rest>.*)$",
        rf"^{TIME}\s*[-–,]?\s+{NAME}\s*:(?P<rest>.*)$",
        rf"^{NAME}\s*[\[(,]?\s*{TIME}\s*[\])]?\s*:?(?P<rest>)$",
        rf"^(?P<name>(?:{SURNAMES})(?:\s[A-ZÀ-Ỹ][^\W\d_]*){{1,4}})\s*:(?P<rest>.*)$",
    )
)
SEPARATOR = re.compile(
    rf"^[\s\-–—]*(?:(?:thứ\s+\S+|chủ nhật|t\d|cn)[,\s]+)?(?:ngày\s+)?{DAY}[\s\-–—]*$", re.IGNORECASE
)
STAMP = re.compile(rf"^\s*(?:{TIME}(?:[,\s]+{DAY})?)\s*$")
STAMP_DAY_FIRST = re.compile(rf"^\s*{DAY}[,\s]+{TIME}\s*$")
STICKERS = re.compile(
    r"^\s*[\[(<]?\s*(?:đã gửi\s+)?(?:\d+\s+)?(?:" + "|".join(STICKER) + r")\s*[\])>]?\s*$",
    re.IGNORECASE,
)
ENDED = re.compile(
    r"^\s*(?:tin nhắn đã (?:được )?thu hồi|đã thu hồi.*|đã xem|đã nhận)\s*$", re.IGNORECASE
)
QUOTE = re.compile(r"^\s*(?:[>»❝]|trả lời\b|đã trả lời\b|↪|↩|\|\s|┃)", re.IGNORECASE)


@dataclass(frozen=True)
class MessageLine:
    """One line; ``kind`` is text, quote or sticker."""

    text: str
    kind: str = "text"


@dataclass
class ChatMessage:
    """What one person sent at one time; blank lines stay."""

    sender: str = ""
    day: dt.date | None = None
    hour: int | None = None
    lines: list[MessageLine] = field(default_factory=list)
    is_odd: bool = False  # the head bears a day that does not exist


def split(text: str, sent_at: dt.datetime | None = None) -> list[ChatMessage]:
    """Cut the text into messages; without any head it is one message.

    ``sent_at`` is when it was sent, where that is known: copied words say it in their heads.
    """
    first = ChatMessage()
    if sent_at is not None:
        first.day, first.hour = sent_at.date(), sent_at.hour
    messages = [first]
    rows = text.split("\n")
    at, existing = 0, ChatMessage()
    while at < len(rows):
        head, used = _head(rows, at)
        if head is not None:
            if head.day is None and not head.is_odd:
                head.day, head.is_odd = existing.day, existing.is_odd
            messages.append(head)
            at += used
            continue
        match = SEPARATOR.match(plain(rows[at]))
        if match and _head(rows, _next(rows, at))[0] is not None:
            existing = _stamped(match.groupdict(), "")
        messages[-1].lines.append(_line(rows[at]))
        at += 1
    return messages


def _next(rows: list[str], at: int) -> int:
    return next((n for n in range(at + 1, len(rows)) if rows[n].strip()), len(rows))


def _line(row: str) -> MessageLine:
    shown = plain(row).strip()
    if STICKERS.match(shown) or ENDED.match(shown):
        return MessageLine(row, "sticker")
    return MessageLine(row, "quote" if QUOTE.match(shown) else "text")


def _head(rows: list[str], at: int) -> tuple[ChatMessage | None, int]:
    row = plain(rows[at]).strip() if at < len(rows) else ""
    if len(row) > 400 or not row:
        return None, 0
    for phrase in HEADS:
        match = phrase.match(row)
        if match and _is_name(match["name"]):
            message = _stamped(match.groupdict(), match["name"])
            rest = match["rest"].strip()
            if rest:
                message.lines.append(_line(rest))
            return message, 1
    below = plain(rows[at + 1]).strip() if at + 1 < len(rows) else ""
    stamp = STAMP.match(below) or STAMP_DAY_FIRST.match(below)
    if stamp and _is_name(row) and not re.search(r"[\d:|\t]", row):
        return _stamped(stamp.groupdict(), row), 2
    return None, 0


def _is_name(name: str) -> bool:
    """Whether it can be a sender: a few words that begin in capitals."""
    words = name.split()
    return len(words) <= 9 and any(w[:1].isupper() for w in words)


def _stamped(groups: dict[str, str | None], name: str) -> ChatMessage:
    message = ChatMessage(sender=name.strip(" -–,"))
    hour = groups.get("hour")
    message.hour = int(hour) if hour is not None else None
    day, month, year = groups.get("day"), groups.get("month"), groups.get("year")
    if day and month and year:
        try:
            message.day = dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        except ValueError:
            message.is_odd = True
    return message
