"""What is asked about a report that was read, in words for the person who pasted it."""

from collections.abc import Iterator, Sequence

from reports.chat.parser.assign_counts import AssignedCounts
from reports.chat.parser.grouping import Statement
from reports.chat.parser.tokens import Alarm, Token
from reports.chat.parser.wording import _

SHOWN = 40


def short(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def runs(tokens: Sequence[Token]) -> list[str]:
    """Return the words nobody knows, those that stand side by side together."""
    found: list[list[str]] = []
    is_running = False
    for token in tokens:
        if token.is_free and token.kind != "mark":
            if not is_running:
                found.append([])
            found[-1].append(token.text)
            is_running = True
        else:
            is_running = False
    return [" ".join(run) for run in found]


def about_counts(
    statement: Statement, reading: AssignedCounts, unknown: Sequence[str]
) -> Iterator[str]:
    for token in reading.odd:
        yield _("Chưa rõ “%(number)s” là bao nhiêu. Gõ liền các chữ số.") % {
            "number": _around(statement, token)
        }
    for token in reading.loose:
        yield _("“%(number)s” là số của chỉ số nào?") % {"number": short(token.text)}
    for token in [*reading.empty, *reading.verbs]:
        if token in reading.verbs:
            yield _("“%(label)s” có số riêng không? Nếu có, nhập vào.") % {
                "label": token.value.label
            }
        else:
            yield _("Chưa thấy số của “%(label)s”.") % {"label": token.value.label}
    for token in reading.derived:
        yield _("“%(number)s” là số gộp. Tách ra từng chỉ số rồi nhập.") % {
            "number": short(token.text)
        }
    for indicator in reading.twice:
        yield _("“%(label)s” có hai số khác nhau. Số nào đúng?") % {"label": indicator.label}
    if unknown:
        yield _("Chưa hiểu “%(words)s”. Xem lại các số rồi gửi.") % {
            "words": short("”, “".join(unknown))
        }


def _around(statement: Statement, token: Token) -> str:
    at = next((n for n, t in enumerate(statement.tokens) if t is token), None)
    if at is None:
        return short(token.text)
    near = statement.tokens[max(0, at - 1) : at + 2]
    shown = [t.text for t in near if t is token or t.is_free or isinstance(t.value, Alarm)]
    return short(" ".join(shown))


def about_words(kinds: Sequence[str], is_nothing: bool) -> Iterator[str]:
    texts = {
        "cumulative": _("Đây có thể là số lũy kế. Chỉ nhập số của riêng ngày này."),
        "part_of_day": _("Đây là số của một buổi? Nhập số của cả ngày."),
        "others": _("Số này có phải của cả Đoàn xã, phường không? Xem lại đơn vị."),
        "correction": _("Tin này sửa số đã báo. Gửi thì số này thay số cũ."),
        "addition": _("Đây là số thêm? Nhập tổng của cả ngày, không nhập phần thêm."),
        "doubt": _("Tin này nói số trước chưa đúng. Xem lại rồi gửi."),
        "plan": _("Đây có thể là số dự kiến hoặc chỉ tiêu. Chỉ nhập số đã làm."),
        "negation": _("Tin có chữ “không”, “chưa” hoặc “trừ”. Xem lại các số."),
        "unsure": _("Không phát sinh, hay chưa có số? Xem lại."),
        "about": _("Số ước chừng. Nhập số đúng."),
        "number_word": _("Có số viết bằng chữ. Nhập bằng chữ số."),
        "question": _("Tin còn đang hỏi. Xem lại các số rồi gửi."),
    }
    for kind, text in texts.items():
        if kind in kinds:
            yield text
    if "nothing" in kinds and not is_nothing:
        yield _("Tin vừa nói không có, vừa có số hoặc chỉ số. Xem lại.")
