"""Coming in with a name or a number and a password, and being kept out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import issue_token
from core import guesses
from tests.conftest import World
from tests.factories import PASSWORD, make_user
from tests.pages import read

Browse = Callable[[User], Client]
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng. Xem lại rồi thử lần nữa."


def sign_in(username: str, password: str = PASSWORD, **extra: Any) -> HttpResponse:
    """Send the form with a client of its own."""
    answer: Any = Client().post("/sign-in/", {"username": username, "password": password}, **extra)
    return answer  # type: ignore[no-any-return]


def outcome(answer: HttpResponse) -> tuple[int, list[str]]:
    """Return what a visitor can tell apart."""
    return answer.status_code, read(answer).problems


@pytest.fixture
def hoa(db: None) -> User:
    """Return somebody with a name and a number."""
    return make_user(username="hoa.tran", full_name="Trần Thị Hoa", phone="0912345678")


@pytest.mark.parametrize(
    "typed",
    [
        "hoa.tran",
        "HOA.Tran",
        " hoa.tran ",
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "+84912345678",
        "84912345678",
        "+84 912 345 678",
        "(+84) 912-345-678",
    ],
)
def test_name_and_number_open_in_every_way_they_are_written(hoa: User, typed: str) -> None:
    answer = sign_in(typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("typed", ["hoa", "912345678", "00912345678", "+840912345678", "", " "])
def test_other_names_open_nothing(hoa: User, typed: str) -> None:
    assert sign_in(typed).status_code == 200


@pytest.mark.parametrize("password", ["demo-2023!", "Demo-2023! ", " Demo-2023!", "Demo-2023", "x"])
def test_password_is_taken_to_the_letter(hoa: User, password: str) -> None:
    assert outcome(sign_in("hoa.tran", password)) == (200, [WRONG])


def test_name_that_is_the_number_of_another_opens_neither(hoa: User) -> None:
    make_user(username="0912345678")
    assert outcome(sign_in("0912345678")) == (200, [WRONG])
    assert sign_in("hoa.tran").status_code == 302


def test_closed_accounts_look_like_none(hoa: User) -> None:
    User.objects.update(is_active=False)
    assert outcome(sign_in("hoa.tran")) == outcome(sign_in("khong.co")) == (200, [WRONG])


def test_account_without_a_password_looks_like_none(hoa: User) -> None:
    hoa.set_unusable_password()
    hoa.save()
    assert outcome(sign_in("hoa.tran", "")) == outcome(sign_in("khong.co", ""))
    assert outcome(sign_in("hoa.tran", hoa.password)) == (200, [WRONG])


def test_typed_name_stays_and_the_password_does_not(hoa: User) -> None:
    page = read(sign_in("hoa.tran", "sai-mat-khau"))
    assert (page.fields["username"], page.fields["password"]) == ("hoa.tran", "")


def test_five_wrong_passwords_lock_the_account(hoa: User) -> None:
    statuses = [sign_in("hoa.tran", f"sai {n}").status_code for n in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    locked = sign_in("hoa.tran")
    assert (locked.status_code, read(locked).heading) == (429, "Tạm khóa đăng nhập")


def test_lock_is_of_the_account_however_its_name_is_written(hoa: User) -> None:
    routes = ["hoa.tran", "HOA.TRAN", " hoa.tran", "0912345678", "+84 912 345 678"]
    assert [sign_in(route, "sai").status_code for route in routes] == [200, 200, 200, 200, 429]
    assert sign_in("hoa.tran").status_code == 429


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        (["hoa.tran"] * 6, ["khong.co"] * 6),
        (["hoa.tran", "HOA.TRAN", " hoa.tran"] * 2, ["khong.co", "KHONG.CO", " khong.co"] * 2),
        (["0912345678", "+84 912345678"] * 3, ["0987654321", "+84 987654321"] * 3),
    ],
)
def test_lock_does_not_tell_which_accounts_exist(
    hoa: User, known: list[str], unknown: list[str]
) -> None:
    answers = [outcome(sign_in(name, "sai")) for name in known]
    assert answers == [outcome(sign_in(name, "sai")) for name in unknown]
    assert answers[-1][0] == 429


def test_wrong_guesses_elsewhere_keep_nobody_out(hoa: User) -> None:
    for _n in range(20):
        sign_in("hoa.tran", "sai", REMOTE_ADDR="203.0.113.9")
    assert sign_in("hoa.tran", REMOTE_ADDR="203.0.113.9").status_code == 429
    assert sign_in("hoa.tran", REMOTE_ADDR="192.0.2.1").status_code == 302


def test_the_address_that_is_forged_is_not_looked_at(hoa: User) -> None:
    forged = [{"HTTP_X_FORWARDED_FOR": f"198.51.100.{n}"} for n in range(5)]
    assert [sign_in("hoa.tran", "sai", **one).status_code for one in forged][-1] == 429


def test_the_owners_phone_comes_in_while_others_guess_beside_it(hoa: User) -> None:
    phone = Client()
    right = {"username": "hoa.tran", "password": PASSWORD}
    assert phone.post("/sign-in/", right).status_code == 302
    phone.post("/sign-out/")
    for _guess in range(8):
        sign_in("hoa.tran", "sai")
    assert sign_in("hoa.tran").status_code == 429
    assert phone.post("/sign-in/", right).status_code == 302


def test_many_guessers_have_one_try_each_and_the_owner_comes_in(
    hoa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "MOST_AT_ACCOUNT", 6)
    for n in range(6):
        sign_in("hoa.tran", "sai", REMOTE_ADDR=f"203.0.113.{n}")
    assert sign_in("hoa.tran", "sai", REMOTE_ADDR="203.0.113.99").status_code == 429
    assert sign_in("hoa.tran", REMOTE_ADDR="192.0.2.1").status_code == 302


def test_one_address_has_a_budget_for_all_accounts(
    hoa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "MOST_OF_ADDRESS", 10)
    statuses = [sign_in(f"nguoi-{n}", "sai").status_code for n in range(12)]
    assert statuses == [200] * 9 + [429] * 3
    assert sign_in("hoa.tran", REMOTE_ADDR="192.0.2.1").status_code == 302


def test_a_crowd_that_is_right_comes_in_through_one_address(
    hoa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "MOST_OF_ADDRESS", 3)
    monkeypatch.setattr(guesses, "MOST_AT_ACCOUNT", 3)
    assert {sign_in("hoa.tran").status_code for _time in range(15)} == {302}


def test_lock_of_one_account_is_not_of_another(hoa: User) -> None:
    make_user(username="binh")
    for _guess in range(5):
        sign_in("hoa.tran", "sai")
    assert sign_in("binh").status_code == 302
    assert sign_in("hoa.tran").status_code == 429


def test_guesses_after_the_lock_are_not_even_looked_at(
    hoa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []

    def check(user: User, password: str) -> bool:
        looked_at.append(password)
        return False

    monkeypatch.setattr(User, "check_password", check)
    for guess in range(20):
        sign_in("hoa.tran", str(guess))
    assert looked_at == ["0", "1", "2", "3", "4"]


def test_the_wait_grows_ends_and_is_not_renewed(hoa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [timezone.now().timestamp()]
    monkeypatch.setattr(guesses, "_now", lambda: now[0])
    waits = []
    for guess in range(12):
        answer = sign_in("hoa.tran", str(guess))
        waits.append(int(answer.headers.get("Retry-After", 0)))
        if waits[-1]:
            # Too early, and for nothing: it makes the wait no longer.
            now[0] += waits[-1] - 1
            assert sign_in("hoa.tran").headers["Retry-After"] == "1"
            now[0] += 1
    assert waits == [0, 0, 0, 0, 60, 120, 240, 480, 900, 900, 900, 900]
    assert sign_in("hoa.tran").status_code == 302


def test_the_owner_behind_the_same_address_comes_in_after_the_wait(
    hoa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever tries the right one too early makes nothing longer by it."""
    now = [timezone.now().timestamp()]
    monkeypatch.setattr(guesses, "_now", lambda: now[0])
    monkeypatch.setattr(guesses, "FIRST_WAIT", guesses.LONGEST_WAIT)
    for _guess in range(5):
        sign_in("hoa.tran", "sai")
    now[0] += 14 * 60
    assert sign_in("hoa.tran").status_code == 429
    now[0] += 2 * 60
    assert sign_in("hoa.tran").status_code == 302


