"""Opens a closed day again for one branch."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.count_validation import check_day
from campaign.models import Branch, Campaign, LateEntryGrant
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.states import locked_words
from core import clock
from core.validators import clean_note

# A day is opened for as long as a correction takes, unless the grantor says otherwise.
USUAL_DAYS = 1


def usual_expiry(now: dt.datetime) -> dt.datetime:
    """Return the end of tomorrow: long enough to correct, short enough to be forgotten."""
    return clock.at(now.date() + dt.timedelta(days=USUAL_DAYS), dt.time(23, 59, 59))


@transaction.atomic
def reopen_day(
    *,
    actor: User,
    campaign: Campaign,
    branch: Branch,
    day: dt.date,
    reason: str,
    expires_at: dt.datetime | None = None,
) -> LateEntryGrant:
    """Take counts of ``day`` from the branch until ``expires_at``, by default end of tomorrow.

    Raises ``PermissionDenied`` unless the actor leads the branch, ``ValidationError`` by field.
    """
    if not scope_of(actor).may(Permission.LEAD, unit=branch.home_unit):
        raise PermissionDenied
    now = clock.now()
    errors: dict[str, list[str]] = {}
    try:
        check_day(campaign, day, now.date())
    except ValidationError as error:
        errors["date"] = error.messages
    if not errors and not branch.exists_on(day):
        errors["date"] = [
            _("%(branch)s không hoạt động ngày ấy. Mở ngày ấy cho đơn vị của ngày ấy.")
            % {"branch": branch.name}
        ]
    if words := locked_words(campaign.state, campaign.name):
        errors["date"] = [words]
    try:
        reason = clean_note(reason)
        if not reason:
            errors["reason"] = [_("Ghi lý do mở lại. Lý do được lưu cùng tên người mở.")]
    except ValidationError as error:
        errors["reason"] = error.messages
    expires_at = usual_expiry(now) if expires_at is None else expires_at
    if expires_at <= now:
        errors["expires_at"] = [_("Giờ hết hạn đã qua. Chọn một giờ sau bây giờ.")]
    if errors:
        raise ValidationError(errors)
    return LateEntryGrant.objects.create(
        campaign=campaign,
        branch=branch,
        date=day,
        reason=reason,
        grantor=actor,
        granted_at=now,
        expires_at=expires_at,
    )
