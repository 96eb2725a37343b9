"""Where the new list of units comes from: one that comes with the portal, or a file."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.models import Unit
from campaign.services.import_units import UnitRow, read_units
from campaign.setup.territory import provinces

DATA = settings.BASE_DIR / "data"
# By the code of a unit of before: the codes that come after it; none is unknown.
Known = dict[str, list[str]]


@dataclass(frozen=True)
class NewList:
    """A list of units that hold from a day on, and what is known of who follows whom."""

    source: str
    rows: tuple[UnitRow, ...]
    known: Known


# Lists of which ``successions.csv`` says who follows whom: their file, and from which day on.
BUILT_IN = {"2024": ("units_2024.csv", "2024-09-01"), "2025": ("units_2025.csv", "2025-07-01")}


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the lists to choose from, in groups."""
    own = [(key, built_in(key).source) for key in BUILT_IN]
    every = [(p.key, p.name) for p in provinces().values() if p.units.code == "2025"]
    return [(_("Danh sách có căn cứ sáp nhập"), own), (_("Danh sách từ 1/7/2025"), every)]


@lru_cache
def built_in(key: str) -> NewList:
    """Return a list that comes with the portal; raise ``ValidationError`` for another key."""
    if key in BUILT_IN:
        file, day = BUILT_IN[key]
        rows = tuple(read_units(DATA / file))
        return NewList(f"{rows[0].name}, {day[:4]}", rows, _known_on(day))
    province = provinces().get(key)
    if province is None or province.units.code != "2025":
        raise ValidationError(_("Chọn một danh sách."))
    return NewList(f"{province.name}, 2025", province.rows, {})


@lru_cache
def _every_known() -> list[dict[str, str]]:
    text = (DATA / "successions.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(StringIO(text)))


def _known_on(day: str) -> Known:
    return _by_code(row for row in _every_known() if row["effective_date"] == day)


def _by_code(rows: Any) -> Known:
    found: Known = defaultdict(list)
    for row in rows:
        codes = found[row["old_code"]]
        if row["new_code"]:
            codes.append(row["new_code"])
    return dict(found)


def units_before(day: dt.date) -> list[Unit]:
    """Return the units that exist on the day before, from the top."""
    units = Unit.objects.on(day - dt.timedelta(days=1)).exclude(valid_from=day)
    return list(units.select_related("parent").order_by("depth", "sort_key", "pk"))


def as_rows(stored: Sequence[Sequence[str]]) -> list[UnitRow]:
    return [UnitRow(number, *cells) for number, cells in enumerate(stored, start=2)]
