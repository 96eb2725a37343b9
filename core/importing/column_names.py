"""Columns by the names that people give them."""

import re
from collections.abc import Iterable, Mapping

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.vietnamese import fold

# Numbers the lines of a table on paper; says nothing.
SERIAL = {"stt", "tt", "so tt", "so thu tu", "thu tu", "no"}


def _plain(header: str) -> str:
    """Return a header without marks, remarks in brackets and punctuation."""
    bare = re.sub(r"\([^)]*\)", " ", fold(header).replace("_", " "))
    return " ".join(re.sub(r"[^0-9a-z]+", " ", bare).split())


def titles_of(
    headers: Iterable[str], titles: Mapping[str, str], aliases: Mapping[str, str]
) -> list[str]:
    """Return the titles of the columns that headers stand for; unknown ones as they are.

    ``titles`` and what else people call a column (``A | B``) are by its name.
    Raises ``ValidationError`` where two headers mean one.
    """
    meant = {
        _plain(alias): title
        for name, title in titles.items()
        for alias in (name, title, *aliases[name].split("|"))
    }
    found: dict[str, str] = {}
    for header in headers:
        title = meant.get(_plain(header), header)
        if title in found:
            raise ValidationError(
                _("Cột “%(one)s” và cột “%(other)s” cùng một nghĩa. Chỉ giữ một cột.")
                % {"one": found[title][:40], "other": header[:40]}
            )
        found[title] = header
    return list(found)


def is_serial(header: str) -> bool:
    return _plain(header) in SERIAL


def name_columns(
    table: tablib.Dataset, titles: Mapping[str, str], aliases: Mapping[str, str]
) -> None:
    """Give the columns of a table their titles, and leave out what numbers its lines."""
    for header in filter(is_serial, list(table.headers)):
        del table[header]
    table.headers = titles_of(table.headers, titles, aliases)
