"""Loads units and boundaries from the files of ``data/``."""

import csv
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaign.models import Boundary, Level, Unit
from campaign.services.paths import rebuild_paths
from campaign.services.settings_change import settings_change
from core import clock
from core.validators import clean_text

LEVEL_OF_KIND = {
    "tỉnh": Level.PROVINCE,
    "thành phố": Level.DISTRICT,
    "thị xã": Level.DISTRICT,
    "huyện": Level.DISTRICT,
    "quận": Level.DISTRICT,
    "xã": Level.COMMUNE,
    "phường": Level.COMMUNE,
    "thị trấn": Level.COMMUNE,
    "đặc khu": Level.COMMUNE,
    "xóm": Level.HAMLET,
    "thôn": Level.HAMLET,
    "tổ dân phố": Level.HAMLET,
}
LEVELS = list(Level)
COLUMNS = ["code", "name", "kind", "parent_code"]
NAME_LENGTH = 200


@dataclass(frozen=True)
class UnitRow:
    """One row of a unit file, checked on its own. ``number`` is its line in the file."""

    number: int
    code: str
    name: str
    kind: str
    parent_code: str

    @property
    def level(self) -> Level:
        if self.kind == "thành phố" and not self.parent_code:
            # A city that the government runs.
            return Level.PROVINCE
        return LEVEL_OF_KIND[self.kind]


def row_problem(number: int, text: str) -> str:
    return _("Dòng %(number)s: %(text)s") % {"number": number, "text": text}


