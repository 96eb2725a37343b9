"""The file for the police: its columns, and its rows as they are streamed."""

import datetime as dt
import hashlib
import zlib
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from campaign.models import Campaign
from campaign.querysets import UnitQuerySet
from campaign.selectors import IndicatorSet, indicators_of
from core.clock import today
from reports.digests.changes import last_revision_in
from reports.exports.codes import code_for
from reports.exports.models import Export, ExportKind, FigureKind, ReportMap
from reports.exports.services import finish_export, keep_code, start_export
from reports.police.lines import DayOfLines, communes_in, days_of_lines
from reports.police.mapped_lines import mapped_days_of_lines
from reports.police.marks import Marks
from reports.rollup.archived import refuse_archived

# Tells zlib to write gzip.
GZIP = zlib.MAX_WBITS | 16
# A third more bytes than by default, in a third of the time.
PACKING = 1
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


def police_file(
    *,
    actor: User | None,
    campaign: Campaign,
    units: UnitQuerySet,
    first: dt.date | None,
    last: dt.date | None,
    basis: str,
    of_today: bool = False,
    kind: str = ExportKind.POLICE,
    asked: dict[str, Any] | None = None,
    marks: Marks | None = None,
) -> tuple[Export, Iterator[bytes]]:
    """Write the receipt, and return it with the file as it is streamed.

    For the communes among ``units``, and cut to the days that there can be figures for. With
    ``of_today`` the lines are of today's communes, as ``actor`` sees them.
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
        map=ReportMap.NOW if of_today else ReportMap.THEN,
        kind=kind,
        asked=asked,
    )
    return export, _stream(
        export,
        communes_in(units.during(export.first_day, export.last_day)),
        indicators_of(campaign),
        last_revision_in(campaign),
        actor if of_today else None,
        marks,
    )


def days_of(
    export: Export,
    communes: Sequence[Mapping[str, Any]],
    indicators: IndicatorSet,
    reader_of_today: User | None,
) -> Generator[DayOfLines, None, None]:
    """Yield the lines of an export as they are now; by today's map as ``reader_of_today`` sees it.

    It does not have to be stored.
    """
    columns = PoliceColumns.of(indicators)
    asked: dict[str, Any] = {
        "export": export,
        "indicators": indicators,
        "counted": columns.counted,
        "headline": columns.headline,
    }
    if reader_of_today is None:
        return days_of_lines(communes=communes, **asked)
    return mapped_days_of_lines(actor=reader_of_today, **asked)


def _stream(
    export: Export,
    communes: Sequence[Mapping[str, Any]],
    indicators: IndicatorSet,
    revision: int,
    reader_of_today: User | None,
    marks: Marks | None,
) -> Iterator[bytes]:
    """Yield the file in pieces (UTF-8 with BOM, CRLF, RFC 4180) and complete its receipt.

    The hash is of the bytes as they go out. A download that breaks off leaves a receipt
    without hash. ``revision`` is the id of the last one that is in the figures.
    """
    columns = PoliceColumns.of(indicators)
    digest, packer, packed = hashlib.sha256(), zlib.compressobj(PACKING, wbits=GZIP), bytearray()
    rows, to_date, counts = 0, 0, Counter[str]()

    def noted(piece: bytes) -> bytes:
        nonlocal packed
        digest.update(piece)
        packed += packer.compress(piece)
        return piece

    # At once: whoever waits sees that something comes.
    yield noted(BOM + f"{','.join(columns.names)}\r\n".encode())
    last = b""
    days = days_of(export, communes, indicators, reader_of_today)
    with closing(days):
        for day in days:
            if last:
                yield last
            text = day.text if marks is None else marks.set_in(day.text, export.basis)
            last = noted(text.encode())
            rows, to_date = rows + day.lines, day.to_date
            counts.update({c: n for c, n in day.counts.items() if c not in indicators.states})
            counts |= {c: n for c, n in day.counts.items() if c in indicators.states}
    packed += packer.flush()
    # Completed before the last piece goes out: who has the whole file finds its receipt.
    finish_export(
        export,
        rows=rows,
        sha256=digest.hexdigest(),
        figures={
            "counts": dict(counts),
            "headline": columns.headline,
            "to_date": to_date,
            "communes": [commune["pk"] for commune in communes],
            "seq": revision,
        },
        content=packed,
    )
    if columns.headline:
        keep_code(
            code=code_for("file", export.pk, export.sha256),
            kind=FigureKind.FILE,
            campaign=export.campaign,
            export=export,
            day=export.last_day,
            basis=export.basis,
            indicator=columns.headline,
            value=to_date,
            as_of=export.as_of,
            revision=revision,
        )
    if last:
        yield last


def default_days(campaign: Campaign, day: dt.date) -> tuple[dt.date, dt.date]:
    return campaign.starts_on, max(min(day, campaign.ends_on), campaign.starts_on)
