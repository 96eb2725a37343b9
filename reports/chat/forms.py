"""The lines of a pasted message as a form: what was understood, to be put right and sent."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from campaign.branches_by_day import BranchesByDay
from campaign.count_fields import assign_count_errors
from campaign.count_validation import Errors, parse_count
from campaign.models import Branch, Campaign, Indicator, Unit
from campaign.selectors import communes_to_choose
from reports.chat.message_matching import Pasted, PastedLine
from reports.chat.parser.parsing import IGNORED, MOST_LINES, UNDERSTOOD
from reports.daily.models import DailyReport, Explanation
from reports.daily.services.report_input import ReportInput
from reports.daily.texts import TEXT_NAMES

# Up to so many branches are a list to choose from; more are searched for by typing.
SHORT_LIST = 30


@dataclass
class CountInput:
    """The field of one count: what was typed, and what it means."""

    indicator: Indicator
    name: str
    value: str = ""
    count: int | None = None
    error: str = ""

    def read(self, data: QueryDict) -> None:
        self.value = data.get(self.name, "")
        try:
            self.count = parse_count(self.value)
        except ValidationError as error:
            self.error = " ".join(error.messages)


@dataclass
class LineForm:
    """One line with its fields; ``seen`` is the place, day and version it was read for.

    ``existing`` is the report that stands; what it has and the line does not name stays, but for
    the counts of ``cleared``. ``report`` is what the server has taken in.
    """

    number: int
    cells: list[CountInput]
    id: str = ""
    text: str = ""
    branch: str = ""
    unit: str = ""
    date: str = ""
    seen: str = ""
    explanation: str = ""
    is_none: bool = False
    is_chosen: bool = False
    is_read: bool = False
    is_unusual: bool = False
    questions: list[str] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    cleared: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    existing: DailyReport | None = None
    report: DailyReport | None = None
    place: Branch | None = None
    choices: list[Branch] = field(default_factory=list)
    units: list[Unit] | None = None

    @property
    def prefix(self) -> str:
        return f"l{self.number}"

    @property
    def day(self) -> dt.date | None:
        try:
            return dt.date.fromisoformat(self.date)
        except ValueError:
            return None

    @property
    def is_open(self) -> bool:
        return (
            not self.is_read
            or bool(self.errors)
            or self.is_unusual
            or self.has_wrong_count
            or self.place is None
        )

    @property
    def is_clear(self) -> bool:
        return not (self.questions or self.errors or self.has_wrong_count or self.is_open)

    @property
    def has_wrong_count(self) -> bool:
        return any(cell.error for cell in self.cells)

    @property
    def filled(self) -> list[CountInput]:
        return [cell for cell in self.cells if cell.value]

    @property
    def replaced(self) -> list[tuple[CountInput, int]]:
        """The counts that stand and that the line names too."""
        return [(cell, count) for cell, count in self._present if cell.value]

    @property
    def unchanged(self) -> list[tuple[CountInput, int]]:
        return [(cell, count) for cell, count in self._present if not cell.value]

    @property
    def _present(self) -> list[tuple[CountInput, int]]:
        counts = self.existing.counts if self.existing is not None else {}
        return [(c, counts[c.indicator.code]) for c in self.cells if c.indicator.code in counts]

    @property
    def explanations(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Explanation.choices]

    def key(self, version: int | str) -> str:
        return f"{self.branch}|{self.unit}|{self.date}|{version}"

    def base_version(self) -> int:
        head, _mark, version = self.seen.rpartition("|")
        is_same = f"{head}|" == self.key("")
        return int(version) if is_same and version.isdecimal() and len(version) < 10 else 0

    def show(self, existing: DailyReport) -> None:
        """Show the report that stands now: what of another was to be cleared is asked anew."""
        self.existing, self.cleared = existing, set()
        self.seen = self.key(existing.version)

    def at(self) -> Unit | None:
        if self.units is None:
            return self.place.home_unit if self.place is not None else None
        return next((u for u in self.units if u.code == self.unit), None)

    def assign_errors(self, errors: Errors) -> None:
        for messages in assign_count_errors(errors, self.cells).values():
            self.errors.extend(messages)

    def entry(self, campaign: Campaign) -> ReportInput | None:
        """Return what is to be sent, or None with the errors placed."""
        if self.place is None:
            self.errors.append(_("Chọn một đơn vị trong danh sách."))
        elif self.units is not None and self.unit not in {u.code for u in self.units}:
            self.errors.append(_("Chọn địa bàn đã hỗ trợ."))
        if self.day is None:
            self.errors.append(_("Chọn ngày của báo cáo."))
        if self.errors or self.has_wrong_count or self.day is None:
            return None
        counts = {c.indicator.code: c.count for c in self.cells if c.count is not None}
        return ReportInput(
            id=_identity(self.id),
            campaign=campaign.slug,
            branch=self.branch,
            unit=self.unit,
            date=self.day,
            counts=counts,
            names=self.cleared | counts.keys(),
            no_activity=self.is_none,
            texts=dict.fromkeys(TEXT_NAMES),
            explanation=self.explanation,
            base_version=self.base_version(),
        )


def _identity(text: str) -> uuid.UUID:
    """Return the id that the page gave the line; one that was tampered with is made anew."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def blank_cells(number: int, indicators: Sequence[Indicator]) -> list[CountInput]:
    return [CountInput(i, f"l{number}-n-{i.code}") for i in indicators]


