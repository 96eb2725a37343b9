"""Which fields of which models totals and expectations rest on."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import (
    Baseline,
    BaselineFigure,
    Branch,
    Campaign,
    FormulaTerm,
    Indicator,
    Phase,
    Target,
    Unit,
)
from campaign.models.campaigns import ASKS, LABELS, RULES
from campaign.models.dated import Dated
from campaign.takes_part import rule_words
from core.templatetags.formatting import count

Row = dict[str, Any]
NEVER = dt.date.max
# What moves no sum. Pages of today read a name as it stands, so it holds from no day to come.
NAMES = frozenset({"name", *LABELS})
# What says nothing of any day.
OF_NO_DAY = frozenset({"state", *NAMES})


def value_words(value: Any) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, dict):
        return rule_words(value)
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, dt.date):
        return date_format(value, "d/m/Y")
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return count(value) if isinstance(value, int) else str(value)


@dataclass(frozen=True, eq=False)
class Watched:
    """A model whose ``fields`` move sums.

    ``named`` are the lookups that name a row, ``texts`` those that say a foreign key in words,
    ``owner`` the one that leads to what has to be in use for a new row to move anything.
    """

    model: type[models.Model]
    fields: tuple[str, ...]
    named: tuple[str, ...]
    key: tuple[str, ...] = ("pk",)
    texts: Mapping[str, str] = field(default_factory=dict)
    owner: tuple[type[models.Model], str] | None = None
    besides: tuple[str, ...] = ()
    # What the fields of a row that is new were before; whether one that is gone decided anything
    # about a day, and what to do instead of removing it.
    absent: Mapping[str, Any] = field(default_factory=dict)
    decides: Callable[[Row, dt.date], bool] = lambda _row, _day: False
    removal: Any = ""

    @property
    def dated(self) -> tuple[str, ...]:
        return self.model.dated if issubclass(self.model, Dated) else ()

    def read(self) -> dict[tuple[Any, ...], Row]:
        columns = {"pk", *self.key, *self.fields, *self.named, *self.texts.values(), *self.besides}
        if self.owner is not None:
            columns.add(self.owner[1])
        if self.dated:
            columns.add("past")
        rows = self.model._default_manager.order_by().values(*columns)
        return {tuple(row[name] for name in self.key): row for row in rows}

    @property
    def kind(self) -> str:
        return capfirst(str(self.model._meta.verbose_name))

    def title(self, row: Row) -> str:
        return " · ".join(str(row[name]) for name in self.named)

    def campaign_of(self, row: Row) -> str:
        """Return the slug of the campaign that a row belongs to; blank for what is of all."""
        names = (name for name in ("slug", *self.named) if name.endswith("slug"))
        return next((str(row[name]) for name in names if name in row), "")

    def label(self, name: str) -> str:
        column: Any = self.model._meta.get_field(name)
        return str(column.verbose_name)

    def text(self, row: Row, name: str) -> str:
        column: Any = self.model._meta.get_field(name)
        value = row[self.texts.get(name, name)]
        choices = dict(column.flatchoices or ())
        return value_words(choices.get(value, value) if choices else value)

    def whole_text(self, row: Row) -> str:
        given = (name for name in self.fields if row[name] not in (None, ""))
        return ", ".join(self.text(row, name) for name in given)


WATCHED = (
    Watched(
        Unit,
        ("name", "parent", "level", "valid_from", "valid_to"),
        ("name", "code"),
        texts={"parent": "parent__name"},
        besides=("path",),
    ),
    Watched(
        Branch,
        ("name", "parent", "home_unit", "reports_daily", "opened_on", "closed_on"),
        ("name", "code"),
        texts={"parent": "parent__name", "home_unit": "home_unit__name"},
        besides=("path", "home_unit__path"),
        absent={"reports_daily": False},
    ),
    Watched(
        Campaign,
        ("state", "starts_on", "ends_on", *RULES, *ASKS, "takes_part"),
        ("name",),
        besides=("slug",),
    ),
    Watched(
        Phase,
        ("starts_on", "ends_on", *RULES),
        ("campaign__slug", "name"),
        owner=(Campaign, "campaign"),
        absent={"starts_on": NEVER},
        decides=lambda row, day: bool(row["starts_on"] <= day),
        removal=gettext_lazy(
            "Đợt “%(row)s” đã áp dụng cho những ngày đã qua nên không xóa được. Muốn thôi thì sửa "
            "ngày kết thúc."
        ),
    ),
    Watched(
        Indicator,
        (
            *LABELS,
            *("code", "at_most", "is_derived", "is_headline", "counts_people", "aggregation"),
            "next_step",
        ),
        ("campaign__slug", "label"),
        texts={"at_most": "at_most__label"},
        owner=(Campaign, "campaign"),
    ),
    Watched(
        FormulaTerm,
        ("source", "factor"),
        ("indicator__campaign__slug", "indicator__label", "source__label"),
        texts={"source": "source__label"},
        owner=(Campaign, "indicator__campaign"),
    ),
    Watched(
        Target,
        ("value", "due_on"),
        ("campaign__slug", "unit__name", "indicator__label"),
        key=("campaign", "unit", "indicator"),
        owner=(Campaign, "campaign"),
        besides=("unit__path",),
        absent={"value": None},
        decides=lambda row, _day: bool(row["value"]),
        removal=gettext_lazy(
            "Chỉ tiêu “%(row)s” đã dùng cho những ngày đã qua nên không xóa được. Muốn thôi giao "
            "thì ghi 0 và chọn ngày có hiệu lực."
        ),
    ),
    Watched(Baseline, ("name", "as_of"), ("name",)),
    Watched(
        BaselineFigure,
        ("value",),
        ("baseline__name", "unit__name"),
        owner=(Baseline, "baseline"),
        absent={"value": None},
        decides=lambda row, _day: bool(row["value"]),
        removal=gettext_lazy(
            "Mẫu số “%(row)s” đã dùng cho những ngày đã qua nên không xóa được. Muốn thôi dùng thì "
            "ghi 0 và chọn ngày có hiệu lực."
        ),
    ),
)
MODELS = tuple(watched.model for watched in WATCHED)
