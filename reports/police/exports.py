"""The file for the police: its columns, and its rows as they are streamed."""

import csv
import datetime as dt
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from typing import Any

from accounts.models import User
from campaign.models import Campaign
from campaign.querysets import UnitQuerySet
from campaign.selectors import IndicatorSet, indicators_of
from core.clock import today
from core.formula_guard import guarded
from reports.digests.changes import last_revision_in
from reports.police.models import Export
from reports.police.services import finish_export, start_export
from reports.rollup.archived import refuse_archived
from reports.rollup.totals import NodeTotals, totals
from reports.rollup.trees import UNITS

# Tells zlib to write gzip.
GZIP = zlib.MAX_WBITS | 16
BOM = b"\xef\xbb\xbf"
UNIT_COLUMNS = ("province_code", "province", "district_code", "district", "commune_code", "commune")


@dataclass(frozen=True)
class PoliceColumns:
    """The columns of a campaign's file. Indicators are data, and so are their columns."""

    counted: tuple[str, ...]
    headline: str

    @classmethod
    def of(cls, indicators: IndicatorSet) -> "PoliceColumns":
        headline = indicators.headline
        counted = tuple(i.code for i in indicators.all if i.in_police_csv)
        return cls(counted, headline.code if headline else "")

    @property
    def names(self) -> list[str]:
        to_date = [f"{self.headline}_to_date"] if self.headline else []
        return [
            *("date", *UNIT_COLUMNS, *self.counted, *to_date, "target", "percent_of_target"),
            *("reports_expected", "reports_received", "basis", "as_of"),
        ]


@dataclass
class FileSums:
    """What the rows of a file come to, added up as they go out."""

    columns: PoliceColumns
    communes: list[int]
    revision: int
    counts: Counter[str] = field(default_factory=Counter)
    to_date: dict[int, int] = field(default_factory=dict)

    def taken(self, lines: Iterable[NodeTotals]) -> Iterator[NodeTotals]:
        for line in lines:
            self.counts.update({c: line.counts.get(c, 0) for c in self.columns.counted})
            self.to_date[line.node.pk] = line.counts_to_date.get(self.columns.headline, 0)
            yield line

    def figures(self) -> dict[str, Any]:
        """Return the sums of the columns, the headline to date, of whom, and up to which report.

        ``seq`` is the id of the last revision that is in the figures.
        """
        return {
            "counts": dict(self.counts),
            "headline": self.columns.headline,
            "to_date": sum(self.to_date.values()),
            "communes": self.communes,
            "seq": self.revision,
        }


def police_file(
    *,
    actor: User | None,
    campaign: Campaign,
    units: UnitQuerySet,
    first: dt.date | None,
    last: dt.date | None,
    basis: str,
) -> tuple[Export, Iterator[bytes]]:
    """Write the receipt, and return it with the file as it is streamed.

    For the communes among ``units``, and cut to the days that there can be figures for.
    """
    # Before the first byte, and before there is a receipt of a file without figures.
    refuse_archived(campaign)
    earliest, latest = default_days(campaign, today())
    export = start_export(
        actor=actor,
        campaign=campaign,
        first=max(first or earliest, earliest),
        last=min(last or latest, latest),
        basis=basis,
    )
    communes = units.on(campaign.structure_date).communes().select_related("parent__parent")
    nodes = list(communes.order_by("parent__code", "code"))
    indicators = indicators_of(campaign)
    lines = totals(
        tree=UNITS,
        campaign=campaign,
        indicators=indicators,
        nodes=nodes,
        first=export.first_day,
        last=export.last_day,
        basis=export.basis,
        by_day=True,
    )
    columns = PoliceColumns.of(indicators)
    sums = FileSums(columns, [commune.pk for commune in nodes], last_revision_in(campaign))
    return export, _stream(export, sums, _rows(export, columns, sums.taken(lines)))


def _rows(
    export: Export, columns: PoliceColumns, lines: Iterable[NodeTotals]
) -> Iterator[list[str]]:
    """Yield one row for each day and commune, days in order. A blank count is an empty cell."""
    tail = [export.basis, export.as_of.isoformat(timespec="seconds")]
    for line in lines:
        yield [*_units(line), *_counts(line, columns), *tail]


def _units(line: NodeTotals) -> list[str]:
    commune = line.node
    district = commune.parent
    province = district.parent if district else None
    cells = [str(line.date)]
    for unit in (province, district, commune):
        unit = unit.on(line.date) if unit and line.date else unit
        cells += [guarded(unit.code), guarded(unit.name)] if unit else ["", ""]
    return cells


def _counts(line: NodeTotals, columns: PoliceColumns) -> list[str]:
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


def _stream(export: Export, sums: FileSums, rows: Iterator[list[str]]) -> Iterator[bytes]:
    """Yield the file in pieces (UTF-8 with BOM, CRLF, RFC 4180) and complete its receipt.

    The hash is of the bytes as they go out. A download that breaks off leaves a receipt
    without hash.
    """
    digest, packer = hashlib.sha256(), zlib.compressobj(wbits=GZIP)
    packed = bytearray()
    count = 0
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(sums.columns.names)
    piece = BOM + buffer.getvalue().encode()
    for count, row in enumerate(rows, start=1):
        if count % 500 == 1:
            digest.update(piece)
            packed += packer.compress(piece)
            yield piece
            piece = b""
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(row)
        piece += buffer.getvalue().encode()
    digest.update(piece)
    packed += packer.compress(piece) + packer.flush()
    # Completed before the last piece goes out: who has the whole file finds its receipt.
    finish_export(
        export,
        rows=count,
        sha256=digest.hexdigest(),
        figures=sums.figures(),
        content=bytes(packed),
    )
    yield piece


def default_days(campaign: Campaign, day: dt.date) -> tuple[dt.date, dt.date]:
    return campaign.starts_on, max(min(day, campaign.ends_on), campaign.starts_on)
