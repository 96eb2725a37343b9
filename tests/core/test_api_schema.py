"""The API does what its description says: schemathesis, over every operation.

Phases: what the description gives as examples, each boundary of each parameter and field
(kept and broken), and random values within and beyond the description. Every answer is held
against every check of schemathesis, and what an example writes is rolled back after it.
"""

import datetime as dt
import gzip
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.conf import LazySettings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import ignored_auth

from accounts.services import issue_token
from campaign.permissions import Role
from core import clock
from core.errors import exception_handler
from core.offline import OWNER
from core.serializers import RULE
from reports.daily.models import Status
from reports.exports.models import Export
from tests.conftest import TODAY, World
from tests.factories import (
    make_appointment,
    make_campaign,
    make_help_request,
    make_membership,
    make_session,
    make_team,
    make_user,
    make_volunteer,
)
from tests.reports.reporting import report, set_status
from volunteers.help_requests.models import HelpState
from volunteers.sessions.models import Participation, State

# Of rows that addresses and bodies name. The numbers are beyond what sequences reach.
REPORTS = [UUID(int=number) for number in (1, 2, 3)]
PLANNED, UNDER_WAY, CLOSED, CANCELLED = SESSIONS = range(900_000_001, 900_000_005)
VOLUNTEER = 900_000_007
USER = 900_000_009
EXPORT = 900_000_011
PHONE = "0912345678"
YESTERDAY = TODAY - dt.timedelta(days=1)

KNOWN: dict[str, list[Any]] = {
    "campaigns": ["de-an-06-2023"],
    "units": ["36", "365", "14173", "14158"],
    "branches": ["XD-14173", "XD-14158", "HD-365", "CA-36"],
    "days": [str(TODAY), str(YESTERDAY), "2023-06-25"],
    "reports": [str(one) for one in REPORTS],
    "sessions": list(SESSIONS),
    "volunteers": [VOLUNTEER],
    "versions": [0, 1, 2],
    "users": [USER],
    "exports": [EXPORT],
}
NAMES = {
    "campaigns": ("campaign", "body.campaign"),
    "units": ("unit", "within", "body.unit"),
    "branches": ("branch", "body.branch", "body.partners[*]"),
    "days": ("on", "from", "to", "query.date", "body.date", "body.until"),
    "reports": ("path.report_id", "body.id", "body.reports[*]"),
    "sessions": ("path.session_id",),
    "volunteers": ("body.volunteer",),
    "versions": ("body.base_version", "body.base_versions[*]"),
    "users": ("header.X-Queue-Owner",),
    "exports": ("path.export_id",),
}
CONFIG: dict[str, Any] = {
    "seed": 6,
    "generation": {"max-examples": 6, "no-shrink": True},
    "dictionaries": {name: {"values": values} for name, values in KNOWN.items()},
    # What lies outside one's scope is 404 before anything else is looked at: most values name
    # what there is.
    "parameters": {
        name: {"dictionary": dictionary, "probability": 0.8}
        for dictionary, names in NAMES.items()
        for name in names
    },
    # 400 as well: a day outside the campaign, a part greater than its whole and the like break
    # a rule that no description of single values can hold. `test_operation` sees to it that
    # nothing else is refused.
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "429"]
        }
    },
}
DJANGO = get_wsgi_application()
ADDRESSES = count()
ENFORCED: set[str] = set()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer each request as from another address: how many one may send is tested elsewhere."""
    number = next(ADDRESSES)
    environ["REMOTE_ADDR"] = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return DJANGO(environ, start_response)


schema = schemathesis.openapi.from_wsgi(
    "/api/schema/", application, config=SchemathesisConfig.from_dict(CONFIG)
)


def tell_codes(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer as always, and name the codes of what serializers refused."""
    answer = exception_handler(error, context)
    if answer is not None and isinstance(error, ValidationError):
        answer["X-Codes"] = " ".join(sorted(_leaves(error.get_codes())))
    return answer


def _leaves(codes: Any) -> set[str]:
    if isinstance(codes, str):
        return {codes}
    return set().union(*map(_leaves, codes.values() if isinstance(codes, dict) else codes))


