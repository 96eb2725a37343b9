"""Files that change settings: previewed with what would move, and taken with a reason."""

from typing import Any

import tablib
from import_export.results import Result

from campaign.services.settings_change import Change, SettingsWatch, hold, keep, since_day
from core import clock
from core.importing.resource import StrictResource
from core.validators import clean_note


class SettingsResource(StrictResource):
    """A file of what totals and expectations rest on.

    ``reason`` says why it is taken, ``since`` from which day on what it says holds.
    """

    reason = since = ""
    change: Change | None = None

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        if not self._is_dry_run(kwargs):
            hold()
        self.watch = SettingsWatch()
        super().before_import(dataset, **kwargs)

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        """Look at what the file has moved; a preview writes everything too, and is undone."""
        super().after_import(dataset, result, **kwargs)
        if result.has_errors() or result.has_validation_errors():
            return
        if self._is_dry_run(kwargs):
            self.after_writing([row for row in self.rows if row.is_changed])
        change = self.watch.change()
        since = since_day(self.since)
        if self._is_dry_run(kwargs):
            change.begin(since or clock.today())
            change.after = change.look()
            self.change = change if change.moves else None
        else:
            keep(change, actor=self.actor, reason=clean_note(self.reason), since=since)

    def shown(self) -> dict[str, Any]:
        """Return what would move, beside what stands now: the preview has been undone."""
        if self.change is None:
            return {}
        self.change.before = self.change.look()
        return {"change": self.change, "reason": self.reason}
