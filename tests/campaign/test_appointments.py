"""Who may invite whom: an invitation sets a password, and must be no way to more rights."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.models import Invitation, User
from accounts.services import find_invitation, issue_invitation
from campaign.models import Appointment, Branch, BranchKind
from campaign.permissions import Role
from campaign.services.appointments import appoint, invite_secretary, reinvite
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.factories import (
    make_appointment,
    make_branch,
    make_membership,
    make_user,
    make_volunteer,
)
from tests.pages import read
from volunteers.teams.models import MemberRole

Browse = Callable[[User], Client]
URL = "/c/de-an-06-2023/branches/XD-14173/invite/"
HOA = {"full_name": "Trần Thị Hoa", "phone": "0912345678"}
LATER, EARLIER = dt.date(2023, 6, 21), dt.date(2023, 6, 19)


def invite(browse: Browse, actor: User, **given: str) -> Any:
    """Send the form; return the page."""
    return read(browse(actor).post(URL, {**HOA, **given}))


def test_lead_invites_a_new_secretary(world: World, browse: Browse) -> None:
    page = invite(browse, world.lead, phone="+84 912 345 678")
    user = User.objects.get(phone="0912345678")
    assert (user.username, user.full_name) == ("0912345678", "Trần Thị Hoa")
    assert not user.has_usable_password()
    assert not user.is_staff
    owned = user.appointments.get()
    assert (owned.role, owned.branch, owned.unit) == (Role.SECRETARY, world.branch, None)
    assert owned.starts_on == dt.date(2023, 6, 20)
    assert user.invitations.count() == 1
    assert "Trần Thị Hoa" in page.heading


def test_link_on_the_page_leads_to_the_invitation(world: World, browse: Browse) -> None:
    shown = browse(world.lead).post(URL, HOA).content.decode()
    link = "/invitations/" + shown.split("/invitations/", 1)[1].split("/")[0] + "/"
    assert Client().get(link).status_code == 200


def test_inviting_again_is_one_account_and_one_appointment(world: World, browse: Browse) -> None:
    invite(browse, world.lead)
    invite(browse, world.lead, full_name="TRẦN THỊ HOA")
    user = User.objects.get(phone="0912345678")
    assert (user.appointments.count(), user.invitations.count()) == (1, 2)
    assert (
        user.invitations.filter(used_at=None, expires_at__gt=dt.datetime.now(dt.UTC)).count() == 1
    )


def test_number_of_somebody_else_is_refused(world: World, browse: Browse) -> None:
    make_user(username="khac", phone="0912345678", full_name="Người Khác")
    page = invite(browse, world.lead)
    assert "đã thuộc tài khoản của người tên khác" in page.problems[-1]
    assert page.fields["phone"] == "0912345678"
    assert not Invitation.objects.exists()


def test_name_that_is_the_number_of_nobody_is_refused(world: World, browse: Browse) -> None:
    make_user(username="0912345678", full_name="Trần Thị Hoa")
    page = invite(browse, world.lead)
    assert "là tên đăng nhập của người khác" in page.problems[-1]
    assert not Invitation.objects.exists()


def holder(world: World, case: str) -> User:
    """Return somebody with the invited name and number, who is more than a secretary here."""
    user = make_user(username=f"hoa-{case}", **HOA)
    if case == "staff account":
        User.objects.filter(pk=user.pk).update(is_staff=True)
    elif case == "superuser":
        User.objects.filter(pk=user.pk).update(is_superuser=True)
    elif case == "demo account":
        User.objects.filter(pk=user.pk).update(is_demo=True)
    else:
        make_appointment(user=user, **owned_by(world)[case])
    return user


def owned_by(world: World) -> dict[str, dict[str, Any]]:
    """Return appointments of which a district's lead has no say."""
    return {
        "province staff": {"role": Role.PROVINCE_STAFF, "unit": world.province},
        "lead of the district": {"role": Role.DISTRICT_LEAD, "branch": world.district_union},
        "lead of another": {"role": Role.DISTRICT_LEAD, "unit": world.other_district},
        "police liaison": {"role": Role.POLICE_LIAISON, "unit": world.province},
        "partner": {"role": Role.PARTNER, "unit": world.district},
        "task force": {"role": Role.SECRETARY, "branch": world.police},
        "secretary elsewhere": {"role": Role.SECRETARY, "branch": world.far_branch},
        "team leader": {"role": Role.TEAM_LEADER, "branch": world.branch},
        "staff from tomorrow": {
            "role": Role.PROVINCE_STAFF,
            "unit": world.province,
            "starts_on": LATER,
        },
    }