@pytest.fixture
def full_world(world: World) -> World:
    """Fill the province with what has happened, so that answers have something to say."""
    make_campaign(slug="he-2023", name="Hè 2023")
    counts = {"installed": 35, "level1": 20, "level2": 12}
    first, second, third = REPORTS
    report(world.owner, "XD-14173", counts, report_id=first)
    set_status(report(world.owner, "XD-14173", counts, date=YESTERDAY, report_id=second))
    set_status(report(world.neighbour, "XD-14158", counts, report_id=third), Status.RETURNED)
    place = {"campaign": world.campaign, "branch": world.branch, "ends_at": dt.time(23, 59)}
    teams = [world.team, make_team(branch=world.neighbour_branch)]
    make_session(pk=PLANNED, date=TODAY + dt.timedelta(days=5), partners=[world.police], **place)
    make_session(pk=UNDER_WAY, state=State.UNDER_WAY, teams=teams, **place)
    outcome = {"counts": {"level1": 5}, "headcount": 2, "participations": 3}
    make_session(
        pk=CLOSED, date=YESTERDAY, state=State.CLOSED, closed_at=clock.now(), **outcome, **place
    )
    make_session(pk=CANCELLED, date=YESTERDAY, state=State.CANCELLED, cancel_reason="Mưa", **place)
    Participation.objects.create(session_id=CLOSED, volunteer=world.member)
    make_membership(team=world.team, volunteer=make_volunteer(pk=VOLUNTEER, phone=PHONE))
    asked = {"campaign": world.campaign, "unit": world.commune}
    make_help_request(**asked)
    make_help_request(**asked, state=HelpState.DONE, closed_at=clock.now())
    return world


def _take_a_file(world: World) -> None:
    """Let a file have gone out, since which something has changed."""
    given: dict[str, Any] = {"campaign": world.campaign, "basis": "reported", "map": "then"}
    Export.objects.create(
        pk=EXPORT,
        first_day=YESTERDAY,
        last_day=TODAY,
        as_of=clock.now(),
        started_at=clock.now(),
        sha256="0" * 64,
        rows=1,
        figures={"seq": 0},
        content=gzip.compress(f"date,commune_code,commune\r\n{YESTERDAY},14173,X\r\n".encode()),
        **given,
    )


@pytest.fixture(params=[Role.PROVINCE_STAFF, Role.SECRETARY])
def role(request: pytest.FixtureRequest) -> Role:
    return Role(request.param)


@pytest.fixture
def headers(full_world: World, settings: LazySettings, role: Role) -> Iterator[dict[str, str]]:
    """Return the headers of somebody in that role, while answers name the codes of refusals."""
    handler = {"EXCEPTION_HANDLER": f"{__name__}.{tell_codes.__name__}"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, **handler}
    # As Django's own test client does: the connection is in the transaction of the test.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    user = make_user(pk=USER)
    scope: dict[str, Any] = {"unit": full_world.province}
    if role == Role.SECRETARY:
        scope = {"branch": full_world.branch}
    make_appointment(user=user, role=role, **scope)
    _take_a_file(full_world)
    token = issue_token(user=user)
    yield {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def aim(case: Case[Any]) -> None:
    """Let what is wrong or right with a body be reached: own queue, a session that there is."""
    phase = case.meta and case.meta.phase.data
    if getattr(phase, "parameter_location", None) is ParameterLocation.BODY:
        case.headers.pop(OWNER, None)
        if "session_id" in case.path_parameters:
            case.path_parameters["session_id"] = UNDER_WAY


@schema.parametrize()
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_operation(case: Case[Any], role: Role, headers: dict[str, str]) -> None:
    assert case.meta is not None
    is_positive = case.meta.generation.mode.is_positive
    is_boundary = case.meta.phase.name is TestPhase.COVERAGE
    if is_boundary and not is_positive and role == Role.SECRETARY:
        return  # Each boundary is broken once: what no description allows is refused to everybody.
    # Without a token, and with a wrong one: asked of each operation until it has once answered.
    excluded = [ignored_auth] if case.operation.label in ENFORCED else []
    aim(case)
    point = transaction.savepoint()
    try:
        answer = case.call_and_validate(headers=headers, excluded_checks=excluded)
    finally:
        transaction.savepoint_rollback(point)
    if answer.status_code < 300:
        ENFORCED.add(case.operation.label)
    if is_positive:
        assert set(" ".join(answer.headers.get("x-codes", [])).split()) <= {RULE}
