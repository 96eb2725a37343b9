"""The lexicon of Nam Định as different people have it, made from the files of the demo."""

import csv
import datetime as dt
from functools import lru_cache
from pathlib import Path

from core.vietnamese import bare_name
from demo.plan import INDICATORS, TEMPLATE
from reports.chat.parser.lexicon import IndicatorEntry, KnownUnit, Lexicon

DATA = Path(__file__).parents[3] / "data"
TODAY = dt.date(2023, 6, 20)
FIRST, LAST = dt.date(2023, 4, 1), dt.date(2023, 6, 30)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache
def everything() -> tuple[KnownUnit, ...]:
    """Every district, commune and school with its branch."""
    known_units = []
    for row in _rows("units_2023.csv"):
        if not row["parent_code"]:
            continue
        is_district = row["parent_code"] == "36"
        own = bare_name(row["name"])
        branch = f"{'HD' if is_district else 'XD'}-{row['code']}"
        title = f"Huyện Đoàn {own}" if is_district else f"Đoàn {row['kind']} {own}"
        known_units.append(
            KnownUnit(
                names=(title, row["name"]),
                branch=branch,
                unit="" if is_district else row["code"],
                district=row["code"] if is_district else row["parent_code"],
                is_district=is_district,
                label=title,
            )
        )
    for row in _rows("schools_2023.csv"):
        title = f"Đoàn {row['name'].replace('Trường', 'trường', 1)}"
        known_units.append(
            KnownUnit((title,), branch=row["code"], district=row["district_code"], label=title)
        )
    return tuple(known_units)


@lru_cache
def indicators() -> tuple[IndicatorEntry, ...]:
    """The indicators of the demo's campaign."""
    return tuple(
        IndicatorEntry(
            row.code,
            row.label,
            (row.label, row.short_label, row.label_en, row.code, *row.aliases.split(",")),
            row.terms,
            row.measure,
        )
        for row in INDICATORS
    )


@lru_cache
def lexicon(scope: str = "") -> Lexicon:
    """Return what somebody knows: everything, a district (its code) or one branch."""
    known_units = []
    for place in everything():
        is_own = not scope or scope in (place.district, place.branch)
        if is_own or place.unit or place.is_district:
            branch = place.branch if is_own else ""
            known_units.append(
                KnownUnit(
                    place.names, branch, place.unit, place.district, place.is_district, place.label
                )
            )
    own = tuple(p.branch for p in known_units if p.branch) if scope.startswith(("XD", "TH")) else ()
    words = (*TEMPLATE.message_words.split(", "), "Tỉnh Nam Định")
    return Lexicon(tuple(known_units), indicators(), FIRST, LAST, TODAY, own, words)
