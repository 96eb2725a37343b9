"""A campaign goes from one state to the next; what is counted stays what it is."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.services.publication import blocking
from campaign.services.settings_change import settings_change
from campaign.services.trials import clear_trial
from campaign.states import BECOMES, CampaignState
from core import clock
from core.validators import clean_note


def change_state(*, actor: User, campaign: Campaign, state: str, reason: str) -> Campaign:
    """Publish, close, reopen or archive a campaign; return it as it now stands.

    Who, when and why are kept with the other changes of settings. Raises ``PermissionDenied``,
    and ``ValidationError`` where it cannot be done now, with what is to be mended first.
    """
    if not scope_of(actor).may(Permission.SET_UP):
        raise PermissionDenied
    reason = clean_note(reason)
    if not reason:
        raise ValidationError(_("Ghi lý do: lý do được lưu cùng tên người làm."))
    with settings_change(actor=actor, reason=reason):
        found = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if found.state == state:
            return found
        if state not in BECOMES[found.state]:
            words = _("Chiến dịch đang ở tình trạng “%(state)s”. Mở lại trang rồi xem.")
            raise ValidationError(words % {"state": found.get_state_display()})
        _check(found, state)
        # What was sent to learn is gone before the first real report can come.
        clear_trial(found)
        if found.takes_counts:
            # No report is expected of a day that nobody can report any more.
            found.ends_on = min(found.ends_on, clock.today())
        found.state = state
        found.save(update_fields=["state", "ends_on"])
    return found


def _check(campaign: Campaign, state: str) -> None:
    if campaign.is_draft and (found := blocking(campaign)):
        raise ValidationError([finding.words for finding in found])
    if campaign.takes_counts and clock.today() < campaign.starts_on:
        raise ValidationError(
            _("Chiến dịch chưa bắt đầu nên chưa đóng được. Muốn hoãn thì đổi ngày bắt đầu.")
        )
    if state == CampaignState.RUNNING and campaign.archived_at is not None:
        raise ValidationError(
            _(
                "Số từng ngày của chiến dịch đang nằm trong tệp lưu trữ. Nhờ cán bộ kỹ thuật gắn "
                "lại trước khi mở."
            )
        )
