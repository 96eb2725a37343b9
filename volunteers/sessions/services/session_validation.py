"""What somebody plans, and whether it can stand."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.count_validation import Errors, check_day
from campaign.models import Branch, Campaign, Unit
from campaign.report_day import find_report_day
from campaign.states import locked_words
from core import clock
from core.number_parsing import check_whole
from core.validators import clean_note, clean_text
from volunteers.errors import InvalidInput
from volunteers.sessions.models import PlaceKind, SupportSession
from volunteers.sessions.recurrence import days_of
from volunteers.sessions.services.sessions import MOST_VOLUNTEERS
from volunteers.teams.models import Team

LOCATION_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What somebody plans: one session, or with ``rule`` one on each day of it.

    ``unit`` defaults to the branch's home. ``rule`` is an RFC 5545 RRULE without UNTIL or
    COUNT (``FREQ=WEEKLY;BYDAY=SU``), ``until`` its last day, by default the campaign's, ``but``
    the days left out.
    """

    campaign: str
    branch: str
    date: dt.date
    begins_at: dt.time
    ends_at: dt.time
    place_kind: str
    place: str
    unit: str = ""
    teams: Sequence[int] = ()
    partners: Sequence[str] = ()
    planned_volunteers: int | None = None
    capacity: int | None = None
    note: str = ""
    rule: str = ""
    until: dt.date | None = None
    but: Sequence[dt.date] = ()


@dataclass(frozen=True)
class CheckedPlan:
    """A plan whose names have been found and whose values stand."""

    campaign: Campaign
    branch: Branch
    unit: Unit
    days: list[dt.date]
    values: dict[str, Any]
    teams: list[Team]
    partners: list[Branch]

    def is_as(self, session: SupportSession) -> bool:
        mine = {"campaign": self.campaign, "branch": self.branch, "unit": self.unit, **self.values}
        return (
            session.date in self.days
            and all(getattr(session, name) == value for name, value in mine.items())
            and {t.pk for t in session.teams.all()} == {t.pk for t in self.teams}
            and {p.pk for p in session.partners.all()} == {p.pk for p in self.partners}
        )


def check_plan(actor: User, plan: Plan, *, existing: SupportSession | None = None) -> CheckedPlan:
    """Find what the plan names and check its values.

    For a ``standing`` session the plan is of its one day, and the teams and partners that it
    has may stay, though the actor could not call them. Raises ``Http404`` outside the actor's
    scope, ``PermissionDenied`` inside it without the right, ``InvalidInput`` by field.
    """
    home = find_report_day(
        actor, campaign=plan.campaign, branch=plan.branch, unit=plan.unit, day=plan.date
    )
    campaign, branch, unit = home.campaign, home.branch, home.unit
    errors: Errors = {}
    # Where the host reports, so that session and report are about one place.
    if unit.level != ("hamlet" if branch.home_unit.level == "hamlet" else "commune"):
        errors["unit"] = [_("Chọn địa bàn có buổi hỗ trợ.")]
    elif not unit.path.startswith(branch.home_unit.path):
        errors["unit"] = [
            _("“%(unit)s” không thuộc địa bàn của %(branch)s. Chọn địa bàn khác.")
            % {"unit": unit.name, "branch": branch.name}
        ]
    values = _values(plan, errors)
    if existing is None and plan.rule:
        days = _days(plan, campaign, errors)
    else:
        days = [plan.date]
        _check_day(plan.date, campaign, errors)
    _check_existing(branch, unit, days, errors)
    had_teams = set() if existing is None else {team.pk for team in existing.teams.all()}
    partners = _partners(plan, branch, errors)
    teams = _teams(actor, plan, had_teams, errors)
    _check_teams_come_from_here(teams, branch, unit, partners, errors)
    if errors:
        raise InvalidInput(errors)
    return CheckedPlan(campaign, branch, unit, days, values, teams, partners)


def check_days(checked: CheckedPlan, days: Sequence[dt.date]) -> None:
    """Raise ``InvalidInput`` unless sessions of a plan can be on all of some days."""
    errors: Errors = {}
    for day in days:
        _check_day(day, checked.campaign, errors)
    _check_existing(checked.branch, checked.unit, days, errors)
    if errors:
        raise InvalidInput(errors)


