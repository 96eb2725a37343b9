"""Does to the portal, through its services, and to the model what a list of steps says."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from accounts.models import User
from campaign.models import Campaign
from campaign.reporting_window import WindowClosed
from campaign.services.settings_change import settings_change
from core import clock
from reports.daily.models import DailyReport
from reports.daily.services import locking, review, submit
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import VersionConflict
from reports.rollup import states
from reports.rollup.services import rollup
from reports.rollup.services.rebuild import rebuild
from reports.rollup.trees import TREES
from tests.sim import settings
from tests.sim.choices import counts_of, key_of, recent, session_of, undecided, units_of
from tests.sim.facts import DAY, STATE, Entry, Key, Refused, Session
from tests.sim.killing import Killed, dying
from tests.sim.stage import ENDS, FIRST_TODAY, SLUG, read_model
from tests.sim.steps import Step
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import SupportSession
from volunteers.sessions.services import session_planning, sessions

DECISIONS = {"approve": "approved", "return": "returned"}
# How the services say no, as the model does.
REFUSALS: dict[type[Exception], str] = {
    InvalidReport: "invalid",
    InvalidInput: "invalid",
    WindowClosed: "closed",
    NotNow: "closed",
    VersionConflict: "conflict",
    SessionConflict: "conflict",
    review.ReviewConflict: "conflict",
    Http404: "denied",
    PermissionDenied: "denied",
    ValidationError: "outside",
}


class Difference(Exception):
    """The portal and the model do not say the same."""


class Driver:
    def __init__(
        self, campaign: Campaign, actor: User, compare: Callable[["Driver", Step], None]
    ) -> None:
        self.campaign = Campaign.objects.get(pk=campaign.pk)
        self.actor = User.objects.get(pk=actor.pk)
        self.compare = compare
        self.model = read_model(self.campaign, clock.at(FIRST_TODAY, dt.time(8)))
        self.waiting: list[tuple[Key, Entry, UUID]] = []
        self.sent: list[tuple[Key, Entry, UUID]] = []
        self.ids: dict[Key, UUID] = {}
        self.serial = 0

    def moment(self) -> dt.datetime:
        return self.model.now

    def do(self, step: Step) -> None:
        self.model.now += dt.timedelta(minutes=1)
        getattr(self, f"_{step.what}")(step, *step.n)

    # -- Both sides of a step

    def _both(self, step: Step, service: Callable[[], Any], rule: Callable[[], Any]) -> Any:
        """Let service and model do it; a killed service has done nothing, and nor has the model.

        Returns what the service returned, None where it was refused or killed.
        """
        result = None
        try:
            with transaction.atomic(), dying(step.kill):
                result = service()
            answer = "done"
        except Killed:
            return None
        except tuple(REFUSALS) as refusal:
            answer = next(word for kind, word in REFUSALS.items() if isinstance(refusal, kind))
        try:
            rule()
            ruled = "done"
        except Refused as refusal:
            ruled = str(refusal)
        if answer != ruled:
            raise Difference(f"{step.what}: the portal says {answer}, the rules {ruled}")
        return result

    def _submit(self, step: Step, key: Key, entry: Entry, pk: UUID) -> None:
        branch, unit, day = key
        sent = ReportInput(
            id=pk,
            campaign=SLUG,
            branch=branch,
            unit=unit,
            date=day,
            counts=entry.counts,
            no_activity=entry.no_activity,
            explanation=entry.explanation,
            captured_at=entry.captured,
            base_version=entry.base,
            sessions=entry.sessions,
        )
        ruled: list[str] = []

        def rule() -> str:
            ruled.append(self.model.submit(key, entry))
            return ruled[0]

        result = self._both(step, lambda: submit.submit_report(actor=self.actor, entry=sent), rule)
        if result is None:
            return
        report, outcome = result
        self.ids[key] = report.pk
        if outcome.value != ruled[0]:
            raise Difference(f"report {key}: the portal says {outcome.value}, the rules {ruled[0]}")

    # -- Reports

    def _report(self, step: Step, *n: int) -> None:
        """Somebody fills in a form or a phone; every fifth waits there for the network."""
        key = key_of(self.model, n[0], n[1], n[2])
        counts = counts_of(n[3:6])
        if n[6] % 4 < 2:
            counts[STATE] = n[5] % 30
        report = self.model.reports.get(key)
        version = report.version if report else 0
        closed = tuple(self.model.closed(key))
        is_waiting, is_nothing = n[6] % 5 == 4, n[6] % 13 == 0
        entry = Entry(
            counts={} if is_nothing else counts,
            no_activity=is_nothing,
            explanation="checked" if n[6] % 3 == 0 else "",
            # A second page is open since before the last change.
            base=max(version - 1, 0) if n[7] % 8 == 0 else version,
            sessions=(None, closed, closed, closed[:-1])[n[7] % 4],
            captured=self.model.now if is_waiting else None,
        )
        self.serial += 1
        sending = (key, entry, self.ids.get(key, UUID(int=self.serial)))
        if is_waiting:
            self.waiting.append(sending)
            return
        self.sent.append(sending)
        self._submit(step, *sending)

    def _send(self, step: Step, *n: int) -> None:
        """A phone finds the network; in whatever order."""
        if self.waiting:
            sending = self.waiting.pop(n[0] % len(self.waiting))
            self.sent.append(sending)
            self._submit(step, *sending)

    def _resend(self, step: Step, *n: int) -> None:
        """An answer was lost: the same is sent again."""
        if self.sent:
            self._submit(step, *self.sent[-1 - n[0] % min(len(self.sent), 4)])

    def _reconcile(self, step: Step, *n: int) -> None:
        asked = [key for key in self.ids if self.model.is_asked(key)] or list(self.ids)
        if not asked:
            return
        key = asked[n[0] % len(asked)]
        choice, version = ("add", "included")[n[1] % 2], self.model.reports[key].version
        base = version - 1 if n[2] % 7 == 0 else version
        self._both(
            step,
            lambda: submit.reconcile_sessions(
                actor=self.actor,
                report=DailyReport.objects.get(pk=self.ids[key]),
                choice=choice,
                base_version=base,
            ),
            lambda: self.model.reconcile(key, choice, base),
        )

    def _review(self, step: Step, *n: int) -> None:
        if not self.ids:
            return
        known = undecided(self.model, n[7])
        keys = dict.fromkeys(recent(known, i) for i in n[: 1 + n[3] % 2])
        decision = ("approve", "approve", "return")[n[4] % 3]
        reason = f"Lý do {n[5] % 2}" if decision == "return" else ""
        stale = n[6] % 7 == 0
        seen = {key: self.model.reports[key].version - stale for key in keys}
        self._both(
            step,
            lambda: review.review_reports(
                actor=self.actor,
                seen={self.ids[key]: version for key, version in seen.items()},
                decision=decision,
                reason=reason,
            ),
            lambda: self.model.review(seen, DECISIONS[decision], reason),
        )

    def _lock(self, step: Step, *_n: int) -> None:
        self._both(step, locking.lock_closed, self.model.lock)

    # -- Sessions

    def _plan(self, step: Step, *n: int) -> None:
        branch, unit, day = key_of(self.model, n[0], n[1], n[3])
        ahead = (0, 0, 0, 0, -1, -2, 1)[n[2] % 7]
        near = min(self.model.now.date() + ahead * DAY, ENDS)
        # Mostly beside what there is: a report and sessions of one day ask about each other.
        day = day if n[4] % 3 else near
        self.serial += 1
        plan = self._plan_of(branch, unit, day, f"Điểm {self.serial}")
        made = self._both(
            step,
            lambda: session_planning.plan_sessions(actor=self.actor, plan=plan),
            lambda: self.model.plan(branch, unit, day),
        )
        if made:
            self.model.sessions[made[0].pk] = Session(branch, unit, day)

    @staticmethod
    def _plan_of(branch: str, unit: str, day: dt.date, place: str) -> session_planning.Plan:
        return session_planning.Plan(
            campaign=SLUG,
            branch=branch,
            unit=unit,
            date=day,
            begins_at=dt.time(8),
            ends_at=dt.time(10),
            place_kind="culture_house",
            place=place,
        )

    def _close(self, step: Step, *n: int) -> None:
        """Close a session, or correct the outcome of one."""
        if (pk := session_of(self.model, n[0])) is None:
            return
        counts, version = counts_of(n[1:4], most=6), self.model.sessions[pk].version
        base = version - 1 if n[4] % 8 == 0 else version
        self._both(
            step,
            lambda: sessions.close_session(
                actor=self.actor,
                session=SupportSession.objects.get(pk=pk),
                counts=counts,
                headcount=0,
                base_version=base,
            ),
            lambda: self.model.close(pk, counts, base),
        )

    def _cancel(self, step: Step, *n: int) -> None:
        """Cancel a session, mostly one that a report covers."""
        covered = [pk for report in self.model.reports.values() for pk in report.covered]
        pk = recent(covered, n[0]) if covered and n[1] % 3 else session_of(self.model, n[0])
        if pk is None:
            return
        self._both(
            step,
            lambda: sessions.cancel_session(
                actor=self.actor, session=SupportSession.objects.get(pk=pk), reason="Mưa"
            ),
            lambda: self.model.cancel(pk),
        )

    def _reopen(self, step: Step, *n: int) -> None:
        if (pk := session_of(self.model, n[0])) is None:
            return
        version = self.model.sessions[pk].version
        base = version - 1 if n[1] % 8 == 0 else version
        self._both(
            step,
            lambda: sessions.reopen_session(
                actor=self.actor, session=SupportSession.objects.get(pk=pk), base_version=base
            ),
            lambda: self.model.reopen(pk, base),
        )

    def _move(self, step: Step, *n: int) -> None:
        """Put a session on another day or in another place."""
        if (pk := session_of(self.model, n[0])) is None:
            return
        owned = self.model.sessions[pk]
        units = units_of(self.model, owned.branch)
        if not units:
            return
        unit, day = units[n[1] % len(units)], owned.day + (n[2] % 5 - 2) * DAY
        base = owned.version - 1 if n[3] % 8 == 0 else owned.version
        session = SupportSession.objects.get(pk=pk)
        plan = self._plan_of(owned.branch, unit, day, session.place)
        self._both(
            step,
            lambda: session_planning.change_session(
                actor=self.actor, session=session, plan=plan, base_version=base
            ),
            lambda: self.model.move(pk, unit, day, base),
        )

    # -- Settings and time

    def _setting(self, step: Step, *n: int) -> None:
        settings.change(self, step, *n)

    def change_setting(
        self,
        step: Step,
        write: Callable[[], Any],
        rule: Callable[[], Any],
        since: dt.date | None = None,
    ) -> None:
        def service() -> None:
            with settings_change(actor=self.actor, reason="Nghị quyết", since=since):
                write()

        self._both(step, service, rule)
        # With what belongs to it, which is read once.
        self.campaign = Campaign.objects.get(pk=self.campaign.pk)

    def _next_day(self, step: Step, *n: int) -> None:
        if self.model.now.date() < ENDS + DAY:
            self.model.now += DAY
            states.begin_day()
        if n[0] % 3:
            self._lock(step)

    # -- Workers

    def _drain(self, step: Step, *_n: int) -> None:
        self._work(step, rollup.drain)

    def _batch(self, step: Step, *n: int) -> None:
        """A worker does a part, and dies or is frozen and cut off."""
        self._work(step, lambda: rollup.spread_batch(1 + n[0] % 5))
        self._work(step, lambda: rollup.drain_batch(TREES[n[1] % 2], 1 + n[2] % 5))

    def _rebuild(self, step: Step, *_n: int) -> None:
        self._work(step, rebuild)

    def _work(self, step: Step, work: Callable[[], Any]) -> None:
        try:
            with dying(step.kill):
                work()
        except Killed:
            pass

    def _settle(self, step: Step, *_n: int) -> None:
        rollup.drain()
        self.compare(self, step)
