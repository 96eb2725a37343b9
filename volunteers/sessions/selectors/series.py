"""What is left of a series, as seen from one of its sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.formatting import short_day
from volunteers.sessions.models import State, SupportSession
from volunteers.sessions.services.series import Reach, to_come


@dataclass(frozen=True)
class SeriesLeft:
    """The sessions of a series that have not begun: from one of them on, all, changed alone."""

    session: SupportSession
    later: Sequence[SupportSession]
    all: Sequence[SupportSession]

    @property
    def is_named(self) -> bool:
        """Whether the session itself is among them."""
        return self.session in self.all

    @property
    def others(self) -> list[SupportSession]:
        return [one for one in self.all if one != self.session]

    @property
    def own(self) -> list[SupportSession]:
        """Those that were changed by themselves, but for the session from which one looks."""
        return [one for one in self.others if one.stands_alone]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What of the series can be meant, each with how many sessions it is."""
        found: list[tuple[str, str]] = []
        if self.session.state != State.CANCELLED:
            found.append((Reach.ONE, str(Reach.ONE.label)))
        if set(self.later) - {self.session}:
            label = str(Reach.LATER.label) if self.is_named else _("Các buổi sau buổi này")
            found.append((Reach.LATER, _with_number(label, len(self.later))))
        if len(self.all) > len(self.later):
            found.append((Reach.ALL, _with_number(str(Reach.ALL.label), len(self.all))))
        return found


def series_left(session: SupportSession) -> SeriesLeft:
    """Return what is left of the session's series (one query, none where it is in none)."""
    rows = list(to_come(session)) if session.series_id else []
    begins = session.date, session.begins_at
    return SeriesLeft(session, [r for r in rows if (r.date, r.begins_at) >= begins], rows)


def days_in_words(sessions: Sequence[SupportSession], most: int = 5) -> str:
    """Name the days of some sessions, of many the first."""
    days = ", ".join(short_day(session.date) for session in sessions[:most])
    return f"{days}…" if len(sessions) > most else days


def _with_number(label: str, number: int) -> str:
    return ngettext("%(label)s (%(n)s buổi)", "%(label)s (%(n)s buổi)", number) % {
        "label": label,
        "n": number,
    }
