"""What a question is not about is not read: with a province's rows it would be slow, not wrong."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db.models import Model
from django.db.models.signals import post_init

from campaign.models import Branch, LateEntryGrant, Unit
from campaign.report_day import ReportDay, read_grants
from campaign.selectors import branches_run_by, units_to_choose
from core import clock
from tests.conftest import TODAY, World

OLD = TODAY - dt.timedelta(days=30)


@contextmanager
def rows_read(model: type[Model]) -> Iterator[set[int]]:
    """Yield a set that fills with the keys of all rows of a model that are read in the block."""
    read: set[int] = set()

    def note(instance: Model, **_sent: object) -> None:
        read.add(instance.pk)

    post_init.connect(note, sender=model, weak=False)
    try:
        yield read
    finally:
        post_init.disconnect(note, sender=model)


def test_grants_of_other_branches_and_days_are_not_read(world: World) -> None:
    now, day = clock.now(), dt.timedelta(days=1)
    world.campaign.editable_days = 2
    world.campaign.save()
    grants = {
        (branch, date): LateEntryGrant.objects.create(
            campaign=world.campaign, branch=branch, date=date, reason="Mất mạng",
            grantor=world.lead, granted_at=now - day, expires_at=now + day,
        )
        for branch in (world.branch, world.far_branch)
        for date in (OLD, OLD - day)
    }  # fmt: skip
    asked = ReportDay(world.campaign, world.branch, world.commune, OLD)
    assert asked.is_past
    with rows_read(LateEntryGrant) as read:
        read_grants([asked])
    assert read == {grants[world.branch, OLD].pk}


def test_places_of_other_districts_are_not_read(world: World) -> None:
    branch = Branch.objects.select_related("home_unit").get(home_unit=world.district)
    with rows_read(Unit) as read:
        communes = units_to_choose([branch], TODAY)[branch.pk]
    assert communes
    assert read == {unit.pk for unit in communes}


@pytest.mark.parametrize("who", ["owner", "officer"])
def test_branches_that_one_may_not_see_are_not_read(world: World, who: str) -> None:
    user = getattr(world, who)
    seen = {*Branch.objects.visible_to(user).values_list("pk", flat=True)}
    with rows_read(Branch) as read:
        branches = branches_run_by(user)
    assert branches
    # A phone says to whom the numbers may be given instead: the branch above.
    assert read <= seen | {branch.parent_id for branch in branches}