def _values(plan: Plan, errors: Errors) -> dict[str, Any]:
    values: dict[str, Any] = {
        "begins_at": plan.begins_at,
        "ends_at": plan.ends_at,
        "place_kind": plan.place_kind,
        "planned_volunteers": plan.planned_volunteers,
        "capacity": plan.capacity,
    }
    if plan.ends_at <= plan.begins_at:
        errors["ends_at"] = [_("Giờ kết thúc phải sau giờ bắt đầu, trong cùng một ngày.")]
    if plan.place_kind not in PlaceKind.values:
        errors["place_kind"] = [_("Chọn loại điểm trong danh sách.")]
    for name in ("planned_volunteers", "capacity"):
        if values[name] is None:
            continue
        try:
            check_whole(values[name], most=MOST_VOLUNTEERS)
        except ValidationError as error:
            errors[name] = error.messages
    if plan.capacity == 0:
        errors["capacity"] = [_("Ít nhất là 1. Không giới hạn thì để trống.")]
    for name, clean in (("place", clean_text), ("note", clean_note)):
        try:
            values[name] = clean(getattr(plan, name))
        except ValidationError as error:
            errors[name] = error.messages
    # The name of a place is one line.
    values["place"] = " ".join(values.get("place", "").split())
    if len(values["place"]) > LOCATION_LENGTH:
        errors["place"] = [_("Dài quá %(most)s ký tự. Viết ngắn lại.") % {"most": LOCATION_LENGTH}]
    if not values["place"] and "place" not in errors:
        errors["place"] = [_("Ghi tên điểm hỗ trợ. Ví dụ: Nhà văn hóa xóm 5.")]
    return values


def _days(plan: Plan, campaign: Campaign, errors: Errors) -> list[dt.date]:
    """Return the days of a series; say what is wrong with them."""
    _check_day(plan.date, campaign, errors)
    until = plan.until or campaign.ends_on
    if until < plan.date and "date" not in errors:
        errors["until"] = [_("Ngày kết thúc phải sau ngày bắt đầu.")]
    elif until > campaign.ends_on:
        errors["until"] = [
            _("Chiến dịch kết thúc ngày %(last)s. Chọn ngày đó hoặc sớm hơn.")
            % {"last": f"{campaign.ends_on:%d/%m/%Y}"}
        ]
    if "until" in errors or "date" in errors:
        return []
    try:
        days = days_of(plan.rule, plan.date, until)
    except ValidationError as error:
        errors["rule"] = error.messages
        return []
    beside = sorted(set(plan.but) - set(days))
    stored = [day for day in days if day not in plan.but]
    if beside:
        errors["but"] = [
            _("Ngày %(days)s không nằm trong chuỗi. Xem lại ngày nghỉ.")
            % {"days": ", ".join(f"{day:%d/%m/%Y}" for day in beside[:5])}
        ]
    elif not stored:
        errors["but"] = [_("Ngày nào cũng nghỉ thì không còn buổi. Bớt ngày nghỉ.")]
    return stored


def _check_day(day: dt.date, campaign: Campaign, errors: Errors) -> None:
    """Check that a session can be on the day; plans look ahead, unlike reports."""
    try:
        check_day(campaign, day, max(day, clock.today()))
    except ValidationError as error:
        errors["date"] = error.messages
    if words := locked_words(campaign.state, campaign.name):
        errors["date"] = [words]


def _check_existing(branch: Branch, unit: Unit, days: Sequence[dt.date], errors: Errors) -> None:
    """Check that host and unit are there on the days: no report could tell of the session."""
    for one in (branch, unit):
        if absent := [day for day in days if not one.exists_on(day)]:
            text = _("“%(name)s” không còn hoặc chưa có vào ngày %(day)s.")
            errors.setdefault("date", [text % {"name": one.name, "day": f"{absent[0]:%d/%m/%Y}"}])


def _partners(plan: Plan, branch: Branch, errors: Errors) -> list[Branch]:
    """Return the branches that help; any branch of the province may."""
    wanted = set(plan.partners) - {branch.code}
    by_code: dict[str, Branch] = {}
    for one in Branch.objects.filter(code__in=wanted).order_by("pk"):
        # Of several who bore a code, who does on the day.
        if one.code not in by_code or one.exists_on(plan.date):
            by_code[one.code] = one
    found = list(by_code.values())
    unknown = sorted(wanted - {b.code for b in found})
    if unknown:
        errors["partners"] = [
            _("Không có cơ sở Đoàn mang mã “%(code)s”.") % {"code": unknown[0][:20]}
        ]
    return found


def _teams(actor: User, plan: Plan, had: Collection[int], errors: Errors) -> list[Team]:
    visible = Team.objects.visible_to(actor).values("pk")
    teams = list(
        Team.objects.on(plan.date)
        .filter(Q(pk__in=visible) | Q(pk__in=had), pk__in=plan.teams)
        .select_related("unit", "branch")
    )
    if len(teams) < len(set(plan.teams)):
        errors["teams"] = [_("Có tổ không tồn tại, đã giải thể hoặc ngoài phạm vi của bạn.")]
    return teams


def _check_teams_come_from_here(
    teams: list[Team], branch: Branch, unit: Unit, partners: list[Branch], errors: Errors
) -> None:
    area = unit.area.path
    helping = {branch.pk, *(p.pk for p in partners)}
    for team in teams:
        if team.branch_id not in helping and not team.unit.path.startswith(area):
            errors["teams"] = [
                _(
                    "Tổ “%(team)s” ở địa bàn khác. Thêm %(branch)s làm đơn vị phối hợp, "
                    "hoặc bỏ tổ này."
                )
                % {"team": team.name, "branch": team.branch.name}
            ]
