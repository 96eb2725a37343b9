"""Accounts in the admin: who may touch whom, invitations, and accounts as files."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Invitation, User
from core.admin import ScopedAdmin
from tests.conftest import World
from tests.factories import PASSWORD, make_newcomer, make_user
from tests.importing import (
    address,
    as_csv,
    as_xlsx,
    export,
    problems,
    rows_of,
    take_in,
    totals,
    upload,
)

Browse = Callable[[Any], Client]
PERSON = {"username": "bithu", "full_name": "Trần Thị B", "phone": "0912 345 678", "email": ""}


@pytest.fixture
def client(world: World, browse: Browse) -> Client:
    """Return the browser of the province staff."""
    return browse(world.staff)


@pytest.fixture
def root(db: None) -> User:
    """Return a superuser."""
    return make_user(username="root", is_staff=True, is_superuser=True, phone="0900000001")


def change(client: Client, user: User, **given: Any) -> Any:
    """Send the form of a user with other values."""
    form = {
        "username": user.username,
        "full_name": user.full_name,
        "phone": user.phone or "",
        "email": user.email,
        "is_active": "on",
        **given,
    }
    return client.post(address(User, "change", user.pk), form)


def invite(client: Client, *people: User) -> Any:
    """Run the action on people."""
    form = {"action": "invite", "_selected_action": [user.pk for user in people]}
    return client.post(address(User, "changelist"), form, follow=True)


# People


def test_user_is_added_without_a_password(client: Client) -> None:
    client.post(address(User, "add"), PERSON)
    user = User.objects.get(username="bithu")
    assert (user.phone, user.is_staff, user.has_usable_password()) == ("0912345678", False, False)


def test_user_form_shows_no_rights_to_staff(client: Client, world: World) -> None:
    page = client.get(address(User, "change", world.owner.pk)).content.decode()
    for name in ("is_superuser", "is_staff", "groups", "user_permissions", "password"):
        assert f'name="{name}"' not in page


def test_user_form_of_a_superuser_has_the_rights(browse: Browse, root: User, world: World) -> None:
    change(browse(root), world.owner, is_staff="on")
    world.owner.refresh_from_db()
    assert world.owner.is_staff


def test_phone_and_name_must_tell_people_apart(client: Client, world: World) -> None:
    make_user(username="0911111111", phone="0922222222")
    for phone, words in (
        ("0922222222", "Số này đã thuộc tài khoản “0911111111”"),
        ("+84 911 111 111", "Số này đã thuộc tài khoản “0911111111”"),
        ("12345", "Số điện thoại gồm 10 chữ số"),
    ):
        page = client.post(address(User, "add"), {**PERSON, "phone": phone})
        assert words in page.content.decode()
    page = client.post(address(User, "add"), {**PERSON, "username": "0922222222", "phone": ""})
    assert "là số điện thoại của tài khoản" in page.content.decode()
    page = client.post(address(User, "add"), {**PERSON, "username": "OWNER"})
    assert "đã có tài khoản khác dùng" in page.content.decode()
    assert not User.objects.filter(full_name="Trần Thị B").exists()


def test_demo_mark_cannot_be_set(client: Client, world: World) -> None:
    change(client, world.owner, is_demo="on", is_demo_0="on")
    world.owner.refresh_from_db()
    assert not world.owner.is_demo


# Escalation


def test_staff_cannot_give_rights(client: Client, world: World) -> None:
    change(client, world.owner, is_staff="on", is_superuser="on", user_permissions=["1"])
    world.owner.refresh_from_db()
    assert (world.owner.is_staff, world.owner.is_superuser) == (False, False)
    change(client, world.staff, is_superuser="on")
    world.staff.refresh_from_db()
    assert not world.staff.is_superuser


@pytest.mark.parametrize("kind", ["superuser", "colleague"])
def test_staff_cannot_touch_accounts_of_staff(
    client: Client, root: User, kind: str, world: World
) -> None:
    colleague = make_user(username="colleague", is_staff=True, phone="0900000002")
    target = root if kind == "superuser" else colleague
    before = User.objects.filter(pk=target.pk).values().get()
    assert change(client, target, phone="0999999999", email="x@y.vn").status_code == 403
    assert change(client, target, full_name="X", is_active="").status_code == 403
    response = client.post(address(User, "delete", target.pk), {"post": "yes"})
    assert response.status_code == 403
    invite(client, target)
    assert not Invitation.objects.exists()
    data = as_csv(["username", "phone"], [target.username, "0999999999"])
    found = problems(upload(client, User, data))
    assert found == [(2, "", "Tài khoản cán bộ quản trị: bạn không sửa được.")]
    assert User.objects.filter(pk=target.pk).values().get() == before


def test_staff_may_mend_the_own_account_but_not_close_it(client: Client, world: World) -> None:
    assert change(client, world.staff, phone="0933333333", is_active="").status_code == 302
    world.staff.refresh_from_db()
    assert (world.staff.phone, world.staff.is_active) == ("0933333333", True)


def test_there_is_no_page_that_sets_a_password(client: Client, world: World) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=(world.owner.pk,))
    path = f"/admin/accounts/user/{world.owner.pk}/password/"
    client.post(path, {"password1": "Abc-12345!", "password2": "Abc-12345!"}, follow=True)
    world.owner.refresh_from_db()
    assert world.owner.check_password(PASSWORD)


def test_staff_close_accounts_and_delete_none(client: Client, world: World) -> None:
    assert change(client, world.owner, is_active="").status_code == 302
    form = {"action": "delete_selected", "_selected_action": [world.owner.pk], "post": "yes"}
    client.post(address(User, "changelist"), form)
    world.owner.refresh_from_db()
    assert not world.owner.is_active


def test_list_does_not_spell_out_passwords(client: Client, world: World) -> None:
    for query in ("password__startswith=md5", "invitations__digest__startswith=a"):
        response = client.get(f"{address(User, 'changelist')}?{query}")
        assert response.status_code == 400
        response = client.post(f"{address(User, 'export')}?{query}", {"format": "1"})
        assert response.status_code == 400


@pytest.mark.parametrize("who", ["lead", "owner", "liaison", "partner", "stranger"])
def test_admin_is_closed_to_everybody_else(world: World, browse: Browse, who: str) -> None:
    client = browse(getattr(world, who))
    for path in ("/admin/", address(User, "changelist"), address(User, "import")):
        assert client.get(path, follow=True).status_code == 403


def test_admin_sends_strangers_to_the_one_sign_in() -> None:
    response = Client().get("/admin/accounts/user/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/sign-in/")


# Invitations


def test_invitation_action_shows_link_and_qr(client: Client, world: World) -> None:
    page = invite(client, world.owner, make_newcomer())
    text = page.content.decode()
    links = re.findall(r'<a href="(http://testserver/invitations/[^"]+/)">', text)
    assert len(links) == 2
    assert text.count("data:image/svg+xml") == 2
    assert "no-store" in page["Cache-Control"]
    assert Invitation.objects.filter(created_by=world.staff).count() == 2
    assert Client().get(links[0]).status_code == 200


def test_invitation_follows_saving_when_asked_for(client: Client) -> None:
    page = client.post(address(User, "add"), {**PERSON, "_invite": "1"})
    assert "/invitations/" in page.content.decode()
    user = User.objects.get(username="bithu")
    page = client.get(address(User, "changelist"))
    assert "đã mời, hạn" in page.content.decode()
    assert user.invitations.count() == 1


def test_invitation_is_not_made_for_demo_or_closed_accounts(client: Client) -> None:
    demo, closed = make_user(is_demo=True), make_user(is_active=False)
    page = invite(client, demo, closed)
    assert "Không tạo lời mời cho" in page.content.decode()
    assert not Invitation.objects.exists()


# Files


def test_users_come_in_without_password_and_rights(client: Client) -> None:
    data = as_csv(
        ["username", "full_name", "phone", "email", "is_active"],
        ["xd-1", "Nguyễn Thị A", "+84 912 345 678", "", "có"],
        ["xd-2", "Lê Văn B", "", "b@doan.vn", ""],
    )
    take_in(client, User, data)
    first = User.objects.get(username="xd-1")
    assert (first.phone, first.is_active, first.is_staff) == ("0912345678", True, False)
    assert not first.has_usable_password()
    assert User.objects.get(username="xd-2").phone is None
    assert totals(upload(client, User, data)) == (0, 0, 2)


def test_import_of_users_knows_no_rights(client: Client, browse: Browse, root: User) -> None:
    data = as_csv(["username", "is_staff", "is_superuser", "password"], ["x", "1", "1", "abc"])
    for who in (client, browse(root)):
        found = problems(upload(who, User, data))
        assert "is_staff, is_superuser, password" in found[0][2]
    assert not User.objects.filter(username="x").exists()


def test_import_names_doubles_in_the_file_and_with_others(client: Client) -> None:
    make_user(username="cu", phone="0911111111")
    data = as_csv(
        ["username", "phone"],
        ["a", "0922222222"],
        ["b", "0922222222"],
        ["c", "0911111111"],
        ["A", ""],
        ["d", "911"],
        ["0911111111", ""],
    )
    found = {(row, column): text for row, column, text in problems(upload(client, User, data))}
    assert found == {
        (2, "phone"): "Số này đã thuộc tài khoản “b”.",
        (3, "phone"): "Số này đã thuộc tài khoản “a”.",
        (4, "phone"): "Số này đã thuộc tài khoản “cu”.",
        (5, ""): "Trùng với dòng 2: cùng một mục chỉ ghi một lần.",
        (6, "phone"): "Số điện thoại gồm 10 chữ số, bắt đầu bằng 0. Ví dụ: 0912345678.",
        (7, "username"): "Tên này là số điện thoại của tài khoản “cu”.",
    }


def test_phone_that_excel_made_a_number_is_put_right(client: Client) -> None:
    data = as_xlsx(["username", "phone"], ["xd-1", 912345678], ["xd-2", 912345679.0])
    take_in(client, User, data, "tep.xlsx")
    assert User.objects.get(username="xd-1").phone == "0912345678"
    assert User.objects.get(username="xd-2").phone == "0912345679"


def test_password_outlives_an_import(client: Client, world: World) -> None:
    data = as_csv(["username", "full_name"], ["owner", "Tên Mới"])
    take_in(client, User, data)
    world.owner.refresh_from_db()
    assert (world.owner.full_name, world.owner.check_password(PASSWORD)) == ("Tên Mới", True)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_exported_users_come_back_unchanged(client: Client, kind: str, root: User) -> None:
    data = export(client, User, kind).content
    page = upload(client, User, data, f"tep.{kind}")
    assert totals(page) == (0, 0, User.objects.count())


def test_export_of_users_holds_no_secrets(client: Client) -> None:
    header = rows_of(export(client, User, "csv"))[0]
    assert header == ["username", "full_name", "phone", "email", "is_active"]


def test_numbers_that_change_hands_are_refused_in_words(client: Client) -> None:
    make_user(username="a", phone="0911111111")
    make_user(username="b", phone="0922222222")
    data = as_csv(["username", "phone"], ["a", "0922222222"], ["b", "0911111111"])
    found = problems(upload(client, User, data))
    assert [(row, column) for row, column, _text in found] == [(None, "")]
    assert "trùng với dữ liệu đã có" in found[0][2]
    assert User.objects.get(username="a").phone == "0911111111"


# The base


def test_model_without_scope_is_not_registered() -> None:
    with pytest.raises(ImproperlyConfigured):
        ScopedAdmin(Session, admin.site)


def test_every_model_of_ours_in_the_admin_is_scoped() -> None:
    ours = {"accounts", "campaign", "volunteers", "reports"}
    for model, page in admin.site._registry.items():
        assert model._meta.app_label in ours
        assert isinstance(page, ScopedAdmin)
        assert model._meta.app_label != "reports"
