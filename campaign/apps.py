"""The campaign app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignConfig(AppConfig):
    """Where the campaign takes place, who reports, and what is counted."""

    name = "campaign"
    verbose_name = _("Chiến dịch")
