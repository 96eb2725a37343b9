"""Settings that are changed in the middle of a campaign, on both sides."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from campaign.models import Branch, Campaign, FormulaTerm, Indicator, Phase, Target, Unit
from campaign.services.paths import rebuild_paths
from tests.sim.choices import branch_of
from tests.sim.facts import DAY, following
from tests.sim.facts import Phase as PhaseRule
from tests.sim.stage import ENDS, STARTS

if TYPE_CHECKING:
    from tests.sim.driver import Driver
    from tests.sim.steps import Step

WEEKDAYS = ("1234567", "12345", "246")
FORMULAS = {
    "activated": (
        {"level1": 1, "level2": 1, "upgraded": -1},
        {"level1": 1, "level2": 1},
        {"level1": 1, "level2": 2, "upgraded": -1},
    ),
    "served": (
        {"level1": 1, "level2": 1},
        {"level2": 1, "upgraded": 3},
        {"level1": 2, "level2": -1},
    ),
}
# What the model calls so, in the columns of a branch.
COLUMNS = {"opened": "opened_on", "closed": "closed_on"}


def change(driver: "Driver", step: "Step", *n: int) -> None:
    changes: tuple[Callable[..., None], ...] = (
        *(change_branch, change_branch, change_branch, move_unit, end_unit),
        *(change_weekdays, change_phase, change_phase, change_formula, change_target),
    )
    changes[n[0] % len(changes)](driver, step, *n[1:])


def change_branch(driver: "Driver", step: "Step", *n: int) -> None:
    code, today = branch_of(driver.model, n[0]), driver.model.now.date()
    day = (None, today, today - DAY, today + DAY, STARTS + DAY)[n[1] % 5]
    own = driver.model.branches[code]
    match n[2] % 6:
        case 0:
            since = since_day(driver, n[3])
            is_daily = not own.daily[max(own.daily)]
            save_daily(driver, step, code, is_daily, since)
        case 1 if not (own.closed and day and day >= own.closed):
            save_branch(driver, step, code, opened=day)
        case 2 if not (own.opened and day and day <= own.opened):
            save_branch(driver, step, code, closed=day)
        case 3 if code not in ("TD", "HA", "HB"):
            save_branch(driver, step, code, parent=("TD", "HA", "HB")[n[3] % 3])
        case 4 | 5 if code.startswith("X"):
            save_branch(driver, step, code, home=("A1", "A2", "B1", "B2")[n[3] % 4])


def save_branch(driver: "Driver", step: "Step", code: str, **changed: Any) -> None:
    def write() -> None:
        branch = Branch.objects.get(code=code)
        for name, value in changed.items():
            if name == "home":
                branch.home_unit = Unit.objects.get(code=value)
            elif name == "parent":
                branch.parent = Branch.objects.get(code=value)
            else:
                setattr(branch, COLUMNS[name], value)
        branch.save()
        rebuild_paths(Branch)

    rules = driver.model
    driver.change_setting(step, write, lambda: rules.change(rules.branches, code, **changed))


def save_daily(driver: "Driver", step: "Step", code: str, is_daily: bool, since: dt.date) -> None:
    own = driver.model.branches[code]

    def rule() -> None:
        own.daily = following(own.daily, is_daily, since)

    stored = Branch.objects.filter(code=code)
    driver.change_setting(step, lambda: stored.update(reports_daily=is_daily), rule, since)


def since_day(driver: "Driver", n: int) -> dt.date:
    """Return the day from which something holds: today, tomorrow, or one that is over."""
    return driver.model.now.date() + (0, 0, 1, -2)[n % 4] * DAY


def move_unit(driver: "Driver", step: "Step", *n: int) -> None:
    code, above = ("A1", "A2", "A12", "B1", "B2")[n[0] % 5], "AB"[n[1] % 2]

    def write() -> None:
        Unit.objects.filter(code=code).update(parent=Unit.objects.get(code=above))
        rebuild_paths(Unit)

    rules = driver.model
    driver.change_setting(step, write, lambda: rules.change(rules.units, code, parent=above))


def end_unit(driver: "Driver", step: "Step", *n: int) -> None:
    """Let a unit end on a day, or exist on."""
    code, today = ("A12", "B2", "A2X")[n[0] % 3], driver.model.now.date()
    ends = (None, today, today + DAY, STARTS + 3 * DAY)[n[1] % 4]
    rules = driver.model
    driver.change_setting(
        step,
        lambda: Unit.objects.filter(code=code).update(valid_to=ends),
        lambda: rules.change(rules.units, code, ends=ends),
    )


def change_weekdays(driver: "Driver", step: "Step", *n: int) -> None:
    weekdays = WEEKDAYS[n[0] % 3]

    since = since_day(driver, n[1])

    def rule() -> None:
        driver.model.weekdays = following(driver.model.weekdays, weekdays, since)

    driver.change_setting(step, lambda: Campaign.objects.update(weekdays=weekdays), rule, since)


def change_phase(driver: "Driver", step: "Step", *n: int) -> None:
    """Add a phase, or drop the one that begins on the day; of several the last to begin rules."""
    begins = STARTS + n[0] % ((ENDS - STARTS).days + 1) * DAY
    phases, stored = driver.model.phases, Phase.objects.filter(starts_on=begins)
    if begins in phases:
        driver.change_setting(step, stored.delete, lambda: driver.model.drop_phase(begins))
        return
    phase = PhaseRule(
        ends=min(begins + n[1] % 4 * DAY, ENDS),
        since=since_day(driver, n[2] // 4),
        weekdays=("", *WEEKDAYS)[n[2] % 4],
        editable=(None, 0, 1, 4)[n[3] % 4],
    )

    def write() -> None:
        driver.campaign.phases.create(
            name=f"Đợt {begins}",
            starts_on=begins,
            ends_on=phase.ends,
            weekdays=phase.weekdays,
            editable_days=phase.editable,
        )

    driver.change_setting(step, write, lambda: phases.update({begins: phase}), phase.since)


def change_formula(driver: "Driver", step: "Step", *n: int) -> None:
    code = tuple(FORMULAS)[n[0] % 2]
    terms = FORMULAS[code][n[1] % 3]

    def write() -> None:
        indicators = {i.code: i for i in Indicator.objects.all()}
        derived = indicators[code]
        derived.terms.all().delete()
        for source, factor in terms.items():
            FormulaTerm.objects.create(indicator=derived, source=indicators[source], factor=factor)

    driver.change_setting(step, write, lambda: driver.model.formulas.update({code: terms}))


def change_target(driver: "Driver", step: "Step", *n: int) -> None:
    """Give a unit a target from a day on: from today, later, or as of a day that is over."""
    code, value = ("A1", "B", "B1", "36")[n[0] % 4], (0, 7, 16, 300)[n[1] % 4]
    since = since_day(driver, n[2])

    def write() -> None:
        Target.objects.update_or_create(
            campaign=driver.campaign,
            unit=Unit.objects.get(code=code),
            indicator=Indicator.objects.get(code="activated"),
            defaults={"value": value, "due_on": ENDS},
        )

    driver.change_setting(
        step, write, lambda: driver.model.set_target(code, value, since), since=since
    )
