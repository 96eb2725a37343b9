"""The file for the police: its columns, and its rows as they are streamed."""

import csv
import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

from campaign.models import Campaign, Unit
from campaign.selectors import IndicatorSet
from core.formula_guard import guarded
from reports.models import Export
from reports.selectors.totals import Line, totals
from reports.services.exports import finish_export
from reports.trees import UNITS

BOM = b"\xef\xbb\xbf"
PLACE = ("province_code", "province", "district_code", "district", "commune_code", "commune")


@dataclass(frozen=True)
class Columns:
    """The columns of a campaign's file. Indicators are data, and so are their columns."""

    counted: tuple[str, ...]
    headline: str

    @classmethod
    def of(cls, indicators: IndicatorSet) -> "Columns":
        """Return the columns for these indicators, in their order."""
        headline = indicators.headline
        counted = tuple(i.code for i in indicators.all if i.in_police_csv)
        return cls(counted, headline.code if headline else "")

    @property
    def names(self) -> list[str]:
        """The first line of the file."""
        to_date = [f"{self.headline}_to_date"] if self.headline else []
        return [
            *("date", *PLACE, *self.counted, *to_date, "target", "percent_of_target"),
            *("reports_expected", "reports_received", "basis", "as_of"),
        ]


def police_rows(
    *,
    campaign: Campaign,
    indicators: IndicatorSet,
    communes: list[Unit],
    export: Export,
) -> Iterator[list[str]]:
    """Yield one row for each day and commune, days in order. A blank count is an empty cell.

    ``communes`` come with ``parent`` and ``parent.parent``.
    """
    columns = Columns.of(indicators)
    lines = totals(
        tree=UNITS,
        campaign=campaign,
        indicators=indicators,
        nodes=communes,
        first=export.first_day,
        last=export.last_day,
        basis=export.basis,
        by_day=True,
    )
    tail = [export.basis, export.as_of.isoformat(timespec="seconds")]
    for line in lines:
        yield [*_place(line), *_counts(line, columns), *tail]


def _place(line: Line) -> list[str]:
    commune = line.node
    district = commune.parent
    province = district.parent if district else None
    cells = [str(line.date)]
    for unit in (province, district, commune):
        cells += [guarded(unit.code), guarded(unit.name)] if unit else ["", ""]
    return cells


def _counts(line: Line, columns: Columns) -> list[str]:
    to_date, target = line.counts_to_date.get(columns.headline), line.target.get(columns.headline)
    percent = percent_of(to_date or 0, target) if target else ""
    headline = [to_date] if columns.headline else []
    cells = [*(line.counts.get(code) for code in columns.counted), *headline, target]
    return [
        *("" if cell is None else str(cell) for cell in cells),
        percent,
        str(line.expected),
        str(line.received),
    ]


def percent_of(part: int, whole: int) -> str:
    """Return a percentage with one place, rounded half up as on the pages."""
    exact = Decimal(part) * 100 / Decimal(whole)
    return str(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def stream(export: Export, header: list[str], rows: Iterator[list[str]]) -> Iterator[bytes]:
    """Yield the file in pieces (UTF-8 with BOM, CRLF, RFC 4180) and complete its receipt.

    The hash is of the bytes as they go out. A download that breaks off leaves a receipt
    without hash.
    """
    digest = hashlib.sha256()
    count = 0
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    piece = BOM + buffer.getvalue().encode()
    for count, row in enumerate(rows, start=1):
        if count % 500 == 1:
            digest.update(piece)
            yield piece
            piece = b""
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(row)
        piece += buffer.getvalue().encode()
    digest.update(piece)
    # Completed before the last piece goes out: who has the whole file finds its receipt.
    finish_export(export, rows=count, sha256=digest.hexdigest())
    yield piece


def default_days(campaign: Campaign, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the whole campaign so far."""
    return campaign.starts_on, max(min(today, campaign.ends_on), campaign.starts_on)
