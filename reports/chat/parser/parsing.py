"""From a pasted text to what it reports, line by line: understood, asked about, or ignored."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.chat.parser.assign_counts import Reading, read_counts
from reports.chat.parser.grouping import Gatherer, Record
from reports.chat.parser.lexicon import KnownUnit, Lexicon
from reports.chat.parser.messages import split
from reports.chat.parser.normalise import folded, holds_id, masked, tidy
from reports.chat.parser.questions import about_counts, about_words, short
from reports.chat.parser.resolve import find_day, find_unit
from reports.chat.parser.tokens import Role
from reports.chat.parser.wording import _

UNDERSTOOD, ASK, IGNORED = "understood", "ask", "ignored"
MOST_CHARACTERS, MOST_LINES = 20_000, 300


class TooLong(Exception):
    """The text is more than is read at one time; the message says how much that is."""


@dataclass
class Answer:
    """What was made of one line, or of several that belong together.

    ``counts`` holds only what is certain, even where something else is asked. ``notes`` say what
    to know before sending: they are about the report, not about how its words were read.
    """

    text: str
    status: str
    branch: str = ""
    unit: str = ""
    date: dt.date | None = None
    counts: dict[str, int] = field(default_factory=dict)
    no_activity: bool = False
    questions: list[str] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def ask(self, *questions: str) -> None:
        """Ask; what was understood is so no longer."""
        for question in questions:
            if question not in self.questions:
                self.questions.append(question)
        if self.questions and self.status == UNDERSTOOD:
            self.status = ASK


def parse(text: str, lexicon: Lexicon, day: dt.date) -> list[Answer]:
    """Read a pasted text; ``day`` is the day of what says none.

    Raises ``TooLong`` beyond 20,000 characters or 300 lines.
    """
    check_length(text)
    gatherer = Gatherer(lexicon)
    for message in split(tidy(text)):
        gatherer.take(message)
    own = _own(gatherer.records, lexicon)
    answers = [_answer(record, lexicon, day, own) for record in gatherer.records]
    _compare(answers)
    return answers


def check_length(text: str) -> None:
    """Raise ``TooLong`` for what is too much."""
    if len(text) > MOST_CHARACTERS or tidy(text).count("\n") >= MOST_LINES:
        raise TooLong(
            _("Dài quá: mỗi lần dán tối đa 300 dòng, 20.000 ký tự. Chia ra rồi dán từng phần.")
        )


def _own(records: Sequence[Record], lexicon: Lexicon) -> KnownUnit | None:
    """Return the branch of who reports for one alone and pastes own words: no sender, no place."""
    if any(r.message.sender or r.mentions or r.row is not None for r in records):
        return None
    return lexicon.own_unit


def _answer(record: Record, lexicon: Lexicon, day: dt.date, own: KnownUnit | None) -> Answer:
    if holds_id(record.text):
        return Answer(
            masked(record.text),
            ASK,
            date=day,
            questions=[_("Có dãy số giống số định danh. Xóa khỏi tin: cổng chỉ nhận số lượng.")],
        )
    if record.is_talk:
        return Answer(record.text, IGNORED)
    where = find_unit(record, lexicon, own)
    answer = Answer(record.text, UNDERSTOOD, candidates=where.candidates)
    if where.place is not None:
        answer.branch, answer.unit = where.place.branch, where.place.unit
        if not answer.unit:
            answer.ask(_("Chọn xã, phường hoặc thị trấn đã hỗ trợ."))
    answer.ask(*where.questions)
    answer.date, about_day = find_day(record, lexicon, day)
    answer.ask(*about_day)
    if record.row is not None:
        _read_row(record, answer)
    else:
        _read_words(record, answer, where.words)
    if record.is_quote:
        answer.ask(_("Đây là lời trích tin cũ. Có gửi lại không?"))
    for text in record.aside:
        answer.ask(_("Xem cả câu “%(text)s” cùng trong tin, rồi hãy gửi.") % {"text": short(text)})
    return answer


def _read_row(record: Record, answer: Answer) -> None:
    row = record.row
    if row is None:
        return
    answer.counts = {} if row.is_total else row.counts
    unknown = [t.text for t in row.scan.unknown]
    kinds = [a.kind for s in (row.scan, *record.context) for a in s.alarms]
    answer.ask(*about_words(kinds, is_nothing=False))
    if row.odd:
        answer.ask(
            _("Chưa rõ “%(cell)s” là bao nhiêu. Nhập lại.") % {"cell": short("”, “".join(row.odd))}
        )
    if unknown and answer.branch:
        answer.ask(
            _("Chưa hiểu “%(words)s”. Xem lại các số rồi gửi.")
            % {"words": short(" ".join(unknown))}
        )
    if not answer.counts:
        answer.ask(_("Dòng này chưa có số. Nhập số, hoặc bỏ qua."))


def _read_words(record: Record, answer: Answer, named: set[int]) -> None:
    reading = read_counts(record.tokens)
    words = [t for s in record.scans for t in s.tokens if t.is_free and t.kind != "mark"]
    if record.tokens:
        known = {id(t) for t in words}
        words += [t for t in record.tokens if t.is_free and t.kind != "mark" and id(t) not in known]
    unknown = [t.text for t in words if id(t) not in named]
    kinds = [
        getattr(t.value, "kind", "")
        for t in record.tokens
        if t.role in (Role.NOISE, Role.BREAK) and id(t) not in named
    ]
    kinds += [a.kind for s in record.context for a in s.alarms]
    has_numbers = any(t.role in (Role.NUMBER, Role.ODD) for t in record.tokens)
    has_signs = any(t.role is Role.SIGN for t in record.tokens)
    if not has_signs and record.mentions and [t.value for t in reading.loose] == [0]:
        # “Mỹ Trung: 0” in a list of communes.
        reading, has_numbers = Reading(), False
        kinds.append("nothing")
    is_nothing = "nothing" in kinds and not (has_numbers or has_signs)
    answer.no_activity = is_nothing
    answer.counts = reading.counts
    answer.ask(*about_counts(record, reading, unknown), *about_words(kinds, is_nothing=is_nothing))
    if not answer.counts and not is_nothing and not answer.questions:
        answer.ask(_("Chưa đọc được số nào. Nhập số."))
    if is_nothing and answer.questions:
        answer.no_activity = not _says_more(reading, kinds)


def _says_more(reading: Reading, kinds: Sequence[str]) -> bool:
    """Whether a doubt hangs over “nothing to report” itself."""
    return not reading.is_whole or bool(set(kinds) - {"nothing", "", "phone"})


def _compare(answers: list[Answer]) -> None:
    """Ask about lines that repeat or contradict each other; nothing is ever added up."""
    by_unit: dict[tuple[str, str, dt.date | None], list[Answer]] = {}
    texts: dict[str, Answer] = {}
    for answer in answers:
        if answer.status == IGNORED:
            continue
        text = " ".join(folded(answer.text.lower()).split())
        if text in texts:
            answer.ask(_("Dòng này trùng một dòng ở trên. Gửi một dòng là đủ."))
        texts.setdefault(text, answer)
        if answer.branch:
            by_unit.setdefault((answer.branch, answer.unit, answer.date), []).append(answer)
    for same in by_unit.values():
        for number, answer in enumerate(same):
            others = [o for o in same if o is not answer]
            if any(
                (o.counts, o.no_activity) != (answer.counts, answer.no_activity) for o in others
            ):
                answer.ask(_("Đơn vị này có nhiều dòng cùng ngày với số khác nhau. Dòng nào đúng?"))
            elif number:
                answer.ask(_("Dòng này trùng một dòng ở trên. Gửi một dòng là đủ."))
