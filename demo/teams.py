"""The teams of the demo. Giao Thủy's totals are the newspaper's; every person is made up.

Names are put together from the commonest parts of Vietnamese names. The telephone numbers
begin with 01, which Vietnam has not assigned since 2018: nobody can be called by mistake.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import count

from accounts.models import User
from campaign.models import Branch, Unit
from core.vietnamese import bare_name
from demo.branches import commune_branch
from demo.seeded_random import SeededRandom
from demo.territory import Territory
from volunteers.teams.models import Affiliation, MemberRole, Membership, Team, TeamKind, Volunteer
from volunteers.teams.services import set_full_name, set_team_name

# Báo Nam Định 2023.
DISTRICT = "365"
TEAMS, MEMBERS, YOUTH_IN_KEY_ROLES = 196, 1_073, 202
LEADER_ACCOUNT, LEADER_COMMUNE = "totruong-14173", "14173"

FIRST_FOUNDED = dt.date(2023, 1, 3)
FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Mai",
    "Cao",
    "Đinh",
    "Phan",
    "Lại",
    "Doãn",
]
MIDDLE = {
    "m": [
        "Văn",
        "Đức",
        "Minh",
        "Quang",
        "Xuân",
        "Hữu",
        "Đình",
        "Công",
        "Mạnh",
        "Tuấn",
        "Ngọc",
        "Thành",
    ],
    "f": ["Thị", "Thu", "Ngọc", "Thanh", "Phương", "Bích", "Kim", "Hồng", "Minh", "Thùy"],
}
GIVEN = {
    "m": [
        "An",
        "Bình",
        "Cường",
        "Dũng",
        "Đạt",
        "Giang",
        "Hải",
        "Hiếu",
        "Hưng",
        "Huy",
        "Khánh",
        "Long",
        "Nam",
        "Phong",
        "Quân",
        "Sơn",
        "Thắng",
        "Toàn",
        "Trung",
        "Tùng",
        "Việt",
        "Vinh",
    ],
    "f": [
        "Anh",
        "Chi",
        "Dung",
        "Giang",
        "Hà",
        "Hạnh",
        "Hiền",
        "Hoa",
        "Hương",
        "Huyền",
        "Lan",
        "Linh",
        "Loan",
        "Mai",
        "Nga",
        "Nhung",
        "Oanh",
        "Phượng",
        "Thảo",
        "Thơm",
        "Trang",
        "Yến",
    ],
}
# Of a hundred who are not counted among the 202: who they belong to.
OTHERS = (
    *[Affiliation.WOMENS_UNION] * 50,
    *[Affiliation.POLICE] * 15,
    *[Affiliation.NONE] * 35,
)


def add_teams(territory: Territory) -> int:
    added = 0
    if not Team.objects.exists():
        branches = {branch.code: branch for branch in Branch.objects.all()}
        teams = list(_teams(territory, branches))
        members = list(_members(teams))
        Team.objects.bulk_create(teams)
        Volunteer.objects.bulk_create([member.volunteer for member in members])
        Membership.objects.bulk_create(members)
        added = len(teams)
    _link_leader()
    return added


def _teams(territory: Territory, branches: dict[str, Branch]) -> Iterator[Team]:
    homes = territory.communes_of[DISTRICT]
    each, more = divmod(TEAMS, len(homes))
    for commune in territory.communes.values():
        branch = branches[commune_branch(commune.code)]
        if commune not in homes:
            yield _team(commune, branch, 0, 1)
            continue
        size = each + (homes.index(commune) < more)
        for place in range(size):
            yield _team(commune, branch, place, size)


def _team(commune: Unit, branch: Branch, place: int, size: int) -> Team:
    """Return a team; in some communes of several the last one advises."""
    rng = SeededRandom("team", commune.code, place)
    team = Team(unit=commune, branch=branch, kind=TeamKind.COMMUNITY)
    if size > 1 and place == size - 1 and rng.happens(40):
        team.kind = TeamKind.ADVISORY
        set_team_name(team, f"Tổ tư vấn {bare_name(commune.name)}")
    elif size > 1:
        set_team_name(team, f"Tổ công nghệ số cộng đồng xóm {place + 1}")
    else:
        set_team_name(team, f"Tổ công nghệ số cộng đồng {commune.kind} {bare_name(commune.name)}")
    team.founded_on = FIRST_FOUNDED + dt.timedelta(days=rng.between(0, 80))
    return team


def _members(teams: list[Team]) -> Iterator[Membership]:
    ours = [team for team in teams if team.unit.parent and team.unit.parent.code == DISTRICT]
    sizes, extra = divmod(MEMBERS, len(ours))
    locations = [(id(team), place) for team in ours for place in (0, 1)]
    key = set(SeededRandom("youth in key roles").pick(YOUTH_IN_KEY_ROLES, locations))
    in_district = {id(team): sizes + (n < extra) for n, team in enumerate(ours)}
    numbers = count(100_000_001)
    for team in teams:
        rng = SeededRandom("members", team.unit.code, team.name)
        size = in_district.get(id(team)) or rng.between(5, 6)
        names: set[str] = set()
        for place in range(size):
            role = (MemberRole.LEADER, MemberRole.DEPUTY)[place] if place < 2 else MemberRole.MEMBER
            if place >= 2:
                is_youth = rng.happens(70)
            elif id(team) in in_district:
                is_youth = (id(team), place) in key
            else:
                is_youth = rng.happens(50)
            person = Volunteer(
                affiliation=Affiliation.YOUTH_UNION if is_youth else rng.pick(1, OTHERS)[0],
                birth_year=rng.between(1988, 2005) if is_youth else rng.between(1966, 1995),
                phone=f"0{next(numbers)}" if place < 2 or rng.happens(50) else None,
            )
            set_full_name(person, _name(rng, names))
            yield Membership(team=team, volunteer=person, role=role)


def _name(rng: SeededRandom, taken: set[str]) -> str:
    while True:
        sex = "f" if rng.happens(50) else "m"
        parts = (rng.pick(1, FAMILY)[0], rng.pick(1, MIDDLE[sex])[0], rng.pick(1, GIVEN[sex])[0])
        name = " ".join(parts)
        if name not in taken and parts[1] != parts[2]:
            taken.add(name)
            return name


def _link_leader() -> None:
    user = User.objects.filter(username=LEADER_ACCOUNT, volunteer=None).first()
    leads = Membership.objects.filter(
        role=MemberRole.LEADER,
        team__unit__code=LEADER_COMMUNE,
        volunteer__user=None,
        volunteer__affiliation=Affiliation.YOUTH_UNION,
    )
    member = leads.select_related("volunteer").order_by("team__pk").first()
    if user is not None and member is not None:
        member.volunteer.user = user
        member.volunteer.save(update_fields=["user", "updated_at"])
