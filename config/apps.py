"""The admin as an app."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's admin with the portal's site."""

    default_site = "config.admin_site.PortalAdminSite"
