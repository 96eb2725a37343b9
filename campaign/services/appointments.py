"""Appoints people and invites them to set up their account."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import issue_invitation
from campaign.models import Appointment, Branch
from campaign.permissions import Permission, Role, grants_only
from campaign.scopes import scope_of
from core.clock import today


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
    owned = Appointment.objects.on(today()).filter(user=user, role=role, branch=branch).first()
    return owned or Appointment.objects.create(
        user=user, role=role, branch=branch, starts_on=starts_on or today()
    )


@transaction.atomic
def invite_secretary(
    *, actor: User, branch: Branch, full_name: str, phone: str
) -> tuple[User, str]:
    """Appoint the bearer of ``phone`` as secretary of ``branch`` and make an invitation.

    Returns the account and the secret of the link. The account is found by its telephone
    number or made new, with the number as its name. Raises ``ValidationError`` where the
    number belongs to an account that already has a password and another name.
    """
    # A button pressed twice is one invitation: the second waits here for the first.
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    user = User.objects.filter(phone=phone).first()
    if user is None:
        if User.objects.filter(username=phone).exists():
            raise ValidationError({"phone": _("Số này là tên đăng nhập của người khác.")})
        user = User.objects.create_user(username=phone, phone=phone, full_name=full_name)
        user.set_unusable_password()
        user.save(update_fields=["password"])
    elif user.full_name.casefold() != full_name.casefold():
        raise ValidationError(
            {"phone": _("Số này đã thuộc tài khoản của người tên khác. Xem lại số hoặc tên.")}
        )
    appoint(actor=actor, user=user, role=Role.SECRETARY, branch=branch)
    return user, reinvite(actor=actor, user=user, branch=branch)


def reinvite(*, actor: User, user: User, branch: Branch) -> str:
    """Return the secret of a new invitation for somebody appointed in ``branch``.

    An invitation sets a new password, so only those who lead the branch may make one, and
    never for somebody who holds more than this branch: that would be a way to more rights.
    """
    scope = scope_of(actor)
    if not scope.may_invite_in(branch):
        raise PermissionDenied
    # What somebody is appointed to from tomorrow on counts as held.
    current = user.appointments.exclude(ends_on__lt=today())
    owned = list(current.select_related("branch__home_unit", "unit"))
    led = [
        a.branch is not None and scope.may_invite_in(a.branch)
        for a in owned
        if grants_only(a.role, Permission.REPORT)
    ]
    is_above = user.is_staff or user.is_superuser
    if is_above or user.is_demo or len(led) != len(owned) or not all(led):
        raise PermissionDenied
    return issue_invitation(actor=actor, user=user)
