"""Draws a plan, and finds who recounts what was drawn."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Appointment, Campaign
from campaign.permissions import Permission, grants
from campaign.scopes import scope_of
from campaign.selectors import indicators_of, top_unit
from core import clock
from core.log.models import SignedHead
from reports.checks.drawing import Item, draw, place, seed_of
from reports.checks.frame import BranchDay, branch_days, frame_file, measure_of
from reports.checks.models import Check, CheckerKind, CheckPlan
from reports.checks.notices import ASSIGNED
from reports.daily.models import Revision, Source
from reports.notifications.outbox import enqueue
from volunteers.errors import NotNow

# What a log without a leaf has for a root (RFC 6962).
EMPTY_ROOT = sha256(b"").hexdigest()


@transaction.atomic
def make_plan(
    *,
    actor: User,
    campaign: Campaign,
    first_day: dt.date,
    last_day: dt.date,
    per_area: int,
    asked: str = CheckerKind.NEIGHBOUR,
) -> CheckPlan:
    """Draw branch-days of the days given, up to ``per_area`` in each area.

    Raises ``PermissionDenied``, and ``ValidationError`` where there is nothing to draw from.
    """
    if not scope_of(actor).may(Permission.SET_UP):
        raise PermissionDenied
    # Two plans at once would get one number.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    indicators = indicators_of(campaign)
    top = top_unit(actor, campaign)
    days = branch_days(campaign, top, first_day, last_day, indicators)
    if not days:
        raise ValidationError(_("Những ngày này chưa có số nào để kiểm tra. Chọn ngày khác."))
    last = CheckPlan.objects.filter(campaign=campaign).order_by("-number").first()
    number = last.number + 1 if last else 1
    head = _head_before(clock.today())
    seed = seed_of(head.root, number)
    strata, drawn = draw((day.item for day in days), seed, per_area)
    text = frame_file(days)
    plan = CheckPlan.objects.create(
        campaign=campaign,
        number=number,
        first_day=first_day,
        last_day=last_day,
        per_area=per_area,
        asked=asked,
        measure=measure_of(indicators),
        head_size=head.size,
        head_root=head.root,
        seed=seed,
        strata=[asdict(stratum) for stratum in strata],
        frame=text,
        frame_sha256=sha256(text.encode()).hexdigest(),
        made_at=clock.now(),
        made_by=actor,
    )
    by_key = {day.item.key: day for day in days}
    chosen = [(by_key[one.item.key], one) for one in drawn]
    checkers = _Checkers(plan, [day for day, _one in chosen])
    checks = Check.objects.bulk_create(
        Check(
            plan=plan,
            campaign=campaign,
            branch=day.branch,
            unit=day.unit,
            date=day.date,
            stratum=one.stratum,
            probability=one.probability,
            reported=day.counts,
            size=day.item.size,
            checker_id=checkers.choose(day),
        )
        for day, one in chosen
    )
    able = User.objects.filter(pk__in={check.checker_id for check in checks if check.checker_id})
    enqueue(able, kind=ASSIGNED, campaign=campaign, day=clock.today(), about=f"plan {number}")
    return plan


class _Head:
    def __init__(self, size: int, root: str) -> None:
        self.size, self.root = size, root


def _head_before(day: dt.date) -> _Head:
    """Return the log's last head of before the day, which nobody can change any more."""
    midnight = clock.at(day, dt.time())
    found = SignedHead.objects.filter(signed_at__lt=midnight).order_by("-size").first()
    return _Head(found.size, bytes(found.root).hex()) if found else _Head(0, EMPTY_ROOT)


