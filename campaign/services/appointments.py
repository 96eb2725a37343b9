"""Appoints people and invites them to set up their account."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import issue_invitation
from accounts.superiors import Event, ask, may_set_password, tell_owner
from campaign.cross_checks import check_appointment
from campaign.models import Appointment, Branch, Unit
from campaign.permissions import Permission, Role, grants, grants_only, roles_with
from campaign.scopes import may_set_up, scope_of
from core.clock import today
from core.lookups import TOO_MANY, count_lookup, may_look_up


@ask
def is_superior(actor: User, user: User) -> bool:
    """Whether the actor is above everything that the user holds or is going to hold.

    Who has a password and holds nothing has no superior; nor is one whoever has just given
    something that the user has not said yes to. An account that never had a password may be
    set up by whoever is above the little that it holds.
    """
    if actor.pk == user.pk:
        # The first account of a portal, by the link of ``manage.py setup_link``: nobody is above.
        return user.is_superuser and not user.has_usable_password()
    if actor.is_superuser:
        return True
    scope = scope_of(actor)
    if user.is_staff or user.is_superuser or not scope.may(Permission.INVITE, Permission.REPORT):
        return False
    owned = list(
        Appointment.objects.not_ended(today())
        .filter(user=user)
        .select_related("branch__home_unit", "unit")
    )
    if not all(scope.is_above(appointment) for appointment in owned):
        return False
    return not user.has_usable_password() or (
        bool(owned) and not any(appointment.awaits_owner for appointment in owned)
    )


@transaction.atomic
def give(
    *, actor: User, user: User, role: str, branch: Branch, starts_on: dt.date | None = None
) -> Appointment:
    """Give ``user`` a role in ``branch`` from today, unless it is held already.

    Whether the actor may is the caller's to ask.
    """
    owned = Appointment.objects.on(today()).filter(user=user, role=role, branch=branch).first()
    if owned is not None:
        return owned
    appointment = Appointment(user=user, role=role, branch=branch, starts_on=starts_on or today())
    note_given(actor, appointment)
    appointment.save()
    return appointment


def note_given(actor: User, appointment: Appointment) -> None:
    """Note on an appointment that is to be saved that its holder has to say yes, and tell her."""
    user = appointment.user
    appointment.awaits_owner = user.has_usable_password() and actor.pk != user.pk
    if appointment.awaits_owner:
        tell_owner(user, Event.APPOINTED, actor)


def take(*, actor: User, appointment_id: int) -> Appointment:
    """Say yes to an appointment of one's own; 404 for anybody else's."""
    found = Appointment.objects.filter(user=actor, pk=appointment_id).first()
    if found is None:
        raise Http404
    Appointment.objects.filter(pk=found.pk, awaits_owner=True).update(awaits_owner=False)
    return found


# A second person


def propose(actor: User, appointment: Appointment, before: Appointment | None) -> None:
    """Let an appointment that sets up the portal wait for a second person, before it is saved.

    What only ends one, or ends it earlier, needs nobody else.
    """
    if not grants(appointment.role, Permission.SET_UP):
        appointment.proposed_by = None
    elif before is None or not _is_no_more(appointment, before):
        is_alone = actor.is_superuser and not _others(actor, appointment).exists()
        appointment.proposed_by = None if is_alone else actor
        appointment.confirmed_by = None


def _is_no_more(appointment: Appointment, before: Appointment) -> bool:
    fields = ("user_id", "role", "branch_id", "unit_id")
    return (
        all(getattr(appointment, name) == getattr(before, name) for name in fields)
        and appointment.starts_on >= before.starts_on
        and (appointment.ends_on or dt.date.max) <= (before.ends_on or dt.date.max)
    )


def _others(actor: User, appointment: Appointment) -> Any:
    """Return who could confirm in the actor's place."""
    staff = Appointment.objects.on(today()).filter(role__in=roles_with(Permission.SET_UP))
    able = User.objects.filter(Q(is_superuser=True) | Q(appointments__in=staff), is_active=True)
    return able.exclude(pk__in=(actor.pk, appointment.user_id))


@transaction.atomic
def confirm(*, actor: User, appointment: Appointment) -> None:
    """Put an appointment in force that somebody else has asked for.

    Raises ``PermissionDenied`` for who asked for it, who gets it, and who sets nothing up.
    """
    row = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if (
        not may_set_up(actor)
        or row.proposed_by_id is None
        or actor.pk in (row.proposed_by_id, row.user_id)
    ):
        raise PermissionDenied
    row.proposed_by, row.confirmed_by = None, actor
    row.save(update_fields=["proposed_by", "confirmed_by", "updated_at"])


