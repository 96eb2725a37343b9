"""Whether a file that somebody holds is ours, and where it is another than it was."""

import csv
import datetime as dt
import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, islice, pairwise
from typing import IO, Any

from accounts.models import User
from campaign.models import Campaign, Unit
from campaign.permissions import Permission
from campaign.scopes import scope_of
from reports.exports.models import Export, ExportKind
from reports.police.changes.comparison import ChangeKind, LineChange, Tally, compared
from reports.police.changes.lines import Day, Line, stored_days
from reports.police.marks import Mark, receiver_of

BOM = b"\xef\xbb\xbf"
# What is longer than this is no line of ours, and what has more days no file of ours.
LONGEST_LINE, MOST_DAYS = 4096, 4000
# Files with which one is compared that is none of ours by its hash, those of most alike rows first.
MOST_TRIED = 5
MOST_SHOWN = 100
# So many lines are looked at for the marks of a receiver.
MOST_MARKS = 5000
# Of the cells of a file that was altered so many at least are as they were.
LEAST_ALIKE = 0.6
NEEDED = frozenset(("date", "commune_code", "basis"))


class Verdict(StrEnum):
    OURS = "ours"
    ALTERED = "altered"
    FOREIGN = "foreign"


@dataclass
class Verification:
    """What is known of a file; ``export`` is the one that it is, or was before it was altered.

    ``differences`` are the first lines that differ, from what we gave out to what it says;
    ``receiver`` is whose marks are in it (``marks``).
    """

    verdict: Verdict
    sha256: str
    export: Export | None = None
    tally: Tally = field(default_factory=Tally)
    differences: list[LineChange] = field(default_factory=list)
    is_reordered: bool = False
    receiver: User | None = None


