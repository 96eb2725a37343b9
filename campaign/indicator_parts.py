"""An indicator whose label makes sense only behind its whole: “trong đó nâng từ mức độ 1”."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from campaign.models import Indicator
from core.templatetags.formatting import count
from core.vietnamese import one_line


class OfIndicator(Protocol):
    @property
    def indicator(self) -> Indicator: ...


Line = TypeVar("Line", bound=OfIndicator)


def behind_wholes(lines: Sequence[Line]) -> list[tuple[Line, list[Line]]]:
    """Return the lines in order, each with the parts that are told in brackets behind it."""
    parts = [line for line in lines if _is_part(line.indicator)]
    wholes = [line for line in lines if not _is_part(line.indicator)]
    known = {line.indicator.pk for line in wholes}
    alone = [part for part in parts if part.indicator.at_most_id not in known]
    return [
        (line, [part for part in parts if part.indicator.at_most_id == line.indicator.pk])
        for line in lines
        if line in wholes or line in alone
    ]


def of_which(indicator: Indicator, value: int | None) -> str:
    """375 → trong đó 375 nâng từ mức độ 1."""
    lead = _("trong đó")
    return f"{lead} {count(value)} {one_line(indicator.name).removeprefix(lead).strip()}"


def _is_part(indicator: Indicator) -> bool:
    return indicator.at_most_id is not None and one_line(indicator.name).startswith(_("trong đó"))
