"""Teams, volunteers and memberships in the admin: staff write what the services would."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import World
from tests.importing import address
from volunteers.teams.models import Membership, Team, Volunteer

Browse = Callable[[User], Client]


@pytest.fixture
def client(world: World, browse: Browse) -> Client:
    return browse(world.staff)


def errors_of(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200
    return dict(page.context["adminform"].form.errors)


def test_a_team_is_named_for_search_and_order(client: Client, world: World) -> None:
    sent = {
        "name": "Tổ xóm Đông",
        "kind": "community",
        "unit": world.commune.pk,
        "branch": world.branch.pk,
        "founded_on": "01/02/2023",
    }
    assert client.post(address(Team, "add"), sent).status_code == 302
    team = Team.objects.get(name="Tổ xóm Đông")
    assert (team.fold, team.founded_on) == ("to xom dong", dt.date(2023, 2, 1))
    twice = client.post(address(Team, "add"), sent)
    assert twice.status_code == 200
    assert Team.objects.count() == 2


def test_a_volunteers_number_is_written_in_one_way_and_may_be_missing(
    client: Client, world: World
) -> None:
    page = client.post(
        address(Volunteer, "add"),
        {"full_name": "Đỗ Thị Hoa", "phone": "84912345678", "affiliation": "none"},
    )
    assert page.status_code == 302
    made = Volunteer.objects.get(fold="do thi hoa")
    assert made.phone == "0912345678"
    change = address(Volunteer, "change", world.member.pk)
    sent = {"full_name": "Lê Thị Thành Viên", "phone": "", "affiliation": "police"}
    assert client.post(change, sent).status_code == 302
    world.member.refresh_from_db()
    assert (world.member.phone, world.member.affiliation) == (None, "police")
    wrong = client.post(change, sent | {"phone": "123", "birth_year": "1500"})
    assert "10 chữ số" in errors_of(wrong)["phone"][0]
    wrong = client.post(change, sent | {"birth_year": "1500"})
    assert "Năm sinh từ" in errors_of(wrong)["birth_year"][0]


def test_a_membership_cannot_end_before_it_begins(client: Client, world: World) -> None:
    member = world.team.memberships.get(volunteer=world.member)
    sent = {
        "team": world.team.pk,
        "volunteer": world.member.pk,
        "role": "member",
        "joined_on": "20/06/2023",
        "left_on": "20/06/2023",
    }
    page = client.post(address(Membership, "change", member.pk), sent)
    assert errors_of(page) == {"left_on": ["Ngày thôi phải sau ngày tham gia."]}


@pytest.mark.parametrize("model", [Team, Volunteer, Membership])
def test_lists_search_without_marks(client: Client, world: World, model: Any) -> None:
    word = {Team: "xom 1", Volunteer: "thanh vien", Membership: "le thi thanh"}[model]
    page = client.get(address(model, "changelist"), {"q": word})
    assert page.context["cl"].result_count == 1
    assert client.get(address(model, "changelist"), {"q": "zzz"}).context["cl"].result_count == 0
