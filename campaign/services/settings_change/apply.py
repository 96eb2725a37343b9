"""The writing itself: all in the transaction of the write, or nothing."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Branch, SettingsChange, Unit
from campaign.models.dated import Dated, past_from
from campaign.services import dirty_days
from campaign.services.settings_change.change import Change, SettingsWatch
from campaign.services.settings_change.counted import hold
from core import clock
from core.form_fields import parse_day
from core.validators import clean_note

MOST_NAMED = 5


class ReasonWanted(ValidationError):
    """Something would move and nobody has said why; nothing was written."""

    def __init__(self, change: Change) -> None:
        self.change = change
        moved = "; ".join(
            f"{move.row}: {move.field} {move.before} → {move.after}"
            for move in change.moves[:MOST_NAMED]
        )
        super().__init__(
            _("Việc này đổi thiết lập đang dùng (%(moved)s). Ghi lý do rồi làm lại.")
            % {"moved": moved}
        )


@contextmanager
def settings_change(
    *, actor: User | None, reason: str = "", since: dt.date | None = None
) -> Iterator[None]:
    """Write settings within; ``actor`` is None for a command.

    Targets, rules and names hold from ``since`` on, by default from today; the days before stay
    what they were.

    Raises ``ReasonWanted`` where something moves and no reason is given, with the figures before
    and after; ``ValidationError`` where reports would be left outside. Nothing is written then.
    """
    reason = clean_note(reason)
    try:
        with transaction.atomic():
            if reason:
                hold()
            watch = SettingsWatch()
            yield
            keep(watch.change(), actor=actor, reason=reason, since=since)
    except ReasonWanted as wanted:
        # All is undone by now: these are the figures that stand.
        wanted.change.before = wanted.change.look()
        raise


def since_day(text: str) -> dt.date | None:
    """Read the day from which on something holds; None for a blank, which is today."""
    return parse_day(text) if text.strip() else None


def hold_from(row: Dated, since: dt.date) -> None:
    """Let what was set last of a row hold from ``since`` on, within ``settings_change``."""
    names = {entry["field"] for entry in row.past}
    row.past = past_from(row.past, since, {name: getattr(row, name) for name in names})
    row.save(update_fields=["past"])


def keep(change: Change, *, actor: User | None, reason: str, since: dt.date | None = None) -> None:
    """Keep who changed what and why, and leave word of the days to be made again.

    No roll-up may be under way (``hold``): one that has read a node's old parent would leave
    that one dirty, and the new parent would never hear.
    """
    if change.moved:
        _mark(change)
    if not change.moves:
        return
    change.begin(since or clock.today())
    if not reason:
        change.after = change.look()
        raise ReasonWanted(change)
    now = clock.now()
    SettingsChange.objects.create(
        actor=actor,
        changed_at=now,
        since=change.since,
        reason=reason,
        moves=[asdict(move) for move in change.moves],
    )
    # What has been deleted has no days left.
    units = Unit.objects.filter(pk__in=change.dirty_units).values_list("pk", flat=True)
    branches = Branch.objects.filter(pk__in=change.dirty_branches).values_list("pk", flat=True)
    some = [*((None, pk) for pk in units), *((pk, None) for pk in branches)]
    every = _every_node() if change.recounted else []
    dirty_days.mark_nodes_dirty(
        (
            (campaign.pk, branch, unit, first + dt.timedelta(days=n))
            for campaign, first, last in change.days
            for n in range((last - first).days + 1)
            for branch, unit in (every if campaign.pk in change.recounted else some)
        ),
        since=now,
    )


def _mark(change: Change) -> None:
    """Leave word of the days on which what stands goes elsewhere, or does so no more."""
    branches, units = (
        {*model.objects.filter(pk__in=ids).values_list("pk", flat=True)}
        for model, ids in (
            (Branch, {branch for _c, branch, _u, _day in change.moved}),
            (Unit, {unit for _c, _b, unit, _day in change.moved}),
        )
    )
    nodes = (node for node in change.moved if node[1] in branches and node[2] in units)
    dirty_days.mark_nodes_dirty(nodes, since=clock.now())


def _every_node() -> list[tuple[int | None, int | None]]:
    """Return all branches and all units, as nodes: a branch reports of others than its home."""
    branches, units = (model.objects.values_list("pk", flat=True) for model in (Branch, Unit))
    return [*((pk, None) for pk in branches), *((None, pk) for pk in units)]
