"""The cast and the stage: owner, neighbour, superior, stranger, in a small province.

``world`` is a province with two districts of two communes each, their branches, the police
task force, one team of Giao Tiến, and the default indicators of a campaign. The day is
20 June 2023.
"""

import datetime as dt
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, override_settings
from django.utils.translation.reloader import translation_file_changed
from hypothesis import HealthCheck
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Appointment, Branch, BranchKind, Campaign, Indicator, Unit
from campaign.permissions import Role
from core import kinds, portal
from core.portal import Identity
from devserver.servers import addresses
from reports.rollup.services import rollup
from tests import migrated
from tests.emptying import empty_tables
from tests.factories import (
    AppointmentFactory,
    BranchFactory,
    UnitFactory,
    UserFactory,
    make_campaign,
    make_indicator,
    make_indicators,
    make_membership,
    make_target,
    make_team,
    make_volunteer,
    planted,
)
from tests.plugin import GIVEN_DATABASE, HOME
from volunteers.teams.models import MemberRole, Team, Volunteer

TODAY = dt.date(2023, 6, 20)

# What a property is tried with is the same in every run, and on every machine.
hypothesis.settings.register_profile(
    "fixed",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis.settings.load_profile("fixed")


@dataclass
class World:
    """Everything a test usually asks for, by name."""

    province: Unit
    district: Unit
    other_district: Unit
    commune: Unit
    sibling: Unit
    far_commune: Unit
    union: Branch
    district_union: Branch
    branch: Branch
    neighbour_branch: Branch
    far_branch: Branch
    police: Branch
    campaign: Campaign
    indicators: dict[str, Indicator]
    owner: User
    neighbour: User
    lead: User
    other_lead: User
    staff: User
    liaison: User
    partner: User
    officer: User
    leader: User
    team: Team
    member: Volunteer
    stranger: User


# As it is while nobody gives kinds other words; the schema is read before there is a database.
kinds._known = (inf, {})


@pytest.fixture(scope="session", autouse=True)
def _assets() -> None:
    """Build what pages need, as `make run` does."""
    for command in ("compile_catalogue", "build_assets", "collect_assets"):
        call_command(command, verbosity=0)
    # In a new clone the catalogues have just been compiled, and Django has looked for them before.
    translation_file_changed(sender=None, file_path=Path("django.mo"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Begin with a copy of the database that an earlier run has migrated, if it still holds."""
    if not GIVEN_DATABASE and migrated.is_there(addresses(HOME).owner_url):
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.NAME


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let later runs copy what this one has migrated."""
    if GIVEN_DATABASE or connection.settings_dict["TEST"].get("TEMPLATE"):
        return
    with django_db_blocker.unblock():
        connection.close()
    migrated.store(addresses(HOME).owner_url, connection.settings_dict["NAME"])


@pytest.fixture(scope="session", autouse=True)
def _quick_end() -> Iterator[None]:
    """Let a test of several transactions end in a tenth of the time that Django takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_tables())
        yield


@pytest.fixture(autouse=True)
def _stage(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Let every test live on the demo's day, and not spend its time on hashing passwords."""
    settings.PORTAL_TODAY = TODAY
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")):
        # In the one transaction of such a test the limit on idling would hold to its end.
        monkeypatch.setattr(rollup, "IDLE_TIMEOUT", "SELECT 1")
    # As it is held while nobody renames it: its one query would be counted in some tests only.
    monkeypatch.setattr(portal, "_known", (inf, Identity(settings.PORTAL_NAME)))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Pages are drawn without `collectstatic` having been run.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # Each client would else look through all files that pages need, before its first request.
    settings.WHITENOISE_AUTOREFRESH = True
    # Tries at the public doors are counted in Valkey, which outlives the test.
    counters = {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}
    settings.CACHES = {"default": counters}


@pytest.fixture(scope="session")
def _world_copy(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> tuple[str, bytes]:
    """Build the small province once: the statements that write its rows, and the pickled world.

    Two thousand tests begin with it, and through the models it takes a third of their time.
    """
    quick = override_settings(
        PORTAL_TODAY=TODAY, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]
    )
    with django_db_blocker.unblock(), quick, transaction.atomic():
        before = _rows()
        world = pickle.dumps(build_world())
        made = {table: rows - before[table] for table, rows in _rows().items()}
        transaction.set_rollback(True)
    return "".join(_insert(table, rows) for table, rows in made.items() if rows), world


def _rows() -> dict[str, set[str]]:
    """Return the rows of each table as JSON."""
    found = {}
    with connection.cursor() as cursor:
        # Leaves and notes are made anew with the rows that they are of.
        made_anew = {"core_leaf", "core_change"}
        for table in {*connection.introspection.table_names(cursor)} - made_anew:
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            found[table] = {row for (row,) in cursor.fetchall()}
    return found


def _insert(table: str, rows: set[str]) -> str:
    quoted = ",".join(rows).replace("'", "''")
    return (
        f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset('
        f"NULL::\"{table}\", '[{quoted}]');"
    )


@pytest.fixture
def world(db: None, _world_copy: tuple[str, bytes]) -> World:
    """Write the rows of the small province; foreign keys wait for the end of the transaction."""
    rows, world = _world_copy
    with connection.cursor() as cursor:
        cursor.execute(rows)
    made: World = pickle.loads(world)  # noqa: S301 - our own, of this run
    return made


def build_world() -> World:
    """Make the rows of the small province, in as few statements as it takes."""
    province, district, other_district, commune, sibling, far_commune = _units()
    union, district_union, branch, neighbour_branch, far_branch, police = _branches(
        province, district, commune, sibling, far_commune
    )
    campaign = make_campaign(slug="de-an-06-2023", name="Đề án 06", editable_days=91)
    indicators = {
        "installed": make_indicator(
            campaign=campaign, code="installed", label="Cài VNeID", order=0
        ),
        **make_indicators(campaign),
    }
    people = _people(
        {
            "owner": {"role": Role.SECRETARY, "branch": branch},
            "neighbour": {"role": Role.SECRETARY, "branch": neighbour_branch},
            "lead": {"role": Role.DISTRICT_LEAD, "branch": district_union},
            "other_lead": {"role": Role.DISTRICT_LEAD, "unit": other_district},
            "staff": {"role": Role.PROVINCE_STAFF, "unit": province},
            "liaison": {"role": Role.POLICE_LIAISON, "unit": province},
            "partner": {"role": Role.PARTNER, "unit": province},
            "officer": {"role": Role.SECRETARY, "branch": police},
            "leader": {"role": Role.TEAM_LEADER, "branch": branch},
            "stranger": {},
        }
    )
    team = make_team(name="Tổ công nghệ số xóm 1", branch=branch)
    own = make_volunteer(full_name="Phạm Văn Trưởng", phone="0911000001", user=people["leader"])
    member = make_volunteer(full_name="Lê Thị Thành Viên", phone="0911000002")
    make_membership(team=team, volunteer=own, role=MemberRole.LEADER)
    make_membership(team=team, volunteer=member)
    make_target(campaign=campaign, unit=commune, indicator=indicators["activated"], value=1000)
    return World(
        province=province,
        district=district,
        other_district=other_district,
        commune=commune,
        sibling=sibling,
        far_commune=far_commune,
        union=union,
        district_union=district_union,
        branch=branch,
        neighbour_branch=neighbour_branch,
        far_branch=far_branch,
        police=police,
        campaign=campaign,
        indicators=indicators,
        team=team,
        member=member,
        **people,
    )


def _units() -> list[Unit]:
    province = UnitFactory.create(code="36", name="Tỉnh Nam Định", kind="tỉnh", level="province")
    below = {"kind": "huyện", "level": "district", "parent": province}
    district = UnitFactory.create(code="365", name="Huyện Giao Thủy", **below)
    other_district = UnitFactory.create(code="363", name="Huyện Trực Ninh", **below)
    return planted(
        province,
        district,
        other_district,
        UnitFactory.create(code="14173", name="Xã Giao Tiến", parent=district),
        UnitFactory.create(code="14158", name="Xã Hồng Thuận", parent=district),
        UnitFactory.create(code="14050", name="Xã Trực Hưng", parent=other_district),
    )


def _branches(
    province: Unit, district: Unit, commune: Unit, sibling: Unit, far_commune: Unit
) -> list[Branch]:
    make = BranchFactory.create
    union = make(code="TD-36", name="Tỉnh Đoàn", home_unit=province, reports_daily=False)
    district_union = make(
        code="HD-365", name="Huyện Đoàn", home_unit=district, parent=union, reports_daily=False
    )
    return planted(
        union,
        district_union,
        make(code="XD-14173", name="Đoàn xã Giao Tiến", home_unit=commune, parent=district_union),
        make(code="XD-14158", name="Đoàn xã Hồng Thuận", home_unit=sibling, parent=district_union),
        make(code="XD-14050", name="Đoàn xã Trực Hưng", home_unit=far_commune, parent=union),
        make(
            code="CA-36",
            name="Công an tỉnh",
            kind=BranchKind.POLICE,
            home_unit=province,
            parent=union,
            reports_daily=False,
        ),
    )


def _people(appointments: dict[str, dict[str, Any]]) -> dict[str, User]:
    """Make a user of each name, with the appointment that is given."""
    users = {
        name: UserFactory.build(username=name.replace("_", "-"), is_staff=name == "staff")
        for name in appointments
    }
    User.objects.bulk_create(users.values())
    Appointment.objects.bulk_create(
        AppointmentFactory.build(user=users[name], **given)
        for name, given in appointments.items()
        if given
    )
    return users


@pytest.fixture
def browse() -> Callable[[User], Client]:
    """Return a way to get a signed-in browser-like client."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.backends.NameOrPhoneBackend")
        return client

    return signed_in


@pytest.fixture
def api() -> Callable[[User], APIClient]:
    """Return a way to get an API client that acts as a user."""

    def acting(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return acting
