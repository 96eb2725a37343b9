"""The reports app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """What was achieved, and how it adds up."""

    name = "reports"
    verbose_name = _("Báo cáo")
