"""What all apps share."""

from django.apps import AppConfig

from core.log.subjects import Part, register_subject


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        register_subject("remark", Part("core_remark"))
