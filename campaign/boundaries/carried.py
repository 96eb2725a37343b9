"""What those above this app carry over when boundaries change; each registers itself."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from campaign.boundaries.journal import Journal
from campaign.models import Branch, Unit

# What can be carried over, as chosen.
CHOICES = {
    "people": gettext_lazy("Người và phân công"),
    "targets": gettext_lazy("Chỉ tiêu và mẫu số (đơn vị mới bằng tổng các đơn vị cũ)"),
    "teams": gettext_lazy("Tổ và thành viên"),
    "sessions": gettext_lazy("Buổi đã xếp lịch từ ngày ấy, kể cả chuỗi buổi"),
    "requests": gettext_lazy("Yêu cầu hỗ trợ chưa xong"),
}


@dataclass(frozen=True)
class Ending:
    """What ends on a day, by id, and what comes after it; None where that is not known."""

    day: dt.date
    units: Mapping[int, Unit | None]
    branches: Mapping[int, Branch | None]


@dataclass
class Carried:
    """How many of what went along, and in words what did not."""

    figures: dict[str, int]
    left: list[str]

    def count(self, what: object, number: int = 1) -> None:
        if number:
            self.figures[str(what)] = self.figures.get(str(what), 0) + number


Carry = Callable[[Ending, Journal, Carried], None]
_carriers: dict[str, list[Carry]] = {}

# What only says that somebody has looked at a unit, or printed it: it goes with the unit.
Forget = Callable[[Sequence[int]], None]
_forgetting: list[Forget] = []


def register_carrier(choice: str, carry: Carry) -> None:
    _carriers.setdefault(choice, []).append(carry)


def carriers_of(choice: str) -> Sequence[Carry]:
    return _carriers.get(choice, ())


def register_look(forget: Forget) -> None:
    _forgetting.append(forget)


def forget_looks(units: Sequence[int]) -> None:
    """Take away what nothing was counted in; units by id."""
    for forget in _forgetting:
        forget(units)
