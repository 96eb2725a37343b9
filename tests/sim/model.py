"""The rules of docs/counting.md in plain Python: no database, no SQL, no code of the portal.

It knows C1 to C3, C6 to C16, C18, C20 and C21: what the others say is about pages and files.

Written another way than the portal on purpose. The portal keeps what counts while a report is
returned, and adds totals up level by level; here each content of a report remembers what was
decided about it, and every outcome climbs both trees by itself, anew for every question.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.sim.facts import (
    DAY,
    STATE,
    Branch,
    Content,
    Counts,
    Entry,
    Key,
    Phase,
    Refused,
    Report,
    Session,
    Unit,
    added,
    following,
    valid_on,
)


@dataclass
class Model:
    """A campaign among its trees, at a moment."""

    starts: dt.date
    ends: dt.date
    weekdays: dict[dt.date, str]
    editable: int
    formulas: dict[str, Counts]
    units: dict[str, Unit]
    branches: dict[str, Branch]
    # What each unit is to reach from which day on.
    targets: dict[str, dict[dt.date, int]]
    now: dt.datetime
    # By their first day.
    phases: dict[dt.date, Phase] = field(default_factory=dict)
    reports: dict[Key, Report] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    # Until when a day is open again for a branch.
    grants: dict[tuple[str, dt.date], dt.date] = field(default_factory=dict)

    # -- Where and when

    def above(self, tree: str, node: str | None) -> Iterator[str]:
        """Yield a node and all above it."""
        while node is not None:
            yield node
            node = (self.units if tree == "unit" else self.branches)[node].parent

    def is_at_home(self, branch: str, unit: str) -> bool:
        return self.branches[branch].home in self.above("unit", unit)

    def is_granted(self, branch: str, day: dt.date) -> bool:
        return self.grants.get((branch, day), dt.date.min) >= self.now.date()

    def phases_on(self, day: dt.date) -> list[Phase]:
        """Return those that run on a day; the first to be asked is the last that began."""
        begun = sorted(self.phases.items(), reverse=True)
        return [p for begins, p in begun if max(begins, p.since) <= day <= p.ends]

    def weekdays_on(self, day: dt.date) -> str:
        of_phases = (phase.weekdays for phase in self.phases_on(day) if phase.weekdays)
        return next(of_phases, valid_on(self.weekdays, day, ""))

    def is_past(self, day: dt.date) -> bool:
        of_phases = (p.editable for p in self.phases_on(day) if p.editable is not None)
        return self.now.date() > day + next(of_phases, self.editable) * DAY

    def check_open(self, branch: str, day: dt.date) -> None:
        if day > self.now.date() or (self.is_past(day) and not self.is_granted(branch, day)):
            raise Refused("closed")

    def check_exists(self, branch: str, unit: str, day: dt.date) -> None:
        """Check that a branch can do something in a unit on a day: both are there."""
        if not self.units[unit].exists(day):
            raise Refused("invalid" if unit == self.branches[branch].home else "denied")
        if not (self.branches[branch].exists(day) and self.is_at_home(branch, unit)):
            raise Refused("invalid")

    # -- Settings

    def outside(self) -> set[tuple[str, Key]]:
        """Return what is reported or planned of days on which branch or unit does not exist."""
        planned = {(s.branch, s.unit, s.day) for s in self.sessions.values() if self._stands(s)}
        known = {*self.reports, *planned}
        return {
            *(("branch", key) for key in known if not self.branches[key[0]].exists(key[2])),
            *(("unit", key) for key in known if not self.units[key[1]].exists(key[2])),
        }

    def change(self, nodes: dict[str, Any], code: str, **changed: Any) -> None:
        """Change branches or units; nothing that is reported is left outside by a setting."""
        before, known = nodes[code], self.outside()
        nodes[code] = replace(before, **changed)
        if self.outside() - known:
            nodes[code] = before
            raise Refused("outside")

    def target(self, unit: str, day: dt.date) -> int | None:
        """C21: what was given last as of a day."""
        given: dict[dt.date, int | None] = {**self.targets.get(unit, {})}
        return valid_on(given, day, None)

    def set_target(self, unit: str, value: int, since: dt.date) -> None:
        self.targets[unit] = following(self.targets.get(unit, {}), value, since)

    def drop_phase(self, begins: dt.date) -> None:
        """C21: what decided about a day that is over is not removed."""
        if max(begins, self.phases[begins].since) < self.now.date():
            raise Refused("outside")
        del self.phases[begins]

    # -- Reports

    def complete(self, counts: Counts) -> Counts:
        """C14: what is worked out comes from the sums; C7: blank where nothing was given."""
        whole = dict(counts)
        for code, terms in self.formulas.items():
            if known := [factor * counts[of] for of, factor in terms.items() if of in counts]:
                whole[code] = sum(known)
        return whole

    def check(
        self, counts: Counts, *, no_activity: bool = False, is_explained: bool = False
    ) -> None:
        if any(counts.values()) if no_activity else not counts:
            raise Refused("invalid")
        exceeds = counts.get("upgraded", 0) > counts.get("level2", 0)
        whole = self.complete(counts)
        if (exceeds and not is_explained) or min(whole.values(), default=0) < 0:  # C6
            raise Refused("invalid")

    def closed(self, key: Key) -> dict[int, Counts]:
        found = self.sessions.items()
        own = {pk: s for pk, s in found if (s.branch, s.unit, s.day) == key}
        return {pk: dict(s.counts) for pk, s in own.items() if s.state == "closed"}

    def is_beside_sessions(self, key: Key, counts: Counts) -> bool:
        """C23: a hamlet's counts, and a session of the commune that brought something."""
        branch, unit, day = key
        above = self.units[unit].parent
        if self.units[unit].level != "hamlet" or above is None or not any(counts.values()):
            return False
        return any(added(self.closed((branch, above, day)).values()).values())

    def is_beside_hamlet(self, session: Session) -> bool:
        """C23: what its host has reported of a hamlet of the same commune, and what counts."""
        of_day = [
            report.counting
            for (branch, unit, day), report in self.reports.items()
            if (branch, self.units[unit].parent, day) == (session.branch, session.unit, session.day)
            and self.units[unit].level == "hamlet"
        ]
        return any(any(content.values[0].values()) for content in of_day if content)

    def submit(self, key: Key, entry: Entry) -> str:
        branch, unit, day = key
        self.check_exists(branch, unit, day)
        if not self.starts <= day <= min(self.ends, self.now.date()):
            raise Refused("invalid")
        is_explained = bool(entry.explanation)
        self.check(entry.counts, no_activity=entry.no_activity, is_explained=is_explained)
        if self.is_beside_sessions(key, entry.counts):
            raise Refused("invalid")
        report = self.reports.get(key)
        version = report.version if report else 0
        values = (dict(entry.counts), entry.no_activity, entry.explanation)
        covered = self._covered(key, entry, report)
        if report and report.contents[-1].values == values:
            is_answer = entry.base == version
            if not (is_answer and (covered != report.covered or report.state == "returned")):
                return "same"
        least = {code: count for code, count in added(covered.values()).items() if count}
        if any(entry.no_activity or entry.counts.get(c, 0) < count for c, count in least.items()):
            raise Refused("invalid")  # C2
        self.check_open(branch, day)
        if entry.base != version:
            raise Refused("conflict" if report else "invalid")  # C18
        if report and report.state == "locked" and not self.is_granted(branch, day):
            raise Refused("closed")
        report = self.reports.setdefault(key, Report())
        report.contents.append(Content(values))
        report.covered = covered
        report.events.append(("submitted", ""))
        return "changed" if version else "created"

    def _covered(self, key: Key, entry: Entry, report: Report | None) -> dict[int, Counts]:
        if report and entry.sessions is None:
            return report.covered
        closed = self.closed(key)
        if entry.sessions is not None:
            return {pk: counts for pk, counts in closed.items() if pk in entry.sessions}
        seen_at = entry.captured or self.now
        closed_at = {pk: self.sessions[pk].closed_at or self.now for pk in closed}
        return {pk: counts for pk, counts in closed.items() if closed_at[pk] <= seen_at}

    def is_asked(self, key: Key) -> bool:
        """C3: the sessions of the day are not what the report covers."""
        report = self.reports[key]
        return report.state != "returned" and self.closed(key) != report.covered

    def reconcile(self, key: Key, choice: str, base: int) -> str:
        if not self.is_asked(key):
            return "same"
        report, closed = self.reports[key], self.closed(key)
        counts, no_activity, explanation = report.contents[-1].values
        if choice == "add":
            brought, known = added(closed.values()), added(report.covered.values())
            moved = {c: brought.get(c, 0) - known.get(c, 0) for c in {*brought, *known}}
            counts = added([counts, {c: count for c, count in moved.items() if count}])
        is_nothing = no_activity and not any(counts.values())
        return self.submit(key, Entry(counts, is_nothing, explanation, base, tuple(closed)))

    def review(self, seen: dict[Key, int], decision: str, reason: str) -> str:
        changing = {k: v for k, v in seen.items() if not self._is_done(k, v, decision, reason)}
        for key, version in changing.items():
            report, (branch, _unit, day) = self.reports[key], key
            is_locked = report.state == "locked" and not self.is_granted(branch, day)
            if report.version != version or is_locked:
                raise Refused("conflict")
        for key in changing:
            contents = self.reports[key].contents
            counting = [c for c in contents[:-1] if not c.is_returned]
            after = contents[-1:] if decision == "approved" else counting[-1:]
            if after and self.is_beside_sessions(key, after[0].values[0]):
                raise Refused("invalid")
        for key in changing:
            report, (branch, _unit, day) = self.reports[key], key
            if decision == "returned" and self.is_past(day) and not self.is_granted(branch, day):
                self.grants[branch, day] = self.now.date() + DAY
            report.contents[-1].is_returned = decision == "returned"
            report.contents[-1].is_approved |= decision == "approved"
            report.events.append((decision, reason))
        return "changed" if changing else "same"

    def _is_done(self, key: Key, seen: int, decision: str, reason: str) -> bool:
        """Whether it stands so already, or the answer to the same decision was lost."""
        report = self.reports[key]
        if report.version == seen:
            return report.events[-1] == (decision, reason)
        was_locked = decision == "approved" and report.state == "locked"
        decided = report.version - was_locked
        return decided == seen + 1 and report.events[seen] == (decision, reason)

    def lock(self) -> None:
        for (branch, _unit, day), report in self.reports.items():
            is_due = self.is_past(day) and not self.is_granted(branch, day)
            if report.state == "approved" and is_due:
                report.events.append(("locked", ""))

    # -- Sessions

    def plan(self, branch: str, unit: str, day: dt.date) -> None:
        """Check that a session can be there; in a hamlet only of whoever is at home in one."""
        self.check_exists(branch, unit, day)
        home = self.units[self.branches[branch].home]
        if (self.units[unit].level == "hamlet") != (home.level == "hamlet"):
            raise Refused("invalid")
        if not self.starts <= day <= self.ends:
            raise Refused("invalid")

    def close(self, pk: int, counts: Counts, base: int) -> str:
        session = self.sessions[pk]
        if session.state == "cancelled":
            raise Refused("closed")
        self.check(counts)
        if session.state == "closed" and session.counts == counts:
            return "same"
        self.check_open(session.branch, session.day)
        if session.version != base:
            raise Refused("conflict")
        if any(counts.values()) and self.is_beside_hamlet(session):
            raise Refused("closed")
        session.state, session.counts, session.closed_at = "closed", dict(counts), self.now
        session.version += 1
        return "changed"

    def cancel(self, pk: int) -> str:
        session = self.sessions[pk]
        if session.state == "cancelled":
            return "same"
        if session.state == "closed":
            self.check_open(session.branch, session.day)
        session.state, session.counts = "cancelled", {}
        session.version += 1
        return "changed"

    def reopen(self, pk: int, base: int) -> str:
        session = self.sessions[pk]
        if session.state != "closed":
            return "same"
        self.check_open(session.branch, session.day)
        if session.version != base:
            raise Refused("conflict")
        session.state, session.counts = "under_way", {}
        session.version += 1
        return "changed"

    def move(self, pk: int, unit: str, day: dt.date, base: int) -> str:
        session = self.sessions[pk]
        self.plan(session.branch, unit, day)
        if (session.unit, session.day) == (unit, day):
            return "same"
        if session.version != base:
            raise Refused("conflict")
        is_other_day = session.state == "under_way" and session.day != day
        if session.state in ("closed", "cancelled") or is_other_day:
            raise Refused("closed")
        session.unit, session.day = unit, day
        session.version += 1
        return "changed"

    # -- Sums

    def outcomes(self, basis: str) -> Iterator[tuple[Key, Counts]]:
        """C1, C8, C9, C16: one outcome for each branch, unit and day, taken whole."""
        hosted = {(s.branch, s.unit, s.day) for s in self.sessions.values() if s.state == "closed"}
        for key in {*self.reports, *hosted}:
            counting = self.reports[key].counting if key in self.reports else None
            if counting is None:
                if basis == "reported":
                    yield key, added(self.closed(key).values())
            elif basis == "reported" or counting.is_approved:
                yield key, counting.values[0]

    def _before(self, basis: str, branch: str, unit: str, day: dt.date) -> int:
        """C28: what stood before a day is what was reported last."""
        reported = {
            key[2]: counts[STATE]
            for key, counts in self.outcomes(basis)
            if key[:2] == (branch, unit) and key[2] < day and STATE in counts
        }
        return reported[max(reported)] if reported else 0

    def _ended(self, basis: str) -> Iterator[tuple[Key, Counts]]:
        """C31: what stood ends with branch or unit, and here nothing comes after either."""
        for branch, unit in {key[:2] for key, counts in self.outcomes(basis) if STATE in counts}:
            ends = [d for d in (self.branches[branch].closed, self.units[unit].ends) if d]
            if ends and min(ends) <= self.now.date():
                stood = self._before(basis, branch, unit, min(ends))
                yield (branch, unit, min(ends)), {STATE: -stood}

    def sums(self, tree: str, basis: str) -> dict[str, dict[dt.date, Counts]]:
        """C14: each outcome counts at its node and at all above; by node and day."""
        found: dict[str, dict[dt.date, Counts]] = {}
        changes = [
            ((b, u, day), counts | {STATE: counts[STATE] - self._before(basis, b, u, day)})
            if STATE in counts
            else ((b, u, day), counts)
            for (b, u, day), counts in self.outcomes(basis)
        ]
        for (branch, unit, day), counts in (*changes, *self._ended(basis)):
            for node in self.above(tree, unit if tree == "unit" else branch):
                days = found.setdefault(node, {})
                days[day] = added([days.get(day, {}), counts])
        return found

    def is_expected(self, branch: str, day: dt.date) -> bool:
        """C11."""
        own = self.branches[branch]
        hosted = {s.day for s in self.sessions.values() if s.branch == branch and self._stands(s)}
        is_called = str(day.isoweekday()) in self.weekdays_on(day)
        is_called &= valid_on(own.daily, day, False)
        return own.exists(day) and (is_called or day in hosted)

    @staticmethod
    def _stands(session: Session) -> bool:
        return session.state != "cancelled"

    def is_received(self, branch: str, day: dt.date, basis: str = "reported") -> bool:
        """C9, C12, C13: one is arrived, in however many places, returned or not."""
        if not self.is_expected(branch, day):
            return False
        own = [r for (b, _u, d), r in self.reports.items() if (b, d) == (branch, day)]
        if basis == "reported":
            return bool(own)
        return any(r.counting is not None and r.counting.is_approved for r in own)

    def is_corrected(self, branch: str, day: dt.date) -> bool:
        """C9: a report of the day was returned and not sent again."""
        own = [r.state for (b, _u, d), r in self.reports.items() if (b, d) == (branch, day)]
        return self.is_expected(branch, day) and "returned" in own

    def arrived(
        self, tree: str, basis: str, days: Iterable[dt.date]
    ) -> dict[str, dict[dt.date, tuple[int, int]]]:
        """Expected and received, by node and day."""
        found: dict[str, dict[dt.date, tuple[int, int]]] = {}
        for day in days:
            for code, branch in self.branches.items():
                if not self.is_expected(code, day):
                    continue
                here = (1, int(self.is_received(code, day, basis)))
                for node in self.above(tree, branch.home if tree == "unit" else code):
                    known = found.setdefault(node, {}).get(day, (0, 0))
                    found[node][day] = (known[0] + here[0], known[1] + here[1])
        return found
