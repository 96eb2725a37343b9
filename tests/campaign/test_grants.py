"""What opens closed days again: read for many at once, each its own."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from campaign.models import Branch, LateEntryGrant
from campaign.report_day import ReportDay, read_grants
from campaign.services.grants import reopen_day
from core import clock
from tests.conftest import TODAY, World

DAY = dt.timedelta(days=1)


def test_each_closed_day_is_opened_by_its_own_grant_in_one_query(
    world: World, django_assert_num_queries: Any
) -> None:
    world.campaign.editable_days = 2
    world.campaign.save()
    old, now = TODAY - 5 * DAY, clock.now()

    def grant(branch: Branch, day: dt.date, hours: int) -> LateEntryGrant:
        return LateEntryGrant.objects.create(
            campaign=world.campaign, branch=branch, date=day, reason="Mất mạng",
            grantor=world.lead, granted_at=now - DAY, expires_at=now + dt.timedelta(hours=hours),
        )  # fmt: skip

    longest, _shorter = grant(world.branch, old, 5), grant(world.branch, old, 2)
    other = grant(world.neighbour_branch, old - DAY, 1)
    grant(world.branch, TODAY, 9)
    grant(world.far_branch, old, -1)
    days = [
        ReportDay(world.campaign, branch, branch.home_unit, day)
        for branch, day in (
            (world.branch, old),
            (world.branch, old - DAY),
            (world.neighbour_branch, old),
            (world.neighbour_branch, old - DAY),
            (world.far_branch, old),
        )
    ]
    assert [day.is_past for day in days] == [True] * 5
    with django_assert_num_queries(1):
        read_grants(days)
        assert [day.grant for day in days] == [longest, None, None, other, None]
    assert [day.state for day in days] == ["granted", "closed", "closed", "granted", "closed"]
    assert days[0].takes_counts_until == longest.expires_at
    assert days[1].takes_counts_until == days[1].rules.closes_at
    # Where all are open nothing is read, and no grant lengthens what is open.
    today = ReportDay(world.campaign, world.branch, world.commune, TODAY)
    with django_assert_num_queries(0):
        read_grants([today])
    assert today.takes_counts_until == today.rules.closes_at


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"reason": "  "}, {"reason"}),
        ({"reason": "a" * 5000}, {"reason"}),
        ({"day": TODAY + DAY}, {"date"}),
        ({"expires_at": dt.datetime(2023, 6, 19, tzinfo=dt.UTC)}, {"expires_at"}),
        ({"reason": "", "day": TODAY + DAY}, {"reason", "date"}),
    ],
)
def test_what_keeps_a_day_closed_is_said_by_field(
    world: World, given: dict[str, Any], wrong: set[str]
) -> None:
    usual = {"campaign": world.campaign, "branch": world.branch, "day": TODAY, "reason": "Mưa"}
    with pytest.raises(ValidationError) as refused:
        reopen_day(actor=world.lead, **{**usual, **given})
    assert set(refused.value.message_dict) == wrong
    assert not LateEntryGrant.objects.exists()
