"""Official figures: one after the other, what was stays, nothing changes unseen."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, connection, transaction

from campaign.indicator_usage import is_counted
from campaign.models import Campaign, Succession, Unit
from core import clock
from core.log.models import Leaf
from core.log.sequencer import sequence
from core.log.verify import verify_history
from core.rights import grant_rights
from reports.official.models import OfficialFigure, OfficialFile
from reports.official.selectors import official_days, official_to_date
from reports.official.services import Figure, Taken, take_figures
from tests.conftest import TODAY, World
from tests.factories import make_unit, planted

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ROLE = "portal_web_test"

Rows = dict[tuple[Unit, dt.date], int]


def take(world: World, rows: Rows, *, kind: str = "to_date", **given: Any) -> Taken:
    level1 = world.indicators["level1"].pk
    figures = [Figure(unit.pk, day, kind, level1, value) for (unit, day), value in rows.items()]
    return take_figures(
        **{
            "actor": world.liaison,
            "campaign": world.campaign,
            "source": "file",
            "figures": figures,
            "rows": len(rows),
            "sha256": hashlib.sha256(repr(figures).encode()).hexdigest(),
            **given,
        }
    )


def stored(unit: Unit) -> list[tuple[dt.date, int, bool]]:
    rows = OfficialFigure.objects.filter(unit=unit).order_by("day", "pk")
    return [(row.day, row.value, row.superseded_by_id is None) for row in rows]


def to_date(world: World, *units: Unit, **given: Any) -> dict[str, dict[dt.date, int]]:
    found = official_to_date(
        world.campaign, **{"units": units, "indicators": ["level1"], "last": TODAY, **given}
    )
    names = dict(Unit.objects.values_list("pk", "code"))
    return {names[unit]: days for (unit, _code), days in found.items()}


def test_a_later_file_supersedes_and_the_same_again_changes_nothing(world: World) -> None:
    first = take(world, {(world.commune, TODAY): 10, (world.sibling, TODAY): 20})
    second = take(world, {(world.commune, TODAY): 12, (world.sibling, TODAY): 20})
    again = take(world, {(world.commune, TODAY): 10, (world.sibling, TODAY): 20})
    assert (first.is_same, second.is_same, again.is_same) == (False, False, True)
    assert again.file == first.file
    assert (first.file.new, first.file.replaced) == (2, 0)
    # What stands as it was given is not written again.
    assert (second.file.figures, second.file.new, second.file.replaced) == (2, 0, 1)
    assert stored(world.commune) == [(TODAY, 10, False), (TODAY, 12, True)]
    assert stored(world.sibling) == [(TODAY, 20, True)]
    assert OfficialFigure.objects.get(value=10).superseded_by == second.file
    assert to_date(world, world.commune) == {"14173": {TODAY: 12}}
    # What is typed counts though it was so before; and what was known before is known still.
    typed = take(world, {(world.commune, TODAY): 10}, source="typed")
    assert to_date(world, world.commune) == {"14173": {TODAY: 10}}
    OfficialFile.objects.filter(pk=typed.file.pk).update(received_at=clock.now() + DAY)
    known = to_date(world, world.commune, known_at=clock.now() + DAY / 2)
    assert known == {"14173": {TODAY: 12}}


def test_days_add_up_from_what_stood_and_a_figure_to_date_wins(world: World) -> None:
    a, b, c, d = (TODAY - n * DAY for n in (3, 2, 1, 0))
    take(world, {(world.commune, a): 3, (world.commune, b): 4, (world.commune, d): 5}, kind="daily")
    take(world, {(world.commune, b): 100, (world.commune, c): 90})
    assert to_date(world, world.commune) == {"14173": {a: 3, b: 100, c: 90, d: 95}}
    found = official_days(world.campaign, units=[world.commune], indicators=["level1"], last=TODAY)
    # A number that fell is shown as it is.
    assert [*found.values()] == [{a: 3, b: 4, c: -10, d: 5}]
    assert to_date(world, world.commune, last=b) == {"14173": {a: 3, b: 100}}
    assert to_date(world, world.sibling) == {}


def test_todays_map_adds_what_went_in_where_all_of_it_was_published(world: World) -> None:
    since = TODAY - 5 * DAY
    new = planted(make_unit(code="14999", name="Xã Mới", parent=world.district, valid_from=since))[
        0
    ]
    for old in (world.commune, world.sibling):
        Unit.objects.filter(pk=old.pk).update(valid_to=since)
        Succession.objects.create(old=old, new=new, since=since, kind="whole")
    before = since - 2 * DAY
    take(world, {(world.commune, before): 1, (world.sibling, before): 2})
    take(world, {(world.commune, before + DAY): 5, (new, since): 9})
    assert to_date(world, new, of_today=True) == {"14999": {before: 3, since: 9}}
    assert to_date(world, new) == {"14999": {since: 9}}
    # Published as it is today, also of days before.
    take(world, {(new, before): 4}, map="now")
    assert to_date(world, new, of_today=True) == {"14999": {before: 4, since: 9}}


@pytest.mark.parametrize("who", ["lead", "owner", "partner", "stranger"])
def test_only_who_hands_in_may_take(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        take(world, {(world.commune, TODAY): 1}, actor=getattr(world, who))
    assert not OfficialFile.objects.exists()


def test_scope_of_who_hands_in_and_state_of_the_campaign(world: World) -> None:
    world.liaison.appointments.update(unit=world.other_district)
    with pytest.raises(PermissionDenied):
        take(world, {(world.far_commune, TODAY): 1, (world.commune, TODAY): 1})
    take(world, {(world.far_commune, TODAY): 1})
    Campaign.objects.update(state="archived")
    world.campaign.refresh_from_db()
    with pytest.raises(ValidationError):
        take(world, {(world.far_commune, TODAY): 2})


CHANGES = (
    "UPDATE reports_officialfigure SET value = 11 WHERE value = 12",
    "DELETE FROM reports_officialfigure WHERE value = 21; "
    "UPDATE reports_officialfigure SET superseded_by_id = NULL WHERE value = 20",
    "UPDATE reports_officialfigure SET superseded_by_id = file_id WHERE value = 12",
    "UPDATE reports_officialfigure SET day = day - 1 WHERE value = 12",
    "DELETE FROM reports_officialfigure WHERE value = 12",
    "INSERT INTO reports_officialfigure (file_id, campaign_id, unit_id, day, kind, indicator_id, "
    "value) SELECT file_id, campaign_id, unit_id, day, 'daily', indicator_id, 1 FROM "
    "reports_officialfigure WHERE value = 12",
    "UPDATE reports_officialfile SET name = 'khác'",
    "DELETE FROM reports_officialfile",
)


@pytest.mark.parametrize("change", CHANGES)
def test_a_figure_that_is_altered_is_found(world: World, change: str) -> None:
    take(world, {(world.commune, TODAY): 12, (world.sibling, TODAY): 20})
    take(world, {(world.sibling, TODAY): 21})
    sequence()
    assert [*verify_history()] == []
    leaf = Leaf.objects.filter(subject="official_file").latest("pk")
    assert '"replaced": 1' in str(leaf.content)
    # With another right than the owner's nothing of it can be done.
    grant_rights(ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        if not change.startswith(("INSERT", "UPDATE reports_officialfigure SET superseded")):
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(change)
        cursor.execute("RESET ROLE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(change)
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert any("reports_officialfile" in str(found) for found in verify_history())


def test_an_indicator_with_official_figures_is_in_use(world: World) -> None:
    assert not is_counted(world.indicators["level1"])
    take(world, {(world.commune, TODAY): 12})
    assert is_counted(world.indicators["level1"])
