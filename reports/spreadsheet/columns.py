"""What the columns of a file of daily counts mean: known by name, remembered, or asked about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Campaign
from campaign.selectors import IndicatorSet
from core.importing.drawn_tables import key_of
from core.importing.inspection import Question
from reports.spreadsheet.models import ColumnMeaning

CODE, BRANCH, UNIT, DAY = "=code", "=branch", "=unit", "=day"
NOTHING, REASON, SKIP = "=none", "=reason", "=skip"
# The first is what the portal writes; all are read in any case, with or without marks.
NAMES: dict[str, str] = {
    CODE: "Mã cơ sở Đoàn | Mã đơn vị | Mã | Mã Đoàn xã | Mã cơ sở",
    BRANCH: (
        "Đơn vị | Cơ sở Đoàn | Tên đơn vị | Tên cơ sở Đoàn | Xã | Phường | Xã, phường | Xã phường "
        "thị trấn | Xã, thị trấn | Tên xã | Đoàn xã | Địa phương | Đơn vị báo cáo"
    ),
    UNIT: "Mã địa bàn | Mã xã hỗ trợ",
    DAY: "Ngày | Ngày báo cáo | Ngày tháng | Ngày số liệu | Date",
    NOTHING: "Không phát sinh",
    REASON: "Lý do số bất thường | Lý do",
    SKIP: "TT | STT | Số TT | Số thứ tự",
}
LABELS = {
    BRANCH: gettext_lazy("Tên đơn vị"),
    CODE: gettext_lazy("Mã đơn vị"),
    DAY: gettext_lazy("Ngày"),
    NOTHING: gettext_lazy("Không phát sinh"),
    SKIP: gettext_lazy("Không lấy cột này"),
}
ANSWER = "column-"


def header_of(meaning: str) -> str:
    return NAMES[meaning].split(" | ")[0]


@dataclass
class Columns:
    """The meaning of each column of a file, by its place; what is not known is asked about."""

    meanings: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def place(self, meaning: str) -> int | None:
        return self.meanings.index(meaning) if meaning in self.meanings else None


class Matcher:
    """Knows the headings of one campaign: its indicators by all their names, and what was said."""

    def __init__(self, campaign: Campaign, indicators: IndicatorSet) -> None:
        self.campaign, self.indicators = campaign, indicators
        self.entered = {i.code for i in indicators.entered}
        self.known = {key_of(n): m for m, names in NAMES.items() for n in names.split(" | ")}
        taken: dict[str, set[str]] = {}
        for one in indicators.all:
            names = (one.label, one.short_label, one.label_en, one.code, *one.aliases.split(","))
            for name in filter(None, map(key_of, names)):
                taken.setdefault(name, set()).add(one.code if one.code in self.entered else SKIP)
        # A name of two indicators is no name of either.
        self.known |= {name: codes.pop() for name, codes in taken.items() if len(codes) == 1}
        answered = ColumnMeaning.objects.filter(campaign=campaign)
        self.remembered = {
            header: meaning
            for header, meaning in answered.values_list("header", "meaning")
            if meaning in self.entered or meaning in NAMES
        }
        self.choices = [
            *((i.code, i.name) for i in indicators.entered),
            *((meaning, str(label)) for meaning, label in LABELS.items()),
        ]

    def match(self, headers: Iterable[str], answers: Mapping[str, str]) -> Columns:
        columns = Columns()
        for header in headers:
            key = key_of(header)
            meaning = self._answer(key, answers) or self.remembered.get(key) or self.known.get(key)
            if meaning is None:
                columns.questions.append(
                    Question(
                        ANSWER + key,
                        _("Cột “%(name)s” là gì?") % {"name": header[:60]},
                        self.choices,
                    )
                )
            columns.meanings.append(meaning or SKIP)
        self._check(list(headers), columns)
        return columns

    def _answer(self, key: str, answers: Mapping[str, str]) -> str | None:
        answer = answers.get(ANSWER + key)
        return answer if answer in dict(self.choices) else None

    def _check(self, headers: list[str], columns: Columns) -> None:
        for meaning in {m for m in columns.meanings if m != SKIP}:
            twice = [h for h, m in zip(headers, columns.meanings, strict=True) if m == meaning]
            if len(twice) > 1:
                raise ValidationError(
                    _("Cột “%(one)s” và “%(two)s” cùng một nghĩa. Chỉ giữ một cột.")
                    % {"one": twice[0][:40], "two": twice[1][:40]}
                )
        if columns.questions:
            return
        if not self.entered.intersection(columns.meanings) and NOTHING not in columns.meanings:
            raise ValidationError(
                _("Không thấy cột nào là chỉ số của chiến dịch. Tải mẫu để xem tên các cột.")
            )

    def remember(self, answers: Mapping[str, str]) -> None:
        """Keep for the next files what was answered about columns."""
        ColumnMeaning.objects.bulk_create(
            [
                ColumnMeaning(campaign=self.campaign, header=name.removeprefix(ANSWER), meaning=m)
                for name, m in answers.items()
                if name.startswith(ANSWER) and m in dict(self.choices)
            ],
            update_conflicts=True,
            unique_fields=["campaign", "header"],
            update_fields=["meaning"],
        )

    def forget(self, headers: Iterable[str]) -> None:
        ColumnMeaning.objects.filter(
            campaign=self.campaign, header__in=map(key_of, headers)
        ).delete()
