"""The stamp of dashboards: nothing that is kept can change without it, no model be forgotten."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Model
from pytest_django import DjangoAssertNumQueries

from campaign.models import Boundary, FormulaTerm, LateEntryGrant
from core import clock
from core.querysets import OwnQuerySet, ScopedQuerySet
from privacy.services.requests import enter_request
from reports.dashboards.selectors.generation import (
    LEFT_OUT,
    current_generation,
    dashboard_tag,
    stamped_models,
)
from reports.police.models import Export
from reports.rollup.models import BranchTotal, Cause, RollupDifference, UnitTotal
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
from volunteers.sessions.models import Series

# How a row of each model comes about; a model without a line here fails the first test.
MAKERS: dict[str, Callable[[World], Any]] = {
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
    "reports.BranchTotal": lambda w: BranchTotal.objects.create(campaign=w.campaign, node=w.branch),
    "reports.Export": lambda w: Export.objects.create(
        campaign=w.campaign,
        first_day=TODAY,
        last_day=TODAY,
        basis="approved",
        as_of=clock.now(),
        started_at=clock.now(),
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


def stamp(world: World) -> tuple[Any, ...]:
    return current_generation(world.campaign).stamp


def test_every_model_of_ours_is_stamped_or_named_as_left_out() -> None:
    ours = {
        model._meta.label
        for model in apps.get_models()
        if isinstance(rows := model._default_manager.all(), ScopedQuerySet)
        and not isinstance(rows, OwnQuerySet)
    }
    stamped = {model._meta.label for model in stamped_models()}
    assert stamped | set(LEFT_OUT) == ours
    assert not stamped & set(LEFT_OUT)
    assert stamped == set(MAKERS), "give the new model a maker, so that it is tested below"


@pytest.mark.parametrize("model", stamped_models(), ids=lambda model: model._meta.label)
def test_whatever_happens_to_a_row_changes_the_stamp(world: World, model: type[Model]) -> None:
    stamps = [stamp(world)]
    assert stamps == [stamp(world)]
    row = MAKERS[model._meta.label](world)
    rows = model._default_manager.filter(pk=row.pk)
    stamps.append(stamp(world))
    # A write in bulk, and one that leaves every value as it is.
    field = next(f.attname for f in model._meta.concrete_fields if not f.primary_key)
    assert rows.update(**{field: F(field)}) == 1
    stamps.append(stamp(world))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert rows._raw_delete("default") == 1
    stamps.append(stamp(world))
    assert all(before != after for before, after in pairwise(stamps))
    # What pointed at it would fail at the end of the test.
    connection.set_rollback(True)


def test_report_changes_the_stamp_once_it_is_added_up(world: World) -> None:
    before = stamp(world)
    report(world.owner, "XD-14173", {"level1": 1})
    assert stamp(world) == before
    drain()
    assert stamp(world) != before


def test_what_belongs_to_another_campaign_leaves_the_stamp(world: World) -> None:
    other = make_campaign()
    before = stamp(world)
    make_session(campaign=other, branch=world.branch)
    make_phase(campaign=other)
    assert stamp(world) == before


def test_as_of_is_when_the_oldest_dirty_day_came(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    waiting = current_generation(world.campaign).as_of
    assert current_generation(world.campaign).as_of == waiting
    drain()
    assert current_generation(world.campaign).as_of > waiting


def test_one_query(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    current_generation(world.campaign)
    with django_assert_num_queries(1):
        current_generation(world.campaign)


def test_tag_is_of_the_reader_and_of_what_is_read(world: World) -> None:
    generation = current_generation(world.campaign)
    given: dict[str, Any] = {
        "generation": generation,
        "campaign": world.campaign,
        "unit": world.district,
    }
    tags = {
        dashboard_tag(user=world.staff, reading=("reported", "target", "vi"), **given),
        dashboard_tag(user=world.lead, reading=("reported", "target", "vi"), **given),
        dashboard_tag(user=world.staff, reading=("approved", "target", "vi"), **given),
        dashboard_tag(
            user=world.staff,
            reading=("reported", "target", "vi"),
            **{**given, "unit": world.commune},
        ),
    }
    assert len(tags) == 4
