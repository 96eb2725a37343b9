"""Which hamlets a branch has been to: by the session's place, and by reports of a hamlet."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from campaign.models import Branch, Campaign, Level, Unit
from core.text_gate import normal
from core.vietnamese import fold
from reports.daily.models import DailyReport
from volunteers.help_requests.outcome import gatherings
from volunteers.sessions.models import State, SupportSession

# Levels of which the parts are communes, and those of which they are hamlets.
WIDE = (Level.PROVINCE, Level.DISTRICT)


@dataclass(frozen=True)
class Word:
    """A word of a name: its letters without marks, and its marks, wherever they are written."""

    letters: str
    marks: str

    def is_as(self, other: "Word") -> bool:
        """Whether it is the same word, or may be, where one of them is written without marks."""
        has_marks = self.marks and other.marks
        return self.letters == other.letters and (not has_marks or self.marks == other.marks)


def words_of(text: str) -> list[Word]:
    return [
        Word(fold(word).lstrip("0") or "0", "".join(sorted(filter(_is_mark, normal("NFD", word)))))
        for word in re.findall(r"\w+", normal("NFC", text.lower()))
    ]


def _is_mark(char: str) -> bool:
    return char == "đ" or bool(unicodedata.combining(char))


@dataclass(eq=False)
class Hamlet:
    """A hamlet, for a district a commune: the days on which it was visited, and the next.

    ``unit`` is None for one of which only the name is known.
    """

    name: str
    unit: Unit | None = None
    days: set[dt.date] = field(default_factory=set)
    next: dt.date | None = None
    last_session: SupportSession | None = field(default=None, repr=False)

    @property
    def times(self) -> int:
        return len(self.days)

    @property
    def last(self) -> dt.date | None:
        return max(self.days, default=None)

    @property
    def is_new(self) -> bool:
        """Whether nobody has been there, and nothing is planned."""
        return not self.days and self.next is None

    @cached_property
    def words(self) -> list[Word]:
        return words_of(self.name)

    def holds(self, session: SupportSession) -> bool:
        return self.unit is not None and session.unit.path.startswith(self.unit.path)

    def spans_in(self, words: Sequence[Word]) -> list[range]:
        """Return where in the words of a place the name stands; that of a commune is no place."""
        size = len(self.words)
        if not size or (self.unit is not None and self.unit.level != Level.HAMLET):
            return []
        return [
            range(n, n + size)
            for n in range(len(words) - size + 1)
            if all(map(Word.is_as, self.words, words[n : n + size]))
        ]

    def add(self, session: SupportSession) -> None:
        """Note a session; they come in the order of their days."""
        if session.state == State.CLOSED:
            self.days.add(session.date)
            self.last_session = session
        elif self.next is None:
            self.next = session.date


def named_in(hamlets: Sequence[Hamlet], place: str) -> list[Hamlet]:
    """Return those whose name a place bears: ``Xóm 5`` is in ``NVH xóm 05``, not in ``xóm 50``.

    Of names that stand in one another it is the longest: ``Đình xóm Đông Thượng`` is not in
    ``Xóm Đông``.
    """
    words = words_of(place)
    found = [(hamlet, span) for hamlet in hamlets for span in hamlet.spans_in(words)]

    def is_part(span: range) -> bool:
        return any(set(span) < set(other) for _hamlet, other in found)

    return [h for h in hamlets if any(h is one and not is_part(span) for one, span in found)]


def names_in(text: str) -> list[str]:
    """Return the names on the lines of a text, each once."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    found: dict[tuple[Word, ...], str] = {}
    for line in filter(None, lines):
        found.setdefault(tuple(words_of(line)), line)
    return list(found.values())


def hamlets_of(
    campaign: Campaign, branch: Branch, typed: str, day: dt.date, last: dt.date
) -> list[Hamlet]:
    """Return the hamlets of a branch's home by name, with its sessions up to ``last``.

    ``typed`` names those that the territory does not know; of a wide one it knows all. Sessions
    of all hosts count (three queries).
    """
    home = branch.home_unit
    below = Unit.objects.on(day).filter(path__startswith=home.path).exclude(pk=home.pk)
    is_wide = home.level in WIDE
    level = Level.COMMUNE if is_wide else Level.HAMLET
    found = [Hamlet(u.name, u) for u in below.filter(level=level).order_by("sort_key", "pk")]
    if not is_wide:
        known = [hamlet.words for hamlet in found]
        others = map(Hamlet, names_in(typed))
        found += [hamlet for hamlet in others if hamlet.words not in known]
    if not found:
        return []
    sessions = (
        gatherings(campaign)
        .filter(unit__path__startswith=home.path)
        .exclude(state__in=(State.PLANNED, State.UNDER_WAY), date__lt=day)
        .filter(date__lte=last)
        .select_related("unit")
        .order_by("date", "begins_at", "pk")
    )
    for session in sessions:
        named = [] if is_wide else named_in(found, session.place)
        for hamlet in found:
            if hamlet in named or hamlet.holds(session):
                hamlet.add(session)
    _add_reports(campaign, found)
    return found


def _add_reports(campaign: Campaign, hamlets: Sequence[Hamlet]) -> None:
    """Count the days that were reported of a hamlet by itself."""
    units = {h.unit.pk: h for h in hamlets if h.unit is not None and h.unit.level == Level.HAMLET}
    if not units:
        return
    reports = DailyReport.objects.filter(campaign=campaign, unit__in=units, no_activity=False)
    for unit, day in reports.values_list("unit", "date"):
        units[unit].days.add(day)
