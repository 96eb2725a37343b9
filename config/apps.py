"""The admin as an app."""

from django.contrib.admin.apps import AdminConfig

# Wherever Django is set up, a task that is asked for finds the broker.
from config import celery  # noqa: F401


class PortalAdminConfig(AdminConfig):
    default_site = "config.admin_site.PortalAdminSite"
