"""Which hamlets a branch has been to: by the session's place, and by reports of a hamlet."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Max

from campaign.models import Branch, Campaign, Level, Unit
from core.vietnamese import fold
from reports.daily.models import DailyReport
from volunteers.sessions.models import State, SupportSession

# Levels of which the parts are communes, and those of which they are hamlets.
WIDE = (Level.PROVINCE, Level.DISTRICT)


@dataclass
class Hamlet:
    """A hamlet, for a district a commune: how often it was visited, when last, when next.

    ``unit`` is None for one of which only the name is known.
    """

    name: str
    unit: Unit | None = None
    times: int = 0
    last: dt.date | None = None
    next: dt.date | None = None
    last_session: SupportSession | None = field(default=None, repr=False)

    @property
    def is_new(self) -> bool:
        """Whether nobody has been there, and nothing is planned."""
        return not self.times and self.next is None

    def covers(self, session: SupportSession) -> bool:
        if self.unit is not None and session.unit.path.startswith(self.unit.path):
            return True
        is_wide = self.unit is not None and self.unit.level != Level.HAMLET
        return not is_wide and is_named_in(self.name, session.place)

    def add(self, session: SupportSession) -> None:
        if session.state == State.CLOSED:
            self.times += 1
            if self.last is None or session.date >= self.last:
                self.last, self.last_session = session.date, session
        elif self.next is None or session.date < self.next:
            self.next = session.date


def is_named_in(name: str, text: str) -> bool:
    """Whether a place bears the name: ``Xóm 5`` is in ``Nhà văn hóa xóm 05``, not in ``xóm 50``."""
    wanted, words = _words(name), _words(text)
    if not wanted:
        return False
    return any(words[n : n + len(wanted)] == wanted for n in range(len(words) - len(wanted) + 1))


def _words(text: str) -> list[str]:
    return [word.lstrip("0") or "0" for word in re.findall(r"\w+", fold(text))]


def names_in(text: str) -> list[str]:
    """Return the names on the lines of a text, each once."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    found: dict[str, str] = {}
    for line in filter(None, lines):
        found.setdefault(fold(line), line)
    return list(found.values())


def hamlets_of(
    campaign: Campaign, branch: Branch, typed: str, day: dt.date, last: dt.date
) -> list[Hamlet]:
    """Return the hamlets of a branch's home by name, with its sessions up to ``last``.

    ``typed`` names those that the territory does not know. Sessions of all hosts count (three
    queries).
    """
    home = branch.home_unit
    below = Unit.objects.on(day).filter(path__startswith=home.path).exclude(pk=home.pk)
    level = Level.COMMUNE if home.level in WIDE else Level.HAMLET
    found = [Hamlet(u.name, u) for u in below.filter(level=level).order_by("sort_key", "pk")]
    known = {fold(hamlet.name) for hamlet in found}
    found += [Hamlet(name) for name in names_in(typed) if fold(name) not in known]
    if not found:
        return []
    sessions = (
        SupportSession.objects.existing()
        .filter(campaign=campaign, unit__path__startswith=home.path)
        .exclude(state__in=(State.PLANNED, State.UNDER_WAY), date__lt=day)
        .filter(date__lte=last)
        .select_related("unit")
        .order_by("date", "begins_at", "pk")
    )
    for session in sessions:
        for hamlet in found:
            if hamlet.covers(session):
                hamlet.add(session)
    _add_reports(campaign, found)
    return found


def _add_reports(campaign: Campaign, hamlets: Sequence[Hamlet]) -> None:
    """Count the days that were reported of a hamlet by itself."""
    units = {h.unit.pk: h for h in hamlets if h.unit is not None and h.unit.level == Level.HAMLET}
    if not units:
        return
    reports = DailyReport.objects.filter(campaign=campaign, unit__in=units, no_activity=False)
    rows = reports.order_by().values("unit").annotate(times=Count("pk"), last=Max("date"))
    for row in rows:
        hamlet = units[row["unit"]]
        hamlet.times += row["times"]
        hamlet.last = max(row["last"], hamlet.last or row["last"])
