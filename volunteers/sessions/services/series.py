"""Changes, moves and cancels several sessions of a series at once.

Only sessions that are planned and have not begun are reached: what is under way, closed, cancelled
or past is not touched. Those that were changed by themselves are kept unless they are asked for.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.models import Branch
from campaign.scopes import scope_of
from campaign.services.dirty_days import mark_dirty
from core import clock
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import Series, State, SupportSession
from volunteers.sessions.recurrence import moved
from volunteers.sessions.services.session_planning import refuse_twins
from volunteers.sessions.services.session_validation import (
    CheckedPlan,
    Plan,
    check_days,
    check_plan,
)
from volunteers.sessions.services.sessions import (
    call_off,
    cleaned_reason,
    lock,
    require_right,
    save_change,
)
from volunteers.sessions.services.waiting_list import fill_up


class Reach(models.TextChoices):
    """How much of a series is meant, counted from one of its sessions."""

    ONE = "one", gettext_lazy("Chỉ buổi này")
    LATER = "later", gettext_lazy("Buổi này và các buổi sau")
    ALL = "all", gettext_lazy("Mọi buổi chưa diễn ra")


@dataclass(frozen=True)
class Reached:
    """What became of a series: the sessions changed, and those kept as they had been changed."""

    changed: list[SupportSession]
    unchanged: list[SupportSession]


def to_come(session: SupportSession, reach: str = Reach.ALL) -> QuerySet[SupportSession]:
    """Return the sessions of the series that can still change, by day; none without a series."""
    now = clock.now()
    rows = SupportSession.objects.filter(
        Q(date__gt=now.date()) | Q(date=now.date(), begins_at__gt=now.time()),
        series=session.series_id,
        state=State.PLANNED,
    )
    if session.series_id is None:
        return rows.none()
    if reach == Reach.LATER:
        after = Q(date=session.date, begins_at__gte=session.begins_at)
        rows = rows.filter(Q(date__gt=session.date) | after)
    return rows.order_by("date", "begins_at", "pk")


@transaction.atomic
def change_series(
    *,
    actor: User,
    session: SupportSession,
    plan: Plan,
    base_version: int,
    reach: str,
    with_own: bool = False,
) -> Reached:
    """Give what ``plan`` changes of a session to others of its series; a moved day moves theirs.

    What a session of the series has otherwise stays as it is. ``with_own`` takes those along
    that were changed by themselves. Raises as ``change_session`` does, ``NotNow`` where the
    session itself has begun.
    """
    checked = check_plan(actor, plan, existing=session)
    Branch.objects.select_for_update(no_key=True).get(pk=checked.branch.pk)
    existing = lock(actor, session.pk)
    require_right(scope_of(actor).may_report_for(existing.branch))
    if checked.is_as(existing):
        return Reached([], [])
    if existing.version != base_version:
        raise SessionConflict(existing)
    found = list(_locked(existing, reach))
    if existing not in found:
        text = _("Buổi này đã bắt đầu hoặc đã qua: chỉ sửa riêng nó, hoặc mở buổi kế tiếp để sửa.")
        raise NotNow(text)
    rows, unchanged = _parted(found, existing, with_own=with_own)
    change = _Change(existing, checked, plan.date)
    mark_dirty(*rows, since=clock.now())
    for row in rows:
        change.apply(row)
    _check_moved(checked, rows, change)
    refuse_twins(rows)
    for row in rows:
        save_change(row)
        change.apply_helpers(row)
        fill_up(row)
    if change.days:
        _part_from_series(existing, rows, change.days)
    mark_dirty(*rows, since=clock.now())
    return Reached(rows, unchanged)


@transaction.atomic
def cancel_series(
    *, actor: User, session: SupportSession, reason: str, reach: str, with_own: bool = False
) -> Reached:
    """Cancel those sessions of a series that have not begun."""
    existing = lock(actor, session.pk)
    require_right(scope_of(actor).may_report_for(existing.branch))
    reason = cleaned_reason(reason)
    rows, unchanged = _parted(list(_locked(existing, reach)), existing, with_own=with_own)
    if not rows:
        raise NotNow(_("Chuỗi không còn buổi nào sắp diễn ra để hủy."))
    call_off(rows, reason)
    return Reached(rows, unchanged)


def _locked(session: SupportSession, reach: str) -> QuerySet[SupportSession]:
    return (
        to_come(session, reach)
        .select_for_update(of=("self",))
        .select_related("campaign", "branch__home_unit", "unit")
    )


def _parted(
    found: Sequence[SupportSession], named: SupportSession, *, with_own: bool
) -> tuple[list[SupportSession], list[SupportSession]]:
    """Return what is reached and what is kept; the session that was named is never kept."""
    unchanged = [s for s in found if s.stands_alone and not with_own and s != named]
    return [s for s in found if s not in unchanged], unchanged


class _Change:
    """What a plan changes of one session, to be done to others."""

    def __init__(self, before: SupportSession, checked: CheckedPlan, day: dt.date) -> None:
        after = {"unit": checked.unit, **checked.values}
        self.values = {n: value for n, value in after.items() if getattr(before, n) != value}
        self.days = (day - before.date).days
        self.helpers: dict[str, Collection[Any]] = {
            name: now
            for name, now in (("teams", checked.teams), ("partners", checked.partners))
            if {one.pk for one in getattr(before, name).all()} != {one.pk for one in now}
        }

    def apply(self, row: SupportSession) -> None:
        for name, value in self.values.items():
            setattr(row, name, value)
        row.date += dt.timedelta(days=self.days)

    def apply_helpers(self, row: SupportSession) -> None:
        for name, now in self.helpers.items():
            getattr(row, name).set(now)


def _check_moved(checked: CheckedPlan, rows: Sequence[SupportSession], change: _Change) -> None:
    if early := [row for row in rows if row.ends_at <= row.begins_at]:
        text = _("Buổi ngày %(day)s sẽ kết thúc trước khi bắt đầu. Sửa riêng buổi ấy trước.")
        raise InvalidInput({"ends_at": [text % {"day": f"{early[0].date:%d/%m/%Y}"}]})
    days = [row.date for row in rows]
    if change.days and (past := [day for day in days if day < clock.today()]):
        text = _("Dời như vậy thì có buổi rơi vào ngày %(day)s, đã qua. Chọn ngày khác.")
        raise InvalidInput({"date": [text % {"day": f"{past[0]:%d/%m/%Y}"}]})
    check_days(checked, days)


def _part_from_series(session: SupportSession, rows: Sequence[SupportSession], days: int) -> None:
    """Let sessions that were moved be a series by their new weekdays; the others keep theirs."""
    old = session.series
    if old is None:
        return
    rule = moved(old.rule, days)
    first, last = min(r.date for r in rows), max(r.date for r in rows)
    rest = SupportSession.objects.filter(series=old).exclude(pk__in=[r.pk for r in rows])
    if dates := sorted(rest.values_list("date", flat=True)):
        old.ends_on = dates[-1]
        old.save(update_fields=["ends_on", "updated_at"])
        old = Series.objects.create(
            campaign=old.campaign, branch=old.branch, rule=rule, starts_on=first, ends_on=last
        )
    else:
        old.rule, old.starts_on, old.ends_on = rule, first, last
        old.save()
    SupportSession.objects.filter(pk__in=[r.pk for r in rows]).update(series=old)
    for row in rows:
        row.series = old
