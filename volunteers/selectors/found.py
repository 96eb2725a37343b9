"""What pages and endpoints begin with: the row in the address, or 404."""

from typing import Any

from django.http import Http404

from volunteers.models import SupportSession


def find_session(user: Any, session_id: int) -> SupportSession:
    """Return a session that the user may see, or 404."""
    sessions = SupportSession.objects.visible_to(user).filter(pk=session_id)
    session = sessions.select_related("campaign", "branch__home_unit", "unit").first()
    if session is None:
        raise Http404
    return session