def read_units(path: Path) -> list[UnitRow]:
    """Read a CSV of ``code, name, kind, parent_code`` (UTF-8).

    Raises ``ValidationError`` with one message for each bad row, named by its number.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("Tệp không phải UTF-8. Lưu lại dạng “CSV UTF-8”.")) from error
    lines = csv.reader(StringIO(text, newline=""))
    try:
        return _read_rows(lines)
    except csv.Error as error:
        raise ValidationError(
            row_problem(lines.line_num, _("không đọc được. Xem có thiếu dấu ngoặc kép không."))
        ) from error


def _read_rows(lines: Any) -> list[UnitRow]:
    if next(lines, None) != COLUMNS:
        raise ValidationError(_("Dòng đầu phải là: %(columns)s.") % {"columns": ",".join(COLUMNS)})
    return checked_rows((lines.line_num, cells) for cells in lines)


def checked_rows(lines: Iterable[tuple[int, list[str]]]) -> list[UnitRow]:
    """Check rows of code, name, kind and the code above, each with its number in the file.

    Raises ``ValidationError`` with one message for each bad row.
    """
    rows: list[UnitRow] = []
    problems: list[str] = []
    seen: set[str] = set()
    for number, cells in lines:
        try:
            row = _read_row(number, cells, seen)
        except ValidationError as error:
            problems += [row_problem(number, message) for message in error.messages]
        else:
            seen.add(row.code)
            rows.append(row)
    problems += _misplaced(rows)
    if problems:
        raise ValidationError(problems)
    if not rows:
        raise ValidationError(_("Tệp không có địa bàn nào."))
    return rows


def _read_row(number: int, cells: list[str], seen: set[str]) -> UnitRow:
    if len(cells) != len(COLUMNS):
        raise ValidationError(_("cần %(n)s cột.") % {"n": len(COLUMNS)})
    code, name, kind, parent = (clean_text(cell) for cell in cells)
    if not re.fullmatch(r"[0-9]{1,12}", code):
        raise ValidationError(_("mã “%(code)s” phải gồm 1 đến 12 chữ số.") % {"code": code[:20]})
    if code in seen:
        raise ValidationError(_("mã %(code)s đã có ở dòng trên.") % {"code": code})
    if not name:
        raise ValidationError(_("thiếu tên."))
    if len(name) > NAME_LENGTH:
        raise ValidationError(_("tên dài quá %(most)s ký tự.") % {"most": NAME_LENGTH})
    if kind not in LEVEL_OF_KIND:
        raise ValidationError(_("không có loại “%(kind)s”.") % {"kind": kind})
    return UnitRow(number, code, name, kind, parent)


def _misplaced(rows: list[UnitRow]) -> Iterator[str]:
    """Name the rows whose superior is missing from the file or of the wrong level.

    That is the next level above which the file has: where it has no districts, communes lie
    right under the province.
    """
    by_code = {row.code: row for row in rows}
    levels = [level for level in LEVELS if any(row.level == level for row in rows)]
    above = dict(pairwise([*reversed(levels), None]))
    if levels[:1] != [Level.PROVINCE]:
        above = dict.fromkeys(levels, Level.PROVINCE)
    for row in rows:
        parent = by_code.get(row.parent_code)
        if row.parent_code and parent is None:
            text = _("không có địa bàn cấp trên mang mã %(code)s.") % {"code": row.parent_code}
            yield row_problem(row.number, text)
        elif (parent.level if parent else None) != above.get(row.level):
            yield row_problem(row.number, _("địa bàn cấp trên không đúng cấp."))


def load_units(
    *,
    path: Path,
    valid_from: dt.date,
    reason: str = "",
    since: dt.date | None = None,
    is_whole: bool = False,
) -> tuple[int, int]:
    """Load a file of units that are valid from a day; return (new, changed).

    With ``is_whole`` it is the whole list of that day: what is not in it ends, and what is as it
    was goes on (see ``going_on``).

    Another name of one that is there already holds from ``since`` on, by default from today.

    Safe to run again: rows that are there are brought up to date. All or nothing. Raises
    ``ValidationError`` for bad rows, for a code that another unit bears on that day, and
    without a ``reason`` where units that are there already move.
    """
    rows = read_units(path)
    with settings_change(actor=None, reason=reason, since=since):
        same = _end_others(rows, valid_from) if is_whole else {}
        return save_units(rows, valid_from, same)


def _end_others(rows: list[UnitRow], day: dt.date) -> dict[str, Unit]:
    """End on ``day`` what the file does not have; return what goes on, by its code."""
    before = Unit.objects.on(day - dt.timedelta(days=1)).exclude(valid_from=day)
    found = going_on(rows, {unit.code: unit for unit in before})
    ending = before.exclude(pk__in=[unit.pk for unit in found.values()])
    ending.exclude(valid_to=day).update(valid_to=day, updated_at=clock.now())
    return found


def going_on(rows: list[UnitRow], units: dict[str, Unit]) -> dict[str, Unit]:
    """Return the units that are as they were: name, kind, and a superior that goes on too.

    Another with the same code is another unit: codes are used again.
    """
    found: dict[str, Unit] = {}
    for row in sorted(rows, key=lambda row: LEVELS.index(row.level)):
        unit, parent = units.get(row.code), found.get(row.parent_code)
        if unit is None or (unit.name, unit.kind) != (row.name, row.kind):
            continue
        if unit.parent_id == (parent.pk if parent else None):
            found[row.code] = unit
    return found


def save_units(rows: list[UnitRow], valid_from: dt.date, same: dict[str, Unit]) -> tuple[int, int]:
    """Save checked rows within ``settings_change``; the ``same``, by code, are there already."""
    known = {u.code: u for u in Unit.objects.filter(valid_from=valid_from)} | same
    _refuse_overlaps([row for row in rows if row.code not in same], valid_from)
    new = changed = 0
    for level in LEVELS:
        for row in (r for r in rows if r.level == level):
            unit = known.get(row.code) or Unit(code=row.code, valid_from=valid_from)
            parent = known.get(row.parent_code)
            wanted = {"name": row.name, "kind": row.kind, "level": level, "parent": parent}
            if unit.pk and all(getattr(unit, name) == value for name, value in wanted.items()):
                continue
            new, changed = (new, changed + 1) if unit.pk else (new + 1, changed)
            for name, value in wanted.items():
                setattr(unit, name, value)
            unit.save()
            known[row.code] = unit
    rebuild_paths(Unit)
    return new, changed


def _refuse_overlaps(rows: Iterable[UnitRow], valid_from: dt.date) -> None:
    others = {
        unit.code: unit
        for unit in Unit.objects.exclude(valid_from=valid_from).filter(
            code__in=[row.code for row in rows]
        )
        if not unit.has_ended_by(valid_from)
    }
    problems = [
        row_problem(
            row.number,
            _("mã %(code)s đã thuộc “%(name)s”, hiệu lực từ %(day)s.")
            % {
                "code": row.code,
                "name": others[row.code].name,
                "day": f"{others[row.code].valid_from:%d/%m/%Y}",
            },
        )
        for row in rows
        if row.code in others
    ]
    if problems:
        raise ValidationError(problems)


@transaction.atomic
def load_boundaries(*, path: Path, on: dt.date) -> int:
    """Load schematic boundaries (GeoJSON, features with ``code``) of the units of a day."""
    units = {unit.code: unit for unit in Unit.objects.on(on)}
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    unknown = [f["properties"]["code"] for f in features if f["properties"]["code"] not in units]
    if unknown:
        raise ValidationError(
            _("Không có địa bàn mang mã %(codes)s.") % {"codes": ", ".join(unknown)}
        )
    for feature in features:
        Boundary.objects.update_or_create(
            unit=units[feature["properties"]["code"]],
            defaults={**_drawn(feature["geometry"]), "source": path.name},
        )
    return len(features)


# Cosine of the latitude of Nam Định: a degree of longitude is that much shorter.
SHORTENING = 0.938


def _drawn(geometry: dict[str, Any]) -> dict[str, Any]:
    """Turn a (Multi)Polygon into SVG path data and its bounds; y grows to the south."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    rings = [
        [(round(lon * SHORTENING * 1000), round(-lat * 1000)) for lon, lat in ring]
        for polygon in polygons
        for ring in polygon
    ]
    points = [point for ring in rings for point in ring]
    return {
        "path": "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings),
        "west": min(x for x, _y in points),
        "east": max(x for x, _y in points),
        "north": min(y for _x, y in points),
        "south": max(y for _x, y in points),
    }
