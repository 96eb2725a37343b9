"""What has been changed between two looks at all settings, and what follows from it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Branch, Campaign, Indicator, Target, Unit
from campaign.models.dated import last_change, past_with, plain_value, values_on
from campaign.services.settings_change.counted import (
    Figures,
    Moved,
    figures,
    moved,
    refuse_strays,
    strays,
)
from campaign.services.settings_change.watched import (
    NAMES,
    OF_NO_DAY,
    WATCHED,
    Row,
    Watched,
    value_words,
)
from campaign.states import CampaignState
from core import clock
from core.templatetags.formatting import count

NO_NAME_TO_COME = gettext_lazy("Tên mới có hiệu lực từ hôm nay hoặc một ngày trước đó.")


@dataclass(frozen=True)
class Move:
    """One value that was changed, in words; a row that is new or gone has no ``field``.

    ``restates`` says that days that are over are reckoned by it too, of which ``campaign`` (its
    slug; blank is of all).
    """

    kind: str
    row: str
    field: str
    before: str
    after: str
    restates: bool = False
    campaign: str = ""
    # The same for machines, so that it can be taken back: of a field ``name`` is one of the model.
    model: str = ""
    pk: int | None = None
    name: str = ""
    was: Any = None
    now: Any = None


@dataclass(frozen=True)
class Redated:
    """A row whose values hold from a day on: what it was and is; ``past`` as it stands."""

    model: type[models.Model]
    pk: Any
    past: list[Any]
    before: Row
    after: Row


@dataclass
class Change:
    """What has been changed, whose days are to be made again, whose figures are worth a look.

    ``since`` is the day from which values hold that do so from a day on.
    """

    moves: list[Move] = field(default_factory=list)
    dirty_units: set[int] = field(default_factory=set)
    dirty_branches: set[int] = field(default_factory=set)
    # The first day on which any of these counts otherwise.
    dirty_since: dt.date = dt.date.max
    # Campaigns in which others take part, or something adds up otherwise: the days of all their
    # nodes are made again.
    recounted: set[int] = field(default_factory=set)
    seen_units: set[int] = field(default_factory=set)
    seen_branches: set[int] = field(default_factory=set)
    before: Figures = field(default_factory=dict)
    after: Figures = field(default_factory=dict)
    redated: list[Redated] = field(default_factory=list)
    since: dt.date | None = None
    # Days on which what stands went elsewhere before the change, or does so after it, but not both.
    moved: set[Moved] = field(default_factory=set)

    def begin(self, since: dt.date) -> None:
        """Let what was changed hold from a day on, and leave the days before as they were."""
        if self.redated:
            self.since = since
        if since > clock.today() and any(one.after.keys() & NAMES for one in self.redated):
            raise ValidationError(NO_NAME_TO_COME)
        by_model: dict[type[models.Model], list[Any]] = {}
        for one in self.redated:
            past = past_with(one.past, since, one.before, one.after)
            by_model.setdefault(one.model, []).append(one.model(pk=one.pk, past=past))
        for model, rows in by_model.items():
            model._default_manager.bulk_update(rows, ["past"], batch_size=500)

    @property
    def shown_day(self) -> dt.date:
        """The day of which figures are shown: today, or when the change begins to hold."""
        return max(clock.today(), self.since or dt.date.min)

    @property
    def figures(self) -> list[tuple[str, str, str, int | None, int | None]]:
        """What is shown otherwise: campaign, node, what is counted, before, after."""
        keys = [*self.before, *(key for key in self.after if key not in self.before)]
        rows = ((key, self.before.get(key), self.after.get(key)) for key in keys)
        return [(*key, before, after) for key, before, after in rows if before != after]

    @property
    def days(self) -> list[tuple[Campaign, dt.date, dt.date]]:
        """The days that are made again, by campaign, from the first to the last."""
        found: list[tuple[Campaign, dt.date, dt.date]] = []
        for campaign, first, last in days_begun():
            since = self.dirty_since
            if campaign.pk in self.recounted:
                since = min(since, self.since or first)
            if last >= max(first, since):
                found.append((campaign, max(first, since), last))
        return found

    def lines(self) -> Iterator[str]:
        """Yield all that moves as a terminal shows it."""
        for move in self.moves:
            yield f"{move.kind} {move.row}: {move.field} {move.before} → {move.after}"
        for campaign, node, what, before, after in self.figures:
            yield f"{campaign} · {node}: {what} {count(before)} → {count(after)}"
        for of, first, last in self.days:
            words = _("%(campaign)s: các ngày %(first)s – %(last)s được tính lại.")
            days = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
            yield words % {"campaign": of.name, **days}

    def look(self) -> Figures:
        """Return the figures of the nodes concerned, as the database says them now."""
        return figures(frozenset(self.seen_units), frozenset(self.seen_branches), self.shown_day)

    def mark(self, model: type[models.Model], changed: set[str], rows: list[Row]) -> None:
        """Note whose sums a change moves, as its row was and as it is."""
        for row in rows:
            if model is Unit:
                if "parent" in changed:
                    self.dirty_since = dt.date.min
                self.seen_units |= _ids(row["path"])
                if "parent" in changed and row["parent"]:
                    self.dirty_units.add(row["parent"])
            elif model is Branch:
                self.dirty_since = min(self.dirty_since, _moved_since(changed, rows))
                self.seen_units |= _ids(row["home_unit__path"])
                self.seen_branches |= _ids(row["path"])
                if "parent" in changed and row["parent"]:
                    self.dirty_branches.add(row["parent"])
                if changed - {"parent"} - NAMES:
                    self.dirty_units.add(row["home_unit"])
                    self.dirty_branches.add(row["pk"])
            elif model is Target:
                self.seen_units |= _ids(row["unit__path"])
            elif model is Campaign and "takes_part" in changed:
                self.recounted.add(row["pk"])
            elif model is Indicator and "aggregation" in changed and len(rows) > 1:
                self.recounted.add(row["campaign"])
        if model not in (Unit, Branch, Target):
            tops = Unit.objects.filter(parent=None)
            self.seen_units |= set(tops.values_list("pk", flat=True))


def _moved_since(changed: set[str], rows: list[Row]) -> dt.date:
    """Return the first day on which a branch counts otherwise; ``rows`` are as it was and is."""
    if changed <= NAMES:
        return dt.date.max
    if len(rows) == 1:
        return rows[0]["opened_on"] or dt.date.min
    if changed - NAMES - {"opened_on", "closed_on"}:
        return dt.date.min
    begins = [row["opened_on"] or dt.date.min for row in rows if "opened_on" in changed]
    ends = [row["closed_on"] or dt.date.max for row in rows if "closed_on" in changed]
    return min(*begins, *ends, dt.date.max)


def _ids(path: str) -> set[int]:
    return {int(pk) for pk in path.split(".")[:-1]}


class SettingsWatch:
    """Looks at all settings when it is made, and tells later what has become of them."""

    def __init__(self) -> None:
        self.rows = {watched: watched.read() for watched in WATCHED}
        self.strays = strays()
        self.moved = moved()
        self.has_begun = bool(days_begun())
        self.drafts = {
            row["slug"]
            for watched, rows in self.rows.items()
            if watched.model is Campaign
            for row in rows.values()
            if row["state"] == CampaignState.DRAFT
        }

    def change(self) -> Change:
        """Return what has changed; raise ``ValidationError`` where reports are left outside."""
        change = Change(moved=self.moved ^ moved())
        for watched in WATCHED:
            before, after = self.rows[watched], watched.read()
            for key in [*before, *(key for key in after if key not in before)]:
                self._compare(change, watched, before.get(key), after.get(key))
        if change.moves:
            refuse_strays(strays() - self.strays)
        return change

    def _compare(
        self, change: Change, watched: Watched, before: Row | None, after: Row | None
    ) -> None:
        if before == after or self._is_of_draft(watched, before, after):
            return
        changed = [
            name
            for name in watched.fields
            if before is None or after is None or before[name] != after[name]
        ]
        if not self.has_begun and set(changed) <= NAMES:
            # Nobody has read the old name in a figure.
            return
        if before is not None and after is not None and not changed:
            self._move_days(change, watched, before, after)
            return
        is_same_row = before is not None and after is not None
        if not changed or not (is_same_row or self._is_in_use(watched, after or before or {})):
            return
        change.moves += _moves(watched, before, after, changed)
        self._date(change, watched, before, after, changed)
        rows = [row for row in (before, after) if row is not None]
        change.mark(watched.model, set(changed), rows)

    def _is_of_draft(self, watched: Watched, before: Row | None, after: Row | None) -> bool:
        """Whether a row is of a campaign that is not published: nobody counts by it."""
        row = before or after or {}
        is_published = after is not None and after.get("state") == CampaignState.RUNNING
        return watched.campaign_of(row) in self.drafts and not is_published

    def _move_days(self, change: Change, watched: Watched, before: Row, after: Row) -> None:
        """Note that what is set already holds from another day on."""
        old, new = before.get("past", []), after.get("past", [])
        names = {e["field"] for e in (*old, *new) if (e in old) != (e in new)}
        for name in sorted(names):
            first, last = (
                last_change([e for e in past if e["field"] == name]) for past in (old, new)
            )
            if name in NAMES and last and last > clock.today():
                raise ValidationError(NO_NAME_TO_COME)
            what = _("%(field)s: có hiệu lực từ") % {"field": watched.label(name)}
            values = (value_words(first), value_words(last))
            change.moves.append(Move(watched.kind, watched.title(after), what, *values))
        if names:
            change.mark(watched.model, names, [after])

    def _date(
        self,
        change: Change,
        watched: Watched,
        before: Row | None,
        after: Row | None,
        changed: list[str],
    ) -> None:
        if after is None:
            if before is not None and self._was_of_use(watched, before):
                raise ValidationError(watched.removal % {"row": watched.title(before)})
            return
        was = watched.absent if before is None else before
        names = [name for name in changed if name in watched.dated and name in was]
        if names:
            values = ({name: row[name] for name in names} for row in (was, after))
            past = [] if before is None else before["past"]
            change.redated.append(Redated(watched.model, after["pk"], past, *values))

    def _was_of_use(self, watched: Watched, row: Row) -> bool:
        """Whether a row that is gone decided anything about a day that is over."""
        if not watched.dated or watched.owner is None:
            return False
        model, name = watched.owner
        yesterday = clock.today() - dt.timedelta(days=1)
        begun = Campaign.objects.filter(starts_on__lte=yesterday)
        if model is Campaign:
            begun = begun.filter(pk=row[name])
        values = {**row, **values_on(watched.model, row["past"], yesterday)}
        return watched.decides(values, yesterday) and begun.exists()

    def _is_in_use(self, watched: Watched, row: Row) -> bool:
        """Whether a row that comes or goes moves anything that people have seen already."""
        if watched.owner is not None:
            model, name = watched.owner
            owners = self.rows[next(w for w in WATCHED if w.model is model)]
            owner = owners.get((row[name],))
            return owner is not None and owner.get("starts_on", dt.date.min) <= clock.today()
        return watched.model is Branch and bool(row["reports_daily"])


def _moves(
    watched: Watched, before: Row | None, after: Row | None, changed: list[str]
) -> Iterator[Move]:
    row = after or before or {}
    kind, title, campaign = watched.kind, watched.title(row), watched.campaign_of(row)
    model, pk = str(watched.model._meta.model_name), row["pk"]
    if before is not None and after is not None:
        for name in changed:
            old, new = before[name], after[name]
            is_dated = name in watched.dated or name in OF_NO_DAY
            yield Move(
                kind,
                title,
                watched.label(name),
                watched.text(before, name),
                watched.text(after, name),
                not is_dated and _is_about_past(old, new),
                campaign,
                model,
                pk,
                name,
                plain_value(old),
                plain_value(new),
            )
    elif before is None:
        words = ("–", watched.whole_text(row))
        yield Move(kind, title, "", *words, not watched.dated, campaign, model, pk)
    else:
        words = (watched.whole_text(row), _("bỏ"))
        yield Move(kind, title, "", *words, not watched.dated, campaign, model, pk)


def _is_about_past(before: Any, after: Any) -> bool:
    """Whether a value that holds for all days moves one that is over: a day to come does not."""
    days = [value for value in (before, after) if isinstance(value, dt.date)]
    return not days or min(days) <= clock.today()


def days_begun(by: dt.date | None = None) -> list[tuple[Campaign, dt.date, dt.date]]:
    """Return the published campaigns that have begun by a day, today if none is given.

    With each its first day, and its last until then.
    """
    by = by or clock.today()
    return [
        (campaign, campaign.starts_on, min(campaign.ends_on, by))
        for campaign in Campaign.objects.published()
        .filter(starts_on__lte=by)
        .order_by("-starts_on", "pk")
    ]
