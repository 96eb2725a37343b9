"""The privacy app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.log.subjects import Part, register_subject
from core.rights import Rights, narrow_rights


class PrivacyConfig(AppConfig):
    """Above all subjects, since it knows what each of them keeps of a person."""

    name = "privacy"
    verbose_name = _("Dữ liệu cá nhân")

    def ready(self) -> None:
        register_subject("read", Part("privacy_personaldataread", is_forgotten=True))
        narrow_rights("privacy_personaldataread", Rights("SELECT, INSERT, DELETE", ("people",)))
