"""The province on which campaigns are played, and the model of it before anything was reported."""

import datetime as dt
from collections.abc import Callable

from accounts.models import User
from campaign.models import Branch, BranchKind, Campaign, Target, Unit
from campaign.permissions import Role
from campaign.selectors import indicators_of
from tests.factories import (
    AppointmentFactory,
    BranchFactory,
    UnitFactory,
    make_campaign,
    make_indicator,
    make_indicators,
    make_target,
    make_user,
    planted,
)
from tests.sim import facts
from tests.sim.facts import STATE
from tests.sim.model import Model

STARTS, FIRST_TODAY, ENDS = dt.date(2023, 6, 15), dt.date(2023, 6, 19), dt.date(2023, 6, 23)
SLUG, TARGET = "mo-phong", 40


def build_stage() -> tuple[Campaign, User]:
    """Make a province of two districts, with branches that report in several communes."""
    unit: Callable[..., Unit] = UnitFactory.create
    province = unit(code="36", name="Tỉnh", kind="tỉnh", level="province")
    district = {"kind": "huyện", "level": "district", "parent": province}
    a, b = (unit(code=code, name=f"Huyện {code}", **district) for code in ("A", "B"))
    homes = {
        code: unit(code=code, name=f"Xã {code}", parent=above)
        for code, above in (("A1", a), ("A2", a), ("B1", b), ("B2", b))
    }
    # What is found by codes that begin alike is another one.
    homes["A12"] = unit(code="A12", name="Xã A12", parent=a)
    hamlet, _other = (
        unit(code=f"{above}X", name=f"Xóm {above}", kind="xóm", level="hamlet", parent=homes[above])
        for above in ("A2", "A1")
    )
    planted(province)
    make: Callable[..., Branch] = BranchFactory.create
    top = make(code="TD", name="Tỉnh Đoàn", home_unit=province, reports_daily=False)
    above_of = {
        "A": make(code="HA", name="Huyện Đoàn A", home_unit=a, parent=top),
        "B": make(code="HB", name="Huyện Đoàn B", home_unit=b, parent=top, reports_daily=False),
    }
    communes = {
        code: make(
            code=f"X{code}", name=f"Đoàn xã {code}", home_unit=home, parent=above_of[code[0]]
        )
        for code, home in homes.items()
    }
    make(code="CD", name="Chi đoàn xóm", home_unit=hamlet, parent=communes["A2"])
    school = {"kind": BranchKind.SCHOOL, "home_unit": homes["A1"], "reports_daily": False}
    make(code="TH", name="Đoàn trường", parent=above_of["A"], **school)
    police = {"kind": BranchKind.POLICE, "home_unit": province, "reports_daily": False}
    make(code="CA", name="Công an tỉnh", parent=top, **police)
    planted(top)
    # Tuesday, the day after the first today, is none for reports.
    campaign = make_campaign(
        slug=SLUG, name="Mô phỏng", starts_on=STARTS, ends_on=ENDS, weekdays="13457"
    )
    indicators = make_indicators(campaign)
    make_indicator(
        campaign=campaign,
        code="served",
        label="Người được giúp",
        order=5,
        terms={"level1": 1, "level2": 1},
    )
    make_indicator(campaign=campaign, code=STATE, label="Trang tin", order=6, aggregation="last")
    target = {"campaign": campaign, "indicator": indicators["activated"], "value": TARGET}
    make_target(unit=homes["A1"], due_on=ENDS, **target)
    actor = make_user(username="sim-staff", is_staff=True)
    AppointmentFactory.create(user=actor, role=Role.PROVINCE_STAFF, unit=province)
    return campaign, actor


def read_model(campaign: Campaign, now: dt.datetime) -> Model:
    # Not by path: what a number chooses must not depend on the ids of the rows.
    units = Unit.objects.order_by("code").values_list("code", "parent__code", "level", "valid_to")
    branches = Branch.objects.order_by("code").values_list(
        *("code", "parent__code", "home_unit__code", "reports_daily", "opened_on", "closed_on")
    )
    targets = Target.objects.filter(campaign=campaign).values_list("unit__code", "value")
    return Model(
        starts=campaign.starts_on,
        ends=campaign.ends_on,
        weekdays={dt.date.min: campaign.weekdays},
        editable=campaign.editable_days,
        formulas=indicators_of(campaign).terms,
        units={code: facts.Unit(above, level, ends) for code, above, level, ends in units},
        branches={
            code: facts.Branch(above, home, {dt.date.min: daily}, *days)
            for code, above, home, daily, *days in branches
        },
        targets={code: {dt.date.min: value} for code, value in targets},
        now=now,
    )
