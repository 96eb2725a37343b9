"""The admin, behind the portal's own sign-in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from campaign.scopes import may_set_up


class PortalAdminSite(AdminSite):
    """Django's admin without a door of its own: one sign-in, one lock."""

    index_title = _("Thiết lập")
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Send strangers to the portal's sign-in; refuse those who are no staff."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", "/admin/"))

    def password_change(self, request: HttpRequest, extra_context: object = None) -> Any:
        """Lead to the one page that changes a password, and ends every key with it."""
        return redirect("account")

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in whoever is province staff today: an appointment that ended closes the door."""
        return super().has_permission(request) and may_set_up(request.user)
