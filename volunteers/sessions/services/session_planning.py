"""Plans support sessions, one or a series of them, and changes plans."""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Branch
from campaign.scopes import scope_of
from campaign.services.dirty_days import mark_dirty
from core import clock
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import Series, State, SupportSession
from volunteers.sessions.services.session_validation import CheckedPlan, Plan, check_plan
from volunteers.sessions.services.sessions import lock, require_right, save_change
from volunteers.sessions.services.waiting_list import fill_up
from volunteers.teams.validators import same_name

__all__ = ["AlreadyPlanned", "Plan", "change_session", "plan_sessions", "refuse_twins"]


class AlreadyPlanned(InvalidInput):
    """The very sessions that were sent stand already: a button pressed twice."""

    def __init__(self, sessions: list[SupportSession]) -> None:
        super().__init__({"date": [_already(sessions)]})
        self.sessions = sessions


@transaction.atomic
def plan_sessions(*, actor: User, plan: Plan) -> list[SupportSession]:
    """Add the session, or all sessions of the series, by day.

    Raises ``Http404`` outside the actor's scope, ``PermissionDenied`` inside it without the
    right, ``InvalidInput`` by field for values. The same host at the same place at the same
    time is one session: a second one is refused, and the days are named; with
    ``AlreadyPlanned`` where nothing in it is new.
    """
    checked = check_plan(actor, plan)
    # A button pressed twice is one plan: the second waits here and then finds the first.
    Branch.objects.select_for_update(no_key=True).get(pk=checked.branch.pk)
    sessions = [
        SupportSession(
            campaign=checked.campaign,
            branch=checked.branch,
            unit=checked.unit,
            date=day,
            join_key=secrets.token_urlsafe(12),
            **checked.values,
        )
        for day in checked.days
    ]
    _refuse_again(sessions, checked)
    series = None
    if plan.rule:
        series = Series.objects.create(
            campaign=checked.campaign,
            branch=checked.branch,
            rule=plan.rule.upper(),
            starts_on=checked.days[0],
            ends_on=checked.days[-1],
        )
    for session in sessions:
        session.series = series
    SupportSession.objects.bulk_create(sessions)
    _join(sessions, checked)
    mark_dirty(*sessions, since=clock.now())
    return sessions


@transaction.atomic
def change_session(
    *, actor: User, session: SupportSession, plan: Plan, base_version: int
) -> SupportSession:
    """Change a session that has not been closed; ``plan`` is all of it as it should be.

    The same plan again changes nothing. Raises as ``plan_sessions`` does, and ``NotNow``
    where it is over or has begun on its day, ``SessionConflict`` where somebody else was first.
    """
    checked = check_plan(actor, plan, existing=session)
    Branch.objects.select_for_update(no_key=True).get(pk=checked.branch.pk)
    existing = lock(actor, session.pk)
    require_right(scope_of(actor).may_report_for(existing.branch))
    if checked.is_as(existing):
        return existing
    if existing.version != base_version:
        raise SessionConflict(existing)
    if existing.state in (State.CLOSED, State.CANCELLED):
        raise NotNow(_("Buổi đã kết thúc hoặc đã hủy, không sửa lịch được nữa."))
    if existing.state == State.UNDER_WAY and existing.date != plan.date:
        raise NotNow(_("Buổi đang diễn ra, không đổi ngày được. Hãy lập buổi mới cho ngày kia."))
    mark_dirty(existing, since=clock.now())
    existing.campaign, existing.branch = checked.campaign, checked.branch
    existing.unit, existing.date = checked.unit, plan.date
    for name, value in checked.values.items():
        setattr(existing, name, value)
    refuse_twins([existing])
    existing.stands_alone = existing.series_id is not None
    save_change(existing)
    existing.teams.set(checked.teams)
    existing.partners.set(checked.partners)
    fill_up(existing)
    mark_dirty(existing, since=clock.now())
    return existing


def _already(sessions: Iterable[SupportSession]) -> str:
    when = ", ".join(f"{s.date:%d/%m} {s.begins_at:%H:%M}–{s.ends_at:%H:%M}" for s in sessions)
    return _("Đã có buổi ở điểm này: %(when)s. Bỏ những ngày đó ra hoặc đổi giờ.") % {"when": when}


def refuse_twins(rows: Sequence[SupportSession]) -> None:
    """Refuse sessions of one host that would stand beside another at the same place and time."""
    if found := _twins_of(rows):
        raise InvalidInput({"date": [_already(found[:10])]})


def _refuse_again(rows: Sequence[SupportSession], checked: CheckedPlan) -> None:
    """The same, with ``AlreadyPlanned`` where the very same stand already."""
    found = _twins_of(rows)
    if found and [s.date for s in found] == checked.days and all(map(checked.is_as, found)):
        raise AlreadyPlanned(found)
    if found:
        raise InvalidInput({"date": [_already(found[:10])]})


def _twins_of(rows: Sequence[SupportSession]) -> list[SupportSession]:
    """Return what stands at the place and time of one of the rows, or is another of them."""
    stored = (
        SupportSession.objects.existing()
        .filter(branch=rows[0].branch, date__in={row.date for row in rows})
        .exclude(pk__in=[row.pk for row in rows if row.pk])
        .prefetch_related("teams", "partners")
        .order_by("date", "begins_at", "pk")
    )
    by_day: dict[dt.date, list[SupportSession]] = {}
    for one in [*stored, *rows]:
        by_day.setdefault(one.date, []).append(one)
    found: list[SupportSession] = []
    for row in rows:
        for one in by_day[row.date]:
            if one is row:
                break
            if _are_twins(one, row) and one not in found:
                found.append(one)
    return found


def _are_twins(one: SupportSession, other: SupportSession) -> bool:
    return (
        one.unit_id == other.unit_id
        and one.begins_at < other.ends_at
        and other.begins_at < one.ends_at
        and same_name(one.place, other.place)
    )


def _join(sessions: list[SupportSession], checked: CheckedPlan) -> None:
    teams, partners = SupportSession.teams.through, SupportSession.partners.through
    teams.objects.bulk_create(
        teams(supportsession_id=s.pk, team_id=team.pk) for s in sessions for team in checked.teams
    )
    partners.objects.bulk_create(
        partners(supportsession_id=s.pk, branch_id=branch.pk)
        for s in sessions
        for branch in checked.partners
    )
