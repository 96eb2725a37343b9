"""What every page knows of this app."""

from typing import Any

from django.http import HttpRequest

from volunteers.help_requests.selectors import may_handle


def work(request: HttpRequest) -> dict[str, Any]:
    return {"may_help": may_handle(getattr(request, "user", None))}
