"""The life of a campaign: a draft is published, runs, is closed and archived."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.permissions import Permission
from campaign.scopes import scope_of


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("Bản soạn")
    RUNNING = "running", _("Đã công bố")
    CLOSED = "closed", _("Đã đóng")
    ARCHIVED = "archived", _("Đã lưu trữ")


# What may become of a campaign in each state.
BECOMES: dict[str, tuple[str, ...]] = {
    CampaignState.DRAFT: (CampaignState.RUNNING,),
    CampaignState.RUNNING: (CampaignState.CLOSED,),
    CampaignState.CLOSED: (CampaignState.RUNNING, CampaignState.ARCHIVED),
    CampaignState.ARCHIVED: (CampaignState.CLOSED,),
}


def published_to(user: Any, field: str = "state") -> Q:
    """Return the condition that a user may know of a campaign: a draft is the province's own."""
    if scope_of(user).may(Permission.SET_UP):
        return Q()
    return ~Q(**{field: CampaignState.DRAFT})


def locked_words(state: str, name: str) -> str:
    """Say why a campaign takes no counts, and whom to ask; blank where it takes them."""
    words = {
        CampaignState.DRAFT: _(
            "Chiến dịch “%(name)s” đang soạn, chưa công bố, nên cổng chưa nhận số."
        ),
        CampaignState.CLOSED: _(
            "Chiến dịch “%(name)s” đã đóng, nên cổng không nhận, không sửa số nữa. Cần bổ sung thì "
            "báo Đoàn cấp tỉnh mở lại chiến dịch."
        ),
        CampaignState.ARCHIVED: _(
            "Chiến dịch “%(name)s” đã lưu trữ, nên cổng không nhận, không sửa số nữa. Cần bổ sung "
            "thì báo Đoàn cấp tỉnh."
        ),
    }
    return str(words[CampaignState(state)]) % {"name": name} if state in words else ""
