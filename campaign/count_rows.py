"""The lines of a form on which counts are typed, one for each indicator."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from campaign.counting import parse_count
from campaign.models import Indicator

PREFIX = "count-"
TWICE = gettext_lazy("Ô này được gửi hai lần. Tải lại trang rồi nhập lại.")


@dataclass
class CountRow:
    """One indicator's line of the form.

    ``value`` is what was typed, to the letter; ``count`` is what it means, None for blank;
    ``last`` is the count beside it, ``least`` what it cannot be lower than.
    """

    indicator: Indicator
    value: str = ""
    count: int | None = None
    last: int | None = None
    least: int | None = None
    error: str | None = None

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return PREFIX + self.indicator.code

    @property
    def is_part(self) -> bool:
        """Whether it is a part of another line."""
        return self.indicator.at_most_id is not None

    def show(self, count: int | None) -> None:
        """Take over what was reported."""
        self.count, self.value = count, "" if count is None else str(count)


def read_counts(data: QueryDict, rows: list[CountRow]) -> None:
    """Read the typed counts into the rows, with what is wrong with each."""
    for row in rows:
        typed = data.getlist(row.name)
        row.value = typed[-1] if typed else ""
        if len(typed) > 1:
            row.error = str(TWICE)
            continue
        try:
            row.count = parse_count(row.value)
        except ValidationError as error:
            row.error = " ".join(error.messages)
