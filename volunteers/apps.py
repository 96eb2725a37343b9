"""The volunteers app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.log.subjects import Part, register_subject


class VolunteersConfig(AppConfig):
    """People and places of support."""

    name = "volunteers"
    verbose_name = _("Tình nguyện")

    def ready(self) -> None:
        for subject in ("sessions", "certificates"):
            import_module(f"volunteers.{subject}.keys")
        import_module("volunteers.boundaries")
        register_subject("session", Part("volunteers_supportsession"))
