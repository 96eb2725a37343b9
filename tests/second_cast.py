"""The second cast: people with two posts, in places whose ids and codes begin alike.

Districts 71 and 710 lie in province 7, commune 7111 beside 711, and province 17 with 171 and 1711
beside them all: whoever finds by a part of an id, a path or a code finds too much. Branches have
the ids and codes of their homes; 72 is the branch of a school, at home in district 71, that
reports in two communes.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from campaign.models import Appointment, Branch, BranchKind, Campaign, Unit
from campaign.permissions import Role
from tests.conftest import TODAY
from tests.factories import (
    AppointmentFactory,
    BranchFactory,
    UnitFactory,
    UserFactory,
    make_campaign,
    make_indicators,
    planted,
)

DAY = dt.timedelta(days=1)
Codes = frozenset[str]
SLUG = "hai-vai"
# By code, which is the id too: the one above, and where a branch of it reports.
UNITS = {
    "7": ("", "7101"),
    "71": ("7", "712"),
    "711": ("71", "711"),
    "712": ("71", "712"),
    "7111": ("71", "7111"),
    "710": ("7", "7101"),
    "7101": ("710", "7101"),
    "17": ("", "1711"),
    "171": ("17", "1711"),
    "1711": ("171", "1711"),
}
SCHOOL, AT_SCHOOL = "72", ("711", "712")
LEVELS = {1: "province", 2: "district", 3: "commune"}
Post = dict[str, Any]
# Role, branch or unit, and from when to when if not always.
PEOPLE: dict[str, list[Post]] = {
    "two_seats": [
        {"role": Role.SECRETARY, "branch": "711"},
        {"role": Role.DISTRICT_LEAD, "unit": "710"},
    ],
    "lead_and_partner": [
        {"role": Role.PARTNER, "unit": "17"},
        {"role": Role.DISTRICT_LEAD, "branch": "71"},
    ],
    "secretary_twice": [
        {"role": Role.SECRETARY, "branch": "712"},
        {"role": Role.SECRETARY, "branch": "1711"},
    ],
    "leader_and_liaison": [
        {"role": Role.TEAM_LEADER, "branch": "7111"},
        {"role": Role.POLICE_LIAISON, "unit": "171"},
        {"role": Role.PARTNER, "unit": "712"},
    ],
    # Each of the three holds on other days.
    "comes_and_goes": [
        {"role": Role.SECRETARY, "branch": "711", "ends_on": TODAY - DAY},
        {"role": Role.SECRETARY, "branch": "7101", "starts_on": TODAY, "ends_on": TODAY},
        {"role": Role.DISTRICT_LEAD, "unit": "71", "starts_on": TODAY + DAY},
    ],
    "of_the_school": [{"role": Role.SECRETARY, "branch": SCHOOL}],
    "staff": [
        {"role": Role.PROVINCE_STAFF, "unit": "7"},
        {"role": Role.PROVINCE_STAFF, "unit": "17"},
    ],
    "staff_of_17": [{"role": Role.PROVINCE_STAFF, "unit": "17"}],
}


@dataclass
class SecondCast:
    campaign: Campaign
    units: dict[str, Unit]
    branches: dict[str, Branch]
    people: dict[str, User]

    def unit_of(self, branch: str) -> Unit:
        """Return where a branch reports, or the first of its places."""
        return self.units[AT_SCHOOL[0] if branch == SCHOOL else UNITS[branch][1]]


def build_second_cast() -> SecondCast:
    units = _units()
    branches = _branches(units)
    campaign = make_campaign(slug=SLUG, editable_days=91)
    make_indicators(campaign)
    people = {name: UserFactory.create(username=name) for name in PEOPLE}
    for name, posts in PEOPLE.items():
        for post in posts:
            where = {
                kind: of[post[kind]]
                for kind, of in (("unit", units), ("branch", branches))
                if kind in post
            }
            AppointmentFactory.create(user=people[name], **{**post, **where})
    assert Appointment.objects.count() == sum(map(len, PEOPLE.values()))
    return SecondCast(campaign, units, branches, people)


def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for code, (above, _unit) in UNITS.items():
        parent = found.get(above)
        level = "province" if parent is None else LEVELS[2 if parent.parent_id is None else 3]
        found[code] = UnitFactory.create(
            id=int(code), code=code, name=f"Nơi {code}", level=level, parent=parent
        )
    return dict(zip(found, planted(*found.values()), strict=True))


def _branches(units: dict[str, Unit]) -> dict[str, Branch]:
    make, found = BranchFactory.create, dict[str, Branch]()
    for code, (above, _unit) in UNITS.items():
        found[code] = make(
            id=int(code),
            code=code,
            name=f"Đoàn {code}",
            home_unit=units[code],
            parent=found.get(above),
            reports_daily=units[code].level == "commune",
        )
    found[SCHOOL] = make(
        id=int(SCHOOL),
        code=SCHOOL,
        name="Đoàn trường",
        kind=BranchKind.SCHOOL,
        home_unit=units["71"],
        parent=found["71"],
    )
    return dict(zip(found, planted(*found.values()), strict=True))


def codes(words: str) -> Codes:
    return frozenset(words.split())


def branches_code(branches: dict[str, Branch], pk: int) -> str:
    return next(code for code, branch in branches.items() if branch.pk == pk)
