"""What the police published, made up for the demo: our sums, with a reason for each difference.

None of it is from the newspaper, nor from any police. Weekly to begin with, and each day of the
last two weeks; every class of ``reports.reconciliation`` is there, some of them with a remark.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from accounts.models import User
from campaign.models import Campaign, Unit
from campaign.selectors import indicators_of
from demo.attendance import DAYS
from demo.people import STAFF
from demo.seeded_random import SeededRandom
from demo.territory import LAST_DAY, Territory
from reports.official.models import FigureKind, OfficialFigure, Source
from reports.official.services import Figure, take_figures
from reports.reconciliation.classes import DifferenceClass
from reports.reconciliation.models import DifferenceState
from reports.reconciliation.ours import OurDays, our_days
from reports.reconciliation.selectors import Question, compare, latest_of, tolerance_of
from reports.reconciliation.services import RemarkInput, remark_difference
from reports.reconciliation.spells import note_spells

LIAISON = "congan"
LEVELS = ("level1", "level2")
UPGRADED = "upgraded"
# Handed in this morning, of yesterday and before.
LAST = len(DAYS) - 2
DAILY_FROM = LAST - 13
PUBLISHED = (*range(6, DAILY_FROM, 7), *range(DAILY_FROM, LAST + 1))
# How many communes of each kind; of the last two nobody has explained yet why they differ.
SHIFTED, SWAPPED, UNPUBLISHED, STOPPED, THEIRS, OURS = 14, 4, 2, 5, 4, 6
# The district of which the police count a person once, and we do in both levels.
NET_DISTRICT = "363"
WHY_OURS = (
    "Buổi của trường cuối tuần: người dân xã khác đến làm, Công an tính cho xã thường trú.",
    "Có tài khoản kích hoạt nhưng máy lỗi, Công an chưa ghi nhận; đã gửi danh sách số lượng.",
    "Nhập trùng một buổi ở nhà văn hóa; xã đã được mở lại ngày để sửa.",
    "Tổ lưu động làm ở chợ giáp ranh, Công an tính cho xã bên cạnh.",
)
WHY_THEIRS = (
    "Người dân tự kích hoạt tại trụ sở Công an xã, không qua tổ của Đoàn.",
    "Học sinh lớp 9 làm căn cước tại trường, Công an kích hoạt luôn.",
    "Công nhân làm ở khu công nghiệp, Công an cấp lưu động ngoài giờ.",
    "Công an làm đợt riêng cho người cao tuổi.",
)
# What they have to date on a day, of one level.
Published = Callable[[str, int], int]


def add_official(campaign: Campaign, territory: Territory) -> int:
    """Hand in the figures, and say of some differences why; return how many figures there are."""
    if OfficialFigure.objects.filter(campaign=campaign).exists():
        return 0
    liaison = User.objects.get(username=LIAISON)
    units = {unit.pk: unit for unit in territory.communes.values()}
    indicators = indicators_of(campaign)
    ours = our_days(campaign, indicators, units, (*LEVELS, UPGRADED), LAST_DAY)["reported"]
    keys = {indicator.code: indicator.pk for indicator in indicators.all}
    plan = _plan(units.values(), ours)
    figures = [
        Figure(pk, DAYS[day], FigureKind.TO_DATE, keys[level], max(theirs(level, day), 0))
        for pk, (days, theirs) in plan.items()
        for day in days
        for level in LEVELS
    ]
    name = "Số minh họa, không phải của Công an"
    take_figures(
        actor=liaison,
        campaign=campaign,
        source=Source.FILE,
        figures=figures,
        rows=len(figures) // len(LEVELS),
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        name=name,
    )
    _explain(campaign, territory)
    return len(figures)


def _plan(
    units: Iterable[Unit], ours: dict[int, OurDays]
) -> dict[int, tuple[Sequence[int], Published]]:
    """Return of each commune the days for which it is published, and with what."""
    plan: dict[int, tuple[Sequence[int], Published]] = {}
    others = []
    for unit in sorted(units, key=lambda unit: unit.code):
        own = ours.get(unit.pk, OurDays())
        silent_from = max(own.reported, default=0) + 1
        if unit.parent is not None and unit.parent.code == NET_DISTRICT:
            plan[unit.pk] = PUBLISHED, _net(own)
        elif silent_from < LAST:
            plan[unit.pk] = PUBLISHED, _going_on(own, silent_from)
        else:
            others.append(unit)
    rng = SeededRandom("official")
    chosen = rng.pick(SHIFTED + SWAPPED + UNPUBLISHED + STOPPED + THEIRS + OURS, others)
    makers: list[Callable[[OurDays], tuple[Sequence[int], Published]]] = [
        *[lambda own: (PUBLISHED, _later(own, rng.between(1, 2)))] * SHIFTED,
        *[lambda own: (PUBLISHED, _exchanged(own))] * SWAPPED,
        *[lambda own: ((), _near(own, 0))] * UNPUBLISHED,
        *[lambda own: (PUBLISHED[: -rng.between(4, 9)], _near(own, 0))] * STOPPED,
        *[lambda own: (PUBLISHED, _near(own, rng.between(60, 110)))] * THEIRS,
        *[lambda own: (PUBLISHED, _near(own, -rng.between(60, 110)))] * OURS,
    ]
    for unit, make in zip(chosen, makers, strict=True):
        plan[unit.pk] = make(ours.get(unit.pk, OurDays()))
    for unit in others:
        if unit.pk not in plan:
            own = ours.get(unit.pk, OurDays())
            plan[unit.pk] = PUBLISHED, _near(own, SeededRandom("near", unit.code).between(-6, 6))
    return plan


def _own(own: OurDays, level: str, day: int) -> int:
    figures = own.to_date.get(level, ())
    return figures[day] if figures and day >= 0 else 0


def _near(own: OurDays, per_mille: int) -> Published:
    return lambda level, day: _own(own, level, day) * (1000 + per_mille) // 1000


def _later(own: OurDays, days: int) -> Published:
    return lambda level, day: _own(own, level, day - days)


def _exchanged(own: OurDays) -> Published:
    return lambda level, day: _own(own, LEVELS[level == LEVELS[0]], day)


def _net(own: OurDays) -> Published:
    """Return level 1 without those who have level 2 since."""

    def theirs(level: str, day: int) -> int:
        off = _own(own, UPGRADED, day) if level == LEVELS[0] else 0
        return _own(own, level, day) - off

    return theirs


def _going_on(own: OurDays, silent_from: int) -> Published:
    """Return what goes on at the rate of before, where we have stopped to report."""

    def theirs(level: str, day: int) -> int:
        more = max(day - silent_from + 1, 0)
        return _own(own, level, day) + more * _own(own, level, silent_from - 1) // silent_from

    return theirs


def _explain(campaign: Campaign, territory: Territory) -> None:
    """Let those who work with the figures say of most open differences why."""
    asked = Question(campaign, territory.province, "commune", campaign.starts_on, DAYS[LAST])
    staff = User.objects.get(username=STAFF)
    liaison = User.objects.get(username=LIAISON)
    found = compare(staff, asked, tolerance_of(campaign))
    for kind, actor, words in (
        (DifferenceClass.OURS_HIGHER, staff, WHY_OURS),
        (DifferenceClass.THEIRS_HIGHER, liaison, WHY_THEIRS),
    ):
        lines = sorted(
            (line for line in found.lines if line.kind == kind and line.unit is not None),
            key=lambda line: -line.size,
        )
        for line, text in zip(lines, words, strict=False):
            given = RemarkInput(DifferenceState.EXPLAINED, text, actor, 0)
            if line.unit is not None:
                remark_difference(
                    actor=actor, campaign=campaign, unit=line.unit, line=line, given=given
                )
        for line in lines[len(words) : len(words) + 1]:
            given = RemarkInput(
                DifferenceState.ASKED, "Đã hỏi xã và Công an xã, chờ trả lời.", liaison, 0
            )
            if line.unit is not None:
                remark_difference(
                    actor=staff, campaign=campaign, unit=line.unit, line=line, given=given
                )
    note_spells(campaign, found.with_remarks(latest_of(campaign)).lines)
