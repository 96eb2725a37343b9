"""The accounts of the demo. They bear the names of offices: no person is made up."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from accounts.models import User
from campaign.models import Appointment, Branch
from campaign.permissions import Role
from demo.territory import FIRST_DAY, Territory

PASSWORD = "Demo-2023!"  # noqa: S105 - published; refused where DEBUG is off
STAFF = "tinhdoan"
STAFF_GROUP = "Tỉnh Đoàn"
TEAMS = ("team", "membership", "volunteer")
# Lists that are made again in a minute. What carries history is closed by a date instead.
MAY_DELETE = ("phase", "term", "target", "baselinefigure")


@dataclass(frozen=True)
class Person:
    """An account and its office: over a branch, or over the whole province."""

    username: str
    full_name: str
    role: Role | None = None
    branch: str = ""
    phone: str | None = None


PEOPLE = (
    Person(STAFF, "Cán bộ Tỉnh Đoàn Nam Định", Role.PROVINCE_STAFF),
    Person("huyendoan-365", "Bí thư Huyện Đoàn Giao Thủy", Role.DISTRICT_LEAD, "HD-365"),
    Person("xadoan-14173", "Bí thư Đoàn xã Giao Tiến", Role.SECRETARY, "XD-14173", "0912000173"),
    Person("xadoan-14158", "Bí thư Đoàn xã Hồng Thuận", Role.SECRETARY, "XD-14158", "0912000158"),
    Person("totruong-14173", "Tổ trưởng ở xã Giao Tiến", Role.TEAM_LEADER, "XD-14173"),
    Person("congan", "Cán bộ đối soát Công an tỉnh", Role.POLICE_LIAISON),
    Person("phunu", "Cán bộ Hội Liên hiệp Phụ nữ tỉnh", Role.PARTNER),
    Person("bo-vo", "Tài khoản chưa được phân công"),
)


def add_people(territory: Territory) -> int:
    known = set(User.objects.values_list("username", flat=True))
    missing = [person for person in PEOPLE if person.username not in known]
    # One hash for all: it is the same published password, and hashing is slow by design.
    password = make_password(PASSWORD) if missing else ""
    for person in missing:
        user = User.objects.create(
            username=person.username,
            full_name=person.full_name,
            phone=person.phone,
            password=password,
            is_demo=True,
            is_staff=person.username == STAFF,
        )
        if person.username == STAFF:
            user.groups.add(_staff_group())
        if person.role is not None:
            _appoint(user, person, territory)
    return len(missing)


def _appoint(user: User, person: Person, territory: Territory) -> None:
    branch = Branch.objects.get(code=person.branch) if person.branch else None
    Appointment.objects.create(
        user=user,
        role=person.role or "",
        branch=branch,
        unit=None if branch else territory.province,
        starts_on=FIRST_DAY,
    )


def _staff_group() -> Group:
    group, is_new = Group.objects.get_or_create(name=STAFF_GROUP)
    if is_new:
        campaign = [
            model._meta.model_name for model in apps.get_app_config("campaign").get_models()
        ]
        theirs = (
            Q(content_type__app_label="accounts", content_type__model="user")
            | Q(content_type__app_label="campaign", content_type__model__in=campaign)
            | Q(content_type__app_label="volunteers", content_type__model__in=TEAMS)
        )
        harmless = ~Q(codename__startswith="delete_") | Q(content_type__model__in=MAY_DELETE)
        group.permissions.set(Permission.objects.filter(theirs, harmless))
    return group
