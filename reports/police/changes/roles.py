"""In which role somebody did something; never who it was."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.models import Appointment
from campaign.permissions import Permission, grants

Did = tuple[int | None, dt.datetime]


class Roles:
    """The appointments of those who did something, each read once."""

    def __init__(self) -> None:
        self._known: dict[int, list[Appointment]] = {}

    def read(self, actors: Iterable[int | None]) -> None:
        missing = {pk for pk in actors if pk is not None} - self._known.keys()
        if missing:
            self._known |= {pk: [] for pk in missing}
            owned = Appointment.objects.filter(user__in=missing, proposed_by=None).order_by("pk")
            for one in owned:
                self._known[one.user_id].append(one)

    def of(self, actor: int | None, at: dt.datetime, *wanted: Permission) -> str:
        """Return the role owned then: of several one that has a permission wanted."""
        if actor is None:
            return _("cổng tự làm")
        day = timezone.localdate(at)
        owned = [
            one
            for one in self._known[actor]
            if one.starts_on <= day and (one.ends_on is None or one.ends_on >= day)
        ]
        fitting = [one for one in owned if not wanted or grants(one.role, *wanted)]
        found = next(iter(fitting or owned), None)
        return str(found.get_role_display()) if found else _("không còn phân công")
