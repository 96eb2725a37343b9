"""The branches that somebody may report for, on each day of a campaign: boundaries change."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from campaign.models import Branch, Campaign
from campaign.selectors import branches_run_during

# How many are named, where one is asked for that was not there yet.
MOST_NAMED = 4


class BranchesByDay:
    """Read at once for all days; ``everywhere`` are those of any."""

    def __init__(self, user: Any, campaign: Campaign) -> None:
        self._first, self._last = campaign.starts_on, campaign.shown_day
        self.everywhere = branches_run_during(user, self._first, self._last)

    def on(self, day: dt.date | None) -> list[Branch]:
        """Return those of a day, of the nearest of the campaign, by default of the last."""
        day = min(max(day or self._last, self._first), self._last)
        return [branch for branch in self.everywhere if branch.exists_on(day)]

    def others_of(self, branch: Branch, day: dt.date) -> list[Branch]:
        """Return who is there on a day, of those that went into a branch or that it went into."""
        return [
            one
            for one in self.on(day)
            if one.path in branch.predecessor_paths or branch.path in one.predecessor_paths
        ]


def absent_text(branch: Branch, day: dt.date, instead: Iterable[Branch]) -> str:
    """Say that a branch is not there on a day, and who is in its place."""
    named = [f"{one.name} ({one.code})" for one in instead]
    shown = ", ".join([*named[:MOST_NAMED], *(["…"] if len(named) > MOST_NAMED else [])])
    values = {"name": branch.name, "day": f"{day:%d/%m/%Y}", "names": shown}
    if named:
        text = _("“%(name)s” không có vào ngày %(day)s. Ngày ấy là %(names)s: ghi đơn vị ấy.")
        return text % values
    return _("“%(name)s” không hoạt động vào ngày %(day)s. Xem lại ngày, hoặc đơn vị.") % values
