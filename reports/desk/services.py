"""What somebody did about a task, written down."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign
from campaign.scopes import scope_of
from core import clock
from core.validators import clean_note
from reports.desk.models import FollowUp, FollowUpAction, TaskKind
from reports.desk.selectors import Task, may_chase, tasks_of
from reports.reminders.services import Nudged, nudge

LENGTH = 300
# "Later" is tomorrow: what still holds then comes back by itself.
SNOOZED_FOR = dt.timedelta(days=1)


def find_task(user: User, campaign: Campaign, key: str) -> Task:
    """Return the task that bears the key now; raise ``Http404`` where it is done or foreign."""
    if not may_chase(user):
        raise PermissionDenied
    task = next((task for task in tasks_of(user, campaign) if task.key == key), None)
    if task is None:
        raise Http404
    return task


def follow_up(
    *, actor: User, campaign: Campaign, task: Task, action: str, text: str = ""
) -> FollowUp:
    """Write down what was done; raise ``ValidationError`` for no action, or too long a note."""
    if action not in (FollowUpAction.CALLED, FollowUpAction.MESSAGED, FollowUpAction.SNOOZED):
        raise ValidationError({"action": [_("Không có việc này.")]})
    return _write(actor, campaign, task, action, clean_note(text, LENGTH))


@transaction.atomic
def remind_of(*, actor: User, campaign: Campaign, task: Task) -> Nudged:
    """Have the portal remind of a missing report on every channel, and write down that it did."""
    if task.kind != TaskKind.SILENT or task.branch is None:
        raise ValidationError({"action": [_("Cổng chỉ nhắc báo cáo chưa có.")]})
    if not scope_of(actor).may_invite_in(task.branch):
        raise PermissionDenied
    done = nudge(actor=actor, campaign=campaign, only=[task.branch.pk])
    if done.branches:
        _write(actor, campaign, task, FollowUpAction.REMINDED, "")
    return done


def _write(actor: User, campaign: Campaign, task: Task, action: str, text: str) -> FollowUp:
    today = clock.today()
    return FollowUp.objects.create(
        campaign=campaign,
        branch=task.branch,
        kind=task.kind,
        about=task.key,
        day=today,
        action=action,
        text=text,
        until=today + SNOOZED_FOR if action == FollowUpAction.SNOOZED else None,
        author=actor,
        at=clock.now(),
    )
