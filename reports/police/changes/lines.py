"""The lines of the police's files, a day at a time: of one that was kept, and as they are now."""

import csv
import datetime as dt
import gzip
from collections.abc import Iterable, Iterator
from io import BytesIO, TextIOWrapper
from itertools import groupby

from accounts.models import User
from campaign.models import Unit
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.selectors import indicators_of
from reports.exports.models import Export, ReportMap
from reports.police.exports import PACKING, PoliceColumns, days_of
from reports.police.lines import communes_in

# By the columns' names, as they are written.
Line = dict[str, str]
Day = tuple[str, list[Line]]


def days_in(text: Iterable[str]) -> Iterator[Day]:
    """Yield the lines of a file of ours by day, in its order."""
    for date, lines in groupby(csv.DictReader(text), key=lambda line: line["date"]):
        yield date, list(lines)


def stored_days(export: Export) -> Iterator[Day]:
    """Yield the lines of a file as it went out; it is never unpacked whole."""
    return _unpacked(bytes(export.content or b""))


def days_now(export: Export, reader: User) -> Iterator[Day]:
    """Yield what the same question is answered with now.

    For whoever took the file then; for ``reader`` where that one may not take any now. It is made
    whole and held packed: while the database hands out lines it answers nothing else.
    """
    asker = _asker(export, reader)
    units = Unit.objects.all()
    if asker is not None:
        units = units.where_may(asker, Permission.EXPORT)
    of_today = export.map == ReportMap.NOW
    indicators = indicators_of(export.campaign)
    communes = communes_in(units.during(export.first_day, export.last_day))
    packed = BytesIO()
    with gzip.open(packed, "wb", PACKING) as out:
        out.write(f"{','.join(PoliceColumns.of(indicators).names)}\r\n".encode())
        for day in days_of(export, communes, indicators, (asker or reader) if of_today else None):
            out.write(day.text.encode())
    yield from _unpacked(packed.getvalue())


def _unpacked(content: bytes) -> Iterator[Day]:
    with gzip.open(BytesIO(content)) as file:
        yield from days_in(TextIOWrapper(file, "utf-8-sig", newline=""))


def _asker(export: Export, reader: User) -> User | None:
    """Return whose rights a file has; None for one that a command wrote, which has all."""
    if export.actor is None or scope_of(export.actor).may(Permission.EXPORT):
        return export.actor
    return reader


def between(days: Iterable[Day], first: dt.date, last: dt.date) -> Iterator[Day]:
    return (day for day in days if str(first) <= day[0] <= str(last))
