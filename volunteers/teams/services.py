"""Founds teams, keeps their members, and gives team leaders their account."""

import datetime as dt
import re
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import issue_invitation
from accounts.superiors import may_set_password
from campaign.models import Appointment, Branch, Unit
from campaign.permissions import Permission, Role, grants_only, roles_with
from campaign.scopes import scope_of
from campaign.services.appointments import give
from core.clock import today
from core.lookups import TOO_MANY, count_lookup, may_look_up
from core.vietnamese import fold, sort_key
from volunteers.errors import InvalidInput, NotNow
from volunteers.teams.models import Membership, Team, Volunteer
from volunteers.teams.querysets import KEY_ROLES
from volunteers.teams.validators import check_dates, same_name


def runs_teams(user: Any) -> bool:
    return scope_of(user).may(Permission.LEAD, Permission.REPORT)


def may_run(user: Any, *, branch: Branch, unit: Unit) -> bool:
    """Whether the user may found, change and fill teams of ``branch`` at work in ``unit``."""
    scope = scope_of(user)
    sees = any(unit.path.startswith(path) for path in scope.unit_paths)
    return sees and scope.may_report_for(branch)


def _check_may_run(user: User, team: Team) -> None:
    if not may_run(user, branch=team.branch, unit=team.unit):
        raise PermissionDenied


def set_team_name(team: Team, name: str) -> None:
    # Xóm 2 before xóm 10, and no longer than the column however many numbers a name holds.
    numbered = re.sub(r"[0-9]+", lambda digits: digits[0].zfill(4), name)
    team.name, team.fold, team.sort_key = name, fold(name), sort_key(numbered)[:700]


def set_full_name(volunteer: Volunteer, name: str) -> None:
    volunteer.full_name, volunteer.fold, volunteer.sort_key = name, fold(name), sort_key(name)


def _check_dates(name: str, begins: dt.date | None, ends: dt.date | None) -> None:
    """Raise ``InvalidInput`` at the field ``name`` where the end is not after the beginning."""
    try:
        check_dates(begins, ends, name)
    except ValidationError as error:
        raise InvalidInput({name: error.messages}) from error


@transaction.atomic
def save_team(
    *,
    actor: User,
    team: Team | None,
    name: str,
    kind: str,
    branch: Branch,
    unit: Unit,
    founded_on: dt.date | None = None,
    dissolved_on: dt.date | None = None,
) -> Team:
    """Found a team (``team`` is None) or change one; ``name`` is clean.

    Raises ``InvalidInput`` for a name that the unit has already and for dates in the wrong
    order, ``PermissionDenied`` where the actor does not run such teams.
    """
    _check_dates("dissolved_on", founded_on, dissolved_on)
    # A button pressed twice founds one team: the second waits here for the first.
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    if team is not None:
        _check_may_run(actor, team)
    team = team or Team()
    others = Team.objects.filter(unit=unit, fold=fold(name)).exclude(pk=team.pk)
    if any(same_name(name, other.name) for other in others):
        raise InvalidInput(
            {"name": [_("%(unit)s đã có tổ tên này. Đặt tên khác.") % {"unit": unit.name}]}
        )
    set_team_name(team, name)
    team.kind, team.branch, team.unit = kind, branch, unit
    team.founded_on, team.dissolved_on = founded_on, dissolved_on
    _check_may_run(actor, team)
    team.save()
    return team


@transaction.atomic
def save_member(
    *,
    actor: User,
    team: Team,
    member: Membership | None,
    full_name: str,
    phone: str | None,
    affiliation: str,
    birth_year: int | None = None,
    role: str,
    joined_on: dt.date | None = None,
    left_on: dt.date | None = None,
) -> Membership:
    """Take somebody into a team (``member`` is None), or change a member.

    A newcomer is found by the telephone number, or is new. Raises ``InvalidInput`` where the
    number belongs to another name, where the team has this person already, and for dates.
    """
    _check_dates("left_on", joined_on, left_on)
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    _check_may_run(actor, team)
    is_asked = bool(phone) and (member is None or phone != member.volunteer.phone)
    if is_asked and not may_look_up(actor):
        raise InvalidInput({"phone": [str(TOO_MANY)]})
    bearer = Volunteer.objects.filter(phone=phone).first() if phone else None
    if member is None:
        member = _newcomer(actor, team, bearer, full_name, phone)
    elif bearer is not None and bearer.pk != member.volunteer_id:
        raise number_taken(actor, bearer)
    is_new, was_key = member.left_on is not None or member.pk is None, member.role in KEY_ROLES
    volunteer = member.volunteer
    set_full_name(volunteer, full_name)
    volunteer.affiliation = affiliation
    # Of a newcomer who is known already, what was not asked again is kept.
    volunteer.phone = phone or (volunteer.phone if is_new else None)
    volunteer.birth_year = birth_year or (volunteer.birth_year if is_new else None)
    try:
        with transaction.atomic():
            volunteer.save()
    except IntegrityError as error:
        # Another team has taken the number in the same moment.
        raise number_taken(actor, None) from error
    member.role, member.joined_on, member.left_on = role, joined_on, left_on
    member.save()
    if was_key:
        end_idle_lead(volunteer, team.branch)
    return member


