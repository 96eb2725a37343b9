"""Who has two posts has in each place what the post there gives, and nothing of the other.

Every set is written down whole, so that one too many shows as well as one too few.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Appointment, Branch, LateEntryGrant, Target, Unit
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.selectors import branches_run_by, secretaries_of
from campaign.services.grants import reopen_day
from reports.daily.models import DailyReport, Revision
from reports.daily.selectors import reviewable
from reports.daily.services.report_input import ReportInput
from reports.daily.services.review import Decision, review_reports
from reports.daily.services.submit import submit_report
from reports.reminders.non_reporting import led_by
from tests.conftest import TODAY
from tests.factories import (
    make_help_request,
    make_membership,
    make_session,
    make_target,
    make_team,
    make_volunteer,
)
from tests.reports.reporting import report
from tests.second_cast import (
    DAY,
    SCHOOL,
    SLUG,
    UNITS,
    Codes,
    SecondCast,
    branches_code,
    codes,
)
from volunteers.help_requests.models import HelpRequest
from volunteers.sessions.models import Participation, SupportSession
from volunteers.teams.models import Membership, Team, Volunteer

NOW = dt.datetime(2023, 6, 20, 1, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Seen:
    """What somebody may see and do, by the codes of the branches; units and requests by theirs."""

    units: str
    branches: str = ""
    reports_for: str = ""
    leads: str = ""
    sessions: str = ""
    people: str = ""
    requests: str = ""
    exports: str = ""
    leads_sessions: str = ""


EXPECTED = {
    "two_seats": Seen(
        units="711 710 7101",
        branches="711 710 7101",
        reports_for="711 710 7101",
        leads="710 7101",
        # What others do in their places, too.
        sessions="711 72 710 7101 7",
        people="711 710 7101 7",
        requests="711 7101",
        exports="710 7101",
    ),
    "lead_and_partner": Seen(
        units="71 711 712 7111 17 171 1711",
        branches="71 711 712 7111 72 17 171 1711",
        reports_for="71 711 712 7111 72",
        leads="71 711 712 7111 72",
        sessions="71 711 712 7111 72 17 171 1711",
        people="71 711 712 7111 72",
        requests="711 712 7111",
        exports="71 711 712 7111",
    ),
    "secretary_twice": Seen(
        units="712 1711",
        branches="712 1711",
        reports_for="712 1711",
        sessions="71 712 17 171 1711",
        people="712 1711",
        requests="712 1711",
    ),
    "leader_and_liaison": Seen(
        units="7111 171 1711 712",
        branches="7111 171 1711 712",
        sessions="7111 17 171 1711 71 712",
        exports="171 1711",
        leads_sessions="7111",
    ),
    "comes_and_goes": Seen(
        units="7101",
        branches="7101",
        reports_for="7101",
        sessions="7 710 7101",
        people="7101",
        requests="7101",
    ),
    "of_the_school": Seen(
        units="71 711 712 7111",
        branches="72",
        reports_for="72",
        sessions="71 711 712 7111 72",
        people="72",
    ),
}


@pytest.fixture
def busy(cast: SecondCast) -> SecondCast:
    """The cast where every branch has reported, holds a session, has a team and an open day."""
    staff = cast.people["staff"]
    for code, branch in cast.branches.items():
        where = cast.unit_of(code)
        report(staff, code, {"level1": int(code)}, campaign=SLUG, unit=where.code)
        reopen_day(actor=staff, campaign=cast.campaign, branch=branch, day=TODAY, reason="Sửa số")
        session = make_session(campaign=cast.campaign, branch=branch, unit=where, place=code)
        team = make_team(branch=branch, unit=where, name=f"Tổ {code}")
        member = make_volunteer(full_name=f"Người {code}")
        make_membership(team=team, volunteer=member)
        Participation.objects.create(session=session, volunteer=member)
    for code, unit in cast.units.items():
        make_target(
            indicator=cast.campaign.indicators.get(code="level1"), unit=unit, value=int(code)
        )
        if unit.level == "commune":
            make_help_request(campaign=cast.campaign, unit=unit)
    return cast


people = pytest.mark.parametrize("name", EXPECTED)


def found(rows: Any, name: str = "code") -> Codes:
    listed = list(rows.values_list(name, flat=True))
    assert len(listed) == len(set(listed))
    return frozenset(listed)


@people
def test_each_sees_what_the_posts_give(busy: SecondCast, name: str) -> None:
    user, seen = busy.people[name], EXPECTED[name]
    shown = {
        "units": found(Unit.objects.visible_to(user)),
        "targets": found(Target.objects.visible_to(user), "unit__code"),
        "branches": found(Branch.objects.visible_to(user)),
        "reports": found(DailyReport.objects.visible_to(user), "branch__code"),
        "revisions": found(Revision.objects.visible_to(user), "report__branch__code"),
        "grants": found(LateEntryGrant.objects.visible_to(user), "branch__code"),
        "to review": found(reviewable(user), "branch__code"),
        "sessions": found(SupportSession.objects.visible_to(user), "branch__code"),
        "teams": found(Team.objects.visible_to(user), "branch__code"),
        "teams whose people": found(Team.objects.with_people_for(user), "branch__code"),
        "members": found(Membership.objects.visible_to(user), "team__branch__code"),
        "volunteers": found(Volunteer.objects.visible_to(user), "memberships__team__branch__code"),
        "requests": found(HelpRequest.objects.visible_to(user), "unit__code"),
    }
    assert shown == {
        "units": codes(seen.units),
        "targets": codes(seen.units),
        "branches": codes(seen.branches),
        "reports": codes(seen.branches),
        "revisions": codes(seen.branches),
        "grants": codes(seen.branches),
        "to review": codes(seen.leads),
        "sessions": codes(seen.sessions),
        "teams": codes(seen.sessions),
        "teams whose people": codes(seen.people),
        "members": codes(seen.people),
        "volunteers": codes(seen.people),
        "requests": codes(seen.requests),
    }


@people
def test_who_took_part_is_seen_by_those_who_run_or_lead_it(busy: SecondCast, name: str) -> None:
    user, seen = busy.people[name], EXPECTED[name]
    rows = Participation.objects.visible_to(user)
    assert found(rows, "session__branch__code") == codes(f"{seen.people} {seen.leads_sessions}")


@people
def test_each_may_do_what_the_post_there_gives(cast: SecondCast, name: str) -> None:
    user, seen = cast.people[name], EXPECTED[name]
    scope, branches = scope_of(user), cast.branches
    may = {
        "report": {c for c, b in branches.items() if scope.may_report_for(b)},
        "lead a session": {c for c, b in branches.items() if scope.may_lead_for(b)},
        "invite": {c for c, b in branches.items() if scope.may_invite_in(b)},
        "lead": {b.code for b in led_by(user, list(branches.values()))},
        "export": {c for c, unit in cast.units.items() if scope.may(Permission.EXPORT, unit=unit)},
        "set up": {c for c, unit in cast.units.items() if scope.may(Permission.SET_UP, unit=unit)},
    }
    assert may == {
        "report": codes(seen.reports_for),
        "lead a session": codes(f"{seen.reports_for} {seen.leads_sessions}"),
        "invite": codes(seen.leads),
        "lead": codes(seen.leads),
        "export": codes(seen.exports),
        "set up": set(),
    }
    assert {b.code for b in branches_run_by(user)} == codes(seen.reports_for)


def answer(work: Callable[[], Any]) -> str:
    """Return what became of it; nothing of it is kept."""
    try:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)
    except Http404:
        return "404"
    except PermissionDenied:
        return "403"
    return "done"


def inside(seen: Codes, allowed: Codes) -> dict[str, str]:
    """Outside the scope there is nothing; inside, what is not allowed is refused."""
    return {
        code: "done" if code in allowed else "403" if code in seen else "404"
        for code in (*UNITS, SCHOOL)
    }


@people
def test_doors_of_the_services(busy: SecondCast, name: str) -> None:
    user, seen = busy.people[name], EXPECTED[name]
    visible = codes(seen.branches)

    def submit(code: str) -> None:
        entry = ReportInput(
            id=uuid4(),
            campaign=SLUG,
            branch=code,
            unit=busy.unit_of(code).code if code in codes(seen.reports_for) else "",
            date=TODAY - DAY,
            counts={"level1": 1},
        )
        submit_report(actor=user, entry=entry, dry_run=True)

    def review(code: str) -> None:
        [pk] = DailyReport.objects.filter(branch__code=code).values_list("pk", flat=True)
        review_reports(actor=user, seen={pk: 1}, decision=Decision.APPROVE)

    def reopen(code: str) -> None:
        reopen_day(
            actor=user, campaign=busy.campaign, branch=busy.branches[code], day=TODAY, reason="Sửa"
        )

    def outcomes(call: Callable[[str], None]) -> dict[str, str]:
        return {code: answer(partial(call, code)) for code in busy.branches}

    assert outcomes(submit) == inside(visible, codes(seen.reports_for))
    assert outcomes(review) == inside(visible, codes(seen.leads))
    assert {c for c, outcome in outcomes(reopen).items() if outcome == "done"} == codes(seen.leads)


def test_two_reports_are_reviewed_only_by_who_leads_both(busy: SecondCast) -> None:
    """One that may be reviewed does not carry another in with it."""
    user = busy.people["two_seats"]
    pks = DailyReport.objects.filter(branch__code__in=("711", "7101")).values_list("pk", flat=True)
    with pytest.raises(PermissionDenied):
        review_reports(actor=user, seen=dict.fromkeys(pks, 1), decision=Decision.APPROVE)
    assert not DailyReport.objects.exclude(status="submitted").exists()


@people
def test_doors_of_the_totals(cast: SecondCast, name: str, api: Callable[[User], APIClient]) -> None:
    client, seen = api(cast.people[name]), EXPECTED[name]
    for asked, of, visible in (
        ("unit", cast.units, codes(seen.units)),
        ("branch", cast.branches, codes(seen.branches)),
    ):
        answers = {c: client.get(f"/api/v1/totals/?{asked}={c}").status_code for c in of}
        assert {c for c, status in answers.items() if status == 200} == visible, asked
        assert {s for c, s in answers.items() if c not in visible} <= {404}


def test_file_for_the_police_holds_what_may_be_exported(
    busy: SecondCast, browse: Callable[[User], Any]
) -> None:
    """A liaison who looks on as a partner elsewhere takes no file of that place."""
    for name, seen in EXPECTED.items():
        answered = browse(busy.people[name]).get(f"/c/{SLUG}/exports/police.csv?basis=reported")
        if not seen.exports:
            assert answered.status_code == 403
            continue
        lines = b"".join(answered.streaming_content).decode().splitlines()
        listed = {cell for line in lines[1:] for cell in line.replace('"', "").split(",")}
        communes = {c for c in busy.units if busy.units[c].level == "commune"}
        assert listed & communes == codes(seen.exports) & communes, name


def test_appointments_are_seen_in_every_place_that_one_leads_or_looks_at(cast: SecondCast) -> None:
    def seen_by(name: str) -> set[tuple[str, str]]:
        rows = Appointment.objects.visible_to(cast.people[name])
        return {(a.user.username, a.branch.code if a.branch else a.unit.code) for a in rows}  # type: ignore[union-attr]

    assert seen_by("secretary_twice") == {("secretary_twice", "712"), ("secretary_twice", "1711")}
    assert seen_by("two_seats") == {
        ("two_seats", "711"),
        ("two_seats", "710"),
        ("comes_and_goes", "7101"),
    }
    assert seen_by("leader_and_liaison") == {
        ("leader_and_liaison", "7111"),
        ("leader_and_liaison", "171"),
        ("leader_and_liaison", "712"),
        ("secretary_twice", "712"),
        ("secretary_twice", "1711"),
    }


def test_a_post_holds_on_its_first_and_last_day_and_on_no_other(
    cast: SecondCast, settings: LazySettings
) -> None:
    user, branches = cast.people["comes_and_goes"], cast.branches
    allowed_on = {}
    for day in (TODAY - DAY, TODAY, TODAY + DAY):
        settings.PORTAL_TODAY = day
        allowed_on[day] = {c for c, b in branches.items() if scope_of(user).may_report_for(b)}
        secretaries = secretaries_of(list(branches.values()), day)
        named = {branches_code(branches, pk) for pk, who in secretaries.items() if user in who}
        assert named == allowed_on[day] - codes("71 711 712 7111 72") | (named & codes("711"))
    assert allowed_on == {
        TODAY - DAY: codes("711"),
        TODAY: codes("7101"),
        TODAY + DAY: codes("71 711 712 7111 72"),
    }
