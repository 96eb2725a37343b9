"""The volunteers app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VolunteersConfig(AppConfig):
    """People and places of support."""

    name = "volunteers"
    verbose_name = _("Tình nguyện")