def _newcomer(
    actor: User, team: Team, bearer: Volunteer | None, full_name: str, phone: str | None
) -> Membership:
    """Return the membership to fill: a new one, or that of somebody who comes back."""
    if bearer is not None and not same_name(bearer.full_name, full_name):
        raise number_taken(actor, bearer)
    members = team.memberships.select_related("volunteer")
    if bearer is not None:
        known = members.filter(volunteer=bearer).first()
    else:
        namesakes = members.filter(volunteer__fold=fold(full_name))
        same = [m for m in namesakes if same_name(m.volunteer.full_name, full_name)]
        # With a number of their own two people may bear one name.
        known = next((m for m in same if not (phone and m.volunteer.phone)), None)
    if known is None:
        return Membership(team=team, volunteer=bearer or Volunteer())
    if known.has_ended_by(today()):
        return known
    text = (
        _("Người này đã có trong tổ.")
        if bearer is not None
        else _("Trong tổ đã có người tên này. Nếu là người khác, ghi số điện thoại của cả hai.")
    )
    raise InvalidInput({"full_name": [text]})


def number_taken(actor: User, bearer: Volunteer | None) -> InvalidInput:
    """Say that a number is somebody else's; whose, only to those who may know."""
    mine = Volunteer.objects.visible_to(actor)
    is_known = bearer is not None and mine.filter(pk=bearer.pk).exists()
    if not is_known:
        count_lookup(actor)
    text = (
        _("Số này là của %(name)s. Xem lại số hoặc tên.") % {"name": bearer}
        if is_known
        else _("Số này đã thuộc tình nguyện viên có tên khác. Xem lại số hoặc tên.")
    )
    return InvalidInput({"phone": [text]})


def end_idle_lead(volunteer: Volunteer, branch: Branch) -> None:
    if volunteer.user is None:
        return
    leads = volunteer.memberships.filter(
        role__in=KEY_ROLES, left_on=None, team__branch=branch
    ).exists()
    owned = Appointment.objects.filter(
        user=volunteer.user, role__in=roles_with(Permission.LEAD_TEAMS), branch=branch
    )
    if leads:
        return
    for appointment in owned.on(today()):
        yesterday = today() - dt.timedelta(days=1)
        if appointment.starts_on > yesterday:
            appointment.delete()
        else:
            appointment.ends_on = yesterday
            appointment.save(update_fields=["ends_on", "updated_at"])


@transaction.atomic
def invite_leader(*, actor: User, member: Membership) -> tuple[User, str | None]:
    """Appoint a leader or deputy as team leader and make an invitation.

    Returns the account, found by the telephone number or new, and the secret of the link, or
    None where the account has a password that is not the actor's to replace.
    Raises ``NotNow`` where the member does not lead, has no number, or where the account holds
    more than the actor's own teams.
    """
    team, volunteer = member.team, member.volunteer
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    _check_may_run(actor, team)
    if member.role not in KEY_ROLES or member.left_on is not None:
        raise NotNow(_("Chỉ mời tổ trưởng, tổ phó đang tham gia."))
    if volunteer.phone is None:
        raise NotNow(_("Ghi số điện thoại của người này trước rồi mời."))
    user = volunteer.user or _account_of(volunteer)
    _check_leads_only(actor, user)
    owned = Appointment.objects.on(today()).filter(user=user, branch=team.branch)
    if not owned.filter(role__in=roles_with(Permission.LEAD_TEAMS)).exists():
        give(actor=actor, user=user, role=Role.TEAM_LEADER, branch=team.branch)
    if volunteer.user is None:
        volunteer.user = user
        volunteer.save(update_fields=["user", "updated_at"])
    if not may_set_password(actor, user):
        return user, None
    return user, issue_invitation(actor=actor, user=user)


def _account_of(volunteer: Volunteer) -> User:
    phone, name = volunteer.phone, volunteer.full_name
    user: User | None = User.objects.filter(phone=phone).first()
    if user is None:
        if User.objects.filter(username=phone).exists():
            raise NotNow(_("Số này là tên đăng nhập của người khác."))
        user = User.objects.create_user(username=phone or "", phone=phone, full_name=name)
        user.set_unusable_password()
        user.save(update_fields=["password"])
    elif not same_name(user.full_name, name) or hasattr(user, "volunteer"):
        raise NotNow(_("Số này đã thuộc tài khoản của người tên khác. Xem lại số hoặc tên."))
    return user


def _check_leads_only(actor: User, user: User) -> None:
    """Refuse to appoint somebody who holds more than the actor's own teams.

    That would be a way to more rights. What begins tomorrow counts as held.
    """
    scope = scope_of(actor)
    owned = Appointment.objects.not_ended(today()).filter(user=user)
    leads_only = all(
        grants_only(a.role, Permission.LEAD_TEAMS) and scope.is_above(a)
        for a in owned.select_related("branch__home_unit", "unit")
    )
    if user.is_staff or user.is_superuser or user.is_demo or not leads_only:
        raise NotNow(_("Người này đã có tài khoản với việc khác. Nhờ Đoàn cấp tỉnh phân công."))
