"""Each read of personal data is a leaf of the log; who is forgotten is forgotten there too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from campaign.models import Appointment
from core import clock
from core.log.models import Leaf, Remark, SignedHead
from core.log.sequencer import sequence
from core.log.verify import forgotten_leaves, verify_history
from core.personal_fields import key_of
from core.retention import time_of
from privacy.models import PersonalDataRead
from privacy.services.erasure import forget
from privacy.services.expiry import purge
from tests.conftest import World
from tests.factories import make_help_request
from volunteers.help_requests.services import withdraw
from volunteers.teams.models import Volunteer

Browse = Callable[[User], Client]


def read(**given: Any) -> PersonalDataRead:
    return PersonalDataRead.objects.create(
        **{"at": clock.now(), "page": "team", "size": len(given["people"]), "numbers": 0, **given}
    )


def leaves_of(row: Any, subject: str = "read") -> list[str | None]:
    rows = Leaf.objects.filter(subject=subject, key=row.pk).order_by("pk")
    return list(rows.values_list("content", flat=True))


def problems() -> list[str]:
    return [str(one) for one in verify_history()]


def test_a_read_is_a_leaf_and_costs_no_statement_more(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/c/de-an-06-2023/teams/{world.team.pk}/")
    written = [q["sql"] for q in asked if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert [sql.split()[2] for sql in written] == ['"privacy_personaldataread"']
    assert not any("core_leaf" in q["sql"] or "lock" in q["sql"].lower() for q in asked)
    (content,) = leaves_of(PersonalDataRead.objects.get())
    assert key_of(world.member) in str(content)
    assert not any(t in str(content) for t in (world.member.full_name, str(world.member.phone)))
    sequence()
    assert problems() == []


CHANGES = {
    "reader_id = NULL": "reader_id differ",
    "people = '{}'": "people differ",
    "at = at - interval '1 day'": "at differ",
    "numbers = 0": "numbers differ",
    "page = 'other'": "page differ",
}


def test_a_read_that_was_altered_is_named(world: World, browse: Browse) -> None:
    browse(world.owner).get(f"/c/de-an-06-2023/teams/{world.team.pk}/")
    row = PersonalDataRead.objects.get()
    sequence()
    statements = {f"UPDATE privacy_personaldataread SET {c}": w for c, w in CHANGES.items()}
    statements["DELETE FROM privacy_personaldataread"] = "dropped"
    for statement, words in statements.items():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            assert f"privacy_personaldataread {row.pk}: {words}" in "".join(problems())
            transaction.set_rollback(True)
    for change in (
        "reader_id = NULL",
        "page = 'other'",
        "people = people || ARRAY['user:1'::text]",
    ):
        with (
            pytest.raises(DatabaseError, match="only ever added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE privacy_personaldataread SET {change}")
    assert problems() == []
    # So is one that was deleted with every trigger on: only what is due goes, with a remark.
    PersonalDataRead.objects.all().delete()
    assert f"privacy_personaldataread {row.pk}: deleted, and no remark says why" in problems()[0]


def test_who_is_forgotten_is_forgotten_in_the_log(world: World) -> None:
    person = Volunteer.objects.get(user=world.leader)
    asked = make_help_request(campaign=world.campaign, unit=world.commune)
    people: list[Any] = [person, world.leader, asked]
    keys = [key_of(row) for row in people]
    seen = read(reader=world.owner, people=[*keys, key_of(world.member)])
    other = read(reader=world.owner, people=[key_of(world.member)])
    appointments = Appointment.objects.filter(user=world.leader)
    appointments.update(ends_on=None)
    sequence()
    before = SignedHead.objects.get()
    forget(people, actor=world.staff)
    seen.refresh_from_db()
    assert (seen.people, seen.size) == ([key_of(world.member)], 4)
    assert leaves_of(seen)[:-1] == [None]
    assert leaves_of(other)[0] is not None
    left = "".join(filter(None, Leaf.objects.values_list("content", flat=True)))
    assert not any(f'"{key}"' in left for key in keys)
    for one in appointments:
        assert [content is None for content in leaves_of(one, "appointment")][-2:] == [True, False]
    sequence()
    assert problems() == []
    assert forgotten_leaves() == sum(len(one.forgotten) for one in Remark.objects.all()) > 1
    # The tree is what it was, longer.
    assert SignedHead.objects.filter(size__gt=before.size).exists()
    assert not Leaf.objects.filter(salt=None).exclude(content=None).exists()


def test_what_the_night_ends_is_forgotten_in_the_log(world: World) -> None:
    """Old reads, and those of a resident who took the own request back meanwhile."""
    asked = make_help_request(campaign=world.campaign, unit=world.commune)
    old = read(at=clock.now() - time_of("reads") * 1.1, people=["volunteer:1"])
    fresh = read(people=[key_of(asked)])
    withdraw(request=asked)
    sequence()
    purge()
    assert leaves_of(old) == [None, "null"]
    assert [key_of(asked) in str(content) for content in leaves_of(fresh)] == [False, False]
    sequence()
    assert (problems(), forgotten_leaves()) == ([], 2)