def from_pasted(pasted: Pasted) -> tuple[list[LineForm], list[str]]:
    forms: list[LineForm] = []
    ignored: list[str] = []
    for line in pasted.lines:
        if line.answer.status == IGNORED:
            ignored.extend([line.answer.text] if line.answer.text.strip() else [])
        else:
            number = len(forms)
            form = _from_line(number, line, pasted.indicators.entered)
            give_choices(form, pasted.there)
            forms.append(form)
    return forms, ignored


def _from_line(number: int, line: PastedLine, indicators: Sequence[Indicator]) -> LineForm:
    answer = line.answer
    form = LineForm(
        number,
        blank_cells(number, indicators),
        id=str(uuid.uuid4()),
        text=answer.text,
        branch=answer.branch,
        unit="" if line.unit is None else line.unit.code,
        date=answer.date.isoformat() if answer.date else "",
        is_none=answer.no_activity,
        is_chosen=answer.status == UNDERSTOOD and not answer.notes,
        is_read=line.is_read,
        is_unusual=line.is_unusual,
        questions=[*answer.questions, *answer.notes],
        candidates=answer.candidates,
        existing=line.existing,
    )
    form.seen = form.key(line.existing.version if line.existing else 0)
    for cell in form.cells:
        count = answer.counts.get(cell.indicator.code)
        cell.value = "" if count is None else str(count)
    return form


def read_forms(
    data: QueryDict, indicators: Sequence[Indicator], there: BranchesByDay
) -> Iterator[LineForm]:
    count = data.get("lines", "")
    for number in range(min(int(count), MOST_LINES) if count.isdecimal() and len(count) < 4 else 0):
        prefix = f"l{number}"
        form = LineForm(number, blank_cells(number, indicators))
        for name in ("id", "text", "date", "seen", "unit", "explanation"):
            setattr(form, name, data.get(f"{prefix}-{name}", ""))
        form.branch = (data.get(f"{prefix}-branch", "").split() or [""])[0]
        form.is_none = f"{prefix}-none" in data
        form.is_chosen = f"{prefix}-send" in data
        form.is_read = f"{prefix}-read" in data
        form.is_unusual = f"{prefix}-unusual" in data
        form.cleared = set(data.getlist(f"{prefix}-clear"))
        form.questions = data.getlist(f"{prefix}-question")
        form.candidates = data.getlist(f"{prefix}-candidate")
        for cell in form.cells:
            cell.read(data)
        give_choices(form, there)
        yield form


def find_existing(campaign: Campaign, lines: Sequence[LineForm]) -> None:
    """Give the lines the reports that stand for their days (one query)."""
    found = DailyReport.objects.filter(
        campaign=campaign,
        branch__in=[line.place for line in lines if line.place],
        date__in=[line.day for line in lines if line.day],
    )
    by_day = {(r.branch_id, r.unit_id, r.date): r for r in found}
    for line in lines:
        unit = line.at()
        if line.place is not None and unit is not None and line.day is not None:
            line.existing = by_day.get((line.place.pk, unit.pk, line.day))


def in_order(lines: Iterable[LineForm]) -> list[LineForm]:
    return sorted(lines, key=lambda line: (line.report is not None, line.is_clear))


def give_choices(form: LineForm, there: BranchesByDay) -> None:
    branches = there.on(form.day)
    by_code: Mapping[str, Branch] = {b.code: b for b in branches}
    form.place = by_code.get(form.branch)
    offered = [by_code[code] for code in form.candidates if code in by_code]
    form.choices = offered or (list(branches) if len(branches) <= SHORT_LIST else [])
    if form.place is not None and form.choices and form.place not in form.choices:
        form.choices = [form.place, *form.choices]
    form.units = None
    if form.place is None:
        return
    if form.day is None:
        return
    form.units = communes_to_choose(form.place, form.day)
    if form.units is None:
        form.unit = form.place.home_unit.code
