"""The reports app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from reports.notifications import channels

# Each registers the kinds of notices of its subject.
NOTICES = (
    "reports.notifications.notices",
    "reports.notifications.account_notices",
    "reports.daily.notices",
    "reports.digests.notices",
    "reports.reminders.notices",
)
# What those below ask of this app, which stands above them.
ANSWERS = ("reports.rollup.settings_moves", "reports.daily.hamlets")


class ReportsConfig(AppConfig):
    """What was achieved, and how it adds up."""

    name = "reports"
    verbose_name = _("Báo cáo")

    def ready(self) -> None:
        channel_modules = (f"{name}.channel" for name in channels.installed())
        for module in (*NOTICES, *channel_modules, *ANSWERS):
            import_module(module)
