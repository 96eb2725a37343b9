"""The desk: requests of data subjects are written down, answered and closed."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.permissions import Permission
from campaign.scopes import scope_of
from core import clock
from privacy import working_days
from privacy.models import Outcome, SubjectRequest
from privacy.services.erasure import forget
from volunteers.errors import NotNow


def may_enter(user: Any) -> bool:
    """Whether somebody may come to the user with a request: those who run branches."""
    return scope_of(user).may(Permission.LEAD, Permission.REPORT)


def may_answer(user: Any) -> bool:
    """Whether the user may look through all that is kept of a person: the province alone."""
    return scope_of(user).may(Permission.SET_UP)


def enter_request(
    *, actor: User, kind: str, name: str, phone: str, received_on: dt.date
) -> SubjectRequest:
    """Write a request down; whose it is comes clean, and one of both is there."""
    if not may_enter(actor):
        raise PermissionDenied
    return SubjectRequest.objects.create(
        kind=kind,
        name=name,
        phone=phone,
        received_on=received_on,
        due_on=working_days.after(received_on),
        entered_by=actor,
    )


@transaction.atomic
def close_request(*, actor: User, request: SubjectRequest, outcome: str) -> SubjectRequest:
    """Say how a request was answered; the person's name and number go."""
    return _close(_lock(actor, request), actor, Outcome(outcome))


@transaction.atomic
def erase_for(*, actor: User, request: SubjectRequest, rows: list[Any]) -> SubjectRequest:
    """Forget the person in ``rows`` and close the request.

    Raises ``NotNow`` for an account that is in use: whoever holds an appointment is relieved
    of it first, by those who gave it.
    """
    existing = _lock(actor, request)
    if any(is_in_use(row) for row in rows):
        raise NotNow(_("Tài khoản này đang được phân công. Kết thúc phân công trước rồi xóa."))
    existing.deleted = forget(rows, actor=actor)
    return _close(existing, actor, Outcome.DELETED)


def is_in_use(row: Any) -> bool:
    """Whether a row is an account with which somebody works."""
    if not isinstance(row, User):
        return False
    return row.is_superuser or row.appointments.exclude(ends_on__lt=clock.today()).exists()


def _lock(actor: User, request: SubjectRequest) -> SubjectRequest:
    if not may_answer(actor):
        raise PermissionDenied
    existing = SubjectRequest.objects.select_for_update().get(pk=request.pk)
    if existing.closed_at is not None:
        raise NotNow(_("Yêu cầu này đã có người trả lời."))
    return existing


def _close(existing: SubjectRequest, actor: User, outcome: Outcome) -> SubjectRequest:
    existing.name = existing.phone = ""
    existing.outcome, existing.closed_at, existing.closed_by = outcome, clock.now(), actor
    existing.save()
    return existing
