"""What tables that people draw say beside their cells: headings, sums, the day they are of."""

import datetime as dt
import re

from core.vietnamese import fold

# What stands before the sums of a table; such a line is nobody's figures.
SUMS = {"tong", "cong", "tong cong", "tong so", "toan huyen", "toan tinh", "toan xa", "total"}
NAMED_DAY = re.compile(r"(\d{1,2})[ ._/-]+(\d{1,2})(?:[ ._/-]+(\d{4}|\d{2}))?")


def key_of(heading: str) -> str:
    """Return a heading as it is compared: without case, marks and punctuation."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", fold(heading)).split())[:100]


def day_named(text: str, first: dt.date, last: dt.date) -> dt.date | None:
    """Return the day of a range that a title or the name of a sheet names, if it names one."""
    days: set[dt.date] = set()
    for day, month, year in NAMED_DAY.findall(text):
        years = range(first.year, last.year + 1)
        for one in [int(year) + (2000 if len(year) == 2 else 0)] if year else years:
            try:
                found = dt.date(one, int(month), int(day))
            except ValueError:
                continue
            if first <= found <= last:
                days.add(found)
    return days.pop() if len(days) == 1 else None
