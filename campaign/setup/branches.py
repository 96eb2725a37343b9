"""Branches made from the units: one of the Youth Union in each, under the one above."""

from accounts.models import User
from campaign.models import Branch, BranchKind, Level, Unit
from campaign.services.paths import rebuild_paths
from campaign.services.settings_change import settings_change
from core.clock import today
from core.vietnamese import bare_name

# The first letters of a code, as the Youth Union abbreviates: Tỉnh Đoàn, Huyện Đoàn, Xã Đoàn.
PREFIXES = {Level.PROVINCE: "TD", Level.DISTRICT: "HD", Level.COMMUNE: "XD"}


def units_without_branch() -> list[Unit]:
    """Return the units of today, from the top, in which no branch of the Youth Union is at home."""
    homes = Branch.objects.on(today()).filter(kind=BranchKind.YOUTH_UNION)
    return list(
        Unit.objects.on(today())
        .filter(level__in=PREFIXES)
        .exclude(pk__in=homes.values("home_unit"))
        .select_related("parent")
        .order_by("depth", "sort_key")
    )


def make_branches(*, actor: User, reason: str) -> int:
    """Make those that are missing; return how many. The lowest level reports every day.

    A code that another branch bears gets a number behind it. Two who press the button at once
    wait for each other in ``settings_change``: the second finds nothing missing.
    """
    with settings_change(actor=actor, reason=reason):
        wanted = units_without_branch()
        homes = Branch.objects.on(today()).filter(kind=BranchKind.YOUTH_UNION)
        of_unit = {branch.home_unit_id: branch for branch in homes.order_by("-depth")}
        taken = set(Branch.objects.values_list("code", flat=True))
        for unit in wanted:
            branch = Branch(
                code=_free(f"{PREFIXES[Level(unit.level)]}-{unit.code}", taken),
                name=branch_name(unit),
                kind=BranchKind.YOUTH_UNION,
                parent=of_unit.get(unit.parent_id or 0),
                home_unit=unit,
                reports_daily=unit.level == Level.COMMUNE,
            )
            branch.save()
            of_unit[unit.pk] = branch
            taken.add(branch.code)
        rebuild_paths(Branch)
    return len(wanted)


def _free(code: str, taken: set[str]) -> str:
    number, free = 2, code
    while free in taken:
        free, number = f"{code}-{number}", number + 1
    return free


def branch_name(unit: Unit) -> str:
    """Return what the Youth Union calls its branch there: Đoàn phường …, Huyện Đoàn …"""
    # The word of a level may be one of the province's own.
    is_typed = unit.name.lower().startswith(f"{unit.kind} ")
    place = unit.name[len(unit.kind) + 1 :] if is_typed else bare_name(unit.name)
    if unit.level == Level.COMMUNE:
        return f"Đoàn {unit.kind} {place}"
    rank = "Thành" if unit.kind == "thành phố" else unit.kind.capitalize().split()[0]
    return f"{rank} Đoàn {place}"
