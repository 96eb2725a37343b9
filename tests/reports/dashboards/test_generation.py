"""The tag of pages: nothing that they show can change without it, no model be forgotten."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from campaign.models import (
    Boundary,
    Campaign,
    FormulaTerm,
    LateEntryGrant,
    Succession,
    Unit,
)
from campaign.page_tags import PageState, page_state
from campaign.scopes import scope_of
from core import clock
from core.changes import TRIGGERS, fold
from core.models import Change, KindWord, Portal
from core.querysets import OwnQuerySet, ScopedQuerySet
from privacy.services.requests import enter_request
from reports.checks.models import Check, CheckPlan
from reports.daily.models import DailyReport
from reports.exports.models import Export
from reports.official.models import OfficialFile
from reports.rollup.models import Cause, RollupDifference, UnitTotal
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import (
    make_appointment,
    make_baseline,
    make_branch,
    make_campaign,
    make_help_request,
    make_indicator,
    make_membership,
    make_phase,
    make_session,
    make_target,
    make_team,
    make_unit,
    make_volunteer,
)
from tests.reports.reporting import report
from volunteers.certificates.models import Certificate, Signatory, VolunteerLink
from volunteers.sessions.models import Series, SupportSession

# Written often or large, and on no page that is kept; the rest is noted by the database.
LEFT_OUT = {
    "accounts.User": "no person stands on a dashboard, and each sign-in writes one",
    "campaign.SettingsChange": "the record; what was changed is noted itself",
    "campaign.BoundaryChange": "the pages of setting up; what it writes is noted itself",
    "campaign.Trial": "on pages that are not kept",
    "reports.TrialReport": "counts nowhere, and stands on no page that is kept",
    "reports.FigureCode": "what went out, on a page that is not kept",
    "reports.FinalExport": "the record of what is gone, on a page that is not kept",
    "campaign.DirtyDay": "says what is not shown yet; “as of” is left out",
    "privacy.Deletion": "the machinery of the night",
    "privacy.PersonalDataRead": "every page with people on it writes one",
    "core.Change": "the notes themselves",
    "core.Heartbeat": "says that the machinery runs",
    "core.Leaf": "the log is on no dashboard",
    "core.PendingUpload": "counts once it is confirmed, which writes its rows",
    "core.Remark": "what is known of the history goes with what was last found of it",
    "core.SignedHead": "the log is on no dashboard",
    "core.Tile": "the log is on no dashboard",
    "reports.CheckOutcome": "each makes the version of its check another one, which is noted",
    "reports.ColumnMeaning": "says how files are read",
    "reports.OfficialColumn": "says how files are read",
    "reports.OfficialFigure": "written with its file, in one transaction",
    "reports.DifferenceRemark": "on a page that is not kept; what is kept of it shows no remark",
    "reports.DifferenceTolerance": "the same page, which names it in what it is kept under",
    "reports.FollowUp": "on a page that is not kept",
    "reports.HigherSpell": "asked along with the tag",
    "reports.PlanAssumption": "a branch plans by it, on a page of its own",
    "reports.Publication": "what was said stands on the digest's page",
    "reports.Revision": "the history is on no dashboard",
    "reports.SessionDraft": "proposed on the same page; accepted it is a session",
    "reports.UnitDay": "made again with the unit's total to date, in one transaction",
    "reports.BranchDay": "made again with the branch's total to date, in one transaction",
    "reports.BranchTotal": "on the pages of branches, which are made for each who looks",
    "volunteers.Decline": "who does not come stands on the session's page",
    "volunteers.WalkIn": "counts once it is confirmed, and its session is closed",
    "volunteers.OwnPageCode": "opens one person's page",
    "volunteers.Participation": "counts once its session is closed, which writes the session",
}

# What dashboards show once totals are made again, and other pages at once: see the last tests.
BEFORE_THE_TOTALS = {"reports.DailyReport"}

# How a row of each model comes about; a model without a line here fails the first test.
MAKERS: dict[str, Callable[[World], Any]] = {
    "core.KindWord": lambda _w: KindWord.objects.create(
        of="team", code="mobile", name="Tổ lưu động"
    ),
    "core.Portal": lambda _w: Portal.objects.create(pk=1, name="Thanh niên số"),
    "campaign.Appointment": lambda w: make_appointment(user=w.stranger, branch=w.branch),
    "campaign.Baseline": lambda w: make_baseline(),
    "campaign.BaselineFigure": lambda w: make_baseline(figures={w.commune: 9}).figures.get(),
    "campaign.Branch": lambda w: make_branch(home_unit=w.commune),
    "campaign.Campaign": lambda w: make_campaign(),
    "campaign.LateEntryGrant": lambda w: LateEntryGrant.objects.create(
        campaign=w.campaign,
        branch=w.branch,
        date=TODAY,
        reason="Mất điện",
        grantor=w.lead,
        granted_at=clock.at(TODAY, clock.now().time()),
        expires_at=clock.at(TODAY.replace(year=2024), clock.now().time()),
    ),
    "campaign.Indicator": lambda w: make_indicator(campaign=w.campaign),
    "campaign.Boundary": lambda w: Boundary.objects.create(
        unit=w.commune, path="M0 0Z", west=0, east=1, north=0, south=1, source="vẽ tay"
    ),
    "campaign.Succession": lambda w: Succession.objects.create(
        old=w.commune, new=w.sibling, since=TODAY, kind="whole"
    ),
    "campaign.Phase": lambda w: make_phase(campaign=w.campaign),
    "campaign.Target": lambda w: make_target(
        campaign=w.campaign, unit=w.sibling, indicator=w.indicators["activated"]
    ),
    "campaign.FormulaTerm": lambda w: FormulaTerm.objects.create(
        indicator=w.indicators["activated"], source=w.indicators["installed"]
    ),
    "campaign.Unit": lambda w: make_unit(parent=w.district),
    "privacy.SubjectRequest": lambda w: enter_request(
        actor=w.staff, kind="copy", name="Quách Thị Tìm", phone="", received_on=TODAY
    ),
    "reports.OfficialFile": lambda w: OfficialFile.objects.create(
        campaign=w.campaign,
        actor=w.liaison,
        received_at=clock.now(),
        level="commune",
        first_day=TODAY,
        last_day=TODAY,
        rows=0,
        figures=0,
        new=0,
        replaced=0,
    ),
    "reports.Export": lambda w: Export.objects.create(
        campaign=w.campaign,
        first_day=TODAY,
        last_day=TODAY,
        basis="approved",
        as_of=clock.now(),
        started_at=clock.now(),
    ),
    "reports.CheckPlan": lambda w: check_plan(w),
    "reports.Check": lambda w: Check.objects.create(
        plan=check_plan(w),
        campaign=w.campaign,
        branch=w.branch,
        unit=w.commune,
        date=TODAY,
        stratum="365/small",
        probability=0.5,
        size=1,
    ),
    "reports.RollupDifference": lambda w: RollupDifference.objects.create(
        campaign=w.campaign,
        unit=w.commune,
        date=TODAY,
        basis="reported",
        key="level1",
        cause=Cause.UNKNOWN,
        found_at=clock.now(),
    ),
    "reports.UnitTotal": lambda w: UnitTotal.objects.create(campaign=w.campaign, node=w.commune),
    "volunteers.Certificate": lambda w: Certificate.objects.create(
        volunteer=w.member,
        campaign=w.campaign,
        number=1,
        code="A1",
        issued_on=TODAY,
        participations=1,
        minutes=60,
    ),
    "volunteers.Signatory": lambda w: Signatory.objects.create(
        campaign=w.campaign, title="Bí thư", full_name="Lê Văn Ký"
    ),
    "volunteers.HelpRequest": lambda w: make_help_request(campaign=w.campaign, unit=w.commune),
    "volunteers.Membership": lambda w: make_membership(team=w.team, volunteer=make_volunteer()),
    "volunteers.Series": lambda w: Series.objects.create(
        campaign=w.campaign, branch=w.branch, rule="FREQ=DAILY", starts_on=TODAY, ends_on=TODAY
    ),
    "volunteers.SupportSession": lambda w: make_session(campaign=w.campaign, branch=w.branch),
    "volunteers.Team": lambda w: make_team(branch=w.branch),
    "volunteers.Volunteer": lambda w: make_volunteer(),
    "volunteers.VolunteerLink": lambda w: VolunteerLink.objects.create(
        volunteer=w.member, digest="a" * 64, created_at=clock.now()
    ),
}


def check_plan(world: World) -> CheckPlan:
    return CheckPlan.objects.create(
        campaign=world.campaign,
        number=1,
        first_day=TODAY,
        last_day=TODAY,
        per_area=6,
        head_size=0,
        strata=[],
        made_at=clock.now(),
        made_by=world.staff,
    )


NOTED = """
    SELECT c.relname, count(*) FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname LIKE 'core_note_%' AND t.tgenabled = 'O' GROUP BY c.relname
