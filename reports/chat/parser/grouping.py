"""Puts the lines of a message together: which of them make up one report."""

from dataclasses import dataclass, field

from reports.chat.parser.lexicon import Lexicon
from reports.chat.parser.messages import ChatMessage, MessageLine
from reports.chat.parser.multi_unit import first_unit, says, units_differ
from reports.chat.parser.tables import TableRow, read_table, table_at
from reports.chat.parser.tagging import TaggedLine, tag_line
from reports.chat.parser.tokens import Token, TokenRole
from reports.chat.parser.unit_names import Mention

# Words after a report that throw a doubt on what it says.
UPSETTING = ("cumulative", "doubt", "correction", "plan", "addition", "part_of_day")


@dataclass
class Statement:
    """What is read as one statement; ``aside`` are words of the same message that bear on it."""

    texts: list[str]
    tokens: list[Token] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    lines: list[TaggedLine] = field(default_factory=list)
    context: list[TaggedLine] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    message: ChatMessage = field(default_factory=ChatMessage)
    row: TableRow | None = None
    is_quote: bool = False
    is_talk: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.texts).strip()

    @property
    def has_counts(self) -> bool:
        return any(s.numbers or s.has("nothing") for s in self.lines)

    def add(self, found: TaggedLine, text: str) -> None:
        self.texts.append(text)
        self.lines.append(found)
        self.mentions.extend(found.mentions)
        if self.tokens:
            self.tokens.append(Token("\n", "\n", 0, 0, "mark", TokenRole.BREAK))
        self.tokens.extend(found.tokens)


