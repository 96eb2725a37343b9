"""From a pasted text to what it reports, line by line: understood, asked about, or ignored."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.chat.parser.assign_counts import AssignedCounts, read_counts
from reports.chat.parser.grouping import Statement, StatementGrouper
from reports.chat.parser.lexicon import KnownUnit, Lexicon
from reports.chat.parser.messages import split
from reports.chat.parser.normalise import folded, holds_id, masked, tidy
from reports.chat.parser.questions import about_counts, about_words, short
from reports.chat.parser.resolve import find_day, find_unit
from reports.chat.parser.tables import TableRow
from reports.chat.parser.tagging import TaggedLine
from reports.chat.parser.tokens import TokenRole
from reports.chat.parser.wording import _

UNDERSTOOD, ASK, IGNORED = "understood", "ask", "ignored"
MOST_CHARACTERS, MOST_LINES = 20_000, 300


class TooLong(Exception):
    """The text is more than is read at one time; the message says how much that is."""


@dataclass
class ParsedReport:
    """What was made of one line, or of several that belong together.

    ``counts`` holds only what is certain, even where something else is asked. ``notes`` say what
    to know before sending: they are about the report, not about how its words were read.
    ``unchanged`` are counts of the report that stands which the words do not name; the reader
    knows of none.
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
    unchanged: dict[str, int] = field(default_factory=dict)
    # Those of the questions that whoever says the place has answered.
    about_unit: list[str] = field(default_factory=list)
    # It names a place, and one for which the user does not report.
    is_out_of_reach: bool = False
    # Of what is ignored: whether it may speak of a report all the same.
    is_doubt: bool = False

    @property
    def whole(self) -> dict[str, int]:
        """The counts of the day as they would stand."""
        return {**self.unchanged, **self.counts}

    def ask(self, *questions: str) -> None:
        """Ask; what was understood is so no longer."""
        for question in questions:
            if question not in self.questions:
                self.questions.append(question)
        if self.questions and self.status == UNDERSTOOD:
            self.status = ASK


def parse(
    text: str, lexicon: Lexicon, day: dt.date, sent_at: dt.datetime | None = None
) -> list[ParsedReport]:
    """Read a pasted text; ``day`` is the day of what says none.

    ``sent_at`` is when its author sent it to us, local; of a copied text nobody knows it.

    Raises ``TooLong`` beyond 20,000 characters or 300 lines.
    """
    check_length(text)
    gatherer = StatementGrouper(lexicon)
    for message in split(tidy(text), sent_at):
        gatherer.take(message)
    own = _own(gatherer.statements, lexicon)
    answers = [_answer(statement, lexicon, day, own) for statement in gatherer.statements]
    _compare(answers)
    return answers


def check_length(text: str) -> None:
    if len(text) > MOST_CHARACTERS or tidy(text).count("\n") >= MOST_LINES:
        raise TooLong(
            _("Dài quá: mỗi lần dán tối đa 300 dòng, 20.000 ký tự. Chia ra rồi dán từng phần.")
        )


def _own(statements: Sequence[Statement], lexicon: Lexicon) -> KnownUnit | None:
    """Return the branch of who reports for one alone and pastes own words: no sender, no place."""
    if any(r.message.sender or r.mentions or r.row is not None for r in statements):
        return None
    return lexicon.own_unit


def _answer(
    statement: Statement, lexicon: Lexicon, day: dt.date, own: KnownUnit | None
) -> ParsedReport:
    if holds_id(statement.text):
        return ParsedReport(
            masked(statement.text),
            ASK,
            date=day,
            questions=[_("Có dãy số giống số định danh. Xóa khỏi tin: cổng chỉ nhận số lượng.")],
        )
    if statement.is_talk:
        return ParsedReport(
            statement.text, IGNORED, is_doubt=any(s.speaks_of_report for s in statement.lines)
        )
    where = find_unit(statement, lexicon, own)
    answer = ParsedReport(statement.text, UNDERSTOOD, candidates=where.candidates)
    if where.place is not None:
        answer.branch, answer.unit = where.place.branch, where.place.unit
        if not answer.unit:
            answer.ask(_("Chọn địa bàn đã hỗ trợ."))
    answer.ask(*where.questions)
    answer.about_unit = list(answer.questions)
    answer.is_out_of_reach = where.is_out_of_reach
    answer.date, about_day = find_day(statement, lexicon, day)
    answer.ask(*about_day)
    if statement.row is not None:
        _read_row(statement.row, statement.context, answer)
    else:
        _read_words(statement, answer, where.words)
    if statement.is_quote:
        answer.ask(_("Đây là lời trích tin cũ. Có gửi lại không?"))
    for text in statement.aside:
        answer.ask(_("Xem cả câu “%(text)s” cùng trong tin, rồi hãy gửi.") % {"text": short(text)})
    return answer


def _read_row(row: TableRow, context: Sequence[TaggedLine], answer: ParsedReport) -> None:
    answer.counts = {} if row.is_total else row.counts
    unknown = [t.text for t in row.unit_cell.unknown]
    kinds = [a.kind for s in (row.unit_cell, *context) for a in s.alarms]
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


def _read_words(statement: Statement, answer: ParsedReport, named: set[int]) -> None:
    reading = read_counts(statement.tokens)
    words = [t for s in statement.lines for t in s.tokens if t.is_free and t.kind != "mark"]
    if statement.tokens:
        known = {id(t) for t in words}
        words += [
            t for t in statement.tokens if t.is_free and t.kind != "mark" and id(t) not in known
        ]
    unknown = [t.text for t in words if id(t) not in named]
    kinds = [
        getattr(t.value, "kind", "")
        for t in statement.tokens
        if t.role in (TokenRole.NOISE, TokenRole.BREAK) and id(t) not in named
    ]
    kinds += [a.kind for s in statement.context for a in s.alarms]
    has_numbers = any(t.role in (TokenRole.NUMBER, TokenRole.ODD) for t in statement.tokens)
    has_indicators = any(t.role is TokenRole.INDICATOR for t in statement.tokens)
    if not has_indicators and statement.mentions and [t.value for t in reading.loose] == [0]:
        # “Mỹ Trung: 0” in a list of communes.
        reading, has_numbers = AssignedCounts(), False
        kinds.append("nothing")
    is_nothing = "nothing" in kinds and not (has_numbers or has_indicators)
    answer.no_activity = is_nothing
    answer.counts = reading.counts
    answer.ask(
        *about_counts(statement, reading, unknown), *about_words(kinds, is_nothing=is_nothing)
    )
    if not answer.counts and not is_nothing and not answer.questions:
        answer.ask(_("Chưa đọc được số nào. Nhập số."))
    if is_nothing and answer.questions:
        answer.no_activity = not _says_more(reading, kinds)


def _says_more(reading: AssignedCounts, kinds: Sequence[str]) -> bool:
    """Whether a doubt hangs over “nothing to report” itself."""
    return not reading.is_whole or bool(set(kinds) - {"nothing", "", "phone"})


def _compare(answers: list[ParsedReport]) -> None:
    """Ask about lines that repeat or contradict each other; nothing is ever added up."""
    by_unit: dict[tuple[str, str, dt.date | None], list[ParsedReport]] = {}
    texts: dict[str, ParsedReport] = {}
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
