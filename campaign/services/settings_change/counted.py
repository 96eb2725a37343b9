"""What the app that counts answers to whoever changes a setting.

It stands above this one and registers itself.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Ids = frozenset[int]
# What is shown of a node: campaign, node, what is counted; to its value.
Figures = Mapping[tuple[str, str, str], int]
Moved = tuple[int, int, int, dt.date]
MOST_NAMED = 10


@dataclass(frozen=True)
class Stray:
    """What is reported of a day that nothing would count: why, and whose it is."""

    why: str
    campaign_id: int
    branch_id: int
    unit_id: int
    date: dt.date
    number: int = field(compare=False)
    campaign: str = field(compare=False)
    branch: str = field(compare=False)
    unit: str = field(compare=False)


@dataclass(frozen=True)
class Counted:
    """``hold`` lets no roll-up run until the transaction ends. ``strays`` are the reports and
    sessions outside, ``figures`` what is shown of units and branches on a day, ``moved`` the days
    (campaign, branch, unit, day) on which what stands goes elsewhere, all as settings stand.
    """

    hold: Callable[[], None]
    strays: Callable[[], set[Stray]]
    figures: Callable[[Ids, Ids, dt.date], Figures]
    moved: Callable[[], set[Moved]]


_counted: list[Counted] = []


def register_counted(counted: Counted) -> None:
    _counted.append(counted)


def hold() -> None:
    for counted in _counted:
        counted.hold()


def strays() -> set[Stray]:
    return set().union(*(counted.strays() for counted in _counted))


def moved() -> set[Moved]:
    return set().union(*(counted.moved() for counted in _counted))


def figures(units: Ids, branches: Ids, day: dt.date) -> Figures:
    found: dict[tuple[str, str, str], int] = {}
    for counted in _counted:
        found |= counted.figures(units, branches, day)
    return found


def refuse_strays(found: set[Stray]) -> None:
    """Say in plain words what would be left outside, and what to do instead."""
    texts = {
        "campaign": _(
            "Chiến dịch “%(campaign)s” có báo cáo hoặc buổi hỗ trợ nằm ngoài những ngày mới "
            "(%(first)s – %(last)s). Chọn ngày bắt đầu, kết thúc sao cho gồm cả những ngày ấy."
        ),
        "branch": _(
            "“%(branch)s” có %(number)s báo cáo, buổi hỗ trợ vào những ngày không còn hoạt động "
            "(%(first)s – %(last)s). Chọn ngày thành lập không sau ngày đầu, ngày giải thể sau "
            "ngày cuối; muốn thôi báo cáo thì bỏ “báo cáo hằng ngày”."
        ),
        "unit": _(
            "Địa bàn “%(unit)s” có %(number)s báo cáo, buổi hỗ trợ vào những ngày không còn hiệu "
            "lực (%(first)s – %(last)s). Chọn ngày hiệu lực gồm cả những ngày ấy."
        ),
    }
    outside: dict[tuple[str, str], list[Stray]] = {}
    for stray in sorted(found, key=lambda s: (s.why, s.branch, s.unit, s.date)):
        subject = {"campaign": stray.campaign, "branch": stray.branch}.get(stray.why, stray.unit)
        outside.setdefault((stray.why, subject), []).append(stray)
    if outside:
        raise ValidationError(
            [
                texts[why]
                % {
                    **asdict(of[0]),
                    "number": sum(stray.number for stray in of),
                    "first": f"{min(stray.date for stray in of):%d/%m/%Y}",
                    "last": f"{max(stray.date for stray in of):%d/%m/%Y}",
                }
                for (why, _subject), of in list(outside.items())[:MOST_NAMED]
            ]
        )