CASES = [
    "staff account",
    "superuser",
    "demo account",
    "province staff",
    "lead of the district",
    "lead of another",
    "police liaison",
    "partner",
    "task force",
    "secretary elsewhere",
    "team leader",
    "staff from tomorrow",
]


@pytest.mark.parametrize("case", CASES)
def test_lead_cannot_take_over_who_holds_more(world: World, browse: Browse, case: str) -> None:
    user = holder(world, case)
    before = list(user.appointments.values())
    page = invite(browse, world.lead)
    assert page.problems[-1] == "Người này còn giữ việc khác. Nhờ Đoàn cấp tỉnh mời."
    assert list(user.appointments.values()) == before
    assert not Invitation.objects.exists()
    assert User.objects.get(pk=user.pk).check_password("Demo-2023!")


@pytest.mark.parametrize("case", CASES)
def test_lead_cannot_invite_again_who_holds_more(world: World, case: str) -> None:
    user = holder(world, case)
    make_appointment(user=user, role=Role.SECRETARY, branch=world.branch)
    user.refresh_from_db()
    with pytest.raises(PermissionDenied):
        reinvite(actor=world.lead, user=user, branch=world.branch)
    assert not Invitation.objects.exists()


def test_what_somebody_held_before_is_no_hindrance(world: World) -> None:
    user = make_user(**HOA)
    make_appointment(user=user, role=Role.PROVINCE_STAFF, unit=world.province, ends_on=EARLIER)
    assert invite_secretary(actor=world.lead, branch=world.branch, **HOA) == (user, None)
    assert user.appointments.on(dt.date(2023, 6, 20)).get().role == Role.SECRETARY


def test_secretary_of_two_branches_of_the_district_can_be_invited(world: World) -> None:
    for branch in (world.branch, world.neighbour_branch):
        invite_secretary(actor=world.lead, branch=branch, **HOA)
    assert User.objects.get(phone=HOA["phone"]).appointments.count() == 2


@pytest.mark.parametrize(
    "role", ["owner", "neighbour", "other_lead", "liaison", "partner", "officer", "stranger"]
)
def test_others_appoint_nobody(world: World, role: str) -> None:
    actor = getattr(world, role)
    before = Appointment.objects.count()
    with pytest.raises(PermissionDenied):
        invite_secretary(actor=actor, branch=world.branch, **HOA)
    with pytest.raises(PermissionDenied):
        appoint(actor=actor, user=world.stranger, role=Role.PROVINCE_STAFF, branch=world.branch)
    with pytest.raises(PermissionDenied):
        reinvite(actor=actor, user=world.owner, branch=world.branch)
    assert Appointment.objects.count() == before
    assert not User.objects.filter(phone=HOA["phone"]).exists()


def test_lead_invites_no_one_above_the_own_district(world: World) -> None:
    for branch in (world.union, world.police, world.far_branch):
        with pytest.raises(PermissionDenied):
            invite_secretary(actor=world.lead, branch=branch, **HOA)
    assert not User.objects.filter(phone=HOA["phone"]).exists()


def test_lead_appointed_to_a_unit_leads_as_one_of_a_branch(world: World) -> None:
    invite_secretary(actor=world.other_lead, branch=world.far_branch, **HOA)
    assert Invitation.objects.get().created_by == world.other_lead


def test_inviting_again_gives_a_new_link_to_the_same_person(world: World, browse: Browse) -> None:
    answer = browse(world.lead).post(f"{URL}{world.owner.pk}/")
    assert answer.status_code == 200
    assert Invitation.objects.get().user == world.owner
    assert answer.headers["Cache-Control"].find("no-store") >= 0


def test_person_and_branch_of_the_address_belong_together(world: World, browse: Browse) -> None:
    answer = browse(world.lead).post(f"/c/de-an-06-2023/branches/XD-14158/invite/{world.owner.pk}/")
    assert answer.status_code == 404
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_button_pressed_twice_is_one_account_and_one_appointment() -> None:
    world = build_world()
    results = at_once(*[lambda: invite_secretary(actor=world.lead, branch=world.branch, **HOA)] * 3)
    assert [type(result).__name__ for result in results] == ["tuple"] * 3
    user = User.objects.get(phone=HOA["phone"])
    assert (user.appointments.count(), user.invitations.count()) == (1, 3)
    open_links = user.invitations.filter(expires_at__gt=dt.datetime.now(dt.UTC))
    assert open_links.count() == 1


