"""Who sets the portal up."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from campaign.permissions import Permission
from campaign.scopes import scope_of

View = Callable[..., HttpResponse]


def may_set_up(user: Any) -> bool:
    """Whether the user sets up: province staff, and the superuser, who begins where nobody is."""
    return user.is_superuser or scope_of(user).may(Permission.SET_UP)


def for_setup(view: View) -> View:
    """Open a page to those who set up: 403 for whoever has another task, 404 for who has none."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_set_up(request.user):
            raise PermissionDenied if scope_of(request.user).roles else Http404
        return view(request, *args, **kwargs)

    return login_required(never_cache(page))
