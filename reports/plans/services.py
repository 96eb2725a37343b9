"""Drafts sessions for a branch; each is accepted, moved or dropped by whoever runs the branch."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.count_validation import Errors
from campaign.models import Branch, Campaign, Level, Unit
from campaign.scopes import scope_of
from core import clock
from core.validators import clean_note
from reports.plans.arithmetic import Habits, days_to_meet, habits_of, weeks_of
from reports.plans.hamlets import WIDE, Hamlet, names_in
from reports.plans.models import PlanAssumption, SessionDraft
from reports.plans.selectors import BranchPlan, branch_plan, drafts_of
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.models import PlaceKind, SupportSession
from volunteers.sessions.services.session_planning import AlreadyPlanned, Plan, plan_sessions
from volunteers.sessions.services.session_validation import LOCATION_LENGTH, check_plan

# More than this nobody looks through; who has accepted them drafts again.
MOST_DRAFTS = 60
# A commune has some thirty hamlets.
MOST_HAMLETS, HAMLET_LENGTH = 100, 100
GONE = gettext_lazy("Buổi đề xuất này vừa được nhận, bỏ hoặc thay bằng buổi khác.")


@dataclass(frozen=True)
class Location:
    """Where a proposed session would be, and for which hamlet."""

    unit: Unit
    kind: str
    name: str
    hamlet: str = ""


def require_planner(actor: User, branch: Branch) -> None:
    """Raise ``PermissionDenied`` for who may not plan for the branch."""
    if not scope_of(actor).may_report_for(branch):
        raise PermissionDenied


@transaction.atomic
def draft_sessions(*, actor: User, campaign: Campaign, branch: Branch) -> int:
    """Propose sessions in place of those that nobody has touched; return how many stand proposed.

    What was accepted stands as a session, what was moved stays, and on a day whose session was
    dropped none is proposed again. Raises ``NotNow`` where there is nothing to plan.
    """
    require_planner(actor, branch)
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    owned = SessionDraft.objects.filter(campaign=campaign, branch=branch, dropped_at=None)
    owned.filter(is_moved=False).delete()
    plan = branch_plan(campaign, branch)
    if plan.need is None:
        raise NotNow(_("Không còn chỉ tiêu nào cần lên lịch."))
    habits = habits_of((s.date, s.begins_at, s.ends_at) for s in plan.rates.own.sessions)
    number = min(plan.need.to_plan - len(plan.drafts), MOST_DRAFTS)
    days = days_to_meet(
        plan.days,
        number=max(number, 0),
        per_week=plan.need.usual_per_week,
        habits=habits,
        taken=_days_taken(plan, habits),
        planned=weeks_of([s.date for s in plan.planned] + [d.date for d in plan.drafts]),
    )
    SessionDraft.objects.bulk_create(
        SessionDraft(
            campaign=campaign,
            branch=branch,
            unit=at.unit,
            hamlet=at.hamlet,
            place_kind=at.kind,
            place=at.name[:LOCATION_LENGTH],
            date=day,
            begins_at=habits.hours_on(day).begins_at,
            ends_at=habits.hours_on(day).ends_at,
        )
        for day, at in zip(days, _locations(plan, len(days)), strict=False)
    )
    return len(plan.drafts) + len(days)


def _days_taken(plan: BranchPlan, habits: Habits) -> set[dt.date]:
    """Return the days with a session of the branch at those hours, or one proposed or dropped."""
    taken = {draft.date for draft in (*plan.drafts, *plan.dropped)}
    for session in plan.planned:
        hours = habits.hours_on(session.date)
        is_own = session.branch_id == plan.branch.pk
        if is_own and session.begins_at < hours.ends_at and hours.begins_at < session.ends_at:
            taken.add(session.date)
    return taken


def _locations(plan: BranchPlan, number: int) -> Sequence[Location]:
    """Return where to meet: hamlets never visited first, those dropped last, then around again."""
    dropped = Counter(draft.hamlet for draft in plan.dropped)
    proposed = Counter(draft.hamlet for draft in plan.drafts)

    def order(hamlet: Hamlet) -> tuple[Any, ...]:
        is_coming = hamlet.next is not None or proposed[hamlet.name] > 0
        return (
            *(dropped[hamlet.name], bool(hamlet.times) or is_coming, is_coming),
            hamlet.last or dt.date.min,
        )

    found = [_at_hamlet(plan.branch, hamlet) for hamlet in sorted(plan.hamlets, key=order)]
    if not found:
        found = _usual_locations(plan)
    return list(islice(cycle(found), number))


def _at_hamlet(branch: Branch, hamlet: Hamlet) -> Location:
    """Return the place of the last time, else the hamlet's culture house or the commune's seat."""
    is_commune = hamlet.unit is not None and hamlet.unit.level == Level.COMMUNE
    unit = hamlet.unit if hamlet.unit is not None and is_commune else branch.home_unit
    if (last := hamlet.last_session) is not None:
        return Location(unit, last.place_kind, last.place, hamlet.name)
    if is_commune:
        return Location(unit, PlaceKind.COMMITTEE, f"Trụ sở UBND {hamlet.name}", hamlet.name)
    return Location(unit, PlaceKind.CULTURE_HOUSE, f"Nhà văn hóa {hamlet.name}", hamlet.name)


def _usual_locations(plan: BranchPlan) -> list[Location]:
    """Return where the branch met, the most usual first; of a wide branch nothing is guessed."""
    home = plan.branch.home_unit
    if home.level in WIDE:
        return []
    own = [s for s in plan.rates.own.sessions if s.branch_id == plan.branch.pk]
    times = Counter((s.place_kind, s.place) for s in own)
    found = [Location(home, kind, place) for (kind, place), _n in times.most_common()]
    return found or [Location(home, PlaceKind.CULTURE_HOUSE, f"Nhà văn hóa {home.name}")]


@dataclass(frozen=True)
class DraftChange:
    """A draft as whoever accepts or moves it wants it, and as it was ``seen`` before."""

    place: str
    date: dt.date
    begins_at: dt.time
    ends_at: dt.time
    seen: str

    @classmethod
    def of(cls, draft: SessionDraft) -> "DraftChange":
        return cls(draft.place, draft.date, draft.begins_at, draft.ends_at, draft.seen)


@transaction.atomic
def accept_draft(
    *, actor: User, campaign: Campaign, branch: Branch, draft_id: int, change: DraftChange
) -> SupportSession:
    """Make a session of a draft as ``change`` says; raises as ``plan_sessions`` does.

    ``NotNow`` where it is gone, or somebody else has moved it since it was seen.
    """
    draft = _locked(actor, campaign, branch, draft_id)
    plan = _plan_of(draft, change)
    try:
        session = plan_sessions(actor=actor, plan=plan)[0]
    except AlreadyPlanned as error:
        session = error.sessions[0]
    draft.delete()
    return session


@transaction.atomic
def move_draft(
    *, actor: User, campaign: Campaign, branch: Branch, draft_id: int, change: DraftChange
) -> SessionDraft:
    """Put a draft on another day, hour or place; raises as ``accept_draft`` does."""
    draft = _locked(actor, campaign, branch, draft_id)
    plan = _plan_of(draft, change)
    checked = check_plan(actor, plan)
    for name in ("place", "begins_at", "ends_at"):
        setattr(draft, name, checked.values[name])
    draft.date, draft.is_moved = plan.date, True
    draft.save()
    return draft


@transaction.atomic
def drop_draft(
    *, actor: User, campaign: Campaign, branch: Branch, draft_id: int, is_back: bool = False
) -> None:
    """Drop a draft, or with ``is_back`` take that back; again it changes nothing."""
    draft = _locked(actor, campaign, branch, draft_id, is_dropped=is_back)
    draft.dropped_at = None if is_back else clock.now()
    draft.is_moved = draft.is_moved or is_back
    draft.save()


def accept_all(*, actor: User, campaign: Campaign, branch: Branch) -> tuple[int, list[str]]:
    """Accept every draft that can stand; return how many, and why the others cannot."""
    require_planner(actor, branch)
    number, problems = 0, []
    for draft in drafts_of(campaign, branch):
        if draft.dropped_at is not None:
            continue
        change = DraftChange.of(draft)
        try:
            accept_draft(
                actor=actor, campaign=campaign, branch=branch, draft_id=draft.pk, change=change
            )
        except (InvalidInput, NotNow) as error:
            problems.append(f"{draft}: {error}")
        else:
            number += 1
    return number, problems


@transaction.atomic
def assume(
    *,
    actor: User,
    campaign: Campaign,
    branch: Branch,
    persons: int | None,
    volunteers: int | None,
    weekly: int | None,
    hamlets: str = "",
) -> PlanAssumption:
    """Keep what the branch reckons with; blank is what sessions show."""
    require_planner(actor, branch)
    values = {"persons": persons, "volunteers": volunteers, "weekly": weekly}
    row = PlanAssumption.objects.filter(campaign=campaign, branch=branch).first()
    row = row or PlanAssumption(campaign=campaign, branch=branch)
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.hamlets = clean_note(hamlets)
        _check_names(names_in(row.hamlets))
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        is_by_field = hasattr(error, "error_dict")
        errors: Errors = {}
        errors |= error.message_dict if is_by_field else {"hamlets": error.messages}
        raise InvalidInput(errors) from error
    row.save()
    return row


def _check_names(names: Sequence[str]) -> None:
    if len(names) > MOST_HAMLETS:
        text = _("Ghi được nhiều nhất %(most)s tên, đang có %(n)s.")
        raise ValidationError(text % {"most": MOST_HAMLETS, "n": len(names)})
    if long := next((name for name in names if len(name) > HAMLET_LENGTH), ""):
        text = _("“%(name)s…” dài quá %(most)s ký tự. Mỗi dòng chỉ ghi một tên.")
        raise ValidationError(text % {"name": long[:40], "most": HAMLET_LENGTH})


def _locked(
    actor: User, campaign: Campaign, branch: Branch, draft_id: int, *, is_dropped: bool = False
) -> SessionDraft:
    require_planner(actor, branch)
    rows = SessionDraft.objects.select_for_update(of=("self",)).select_related(
        "campaign", "branch", "unit"
    )
    draft = rows.filter(campaign=campaign, branch=branch, pk=draft_id).first()
    if draft is None or (draft.dropped_at is not None) != is_dropped:
        raise NotNow(GONE)
    return draft


def _plan_of(draft: SessionDraft, change: DraftChange) -> Plan:
    """Return the session that ``change`` makes of a draft that is still as it was seen."""
    if change.seen != draft.seen:
        text = _("Người khác vừa sửa buổi này thành: %(now)s. Xem lại rồi bấm lần nữa.")
        raise NotNow(text % {"now": draft})
    if change.date < clock.today():
        raise InvalidInput({"date": [_("Ngày này đã qua. Chọn ngày khác.")]})
    return Plan(
        campaign=draft.campaign.slug,
        branch=draft.branch.code,
        unit=draft.unit.code,
        place_kind=draft.place_kind,
        place=change.place,
        date=change.date,
        begins_at=change.begins_at,
        ends_at=change.ends_at,
    )
