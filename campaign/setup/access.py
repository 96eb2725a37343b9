"""Who sets the portal up."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from campaign.scopes import may_set_up, scope_of

View = Callable[..., HttpResponse]


def for_setup(view: View) -> View:
    """Open a page to those who set up: 403 for whoever has another task, 404 for who has none."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_set_up(request.user):
            raise PermissionDenied if scope_of(request.user).roles else Http404
        return view(request, *args, **kwargs)

    return login_required(never_cache(page))
