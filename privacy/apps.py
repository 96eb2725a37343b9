"""The privacy app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Above all subjects, since it knows what each of them keeps of a person."""

    name = "privacy"
    verbose_name = _("Dữ liệu cá nhân")