"""


def state(world: World, unit: Unit | None = None, campaign: Campaign | None = None) -> PageState:
    slug, of = (campaign or world.campaign).slug, unit or world.province
    found = page_state(scope_of(world.staff), slug, of.code)
    assert found is not None
    return found


def tag(world: World, unit: Unit | None = None) -> int:
    return state(world, unit).tag


def test_every_model_of_ours_is_noted_or_named_as_left_out(world: World) -> None:
    """Rows that are seen by nobody but one user stand on no page that is kept."""
    rows = {model: model._default_manager.all() for model in apps.get_models()}
    ours = {
        model._meta.label: model
        for model, found in rows.items()
        if isinstance(found, ScopedQuerySet) and not isinstance(found, OwnQuerySet)
    }
    assert not set(MAKERS) & set(LEFT_OUT)
    known = set(MAKERS) | set(LEFT_OUT) | BEFORE_THE_TOTALS
    assert known == set(ours), "note it, or say why it is left out"
    tables = {
        table
        for label in {*MAKERS, *BEFORE_THE_TOTALS}
        for table in (
            ours[label]._meta.db_table,
            *(field.m2m_db_table() for field in ours[label]._meta.local_many_to_many),
        )
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTED)
        noted = dict(cursor.fetchall())
    assert noted == dict.fromkeys(tables, len(TRIGGERS)), "see core.changes.note_changes"


@pytest.mark.parametrize("label", MAKERS)
def test_whatever_happens_to_a_row_changes_the_tag(world: World, label: str) -> None:
    model = apps.get_model(label)
    tags = [tag(world)]
    row = MAKERS[label](world)
    rows = model._default_manager.filter(pk=row.pk)
    tags.append(tag(world))
    # A write in bulk, and one that leaves every value as it is.
    field = next(f.attname for f in model._meta.concrete_fields if not f.primary_key)
    assert rows.update(**{field: F(field)}) == 1
    tags.append(tag(world))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert rows._raw_delete("default") == 1
    tags.append(tag(world))
    fold()
    assert tags[-1] == tag(world)
    assert len(set(tags)) == len(tags)
    # What pointed at it would fail at the end of the test.
    connection.set_rollback(True)


def test_report_changes_the_tag_of_its_unit_and_those_above_once_it_is_added_up(
    world: World,
) -> None:
    units = [world.province, world.district, world.commune, world.sibling, world.other_district]
    before = [tag(world, unit) for unit in units]
    report(world.owner, "XD-14173", {"level1": 1})
    assert [tag(world, unit) for unit in units] == before
    drain()
    after = [tag(world, unit) for unit in units]
    moved = [was != now for was, now in zip(before, after, strict=True)]
    assert moved == [True, True, True, False, False]


def test_row_that_goes_to_another_campaign_changes_the_tag_of_both(world: World) -> None:
    other, session = make_campaign(), make_session(campaign=world.campaign, branch=world.branch)
    before = [state(world, campaign=c).tag for c in (world.campaign, other)]
    SupportSession.objects.filter(pk=session.pk).update(campaign=other)
    after = [state(world, campaign=c).tag for c in (world.campaign, other)]
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_what_belongs_to_another_campaign_leaves_the_tag(world: World) -> None:
    other = make_campaign()
    before = tag(world)
    make_session(campaign=other, branch=world.branch)
    make_phase(campaign=other)
    assert tag(world) == before


def test_what_was_rolled_back_is_never_met_again(world: World) -> None:
    """A page may have been kept under a tag that never was; it must stand for nothing else."""
    tags = [tag(world)]
    for _again in range(2):
        point = transaction.savepoint()
        make_phase(campaign=world.campaign)
        tags.append(tag(world))
        transaction.savepoint_rollback(point)
    assert tag(world) == tags[0]
    assert len(set(tags)) == 3


def test_many_notes_become_one_and_say_the_same(world: World) -> None:
    for _again in range(3):
        make_phase(campaign=world.campaign)
    before = tag(world)
    assert fold() >= 1
    notes = Change.objects.values_list("campaign_id", "unit_id")
    assert len(set(notes)) == len(notes)
    assert (tag(world), fold()) == (before, 0)


def test_as_of_is_when_the_oldest_dirty_day_came(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    waiting = state(world).as_of
    assert state(world).as_of == waiting
    drain()
    assert state(world).as_of > waiting


def test_whatever_happens_to_a_report_changes_the_tag_of_those_who_decide_it(world: World) -> None:
    """Not that of a dashboard, which shows it with its totals, nor of who leads elsewhere."""
    readers = [world.staff, world.lead, world.other_lead, world.owner, world.neighbour]
    tags, units = [], []

    def look() -> None:
        scopes = [scope_of(User.objects.get(pk=one.pk)) for one in readers]
        found = [page_state(scope, world.campaign.slug) for scope in scopes]
        tags.append([one.reports for one in found if one])
        units.append([one.tag for one in found if one])

    look()
    pk = report(world.owner, "XD-14173", {"level1": 1}).pk
    look()
    stored = DailyReport.objects.filter(pk=pk)
    stored.update(note="")
    look()
    stored.update(unit=world.sibling)
    look()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        stored._raw_delete("default")
    look()
    fold()
    moved = [
        [one != other for one, other in zip(was, now, strict=True)] for was, now in pairwise(tags)
    ]
    own = [True, True, False, True, False]
    # It goes to the neighbour's commune, and is hers too from then on.
    assert moved == [own, own, [True, True, False, True, True], [True, True, False, True, True]]
    assert units == [units[0]] * len(units)
    connection.set_rollback(True)


def test_one_query(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    scope_of(world.staff)
    with django_assert_num_queries(1):
        state(world)
