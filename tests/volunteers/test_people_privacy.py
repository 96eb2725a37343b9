"""Names and telephone numbers of volunteers: who sees them, on every way out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import World
from tests.factories import make_membership, make_session, make_team, make_volunteer
from tests.importing import export
from volunteers.teams.models import MemberRole, Membership

Browse = Callable[[User], Client]
NAME, PHONE = "Lê Thị Thành Viên", "0911000002"
PUPIL = "Nguyễn Học Sinh"

# Of the team of Giao Tiến in `world`: who sees people, who sees counts, for whom there is none.
SEES = ("owner", "lead", "staff", "leader")
COUNTS = ("liaison", "partner", "officer")
NONE = ("neighbour", "other_lead", "stranger")


@pytest.fixture(autouse=True)
def _pupil(world: World) -> None:
    """Let a pupil be among the members."""
    pupil = make_volunteer(full_name=PUPIL, birth_year=2008)
    make_membership(team=world.team, volunteer=pupil)


def text_of(response: Any) -> str:
    body: bytes = response.content
    return body.decode()


@pytest.mark.parametrize("role", [*SEES, *COUNTS, *NONE])
def test_team_page_names_people_to_those_who_run_it(
    world: World, browse: Browse, role: str
) -> None:
    page = browse(getattr(world, role)).get(f"/c/de-an-06-2023/teams/{world.team.pk}/")
    assert page.status_code == (404 if role in NONE else 200)
    shown = text_of(page)
    for secret in (NAME, f"tel:{PHONE}", PUPIL):
        assert (secret in shown) == (role in SEES)
    if role not in NONE:
        assert page.context["counts"].members == 3


@pytest.mark.parametrize("role", [*SEES, *COUNTS, *NONE])
def test_lists_and_api_hold_counts_and_no_person(
    world: World, browse: Browse, api: Callable[[User], APIClient], role: str
) -> None:
    user = getattr(world, role)
    pages = [browse(user).get("/c/de-an-06-2023/teams/"), api(user).get("/api/v1/teams/")]
    for page in pages:
        assert page.status_code == 200 or role == "stranger"
        assert NAME not in text_of(page)
        assert PHONE not in text_of(page)
        assert "Phạm Văn Trưởng" not in text_of(page)


@pytest.mark.parametrize("role", [*SEES, *COUNTS, *NONE])
def test_export_holds_the_people_whom_one_runs(world: World, browse: Browse, role: str) -> None:
    response = browse(getattr(world, role)).post(
        "/c/de-an-06-2023/teams/export/", {"format": "csv"}
    )
    runs = {"owner": True, "lead": True, "staff": True, "neighbour": False, "other_lead": False}
    runs["officer"] = False
    if role in runs:
        assert response.status_code == 200
        assert (PHONE in text_of(response)) == runs[role]
    else:
        assert response.status_code == (404 if role == "stranger" else 403)
        assert PHONE not in text_of(response)


def test_a_leader_sees_the_own_team_and_no_other_of_the_branch(
    world: World, browse: Browse
) -> None:
    other = make_team(name="Tổ xóm 2", branch=world.branch)
    make_membership(team=other, volunteer=make_volunteer(full_name="Người Tổ Hai"))
    page = browse(world.leader).get(f"/c/de-an-06-2023/teams/{other.pk}/")
    assert page.status_code == 200
    assert "Người Tổ Hai" not in text_of(page)


def test_a_leader_who_has_left_sees_nobody(world: World, browse: Browse) -> None:
    mine = world.team.memberships.get(role=MemberRole.LEADER)
    url = f"/c/de-an-06-2023/teams/{world.team.pk}/members/{mine.pk}/"
    sent = {
        "full_name": "Phạm Văn Trưởng",
        "phone": "0911000001",
        "role": "leader",
        "affiliation": "youth_union",
        "left_on": "2023-06-20",
    }
    assert browse(world.owner).post(url, sent).status_code == 302
    page = browse(world.leader).get(f"/c/de-an-06-2023/teams/{world.team.pk}/")
    assert NAME not in text_of(page)


@pytest.mark.parametrize("role", ["leader", *COUNTS, *NONE])
def test_who_does_not_run_a_team_cannot_change_its_people(
    world: World, browse: Browse, role: str
) -> None:
    member = world.team.memberships.get(volunteer=world.member)
    client = browse(getattr(world, role))
    sent = {"full_name": "Đổi Tên", "phone": "", "role": "leader", "affiliation": "none"}
    for path in ("members/new/", f"members/{member.pk}/", f"members/{member.pk}/invite/", "edit/"):
        response = client.post(f"/c/de-an-06-2023/teams/{world.team.pk}/{path}", sent)
        assert response.status_code == (404 if role in NONE else 403)
    assert Membership.objects.filter(volunteer__full_name="Đổi Tên").count() == 0
    world.member.refresh_from_db()
    assert world.member.full_name == NAME


def test_the_admin_is_for_province_staff_only(world: World, browse: Browse) -> None:
    assert PHONE in text_of(export(browse(world.staff), Membership, "csv"))
    for role in ("owner", "lead", "liaison", "leader"):
        client = browse(getattr(world, role))
        for path in ("membership", "volunteer", "team"):
            answer = client.get(f"/admin/volunteers/{path}/")
            assert answer.status_code == 302
            assert PHONE not in text_of(answer)


def test_public_pages_hold_no_volunteer(world: World) -> None:
    session = make_session(campaign=world.campaign, branch=world.branch, teams=[world.team])
    for path in ("/public/", f"/join/{session.join_key}/"):
        page = Client().get(path)
        assert page.status_code == 200
        for secret in (NAME, PHONE, PUPIL):
            assert secret not in text_of(page)
