"""What the columns of the police's tables mean: known by name, remembered, or asked about.

A meaning is one of the words below, or the code of an indicator; beside it stands of what kind the
figures are (of the day, to date) and, where each day has a column of its own, the day.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Campaign
from campaign.selectors import IndicatorSet
from core.importing.drawn_tables import day_named, key_of
from core.importing.inspection import Question
from core.importing.table import Sheet
from reports.official.models import FigureKind, OfficialColumn

CODE, UNIT, DISTRICT, DAY, SKIP = "=code", "=unit", "=district", "=day", "=skip"
NAMES: dict[str, str] = {
    CODE: (
        "Mã đơn vị | Mã | Mã địa bàn | Mã xã | Mã phường | Mã huyện | Mã ĐVHC | Mã đơn vị hành "
        "chính | commune_code | unit_code | code"
    ),
    UNIT: (
        "Đơn vị | Tên đơn vị | Địa bàn | Xã | Phường | Xã, phường | Xã phường thị trấn | Xã, thị "
        "trấn | Tên xã | Công an xã | Công an đơn vị | Công an xã, phường | Địa phương | "
        "Đơn vị hành chính | commune | unit"
    ),
    DISTRICT: (
        "Huyện | Tên huyện | Thuộc huyện | Huyện, thành phố | Quận, huyện | Công an huyện | "
        "Công an cấp huyện | district"
    ),
    DAY: (
        "Ngày | Ngày báo cáo | Ngày tháng | Ngày số liệu | Đến ngày | Tính đến ngày | "
        "Thời điểm | date"
    ),
    SKIP: (
        "TT | STT | Số TT | Số thứ tự | Ghi chú | Xếp hạng | Chỉ tiêu | Còn lại | Tỷ lệ | "
        "Tỉ lệ | Công dân đủ điều kiện | Thường trú | province_code | province | district_code"
    ),
}
LABELS = {
    UNIT: gettext_lazy("Tên đơn vị"),
    CODE: gettext_lazy("Mã đơn vị"),
    DISTRICT: gettext_lazy("Đơn vị cấp trên"),
    DAY: gettext_lazy("Ngày"),
    SKIP: gettext_lazy("Không lấy cột này"),
}
# How a heading or a title says of what kind figures are; without marks.
KIND_WORDS = {
    FigureKind.TO_DATE: re.compile(
        r"\b(luy ke|cong don|tinh den nay|tinh den|tu dau chien dich|den nay|tong so|to date)\b"
    ),
    FigureKind.DAILY: re.compile(r"\b(trong ngay|phat sinh|moi trong ngay|of the day|daily)\b"),
}
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?: 00:00:00)?")
WRITTEN_DAY = re.compile(r"(?:ngày\s*)?\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?", re.IGNORECASE)
COLUMN, KIND, MEASURE = "column-", "kind", "measure"


@dataclass(frozen=True)
class Column:
    """One column: where it stands in the sheet, what it is called, and what it means."""

    position: int
    heading: str
    key: str
    meaning: str = SKIP
    kind: str = ""
    day: dt.date | None = None

    @property
    def is_figures(self) -> bool:
        return not self.meaning.startswith("=")


@dataclass
class Columns:
    columns: list[Column] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def has(self, *meanings: str) -> bool:
        return any(column.meaning in meanings for column in self.columns)


class Matcher:
    """Knows the headings of one campaign: its indicators by all their names, and what was said."""

    def __init__(self, campaign: Campaign, indicators: IndicatorSet) -> None:
        self.campaign = campaign
        self.codes = {i.code: i for i in indicators.all}
        self.known = {key_of(n): m for m, names in NAMES.items() for n in names.split(" | ")}
        taken: dict[str, set[str]] = {}
        for one in indicators.all:
            names = (one.label, one.short_label, one.label_en, one.code, *one.aliases.split(","))
            for name in filter(None, map(key_of, names)):
                taken.setdefault(name, set()).add(one.code)
        # A name of two indicators is no name of either.
        self.known |= {name: codes.pop() for name, codes in taken.items() if len(codes) == 1}
        rows = OfficialColumn.objects.filter(campaign=campaign).values_list("header", "meaning")
        self.remembered = {
            header: meaning for header, meaning in rows if self._split(meaning) is not None
        }
        kinds = [(kind, str(FigureKind(kind).label)) for kind in FigureKind.values]
        self.kind_choices = kinds
        self.choices = [
            *(
                (f"{i.code}:{kind}", f"{i.name}, {label}")
                for i in indicators.all
                for kind, label in kinds
            ),
            *((meaning, str(label)) for meaning, label in LABELS.items()),
        ]

    def _split(self, meaning: str) -> tuple[str, str] | None:
        """Return meaning and kind as they are stored; None for what there is no more."""
        name, _colon, kind = meaning.partition(":")
        is_known = name in NAMES or (name in self.codes and kind in ("", *FigureKind.values))
        return (name, kind) if is_known else None

    def match(self, table: Sheet, answers: Mapping[str, str]) -> Columns:
        """Return what each column means; of what is not known its questions are returned, too."""
        found = Columns()
        for heading, position in zip(table.headings, table.positions, strict=True):
            found.columns.append(self._column(heading, position, answers, found))
        if found.has(DISTRICT) and not found.has(UNIT, CODE):
            found.columns = [
                replace(one, meaning=UNIT) if one.meaning == DISTRICT else one
                for one in found.columns
            ]
        self._settle_measure(found, answers)
        self._settle_kind(table, found, answers)
        self._check(found)
        return found

    def _column(
        self, heading: str, position: int, answers: Mapping[str, str], found: Columns
    ) -> Column:
        day, rest = self._day_of(heading)
        key, kind = key_of(rest), ""
        column = Column(position, heading, key, day=day)
        answer = answers.get(COLUMN + key)
        stored = answer if answer in dict(self.choices) else self.remembered.get(key)
        if stored is not None:
            meaning, kind = self._split(stored) or (SKIP, "")
            return replace(column, meaning=meaning, kind=kind)
        for one, words in KIND_WORDS.items():
            if key not in self.known and words.search(key):
                kind, key = one.value, " ".join(words.sub(" ", key).split())
        meaning = self.known.get(key, "")
        if day is not None and not meaning and (not key or kind):
            # A column of a day: of which indicator is asked once for all of them.
            return replace(column, meaning=MEASURE, kind=kind)
        if not key:
            meaning = SKIP
        if not meaning:
            question = _("Cột “%(name)s” là gì?") % {"name": heading[:60]}
            found.questions.append(Question(COLUMN + column.key, question, self.choices))
        return replace(column, meaning=meaning or SKIP, kind=kind)

    def _day_of(self, heading: str) -> tuple[dt.date | None, str]:
        """Return the day that a heading names, and what else it says."""
        if (match := ISO_DAY.search(heading)) is not None:
            try:
                return dt.date(*map(int, match.groups())), heading.replace(match[0], " ")
            except ValueError:
                return None, heading
        if (match := WRITTEN_DAY.search(heading)) is not None:
            day = day_named(match[0], self.campaign.starts_on, self.campaign.ends_on)
            if day is not None:
                return day, heading.replace(match[0], " ")
        return None, heading

    def _settle_measure(self, found: Columns, answers: Mapping[str, str]) -> None:
        if not found.has(MEASURE):
            return
        code = answers.get(MEASURE, "")
        if code not in self.codes:
            choices = [(one.code, one.name) for one in self.codes.values()]
            text = _("Mỗi ngày một cột. Số trong các cột ấy là của chỉ số nào?")
            found.questions.append(Question(MEASURE, text, choices))
            return
        found.columns = [
            replace(one, meaning=code) if one.meaning == MEASURE else one for one in found.columns
        ]

    def _settle_kind(self, table: Sheet, found: Columns, answers: Mapping[str, str]) -> None:
        if all(one.kind for one in found.columns if one.is_figures):
            return
        texts = [key_of(text) for text in (table.name, *table.titles)]
        named = {k.value for k, words in KIND_WORDS.items() for text in texts if words.search(text)}
        kind = answers.get(KIND, "")
        if kind not in FigureKind.values:
            kind = ""
            if len(named) == 1:
                kind = named.pop()
                label = FigureKind(kind).label
                found.notes.append(
                    _("Theo tiêu đề, số trong bảng là số %(kind)s.") % {"kind": label}
                )
        if not kind:
            text = _("Số trong bảng là số trong ngày, hay lũy kế đến hết ngày ấy?")
            found.questions.append(Question(KIND, text, self.kind_choices))
        found.columns = [
            replace(one, kind=one.kind or kind) if one.is_figures else one for one in found.columns
        ]

    def _check(self, found: Columns) -> None:
        seen: dict[tuple[str, str, dt.date | None], str] = {}
        for one in found.columns:
            if one.meaning == SKIP:
                continue
            key = one.meaning, one.kind, one.day
            if key in seen:
                raise ValidationError(
                    _("Cột “%(one)s” và “%(two)s” cùng một nghĩa. Chỉ giữ một cột.")
                    % {"one": seen[key][:40], "two": one.heading[:40]}
                )
            seen[key] = one.heading
        if found.questions:
            return
        if not any(one.is_figures for one in found.columns):
            raise ValidationError(_("Không thấy cột nào là chỉ số của chiến dịch."))
        if not found.has(UNIT, CODE):
            raise ValidationError(_("Không thấy cột tên hoặc mã đơn vị."))

    def remember(self, columns: Iterable[Column]) -> None:
        """Keep for the next files what the columns of one mean that was taken."""
        meant = {
            one.key: f"{one.meaning}:{one.kind}" if one.is_figures else one.meaning
            for one in columns
            if one.key and one.day is None
        }
        own = {key: m for key, m in meant.items() if self.known.get(key) != m}
        OfficialColumn.objects.bulk_create(
            [
                OfficialColumn(campaign=self.campaign, header=key, meaning=meaning)
                for key, meaning in own.items()
            ],
            update_conflicts=True,
            unique_fields=["campaign", "header"],
            update_fields=["meaning"],
        )

    def forget(self, columns: Iterable[Column]) -> None:
        keys = {one.key for one in columns}
        OfficialColumn.objects.filter(campaign=self.campaign, header__in=keys).delete()