def test_phone_numbers_are_shown_to_those_who_invite_only(world: World, browse: Browse) -> None:
    User.objects.filter(pk=world.owner.pk).update(phone="0912345678")
    seen = {
        role: "0912345678"
        in browse(getattr(world, role)).get("/c/de-an-06-2023/branches/XD-14173/").content.decode()
        for role in ("lead", "staff", "owner", "liaison", "partner")
    }
    assert seen == {"lead": True, "staff": True, "owner": False, "liaison": False, "partner": False}


def test_police_of_the_district_are_not_the_leads_to_invite(world: World) -> None:
    police = make_branch(
        code="CA-365",
        kind=BranchKind.POLICE,
        home_unit=world.district,
        parent=Branch.objects.get(pk=world.police.pk),
    )
    officer = make_user(username="cong-an-huyen")
    make_appointment(user=officer, role=Role.SECRETARY, branch=police)
    with pytest.raises(PermissionDenied):
        reinvite(actor=world.lead, user=officer, branch=police)
    assert not Invitation.objects.exists()


def test_team_leader_reads_and_does_not_report(world: World, browse: Browse) -> None:
    leader = make_user(username="doi-truong")
    make_appointment(user=leader, role=Role.TEAM_LEADER, branch=world.branch)
    answers = {
        url: browse(leader).get(url).status_code
        for url in (
            "/c/de-an-06-2023/dashboard/",
            "/c/de-an-06-2023/branches/XD-14173/",
            "/c/de-an-06-2023/report/",
            URL,
            "/c/de-an-06-2023/targets/",
            "/c/de-an-06-2023/exports/",
        )
    }
    assert answers == {
        "/c/de-an-06-2023/dashboard/": 200,
        "/c/de-an-06-2023/branches/XD-14173/": 200,
        "/c/de-an-06-2023/report/": 403,
        URL: 403,
        "/c/de-an-06-2023/targets/": 403,
        "/c/de-an-06-2023/exports/": 403,
    }


# Who may set whose password


def test_between_two_appointments_nobody_takes_an_account_over(
    world: World, browse: Browse
) -> None:
    """Neither at once, nor by appointing first and inviting after."""
    hoa = make_user(username="hoa", **HOA)
    make_appointment(user=hoa, role=Role.SECRETARY, branch=world.far_branch, ends_on=EARLIER)
    volunteer = make_volunteer(**HOA)
    member = make_membership(team=world.team, volunteer=volunteer, role=MemberRole.DEPUTY)
    url = f"/c/de-an-06-2023/teams/{world.team.pk}/members/{member.pk}/invite/"
    for _time in range(3):
        page = browse(world.owner).post(url, follow=True).content.decode()
        assert "có tài khoản từ trước" in page
    hoa.appointments.on(TODAY).delete()
    for _time in range(2):
        invite_secretary(actor=world.other_lead, branch=world.far_branch, **HOA)
    with pytest.raises(PermissionDenied):
        issue_invitation(actor=world.staff, user=hoa)
    assert not Invitation.objects.exists()
    assert hoa.appointments.get(branch=world.far_branch, ends_on=None).awaits_owner


def test_who_gave_something_is_superior_once_the_owner_has_said_yes(
    world: World, browse: Browse
) -> None:
    hoa = make_user(username="hoa", **HOA)
    assert invite_secretary(actor=world.lead, branch=world.branch, **HOA) == (hoa, None)
    given = hoa.appointments.get()
    take = f"/appointments/{given.pk}/take/"
    assert browse(world.owner).post(take).status_code == 404
    page = browse(world.lead).post(f"{URL}{hoa.pk}/", follow=True).content.decode()
    assert "chưa bấm nhận việc" in page
    owner = browse(hoa)
    assert take in owner.get("/account/").content.decode()
    assert owner.post(take).status_code == 302
    assert take not in owner.get("/account/").content.decode()
    assert browse(world.lead).post(f"{URL}{hoa.pk}/").status_code == 200
    assert Invitation.objects.get().user == hoa


def test_link_is_over_when_its_owner_has_been_given_more(world: World) -> None:
    secret = reinvite(actor=world.lead, user=world.owner, branch=world.branch)
    assert find_invitation(secret) is not None
    more = make_appointment(user=world.owner, role=Role.DISTRICT_LEAD, unit=world.other_district)
    assert find_invitation(secret) is None
    more.delete()
    world.lead.appointments.update(ends_on=EARLIER)
    assert find_invitation(secret) is None
