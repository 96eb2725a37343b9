"""An appointment that gives much waits for a second person of the staff."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Appointment
from campaign.permissions import Permission, Role
from campaign.scopes import scope_of
from campaign.services.appointments import propose
from tests.conftest import World
from tests.factories import (
    make_appointment,
    make_staff,
    make_user,
)
from tests.importing import address, as_csv, take_in

Browse = Callable[[User], Client]
EARLIER = dt.date(2023, 6, 19)


def propose_staff(browse: Browse, world: World, actor: User, **given: Any) -> Appointment:
    form = {
        "user": world.stranger.pk,
        "role": Role.PROVINCE_STAFF,
        "unit": world.province.pk,
        "branch": "",
        "starts_on": "2023-06-20",
        "ends_on": "",
        **given,
    }
    answer = browse(actor).post(address(Appointment, "add"), form)
    assert answer.status_code == 302
    return Appointment.objects.latest("pk")


def confirmed(client: Client, appointment: Appointment) -> bool:
    form = {"action": "confirm", "_selected_action": [appointment.pk]}
    client.post(address(Appointment, "changelist"), form)
    return Appointment.objects.on(dt.date(2023, 6, 20)).filter(pk=appointment.pk).exists()


def test_new_staff_waits_for_a_second_person(world: World, browse: Browse) -> None:
    second = make_staff(unit=world.province)
    appointment = propose_staff(browse, world, world.staff)
    assert appointment.proposed_by == world.staff
    assert not scope_of(User.objects.get(pk=world.stranger.pk)).may(Permission.SET_UP)
    assert not confirmed(browse(world.staff), appointment)
    assert confirmed(browse(second), appointment)
    stored = Appointment.objects.get(pk=appointment.pk)
    assert (stored.proposed_by_id, stored.confirmed_by_id) == (None, second.pk)
    assert scope_of(User.objects.get(pk=world.stranger.pk)).may(Permission.SET_UP)


def test_other_roles_wait_for_nobody(world: World, browse: Browse) -> None:
    given = propose_staff(browse, world, world.staff, role=Role.PARTNER)
    assert given.proposed_by is None


def test_first_staff_of_a_portal_is_appointed_by_its_only_superuser(
    world: World, browse: Browse
) -> None:
    root = make_user(is_staff=True, is_superuser=True)
    assert propose_staff(browse, world, root).proposed_by == root
    Appointment.objects.filter(role=Role.PROVINCE_STAFF).delete()
    assert propose_staff(browse, world, root).proposed_by is None


@pytest.mark.parametrize(
    ("change", "waits"),
    [
        ({"ends_on": dt.date(2023, 6, 30)}, False),
        ({"ends_on": None}, True),
        ({"user_id": 1}, True),
        ({"starts_on": EARLIER}, True),
    ],
)
def test_what_gives_more_waits_and_what_ends_does_not(
    world: World, change: dict[str, Any], waits: bool
) -> None:
    before = make_appointment(
        user=world.stranger,
        role=Role.PROVINCE_STAFF,
        unit=world.province,
        starts_on=dt.date(2023, 6, 20),
        ends_on=dt.date(2023, 7, 30),
    )
    after = Appointment.objects.get(pk=before.pk)
    for name, value in change.items():
        setattr(after, name, value)
    make_staff(unit=world.province)
    propose(world.staff, after, before)
    assert (after.proposed_by == world.staff) is waits


def test_file_waits_for_a_second_person_too(world: World, browse: Browse) -> None:
    data = as_csv(
        ["user", "role", "unit", "starts_on"],
        ["stranger", "province_staff", "36", "2023-06-20"],
        ["stranger", "partner", "36", "2023-06-20"],
    )
    take_in(browse(world.staff), Appointment, data)
    made = world.stranger.appointments.order_by("role")
    assert [(a.role, a.proposed_by) for a in made] == [
        (Role.PARTNER, None),
        (Role.PROVINCE_STAFF, world.staff),
    ]
    assert all(a.awaits_owner for a in made)
