"""A draft is tried out, and what was sent meanwhile is cleared."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign, Trial
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.selectors import indicators_of
from core import clock


@transaction.atomic
def open_trial(*, actor: User, campaign: Campaign) -> Trial:
    """Open the trial of a draft; one that runs already goes on as it is.

    Raises ``PermissionDenied``, and ``ValidationError`` where there is nothing to try.
    """
    found = _locked(actor, campaign)
    if not found.is_draft:
        raise ValidationError(_("Chiến dịch đã công bố: báo cáo thật, không tập dượt nữa."))
    if not indicators_of(found).entered:
        raise ValidationError(_("Chưa có chỉ số nào để nhập. Thêm ít nhất một chỉ số."))
    running = Trial.objects.running().filter(campaign=found).first()
    if running is not None:
        return running
    clear_trial(found)
    return Trial.objects.create(campaign=found, opened_at=clock.now())


@transaction.atomic
def end_trial(*, actor: User, campaign: Campaign) -> None:
    """End the trial and clear what was sent; where none runs nothing changes."""
    clear_trial(_locked(actor, campaign))


def clear_trial(campaign: Campaign) -> None:
    """Delete a campaign's trial with all that was sent in it, within the caller's transaction.

    Locked first: whoever is sending ends before, and whoever comes later finds none.
    """
    for trial in Trial.objects.select_for_update().filter(campaign=campaign):
        trial.delete()


def _locked(actor: User, campaign: Campaign) -> Campaign:
    if not scope_of(actor).may(Permission.SET_UP):
        raise PermissionDenied
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