def test_without_the_counter_the_right_password_opens_and_guesses_have_an_end(
    hoa: User, settings: LazySettings
) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "unix:///khong-co/valkey.sock"}
    settings.CACHES = {"default": dead}
    assert sign_in("hoa.tran").status_code == 302
    statuses = [sign_in("hoa.tran", f"sai {n}").status_code for n in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]
    assert sign_in("hoa.tran", REMOTE_ADDR="192.0.2.1").status_code == 302


def test_right_password_forgives_the_wrong_ones_before(hoa: User) -> None:
    for _round in range(2):
        for _guess in range(4):
            sign_in("hoa.tran", "sai")
        assert sign_in("0912345678").status_code == 302


def test_work_is_the_same_for_an_unknown_name(hoa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time must not tell which accounts exist."""
    hashed: list[str] = []
    monkeypatch.setattr(User, "set_password", lambda user, raw: hashed.append(raw))
    sign_in("khong.co", "sai")
    assert hashed == ["sai"]


def test_demo_accounts_are_shut_outside_a_demo(db: None, settings: LazySettings) -> None:
    demo = make_user(username="tinhdoan")
    User.objects.update(is_demo=True)
    secret = issue_token(user=demo)
    client = Client()
    bearer = {"authorization": f"Bearer {secret}"}

    settings.DEBUG = True
    assert (
        client.post("/sign-in/", {"username": "tinhdoan", "password": PASSWORD}).status_code == 302
    )
    assert client.get("/account/").status_code == 200
    assert Client(headers=bearer).get("/api/v1/units/").status_code == 200

    settings.DEBUG = False
    assert outcome(sign_in("tinhdoan")) == (200, [WRONG])
    assert client.get("/account/").status_code == 302
    assert client.get("/api/v1/units/").status_code == 401
    assert Client(headers=bearer).get("/api/v1/units/").status_code == 401
    assert Client(headers=bearer).get("/c/de-an-06-2023/exports/police.csv").status_code == 401


def test_session_ends_when_the_account_is_closed(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    assert client.get("/c/de-an-06-2023/report/").status_code == 200
    User.objects.filter(pk=world.owner.pk).update(is_active=False)
    assert client.get("/c/de-an-06-2023/report/").status_code == 302


def test_rights_end_with_the_appointment_not_with_the_session(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    assert client.get("/c/de-an-06-2023/report/").status_code == 200
    world.owner.appointments.update(ends_on="2023-06-19")
    assert client.get("/c/de-an-06-2023/report/").status_code == 404


def test_signing_out_ends_the_session(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/account/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302


def test_who_came_for_a_page_gets_it_after_signing_in(world: World) -> None:
    client = Client()
    turned = client.get("/c/de-an-06-2023/report/?date=2023-06-19")
    sent = {
        "username": "owner",
        "password": PASSWORD,
        "next": "/c/de-an-06-2023/report/?date=2023-06-19",
    }
    assert (
        turned.headers["Location"] == "/sign-in/?next=/c/de-an-06-2023/report/%3Fdate%3D2023-06-19"
    )
    assert client.post(turned.headers["Location"], sent).headers["Location"] == sent["next"]


@pytest.mark.parametrize(
    ("username", "page"), [("owner", "report"), ("staff", "dashboard"), ("leader", "sessions")]
)
def test_signing_in_leads_straight_to_the_first_page(
    world: World, username: str, page: str
) -> None:
    answer = Client().post("/sign-in/?next=/", {"username": username, "password": PASSWORD})
    assert answer.headers["Location"] == f"/c/de-an-06-2023/{page}/"


def test_admin_has_no_door_of_its_own(world: World, browse: Browse) -> None:
    asked = Client().get("/admin/login/?next=/admin/campaign/")
    assert asked.headers["Location"] == "/sign-in/?next=/admin/campaign/"
    assert (
        Client().post("/admin/login/", {"username": "staff", "password": PASSWORD}).status_code
        == 302
    )
    assert browse(world.owner).get("/admin/login/").status_code == 403


PASSWORDS = {
    "": "Chưa nhập ô này.",
    "ngan-12": "Mật khẩu cần ít nhất 8 ký tự.",
    "password123": "Mật khẩu này nhiều người dùng, dễ đoán. Chọn mật khẩu khác.",
    "20232023202": "Mật khẩu không được chỉ gồm chữ số.",
    "hoa.tran1": "tên của bạn và số thì ai cũng đoán được. Thêm vài từ khác không liên quan.",
}


def test_easy_passwords_are_refused(hoa: User, browse: Browse) -> None:
    client = browse(hoa)
    before = hoa.password
    for password, problem in PASSWORDS.items():
        page = read(client.post("/account/", {"old_password": PASSWORD, "new_password1": password}))
        assert (password, page.status, len(page.problems)) == (password, 200, 2)
        assert all(problem in wording for wording in page.problems), (password, page.problems)
        assert page.fields["new_password1"] == ""
    assert User.objects.get().password == before


def test_new_password_signs_the_other_phones_out(hoa: User, browse: Browse) -> None:
    here, there = browse(hoa), browse(hoa)
    new = "Mot-mat-khau-moi-2023"
    assert (
        here.post("/account/", {"old_password": PASSWORD, "new_password1": new}).status_code == 302
    )
    assert (here.get("/account/").status_code, there.get("/account/").status_code) == (200, 302)
    assert (sign_in("hoa.tran").status_code, sign_in("hoa.tran", new).status_code) == (200, 302)
