"""The campaign app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.log.subjects import Part, register_subject
from core.rights import ADD, Rights, narrow_rights


class CampaignConfig(AppConfig):
    """Where the campaign takes place, who reports, and what is counted."""

    name = "campaign"
    verbose_name = _("Chiến dịch")

    def ready(self) -> None:
        # It says who is whose superior.
        import_module("campaign.services.appointments")
        register_subject("appointment", Part("campaign_appointment"))
        register_subject("late_grant", Part("campaign_lateentrygrant"))
        register_subject("setting", Part("campaign_settingschange"))
        register_subject("target", Part("campaign_target"))
        narrow_rights("campaign_lateentrygrant", Rights(ADD))
        narrow_rights("campaign_settingschange", Rights(ADD))