class _Checkers:
    """Who may recount what was drawn; those with the least to do come first, then the seed.

    Nobody checks what the own branch, one above or below it has reported, or what one has
    entered oneself.
    """

    def __init__(self, plan: CheckPlan, drawn: list[BranchDay]) -> None:
        self.plan = plan
        self.load: Counter[int] = Counter()
        rows = Appointment.objects.on(clock.today()).filter(awaits_owner=False)
        rows = rows.select_related("user", "branch__home_unit", "unit").order_by("pk")
        self.appointments: dict[int, list[Appointment]] = defaultdict(list)
        for row in rows:
            if row.user.may_sign_in:
                self.appointments[row.user_id].append(row)
        authors = Revision.objects.filter(
            report__campaign=plan.campaign,
            report__branch__in={day.branch.pk for day in drawn},
            report__date__range=(plan.first_day, plan.last_day),
        ).exclude(source=Source.REVIEW)
        self.authors = set(
            authors.order_by().values_list("report__branch", "report__date", "actor").distinct()
        )

    def choose(self, day: BranchDay) -> int | None:
        asked = CheckerKind(self.plan.asked)
        for kind in (asked, *(kind for kind in CheckerKind if kind != asked)):
            able = [pk for pk, own in self.appointments.items() if self._may(pk, own, kind, day)]
            if able:
                item = day.item.key
                chosen = min(
                    able, key=lambda pk: (self.load[pk], place(self.plan.seed, f"{item}|{pk}"))
                )
                self.load[chosen] += 1
                return chosen
        return None

    def _may(self, pk: int, own: list[Appointment], kind: CheckerKind, day: BranchDay) -> bool:
        if (day.branch.pk, day.date, pk) in self.authors or is_own(own, day.branch):
            return False
        return any(_is_of(kind, appointment, day) for appointment in own)


def is_own(own: Any, branch: Any) -> bool:
    """Whether one of the appointments is to report for the branch, one above or one below it."""
    return any(
        a.branch is not None
        and grants(a.role, Permission.REPORT, Permission.LEAD_TEAMS)
        and (a.branch.holds(branch) or branch.holds(a.branch))
        for a in own
    )


def _is_of(kind: CheckerKind, appointment: Appointment, day: BranchDay) -> bool:
    branch, role = appointment.branch, appointment.role
    if kind == CheckerKind.NEIGHBOUR:
        # Of the same district, where there is one.
        above = day.branch.home_unit.parent_id
        is_near = branch is not None and branch.home_unit.parent_id == above
        return is_near and grants(role, Permission.REPORT)
    home = branch.home_unit if branch is not None else appointment.unit
    if home is None or not home.holds(day.unit):
        return False
    if kind == CheckerKind.LEAD:
        return grants(role, Permission.LEAD) and not grants(role, Permission.SET_UP)
    return grants(role, Permission.EXPORT) and not grants(role, Permission.LEAD)


@transaction.atomic
def reassign(*, actor: User, check: Check) -> User:
    """Give a check without an outcome to somebody else who may do it; return who that is.

    Raises ``PermissionDenied``, and ``NotNow`` where there is nobody else.
    """
    if not scope_of(actor).may(Permission.SET_UP):
        raise PermissionDenied
    rows = Check.objects.visible_to(actor).select_for_update(no_key=True, of=("self",))
    locked = rows.select_related("plan", "campaign", "branch__home_unit", "unit")
    found = locked.filter(pk=check.pk).or_404()
    if found.version or found.plan.is_closed:
        raise NotNow(_("Lượt này đã có kết quả, hoặc đợt đã kết thúc."))
    key = f"{found.branch.code}/{found.unit.code}/{found.date}"
    item = Item(key, found.area, found.size)
    day = BranchDay(item, found.branch, found.unit, found.date, found.reported)
    checkers = _Checkers(found.plan, [day])
    waiting = Check.objects.open().filter(campaign=found.campaign).exclude(checker=None)
    checkers.load.update(waiting.values_list("checker_id", flat=True))
    checkers.appointments.pop(found.checker_id or 0, None)
    found.checker_id = checkers.choose(day)
    if found.checker_id is None:
        raise NotNow(_("Không còn ai khác kiểm tra được lượt này."))
    found.save(update_fields=["checker"])
    chosen: User = User.objects.get(pk=found.checker_id)
    about = f"check {found.pk}"
    enqueue([chosen], kind=ASSIGNED, campaign=found.campaign, day=clock.today(), about=about)
    return chosen


@transaction.atomic
def close_plan(*, actor: User, plan: CheckPlan) -> None:
    """End a plan: nothing more is entered, and its frame may be seen. Twice is as once."""
    if not scope_of(actor).may(Permission.SET_UP):
        raise PermissionDenied
    CheckPlan.objects.filter(pk=plan.pk, closed_at=None).update(closed_at=clock.now())
