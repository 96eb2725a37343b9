"""Teams and their members on the portal's pages, and in the API as counts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Appointment
from campaign.permissions import Role
from tests.conftest import TODAY, World
from tests.factories import (
    make_appointment,
    make_membership,
    make_team,
    make_unit,
    make_user,
    make_volunteer,
)
from volunteers.teams.models import Affiliation, MemberRole, Membership, Team, TeamKind, Volunteer
from volunteers.teams.selectors import totals_of
from volunteers.teams.services import set_team_name

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
MEMBER = {
    "full_name": "Trần Thị Hoa",
    "phone": "0912 345 678",
    "role": "member",
    "affiliation": "youth_union",
}


@pytest.fixture
def owner(world: World, browse: Browse) -> Client:
    return browse(world.owner)


def errors_of(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 200
    return dict(page.context["form"].errors)


# Founding, changing, dissolving


def test_a_secretary_founds_a_team_and_adds_five_members_in_a_row(
    owner: Client, world: World
) -> None:
    form = owner.get("/c/de-an-06-2023/teams/new/").context["form"]
    # One commune, one branch: neither is asked.
    assert list(form.fields) == ["name", "kind", "founded_on"]
    made: Any = owner.post(
        "/c/de-an-06-2023/teams/new/", {"name": "Tổ  xóm 5", "kind": "community"}
    )
    team = Team.objects.get(name="Tổ xóm 5")
    assert made.url == f"/c/de-an-06-2023/teams/{team.pk}/members/new/"
    for n in range(5):
        sent = MEMBER | {"full_name": f"Người {n}", "phone": f"091234567{n}"}
        again: Any = owner.post(made.url, sent)
        assert again.url == made.url
    page = owner.get(made.url)
    assert "Đã thêm Người 4." in page.content.decode()
    assert "Tổ có 5 thành viên." in page.content.decode()
    assert (team.unit, team.branch, team.fold) == (world.commune, world.branch, "to xom 5")
    assert team.memberships.filter(volunteer__phone="0912345670").count() == 1


def test_a_lead_chooses_the_commune_and_its_youth_union_is_meant(
    world: World, browse: Browse
) -> None:
    client = browse(world.lead)
    sent = {"name": "Tổ xóm 9", "kind": "mobile", "unit": world.sibling.pk, "branch": ""}
    assert client.post("/c/de-an-06-2023/teams/new/", sent).status_code == 302
    team = Team.objects.get(name="Tổ xóm 9")
    assert (team.branch, team.kind) == (world.neighbour_branch, TeamKind.MOBILE)
    far = client.post("/c/de-an-06-2023/teams/new/", sent | {"unit": world.far_commune.pk})
    assert errors_of(far) == {"unit": ["Chọn lại trong danh sách."]}


@pytest.mark.parametrize(
    ("sent", "field", "says"),
    [
        ({"name": ""}, "name", "Chưa nhập ô này"),
        ({"name": "Tổ 036099012345"}, "name", "12 chữ số"),
        ({"name": "tổ công nghệ số xóm 1"}, "name", "đã có tổ tên này"),
        ({"name": "T" * 201}, "name", "Dài quá 200"),
        ({"name": "Tổ\0"}, "name", "ký tự"),
        ({"kind": "khac"}, "kind", "Chọn lại"),
        ({"founded_on": "31/02/2023"}, "founded_on", "Không có ngày này"),
        ({"founded_on": "0203-01-01"}, "founded_on", "không hợp lý"),
    ],
)
def test_a_team_that_cannot_stand_is_told_and_what_was_typed_is_kept(
    owner: Client, world: World, sent: dict[str, str], field: str, says: str
) -> None:
    page = owner.post(
        "/c/de-an-06-2023/teams/new/", {"name": "Tổ xóm 5", "kind": "community"} | sent
    )
    assert says in errors_of(page)[field][0]
    assert 'id="errors"' in page.content.decode()
    assert Team.objects.count() == 1


def test_a_dissolved_team_leaves_list_and_counts_and_its_history_stays(
    owner: Client, world: World
) -> None:
    url = f"/c/de-an-06-2023/teams/{world.team.pk}/edit/"
    sent = {"name": world.team.name, "kind": "community", "founded_on": "2023-01-05"}
    wrong = owner.post(url, sent | {"dissolved_on": "05/01/2023"})
    assert errors_of(wrong) == {"dissolved_on": ["Ngày giải thể phải sau ngày thành lập."]}
    assert owner.post(url, sent | {"dissolved_on": "20/06/2023"}).status_code == 302
    page = owner.get("/c/de-an-06-2023/teams/")
    assert (page.context["totals"].teams, page.context["totals"].members) == (0, 0)
    assert world.team.name in owner.get("/c/de-an-06-2023/teams/?gone=1").content.decode()
    assert world.team.memberships.count() == 2
    assert owner.post(url, sent).status_code == 302
    assert owner.get("/c/de-an-06-2023/teams/").context["totals"].members == 2


# Members


def test_somebody_known_by_number_joins_another_team_as_the_same_person(
    owner: Client, world: World
) -> None:
    other = make_team(name="Tổ khác", branch=world.branch)
    Volunteer.objects.filter(pk=world.member.pk).update(birth_year=1999)
    sent = MEMBER | {"full_name": "LÊ THỊ THÀNH VIÊN", "phone": "+84911000002"}
    assert owner.post(f"/c/de-an-06-2023/teams/{other.pk}/members/new/", sent).status_code == 302
    joined = other.memberships.get()
    assert joined.volunteer == world.member
    assert joined.volunteer.birth_year == 1999
    assert Volunteer.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "field", "says"),
    [
        ({"phone": "0911000002"}, "phone", "Số này là của Lê Thị Thành Viên"),
        ({"phone": "12345"}, "phone", "10 chữ số"),
        (
            {"full_name": "Lê Thị Thành Viên", "phone": "0911000002"},
            "full_name",
            "đã có trong tổ",
        ),
        ({"full_name": "Lê Thị Thành Viên", "phone": ""}, "full_name", "người tên này"),
        ({"full_name": "   "}, "full_name", "Chưa nhập"),
        ({"role": "vua"}, "role", "Chọn lại"),
        ({"birth_year": "1.998"}, "birth_year", "1998"),
        ({"birth_year": "1800"}, "birth_year", "Năm sinh từ"),
        ({"joined_on": "hôm qua"}, "joined_on", "Không có ngày này"),
    ],
)
def test_a_member_who_cannot_be_added_is_told_at_the_field(
    owner: Client, world: World, sent: dict[str, str], field: str, says: str
) -> None:
    page = owner.post(f"/c/de-an-06-2023/teams/{world.team.pk}/members/new/", MEMBER | sent)
    assert says in errors_of(page)[field][0]
    assert Membership.objects.count() == 2


def test_a_number_of_somebody_out_of_sight_does_not_give_the_name_away(
    owner: Client, world: World
) -> None:
    far = make_volunteer(full_name="Người Nơi Khác", phone="0912345678")
    make_membership(team=make_team(branch=world.far_branch), volunteer=far)
    page = owner.post(f"/c/de-an-06-2023/teams/{world.team.pk}/members/new/", MEMBER)
    assert "có tên khác" in errors_of(page)["phone"][0]
    assert "Người Nơi Khác" not in page.content.decode()


def test_two_namesakes_with_numbers_may_be_in_one_team(owner: Client, world: World) -> None:
    sent = MEMBER | {"full_name": "Lê Thị Thành Viên"}
    assert (
        owner.post(f"/c/de-an-06-2023/teams/{world.team.pk}/members/new/", sent).status_code == 302
    )
    assert world.team.memberships.count() == 3


def test_a_member_who_leaves_counts_no_more_and_may_come_back(owner: Client, world: World) -> None:
    member = world.team.memberships.get(volunteer=world.member)
    url = f"/c/de-an-06-2023/teams/{world.team.pk}/members/{member.pk}/"
    sent = MEMBER | {"full_name": "Lê Thị Thành Viên", "phone": "0911000002"}
    assert owner.post(url, sent | {"left_on": "2023-06-20"}).status_code == 302
    page = owner.get(f"/c/de-an-06-2023/teams/{world.team.pk}/")
    assert page.context["counts"].members == 1
    assert [m.pk for m in page.context["former"]] == [member.pk]
    assert (
        owner.post(f"/c/de-an-06-2023/teams/{world.team.pk}/members/new/", sent).status_code == 302
    )
    member.refresh_from_db()
    assert member.left_on is None


def test_a_leader_who_becomes_a_member_leads_no_more(owner: Client, world: World) -> None:
    member = world.team.memberships.get(role=MemberRole.LEADER)
    sent = MEMBER | {"full_name": "Phạm Văn Trưởng", "phone": "0911000001"}
    owner.post(f"/c/de-an-06-2023/teams/{world.team.pk}/members/{member.pk}/", sent)
    owned = Appointment.objects.on(TODAY).filter(user=world.leader)
    assert not owned.exists()


def test_members_of_another_team_are_not_found_under_this_one(owner: Client, world: World) -> None:
    other = make_membership(team=make_team(branch=world.branch))
    assert (
        owner.get(f"/c/de-an-06-2023/teams/{world.team.pk}/members/{other.pk}/").status_code == 404
    )


# Inviting a leader


def invite(client: Client, member: Membership) -> Any:
    return client.post(
        f"/c/de-an-06-2023/teams/{member.team_id}/members/{member.pk}/invite/", follow=True
    )


def test_a_leader_is_invited_and_leads_the_own_team(
    owner: Client, world: World, browse: Browse
) -> None:
    volunteer = make_volunteer(full_name="Đỗ Thị Phó", phone="0912000111")
    member = make_membership(team=world.team, volunteer=volunteer, role=MemberRole.DEPUTY)
    page = invite(owner, member)
    assert page.status_code == 200
    assert "/invitations/" in page.context["url"]
    user = User.objects.get(phone="0912000111")
    volunteer.refresh_from_db()
    assert volunteer.user == user
    assert not user.has_usable_password()
    owned = Appointment.objects.get(user=user)
    assert (owned.role, owned.branch) == (Role.TEAM_LEADER, world.branch)
    assert (
        "Lê Thị Thành Viên"
        in browse(user).get(f"/c/de-an-06-2023/teams/{world.team.pk}/").content.decode()
    )
    # Once more: a new link, no second appointment.
    assert invite(owner, member).context["url"] != page.context["url"]
    assert Appointment.objects.filter(user=user).count() == 1


def test_nobody_gets_a_new_password_for_an_account_that_holds_more(
    owner: Client, world: World
) -> None:
    for phone, above in (
        ("0912000112", make_user(full_name="Tên Một", phone="0912000112")),
        ("0912000113", make_user(full_name="Tên Hai", phone="0912000113", is_staff=True)),
        ("0912000114", make_user(full_name="Tên Ba", phone="0912000114", is_demo=True)),
    ):
        if phone == "0912000112":
            make_appointment(user=above, role=Role.SECRETARY, branch=world.far_branch)
        volunteer = make_volunteer(full_name=above.full_name, phone=phone)
        member = make_membership(team=world.team, volunteer=volunteer, role=MemberRole.LEADER)
        page = invite(owner, member)
        assert "Nhờ Đoàn cấp tỉnh" in page.content.decode()
        assert not above.invitations.exists()
        assert not Appointment.objects.filter(user=above, role=Role.TEAM_LEADER).exists()


def test_only_leaders_with_a_number_of_their_own_are_invited(owner: Client, world: World) -> None:
    plain = world.team.memberships.get(volunteer=world.member)
    assert "Chỉ mời tổ trưởng" in invite(owner, plain).content.decode()
    silent = make_membership(team=world.team, role=MemberRole.DEPUTY)
    assert "Ghi số điện thoại" in invite(owner, silent).content.decode()
    make_user(full_name="Ai Đó", phone="0912000115")
    volunteer = make_volunteer(full_name="Tên Khác", phone="0912000115")
    wrong = make_membership(team=world.team, volunteer=volunteer, role=MemberRole.LEADER)
    page = invite(owner, wrong).content.decode()
    assert "người tên khác" in page
    assert "Ai Đó" not in page


# Counting


def test_youth_union_members_in_key_roles_are_counted_by_membership(world: World) -> None:
    team = make_team(branch=world.branch)
    for role, affiliation in (
        (MemberRole.LEADER, Affiliation.YOUTH_UNION),
        (MemberRole.DEPUTY, Affiliation.YOUTH_UNION),
        (MemberRole.DEPUTY, Affiliation.WOMENS_UNION),
        (MemberRole.MEMBER, Affiliation.YOUTH_UNION),
    ):
        make_membership(team=team, volunteer=make_volunteer(affiliation=affiliation), role=role)
    gone = make_volunteer()
    make_membership(team=team, volunteer=gone, role=MemberRole.LEADER, left_on=TODAY)
    later = TODAY + dt.timedelta(days=1)
    make_membership(team=team, role=MemberRole.LEADER, joined_on=later)
    counted = totals_of(Team.objects.filter(pk=team.pk), TODAY)
    assert (counted.teams, counted.members, counted.youth_key_members) == (1, 4, 2)


def test_api_lists_teams_with_counts_within_a_unit(world: World, api: Api) -> None:
    advisory = make_team(name="Tổ tư vấn chợ", kind="advisory", branch=world.neighbour_branch)
    make_team(name="Tổ xa", branch=world.far_branch)
    make_team(name="Tổ cũ", branch=world.branch, dissolved_on=TODAY)
    listed = api(world.staff).get("/api/v1/teams/", {"within": "365"}).json()
    assert listed["count"] == 2
    assert listed["results"][0] == {
        "id": world.team.pk,
        "name": "Tổ công nghệ số xóm 1",
        "kind": "community",
        "unit": "14173",
        "unit_name": "Xã Giao Tiến",
        "branch": "XD-14173",
        "founded_on": None,
        "dissolved_on": None,
        "members": 2,
        "youth_key_members": 1,
    }

    def found(**query: str) -> list[str]:
        answer = api(world.staff).get("/api/v1/teams/", query)
        assert answer.status_code == 200
        return [team["name"] for team in answer.json()["results"]]

    assert found(kind="advisory") == [advisory.name]
    assert found(q="tu van") == [advisory.name]
    assert found(within="14173", on="2023-06-19") == ["Tổ công nghệ số xóm 1", "Tổ cũ"]
    assert found(within="khong-co") == []
    for query in ({"kind": "x"}, {"on": "31/31"}):
        assert api(world.staff).get("/api/v1/teams/", query).status_code == 400


@pytest.mark.parametrize("teams", [1, 3])
def test_api_and_list_ask_as_often_for_three_teams_as_for_one(
    world: World, api: Api, browse: Browse, django_assert_num_queries: Any, teams: int
) -> None:
    for n in range(teams - 1):
        make_membership(team=make_team(name=f"Tổ {n}", branch=world.branch))
    client, caller = browse(world.staff), api(world.staff)
    client.get("/c/de-an-06-2023/teams/")
    with django_assert_num_queries(3):
        assert caller.get("/api/v1/teams/").json()["count"] == teams
    with django_assert_num_queries(10):
        assert client.get("/c/de-an-06-2023/teams/").context["totals"].teams == teams


def test_list_is_searched_without_marks_by_team_commune_and_district(
    world: World, browse: Browse
) -> None:
    make_team(name="Tổ tư vấn", kind="advisory", branch=world.neighbour_branch)
    make_team(name="Tổ xa", branch=world.far_branch)
    client = browse(world.staff)

    def found(query: str) -> set[str]:
        page = client.get(f"/c/de-an-06-2023/teams/?{query}")
        assert page.context["totals"].teams == page.context["page_obj"].paginator.count
        return {team.name for team in page.context["page_obj"]}

    assert found("q=truc ninh") == {"Tổ xa"}
    assert found("q=hong thuan") == {"Tổ tư vấn"}
    assert found("q=xom 1") == {"Tổ công nghệ số xóm 1"}
    assert found("kind=advisory") == {"Tổ tư vấn"}
    assert found("kind=la") == found("")


def test_pages_of_a_filtered_list_keep_the_filter(world: World, browse: Browse) -> None:
    unit = make_unit(parent=world.district)
    for n in range(51):
        make_team(name=f"Tổ tư vấn {n}", kind="advisory", branch=world.branch, unit=unit)
    page = browse(world.staff).get("/c/de-an-06-2023/teams/?kind=advisory&q=tu").content.decode()
    assert "?kind=advisory&amp;q=tu&amp;page=2" in page


def test_teams_stand_in_the_order_of_their_numbers(world: World) -> None:
    for number in (10, 2, 1):
        team = make_team(branch=world.branch, name="Tổ tạm")
        set_team_name(team, f"Tổ công nghệ số thôn {number}")
        team.save()
    names = [t.name for t in Team.objects.filter(name__contains="thôn").order_by("sort_key")]
    assert names == [f"Tổ công nghệ số thôn {n}" for n in (1, 2, 10)]
    set_team_name(team, "1 " * 100)
    team.save()