@transaction.atomic
def appoint_person(
    *,
    actor: User,
    full_name: str,
    phone: str,
    role: str,
    place: Branch | Unit,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> Appointment:
    """Give the bearer of ``phone`` a role in a branch or over a unit.

    An account that is not there yet is made. Raises ``ValidationError`` by field for what is not
    the actor's to give.
    """
    # A button pressed twice appoints once: the second waits here for the first.
    type(place)._default_manager.select_for_update(no_key=True).get(pk=place.pk)
    user = account_of(actor=actor, full_name=full_name, phone=phone)
    owned = Appointment.objects.filter(user=user).select_related("branch__home_unit", "unit")
    given = Appointment(user=user, role=role, starts_on=starts_on, ends_on=ends_on)
    if isinstance(place, Branch):
        given.branch = place
    else:
        given.unit = place
    check_appointment(given, owned)
    check_given(actor, given, owned.not_ended(today()))
    note_given(actor, given)
    propose(actor, given, None)
    given.save()
    return given


def check_given(actor: User, given: Appointment, owned: Iterable[Appointment]) -> None:
    """Refuse a place that is not the actor's, and people whose superior the actor is not.

    ``owned`` is what the person holds already. Raises ``ValidationError`` by field.
    """
    scope, user = scope_of(actor), given.user
    is_theirs = (
        scope.may_invite_in(given.branch)
        if given.branch is not None
        else scope.may(Permission.SET_UP, unit=given.unit)
    )
    if not is_theirs:
        raise ValidationError({"place": _("Bạn không phân công ở đơn vị này.")})
    is_more = user.is_staff or user.is_superuser or user.is_demo
    if is_more or not all(scope.is_above(one) for one in owned):
        text = _("Người này còn giữ việc khác. Phân công ở trang của cơ sở Đoàn.")
        raise ValidationError({"phone": text})


@transaction.atomic
def end_appointment(
    *, actor: User, appointment: Appointment, ends_on: dt.date | None
) -> Appointment:
    """Let an appointment end after a day, or not end; what sets up again is asked for anew.

    Raises ``ValidationError`` where nobody else could set the portal up, ``PermissionDenied``
    for what is not the actor's.
    """
    row = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    unit = row.branch.home_unit if row.branch is not None else row.unit
    if not scope_of(actor).may(Permission.SET_UP, unit=unit):
        raise PermissionDenied
    before = Appointment.objects.get(pk=row.pk)
    row.ends_on = ends_on
    check_appointment(row, Appointment.objects.filter(user=row.user_id))
    is_own_key = row.user_id == actor.pk and grants(row.role, Permission.SET_UP)
    if is_own_key and ends_on is not None and not _others(actor, row).exists():
        text = _("Chưa có ai khác thiết lập được cổng. Phân công người thay trước.")
        raise ValidationError({"ends_on": text})
    propose(actor, row, before)
    row.save(update_fields=["ends_on", "proposed_by", "confirmed_by", "updated_at"])
    return row


# Invitations


def account_of(*, actor: User, full_name: str, phone: str) -> User:
    """Return the account of a telephone number, made new where there is none.

    Raises ``ValidationError`` where the number belongs to an account of another name, and for
    whoever has asked for too many.
    """
    if not may_look_up(actor):
        raise ValidationError({"phone": TOO_MANY})
    user: User | None = User.objects.filter(phone=phone).first()
    if user is None:
        if User.objects.filter(username=phone).exists():
            count_lookup(actor)
            raise ValidationError({"phone": _("Số này là tên đăng nhập của người khác.")})
        user = User.objects.create_user(username=phone, phone=phone, full_name=full_name)
        user.set_unusable_password()
        user.save(update_fields=["password"])
    elif user.full_name.casefold() != full_name.casefold():
        count_lookup(actor)
        raise ValidationError(
            {"phone": _("Số này đã thuộc tài khoản của người tên khác. Xem lại số hoặc tên.")}
        )
    return user


@transaction.atomic
def appoint(
    *,
    actor: User,
    user: User,
    role: str,
    branch: Branch,
    starts_on: dt.date | None = None,
) -> Appointment:
    """Give ``user`` a role in ``branch`` from today, unless it is held already."""
    if not scope_of(actor).may_invite_in(branch):
        raise PermissionDenied
    return give(actor=actor, user=user, role=role, branch=branch, starts_on=starts_on)


@transaction.atomic
def invite_secretary(
    *, actor: User, branch: Branch, full_name: str, phone: str
) -> tuple[User, str | None]:
    """Appoint the bearer of ``phone`` as secretary of ``branch`` and make an invitation.

    Returns the account and the secret of the link, or None where the account has a password
    that is not the actor's to replace: its owner signs in with it. The account is found by its
    telephone number or made new, with the number as its name. Raises ``ValidationError`` where
    the number belongs to an account of another name.
    """
    # A button pressed twice is one invitation: the second waits here for the first.
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    user = account_of(actor=actor, full_name=full_name, phone=phone)
    _check_all_led(actor, user, branch)
    appoint(actor=actor, user=user, role=Role.SECRETARY, branch=branch)
    if not may_set_password(actor, user):
        return user, None
    return user, issue_invitation(actor=actor, user=user)


def reinvite(*, actor: User, user: User, branch: Branch) -> str:
    """Return the secret of a new invitation for somebody appointed in ``branch``.

    Raises ``PermissionDenied`` for who is not the superior (see ``is_superior``).
    """
    _check_all_led(actor, user, branch)
    return issue_invitation(actor=actor, user=user)


def _check_all_led(actor: User, user: User, branch: Branch) -> None:
    """Refuse where somebody is more than a secretary of branches that the actor leads.

    An invitation would be a way to more rights, and what begins tomorrow counts as held.
    """
    scope = scope_of(actor)
    if not scope.may_invite_in(branch):
        raise PermissionDenied
    owned = Appointment.objects.not_ended(today()).filter(user=user)
    is_above = user.is_staff or user.is_superuser
    if (
        is_above
        or user.is_demo
        or not all(
            grants_only(a.role, Permission.REPORT) and scope.is_above(a)
            for a in owned.select_related("branch__home_unit", "unit")
        )
    ):
        raise PermissionDenied
