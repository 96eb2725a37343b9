"""What needs a hand today below somebody who leads, worked out from what there is."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from campaign.addresses import path_of
from campaign.models import Appointment, Branch, Campaign, Unit
from campaign.permissions import Permission, roles_with
from campaign.querysets import below
from campaign.reporting_window import rules_on
from campaign.scopes import Scope, scope_of
from campaign.selectors import secretaries_of, units_shown
from core import clock
from reports.daily.models import DailyReport, Status
from reports.dashboards.selectors.action_items import SILENT_DAYS, recent_days
from reports.dashboards.selectors.completeness_grid import appeal_of
from reports.desk.models import FollowUp, FollowUpAction, TaskKind
from reports.notifications.contact_points import contact_points
from reports.notifications.models import Notice
from reports.phones.models import PhoneState
from reports.phones.selectors import phones_of
from reports.reconciliation.models import HigherSpell
from reports.reminders.services import REMINDERS
from reports.rollup.selectors import differences_shown
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.selectors import may_handle
from volunteers.sessions.models import SupportSession

RETURNED_SINCE = dt.timedelta(days=14)


@dataclass(frozen=True)
class Task:
    """Something that needs a hand; ``key`` is the same as long as it is the same thing.

    ``address`` names the page on which it is seen to, ``number`` puts tasks of a kind in order.
    ``is_breach`` is one that breaks a rule: three silent days.
    """

    kind: TaskKind
    key: str
    title: str
    about: str
    address: tuple[str, ...]
    number: int = 0
    branch: Branch | None = None
    is_breach: bool = False
    # Of the report that is asked for; None is today's.
    date: dt.date | None = None


@dataclass(frozen=True)
class Contact:
    """Who answers for a branch, as far as the reader may know: secretaries with their phones.

    ``owners`` are who leads right above. ``is_reached`` is whether the portal's reminders reach any
    of the secretaries; ``reminded`` is when it last did today.
    """

    people: tuple[tuple[User, Sequence[PhoneState]], ...] = ()
    is_reached: bool = False
    reminded: dt.datetime | None = None
    may_invite: bool = False
    owners: Sequence[User] = ()


@dataclass(frozen=True)
class DeskLine:
    task: Task
    contact: Contact
    done: Sequence[FollowUp] = field(default_factory=tuple)
    # What is asked for, and where it is done.
    asked: str = ""

    @property
    def text(self) -> str:
        """What to send to whoever answers for it: names are taken out for who shows it alone."""
        return f"{_sentence(self.task, self.contact)}\n{self.asked}"


@dataclass(frozen=True)
class Effect:
    """How many branches were followed up today because they were silent, and reported after it."""

    by_action: Mapping[str, int]
    branches: int
    reported: int


@dataclass(frozen=True)
class Desk:
    """``lines`` are open, ``snoozed`` are hidden until a day."""

    day: dt.date
    lines: tuple[DeskLine, ...]
    snoozed: tuple[DeskLine, ...]
    effect: Effect

    @property
    def counts(self) -> list[tuple[TaskKind, int]]:
        kinds = [line.task.kind for line in self.lines]
        return [(kind, kinds.count(kind)) for kind in TaskKind if kind in kinds]


def may_chase(user: Any) -> bool:
    return scope_of(user).may(Permission.INVITE)


def tasks_of(user: Any, campaign: Campaign) -> list[Task]:
    """Return what needs a hand, by kind, the most pressing first (about twelve queries)."""
    scope, day = scope_of(user), clock.today()
    if not may_chase(user):
        return []
    paths = scope.unit_paths_with(Permission.INVITE)
    led = units_shown(user, campaign).filter(path__in=paths)
    tops = list(led.order_by("depth", "pk"))
    is_running = campaign.takes_counts and campaign.starts_on <= day <= campaign.ends_on
    found: list[Task] = []
    if is_running:
        for top in tops:
            found += _of_recent_days(campaign, top, day)
        found += _returned(campaign, paths, day)
        found += _without_outcome(campaign, paths, day)
    found += _overdue(user, campaign, day)
    found += _of_sources(user, campaign, scope)
    order = {kind: place for place, kind in enumerate(TaskKind)}
    return sorted(found, key=lambda task: (order[task.kind], -task.number, task.title))


def _of_recent_days(campaign: Campaign, top: Unit, day: dt.date) -> Iterator[Task]:
    """Yield who is silent, whose figures are unusual, and whose sessions are not reconciled."""
    recent = recent_days(campaign, top, day)
    if clock.now() >= rules_on(campaign, day).opens_at:
        for silent in recent.silent(top.path):
            days = silent.days
            words = ngettext("chưa báo cáo %(n)d ngày liền", "chưa báo cáo %(n)d ngày liền", days)
            text = words % {"n": days} if days > 1 else _("chưa báo cáo hôm nay")
            yield _of_branch(TaskKind.SILENT, silent.branch, text, days, days >= SILENT_DAYS)
    for branch, times in recent.jumps(top.path):
        text = _("có số gấp %(n)d lần trước đó, chưa xác nhận") % {"n": times}
        yield _of_branch(TaskKind.UNUSUAL, branch, text, times)
    for branch in recent.expected.by_path.get(top.path, ()):
        if days := len(recent.unreconciled.get(branch.pk, ())):
            words = ngettext(
                "còn %(n)d ngày có buổi chưa đối chiếu với báo cáo",
                "còn %(n)d ngày có buổi chưa đối chiếu với báo cáo",
                days,
            )
            yield _of_branch(TaskKind.SESSIONS, branch, words % {"n": days}, days)


def _of_branch(
    kind: TaskKind, branch: Branch, text: str, number: int, is_breach: bool = False
) -> Task:
    key = f"{kind}:{branch.pk}"
    address = ("branch", branch.code)
    return Task(kind, key, branch.name, text, address, number, branch, is_breach)


def _returned(campaign: Campaign, paths: frozenset[str], day: dt.date) -> Iterator[Task]:
    reports = DailyReport.objects.filter(
        below(paths, "branch__home_unit__path"),
        campaign=campaign,
        status=Status.RETURNED,
        date__gt=day - RETURNED_SINCE,
    )
    for report in reports.select_related("branch__home_unit").order_by("date", "pk"):
        words = {"day": f"{report.date.day}/{report.date.month}"}
        text = _("báo cáo ngày %(day)s bị trả lại, chưa gửi lại") % words
        yield Task(
            TaskKind.RETURNED, f"returned:{report.pk}", report.branch.name, text,
            ("report-history", str(report.pk)), (day - report.date).days, report.branch,
            date=report.date,
        )  # fmt: skip


def _without_outcome(campaign: Campaign, paths: frozenset[str], day: dt.date) -> Iterator[Task]:
    """Yield branches with sessions of days that are over of which nobody said how they went."""
    sessions = SupportSession.objects.existing().filter(
        below(paths, "branch__home_unit__path"), campaign=campaign, date__lt=day
    )
    rows = sessions.exclude(state="closed").order_by().values("branch").annotate(n=Count("pk"))
    known = Branch.objects.select_related("home_unit").in_bulk([row["branch"] for row in rows])
    for row in rows:
        n = row["n"]
        words = ngettext(
            "%(n)d buổi đã qua chưa ghi kết quả", "%(n)d buổi đã qua chưa ghi kết quả", n
        )
        yield _of_branch(TaskKind.OUTCOME, known[row["branch"]], words % {"n": n}, n)


def _overdue(user: Any, campaign: Campaign, day: dt.date) -> Iterator[Task]:
    """Yield requests of residents that are overdue, without any name."""
    if not may_handle(user):
        return
    requests = HelpRequest.objects.visible_to(user).filter(campaign=campaign).overdue(day)
    for asked in requests.select_related("unit").order_by("due_on", "pk"):
        days = (day - asked.due_on).days
        words = ngettext("yêu cầu quá hạn %(n)d ngày", "yêu cầu quá hạn %(n)d ngày", days)
        key, address = f"request:{asked.pk}", ("request", str(asked.pk))
        yield Task(TaskKind.REQUEST, key, str(asked.unit), words % {"n": days}, address, days)


def _of_sources(user: Any, campaign: Campaign, scope: Scope) -> Iterator[Task]:
    """Yield what our own sums or the police say otherwise."""
    if scope.may(Permission.EXPORT):
        spells = HigherSpell.objects.visible_to(user).filter(campaign=campaign, ended_at=None)
        for spell in spells.select_related("unit"):
            if not scope.may(Permission.EXPORT, unit=spell.unit):
                continue
            days = max((clock.today() - spell.since).days, 1)
            words = {"day": f"{spell.since.day}/{spell.since.month}"}
            text = _("báo cáo cao hơn số Công an từ %(day)s, chưa có lời giải") % words
            key, address = f"police:{spell.pk}", ("difference", spell.unit.code)
            yield Task(TaskKind.POLICE, key, str(spell.unit), text, address, days)
    if (known := differences_shown(user, campaign)) is not None and known.open:
        text = _("%(n)d con số tổng hợp chưa khớp với báo cáo, cổng đang tính lại") % {
            "n": known.open
        }
        yield Task(TaskKind.SUMS, "sums:", campaign.name, text, ("dashboard",), known.open)


def desk(user: Any, campaign: Campaign, absolute: Callable[[str], str]) -> Desk:
    """Return the queue with whom to call; ``absolute`` makes an address of a path."""
    day, tasks = clock.today(), tasks_of(user, campaign)
    called = contacts(user, campaign, {t.branch for t in tasks if t.branch is not None}, day)
    done: dict[str, list[FollowUp]] = {}
    rows = FollowUp.objects.filter(campaign=campaign, about__in=[task.key for task in tasks])
    for one in rows.filter(Q(day=day) | Q(until__gt=day)).select_related("author"):
        done.setdefault(one.about, []).append(one)
    rules = rules_on(campaign, day)
    now = clock.now()
    appeal = appeal_of(rules.due_at, is_open=now < rules.due_at, is_closed=now > rules.closes_at)
    lines = []
    for task in tasks:
        contact = called.get(task.branch.pk, Contact()) if task.branch else Contact()
        asked = appeal if task.kind == TaskKind.SILENT else _("Nhờ đồng chí xem lại. Cảm ơn!")
        words = f"{asked}\n{absolute(_leads_to(task, campaign))}"
        lines.append(DeskLine(task, contact, done.get(task.key, []), words))
    # Who leaves something until tomorrow hides it from nobody else.
    hidden = {
        key
        for key, steps in done.items()
        if any(s.until and s.until > day and s.author_id == user.pk for s in steps)
    }
    return Desk(
        day,
        tuple(line for line in lines if line.task.key not in hidden),
        tuple(line for line in lines if line.task.key in hidden),
        effect_of(user, campaign, day),
    )


def _leads_to(task: Task, campaign: Campaign) -> str:
    """Return the path at which whoever gets the text sees to it."""
    if task.kind in (TaskKind.SESSIONS, TaskKind.OUTCOME):
        return path_of(campaign, "sessions")
    code = task.branch.code if task.branch is not None else None
    return path_of(campaign, "report", branch=code, date=task.date)


def _sentence(task: Task, contact: Contact) -> str:
    names = ", ".join(str(person) for person, _phones in contact.people)
    words = {"branch": task.title, "about": task.about, "names": names}
    if names:
        return _("Gửi đồng chí %(names)s: %(branch)s %(about)s.") % words
    return _("%(branch)s: %(about)s.") % words


def contacts(
    user: Any, campaign: Campaign, branches: Iterable[Branch], day: dt.date
) -> dict[int, Contact]:
    """Return whom to call by branch (five queries); names of those alone whom one may know."""
    scope = scope_of(user)
    known = [branch for branch in branches if scope.may_invite_in(branch)]
    people = secretaries_of(known, day)
    users = {one.pk: one for of in people.values() for one in of}
    phones = phones_of(list(users.values()))
    reached = {one.pk for one, _channel in contact_points(users.values())}
    kinds = [kind.code for kind in REMINDERS]
    sent = Notice.objects.filter(campaign=campaign, day=day, kind__in=kinds, sent=True)
    reminded = dict(
        sent.filter(branch__in=known).order_by().values_list("branch").annotate(at=Max("due_at"))
    )
    owners = _owners(known, day)
    return {
        branch.pk: Contact(
            people=tuple((one, phones.get(one.pk, ())) for one in people.get(branch.pk, ())),
            is_reached=any(one.pk in reached for one in people.get(branch.pk, ())),
            reminded=reminded.get(branch.pk),
            may_invite=True,
            owners=owners.get(branch.pk, ()),
        )
        for branch in known
    }


def _owners(branches: Sequence[Branch], day: dt.date) -> dict[int, list[User]]:
    """Return who leads right above each branch: those of the nearest unit."""
    appointed = Appointment.objects.on(day).filter(
        role__in=roles_with(Permission.LEAD), user__is_active=True
    )
    led: dict[str, list[User]] = {}
    for one in appointed.select_related("user", "unit", "branch__home_unit").order_by("pk"):
        unit = one.unit or (one.branch.home_unit if one.branch is not None else None)
        if unit is not None:
            led.setdefault(unit.path, []).append(one.user)
    found = {}
    for branch in branches:
        above = [path for path in led if branch.home_unit.path.startswith(path)]
        if above:
            found[branch.pk] = led[max(above, key=len)]
    return found


def effect_of(user: Any, campaign: Campaign, day: dt.date) -> Effect:
    """Return what was done today about silent branches, and whether it helped (two queries)."""
    steps = FollowUp.objects.visible_to(user).filter(
        campaign=campaign, day=day, kind=TaskKind.SILENT
    )
    first: dict[int, dt.datetime] = {}
    by_action: dict[str, set[int]] = {}
    for branch, action, at in steps.order_by("at").values_list("branch", "action", "at"):
        if action == FollowUpAction.SNOOZED or branch is None:
            continue
        first.setdefault(branch, at)
        by_action.setdefault(action, set()).add(branch)
    came = DailyReport.objects.filter(campaign=campaign, date=day, branch__in=first)
    reported = {
        branch for branch, at in came.values_list("branch", "received_at") if at > first[branch]
    }
    return Effect({name: len(of) for name, of in by_action.items()}, len(first), len(reported))
