"""The campaign app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignConfig(AppConfig):
    """Where the campaign takes place, who reports, and what is counted."""

    name = "campaign"
    verbose_name = _("Chiến dịch")

    def ready(self) -> None:
        # It says who is whose superior.
        import_module("campaign.services.appointments")