class GivenFile:
    """A file whose lines may stand in any order: where each begins is noted, eight bytes a line."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.rows, self.sha256 = file, 0, ""
        self.days: dict[str, array[int]] = {}
        digest, offset, first = hashlib.sha256(), 0, b""
        is_readable = True
        file.seek(0)
        # What is too long for a line is read in pieces, for the hash alone.
        while line := file.readline(LONGEST_LINE):
            digest.update(line)
            if offset == 0:
                first = line
            elif is_readable and line.strip():
                date = line[:12].lstrip(b'"')[:10].decode("ascii", "replace")
                self.days.setdefault(date, array("q")).append(offset)
                self.rows += 1
                is_readable = len(self.days) <= MOST_DAYS and len(line) < LONGEST_LINE
            offset += len(line)
        self.sha256 = digest.hexdigest()
        header = first.removeprefix(BOM).decode("utf-8", "replace").rstrip("\r\n")
        self._separator = ";" if header.count(";") > header.count(",") else ","
        self.columns = next(csv.reader([header], delimiter=self._separator), [])
        self.is_ours_in_form = is_readable and self.rows > 0 and {*self.columns} >= NEEDED

    def lines_of(self, date: str) -> list[Line]:
        return [self._line(offset) for offset in self.days.get(date, ())]

    def _text(self, offset: int) -> str:
        self._file.seek(offset)
        return self._file.readline(LONGEST_LINE).decode("utf-8", "replace").rstrip("\r\n")

    def _line(self, offset: int) -> Line:
        cells = next(csv.reader([self._text(offset)], delimiter=self._separator), [])
        line = dict(zip(self.columns, cells, strict=False))
        if len(cells) > len(self.columns):
            line["+"] = self._separator.join(cells[len(self.columns) :])
        return line

    def marks(self) -> Iterator[Mark]:
        """Yield day, commune and whether the basis stands in quotes, of each line."""
        for date, offsets in self.days.items():
            for offset in offsets:
                text = self._text(offset)
                line = self._line(offset)
                is_quoted = f'{self._separator}"{line.get("basis")}"{self._separator}' in text
                yield date, line.get("commune_code", ""), is_quoted

    def in_order(self) -> Iterator[Day]:
        for date in sorted(self.days):
            yield date, self.lines_of(date)

    @property
    def is_by_day(self) -> bool:
        offsets = chain.from_iterable(self.days[date] for date in sorted(self.days))
        return all(one < two for one, two in pairwise(offsets))


def verify_file(
    file: IO[bytes], *, reader: User | None, campaign: Campaign | None = None
) -> Verification:
    """Say of a file whether it is ours; without a reader, all that was taken is looked at.

    Whose hash is known is ours, whoever took it. What one that was altered was before is shown
    to those alone who may take such a file.
    """
    given = GivenFile(file)
    known = known_file(given.sha256)
    if known is not None:
        whole = Verification(Verdict.OURS, given.sha256, known)
        whole.receiver = known.actor if known.kind == ExportKind.NIGHTLY else None
        return whole
    best = Verification(Verdict.FOREIGN, given.sha256)
    if not given.is_ours_in_form:
        return best
    likeness = LEAST_ALIKE
    for export in _candidates(given, reader, campaign):
        tally, differences, alike = _compare(export, given)
        if alike > likeness:
            likeness = alike
            best = Verification(Verdict.ALTERED, given.sha256, export, tally, differences)
    if best.export is not None:
        best.is_reordered = _is_reordered(best.export, given)
        best.receiver = _receiver_of(given, best.export.campaign)
    return best


def _receiver_of(given: GivenFile, campaign: Campaign) -> User | None:
    taken = Export.objects.filter(kind=ExportKind.NIGHTLY, campaign=campaign).order_by()
    receivers = [*taken.values_list("actor", flat=True).distinct()]
    found = receiver_of(islice(given.marks(), MOST_MARKS), receivers) if receivers else None
    return User.objects.filter(pk=found).first() if found is not None else None


def known_file(sha256: str) -> Export | None:
    """Return the last file with a hash that went out whole."""
    found = Export.objects.filter(sha256=sha256.strip().lower()).exclude(sha256="")
    return found.select_related("campaign", "actor").defer("content").first()


def _candidates(given: GivenFile, reader: User | None, campaign: Campaign | None) -> list[Export]:
    dates = sorted(day for day in given.days if _is_day(day))
    if not dates:
        return []
    basis = given.lines_of(dates[0])[0].get("basis", "")
    found = Export.objects.police().filter(
        basis=basis, first_day__lte=dates[-1], last_day__gte=dates[0]
    )
    found = found.exclude(rows=None).exclude(content=None)
    if campaign is not None:
        found = found.filter(campaign=campaign)
    if reader is not None and not scope_of(reader).may(Permission.SET_UP):
        own = Unit.objects.where_may(reader, Permission.EXPORT).communes()
        found = found.filter(figures__communes__contained_by=[*own.values_list("pk", flat=True)])
    by_hash: dict[str, tuple[int, int]] = {}
    for pk, sha256, rows in found.order_by("pk").values_list("pk", "sha256", "rows"):
        by_hash[sha256] = (abs((rows or 0) - given.rows), -pk)
    tried = [-pk for _off, pk in sorted(by_hash.values())[:MOST_TRIED]]
    whole = Export.objects.select_related("campaign", "actor").in_bulk(tried)
    return [whole[pk] for pk in tried]


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _compare(export: Export, given: GivenFile) -> tuple[Tally, list[LineChange], float]:
    """Return how many lines differ, the first of them, and which share of the cells does not."""
    shown: list[LineChange] = []
    tally, other = Tally(), 0.0
    for _date, changes in compared(stored_days(export), given.in_order(), tally):
        shown += changes[: MOST_SHOWN - len(shown)]
        for change in changes:
            is_changed = change.kind == ChangeKind.CHANGED
            other += min(len(change.cells) / len(given.columns), 1) if is_changed else 1
    return tally, shown, 1 - other / max(tally.compared, 1)


def _is_reordered(export: Export, given: GivenFile) -> bool:
    if not given.is_by_day:
        return True
    for date, lines in stored_days(export):
        ours, theirs = (
            [line.get("commune_code") for line in of] for of in (lines, given.lines_of(date))
        )
        both: set[Any] = {*ours} & {*theirs}
        if [c for c in ours if c in both] != [c for c in theirs if c in both]:
            return True
    return False