class StatementGrouper:
    """Goes through the lines of one message after the other."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.statements: list[Statement] = []
        self.message = ChatMessage()
        self.current: Statement | None = None
        self.context: list[TaggedLine] = []
        self.is_after_blank = False
        self.since = 0
        self.ahead: dict[int, tuple[bool, bool]] = {}

    def take(self, message: ChatMessage) -> None:
        if (
            message.hour is None
            and message.lines
            and tag_line(message.sender, self.lexicon).mentions
        ):
            # “Ngô Quyền: …” without a time is a place, and no person who sends it.
            first = f"{message.sender}: {message.lines[0].text}"
            message = ChatMessage(lines=[MessageLine(first), *message.lines[1:]])
        is_same = message.sender == self.message.sender
        before = [r for r in self.statements[self.since :] if not r.is_talk] if is_same else []
        self.message, self.current, self.context = message, None, []
        self.is_after_blank, self.since, self.ahead = False, len(self.statements), {}
        at = 0
        while at < len(message.lines):
            table = table_at([line.text for line in message.lines], at, self.lexicon)
            if table is not None:
                for row in read_table(table, self.lexicon):
                    self._begin(row.unit_cell, row.text).row = row
                self.current = None
                at += table.length
                continue
            self._line(message, at)
            at += 1
        for statement in self.statements[self.since :]:
            if (
                any(s.has(kind) for s in statement.lines for kind in UPSETTING)
                and not statement.mentions
            ):
                for earlier in before:
                    earlier.aside.append(statement.text)

    def _line(self, message: ChatMessage, at: int) -> None:
        line = message.lines[at]
        if not line.text.strip():
            self.is_after_blank = True
            return
        found = tag_line(line.text, self.lexicon)
        if line.kind != "text":
            statement = self._single(found, line.text)
            statement.is_quote = line.kind == "quote" and bool(found.numbers and found.indicators)
            statement.is_talk = not statement.is_quote
            return
        parts = units_differ(found)
        if len(parts) > 1:
            head = parts[0].tokens[: first_unit(parts[0])]
            head = [] if says(head) else head
            for number, part in enumerate(parts):
                statement = self._begin(part, part.text)
                if number:
                    statement.tokens = [*head, *statement.tokens]
        else:
            self._one(found, line.text, message, at)
        self.is_after_blank = False

    def _one(self, found: TaggedLine, text: str, message: ChatMessage, at: int) -> None:
        says_counts = bool(found.numbers) or found.has("nothing")
        known_units = [m for m in found.mentions if not m.is_district] or found.mentions
        is_open = self.current is not None and not (self.is_after_blank and self.current.has_counts)
        if known_units and says_counts:
            self._begin(found, text)
        elif known_units:
            self._unit_only(found, text, message, at)
        elif says_counts and is_open and self._is_next_day(found):
            # “10/5: …” and “11/5: …” below one name are two reports of one place.
            named = self.current.mentions if self.current else []
            self._begin(found, text).mentions.extend(named)
        elif says_counts and (
            found.indicators or found.has_measure or not _words(found) or is_open
        ):
            if self.current is not None and is_open and self._goes_on(found):
                self.current.add(found, text)
            else:
                self._begin(found, text)
        elif says_counts and found.has("nothing"):
            self._begin(found, text)
        else:
            self._words_only(found, text, message, at, is_open)

    def _goes_on(self, found: TaggedLine) -> bool:
        if self.current is None or (self.current.has_counts and found.begins_total):
            return False
        mentioned = {t.value for s in self.current.lines for t in s.indicators}
        says_again = any(t.value in mentioned for t in found.indicators)
        if found.begins_unknown:
            # “NM: 3” in the middle of a report is a count that nobody knows, and part of it.
            return bool(self.current.mentions) and not says_again
        return bool(self.current.mentions) or not says_again

    def _is_next_day(self, found: TaggedLine) -> bool:
        if self.current is None or not self.current.has_counts:
            return False
        days = {d for s in self.current.lines for d in s.days.certain}
        first = next((t for t in found.tokens if t.kind != "mark"), None)
        begins = first is not None and first.role is TokenRole.DATE
        return begins and len(days) == 1 and len(set(found.days.certain) - days) == 1

    def _unit_only(self, found: TaggedLine, text: str, message: ChatMessage, at: int) -> None:
        """Take a line with a place and no number: a heading, a signature, or talk."""
        if self._counts_follow(message, at):
            self._begin(found, text)
        elif (
            self.current
            and self.current.has_counts
            and not self.current.mentions
            and not found.unknown
        ):
            self.current.add(found, text)
        elif (
            found.indicators
            and (
                found.has("number_word")
                or found.has("negation")
                or found.has("about")
                or bool(found.bare_days)
                or found.has("percent")
                or found.has("phone")
            )
        ) or found.has("unsure"):
            self._begin(found, text)
        else:
            self._talk(found, text)

    def _words_only(
        self, found: TaggedLine, text: str, message: ChatMessage, at: int, is_open: bool
    ) -> None:
        """Take a line without number and place: part of a report, a heading, or talk."""
        upsets = any(found.has(kind) for kind in UPSETTING)
        is_vague = bool(found.indicators) and (found.has("number_word") or found.has("about"))
        is_vague |= bool(found.indicators) and (
            bool(found.bare_days) or found.has("percent") or found.has("phone")
        )
        # “Cài: không” above “m1: 12” says something of one of them.
        is_vague |= bool(found.indicators) and found.has("negation") and not found.unknown
        follows = self._counts_follow(message, at, any_unit=True)
        goes_on = (
            self.current is not None and is_open and bool(found.indicators or found.days.is_stated)
        )
        is_part = found.has("cumulative") and not (found.has_report_word or found.days.is_stated)
        if is_open and self.current is not None and is_part and follows:
            # “Lũy kế:” within a report; what comes after it is no day's count.
            self.current.add(found, text)
            return
        if goes_on and self.current is not None and self.current.has_counts and follows:
            # A day, or a heading, between two reports is of those that follow.
            goes_on = not (found.days.is_stated or found.has_report_word)
        if goes_on and self.current is not None:
            if found.days.is_stated and any(s.days.is_stated for s in self.current.context):
                self.current.aside.append(text.strip())
            self.current.add(found, text)
        elif is_vague and not (found.days.is_stated and follows):
            self._begin(found, text)
        elif (
            (found.days.is_stated or upsets)
            and follows
            and (found.has_report_word or self.current is None or found.days.is_stated)
        ):
            self.current = None
            if found.days.is_stated:
                self.context = []
            self.context.append(found)
            self._talk(found, text)
        else:
            if upsets:
                for statement in self.statements[self.since :]:
                    if not statement.is_talk:
                        statement.aside.append(text.strip())
            self._talk(found, text)

    def _counts_follow(self, message: ChatMessage, at: int, *, any_unit: bool = False) -> bool:
        for here in range(at + 1, len(message.lines)):
            line = message.lines[here]
            if not line.text.strip() or line.kind != "text":
                continue
            if here not in self.ahead:
                found = tag_line(line.text, self.lexicon)
                counts = bool(found.numbers) or found.has("nothing")
                self.ahead[here] = bool(found.mentions), counts
            names, counts = self.ahead[here]
            if names and not any_unit:
                return False
            if counts:
                return True
        return False

    def _begin(self, found: TaggedLine, text: str) -> Statement:
        statement = self._single(found, text)
        self.current = statement
        return statement

    def _single(self, found: TaggedLine, text: str) -> Statement:
        statement = Statement([], message=self.message, context=list(self.context))
        statement.add(found, text)
        self.statements.append(statement)
        return statement

    def _talk(self, found: TaggedLine, text: str) -> None:
        """Set a line apart; what comes after it is not of the report before it."""
        self._single(found, text).is_talk = True
        if self.current is not None and self.current.has_counts and found.unknown:
            self.current = None


def _words(found: TaggedLine) -> list[Token]:
    return [t for t in found.tokens if t.kind == "word" and t.role is not TokenRole.DATE]
