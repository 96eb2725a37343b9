"""Methods, forms that expired, ways out, tokens and NUL (22, 41 to 43)."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import issue_token
from tests.conftest import World
from tests.pages import read
from tests.reports.daily.test_bad_inputs.sending import (
    ID,
    UNREADABLE,
    URL,
    Api,
    Browse,
    body,
    nothing_is_saved,
    post,
    send,
)


def test_reading_what_can_only_be_sent_is_refused(world: World, browse: Browse) -> None:
    """41"""
    client = browse(world.staff)
    for url in (URL, "/sign-out/", f"/c/de-an-06-2023/branches/XD-14173/invite/{world.owner.pk}/"):
        assert (url, client.get(url).status_code) == (url, 405)


def test_old_tab_says_what_to_do(world: World) -> None:
    """42"""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner, backend="accounts.backends.NameOrPhoneBackend")
    answer = post(client, count_installed="3", confirm="1", csrfmiddlewaretoken="x" * 64)
    page = read(answer)
    assert (page.status, page.heading) == (403, "Trang mở đã lâu")
    assert "tải lại trang rồi gửi lần nữa" in page.text
    assert nothing_is_saved()


def test_session_cannot_write_to_the_api_without_the_token(world: World) -> None:
    """42: another site's page cannot send with the visitor's cookie."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner, backend="accounts.backends.NameOrPhoneBackend")
    assert send(client, body()).status_code == 403
    assert nothing_is_saved()


EVIL = [
    "//evil.vn",
    "///evil.vn",
    "https://evil.vn/",
    "https:evil.vn",
    "/\\evil.vn",
    "\t//evil.vn",
    "http://testserver@evil.vn/",
    "javascript:alert(1)",
    "\x00",
]


@pytest.mark.parametrize("address", EVIL)
def test_sign_in_leads_to_no_other_site(world: World, address: str) -> None:
    """43"""
    sent = {"username": "owner", "password": "Demo-2023!", "next": address}
    assert Client().post("/sign-in/", sent).headers["Location"] == "/c/de-an-06-2023/report/"
    chosen = Client().post("/language/", {"language": "en", "next": address})
    assert chosen.headers["Location"] == "/"


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-in/?next=/sign-in/"])
def test_sign_in_leads_to_no_circle(world: World, browse: Browse, address: str) -> None:
    """43"""
    answer = browse(world.owner).get("/sign-in/", {"next": address}, follow=True)
    assert answer.status_code == 200
    assert len(answer.redirect_chain) < 4


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer sai",
        "Bearer \x00",
        "Bearer é",
        "Bearer a b",
        f"Bearer {ID * 99}",
    ],
)
def test_tokens_that_are_none_are_refused(world: World, header: str) -> None:
    client = Client(headers={"authorization": header})
    for url in ("/api/v1/totals/", "/c/de-an-06-2023/exports/police.csv"):
        answer = client.get(url)
        assert (answer.status_code, answer.json()) == (
            401,
            {"detail": "Khóa API không đúng, hết hạn hoặc đã bị thu hồi."},
        )


def test_token_opens_nothing_once_its_account_is_closed(world: World) -> None:
    secret = issue_token(user=world.owner)
    User.objects.filter(pk=world.owner.pk).update(is_active=False)
    answer = send(Client(headers={"authorization": f"Bearer {secret}"}), body())
    assert answer.status_code == 401
    assert nothing_is_saved()


@pytest.mark.parametrize(
    "url",
    [
        "/c/de-an-06-2023/units/%00/",
        "/c/de-an-06-2023/units/?q=%00",
        "/c/de-an-06-2023/units/?q=a%00b",
        "/dashboard/?campaign=%00",
        "/c/de-an-06-2023/report/?branch=%00",
        "/api/v1/units/?q=%00",
        "/api/v1/totals/?unit=%00",
        "/exports/police.csv?campaign=%00",
        "/invitations/%00/",
        "/sign-in/?next=%00",
    ],
)
def test_nul_in_an_address_is_refused(world: World, browse: Browse, url: str) -> None:
    """22"""
    answer = browse(world.staff).get(url)
    assert answer.status_code == 400
    is_api = url.startswith("/api/")
    assert answer.headers["Content-Type"].startswith("application/json" if is_api else "text/html")


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "khac"])
def test_nul_in_a_cookie_is_refused(db: None, name: str) -> None:
    """22: a cookie in quotes can spell it out."""
    client = Client(headers={"cookie": f'{name}="\\000abcdefghijklmnop"'})
    answers = [
        client.get(url).status_code for url in ("/c/de-an-06-2023/dashboard/", "/api/v1/units/")
    ]
    assert answers == [400, 400]


def test_nul_in_a_form_is_refused(world: World, browse: Browse) -> None:
    """22: every field of every form, as the most that one can do is type it."""
    staff, lead = browse(world.staff), browse(world.lead)
    nul = dict.fromkeys(("campaign", "unit", "baseline", "indicator", "total", "due_on"), "\x00")
    answers = {
        "campaign": staff.post("/targets/", nul).status_code,
        "targets": staff.post(
            "/c/de-an-06-2023/targets/", {**nul, "campaign": "de-an-06-2023"}
        ).status_code,
        "unit": post(browse(world.officer), count_level2="3", unit="\x00").status_code,
        "invite": lead.post(
            "/c/de-an-06-2023/branches/XD-14173/invite/", {"full_name": "a\x00", "phone": "\x00"}
        ).status_code,
        "account": staff.post("/account/", {"new_password1": "\x00" * 9}).status_code,
        "sign-in": Client().post("/sign-in/", {"username": "\x00", "password": "\x00"}).status_code,
        "language": Client().post("/language/", {"language": "\x00", "next": "\x00"}).status_code,
    }
    assert answers == {
        "campaign": 404,
        "targets": 200,
        "unit": 200,
        "invite": 200,
        "account": 200,
        "sign-in": 200,
        "language": 302,
    }
    assert nothing_is_saved()


def test_nul_is_explained_in_vietnamese(world: World, browse: Browse) -> None:
    """22"""
    sent = {"full_name": "a\x00b", "phone": "0912345678"}
    page = read(browse(world.lead).post("/c/de-an-06-2023/branches/XD-14173/invite/", sent))
    assert page.problems[-1] == UNREADABLE
    assert page.fields["full_name"] == "a\x00b"


def test_absurd_numbers_in_addresses_are_not_found(world: World, browse: Browse) -> None:
    client = browse(world.lead)
    answers = [
        client.post(f"/c/de-an-06-2023/branches/XD-14173/invite/{'9' * 30}/").status_code,
        client.get(f"/c/de-an-06-2023/units/{'9' * 20}/").status_code,
        client.get(f"/api/v1/units/?page={'9' * 30}").status_code,
        client.get("/api/v1/units/?page=x").status_code,
        client.get("/c/de-an-06-2023/report/0b0e7a54-0000-0000-0000-000000000000/").status_code,
    ]
    assert answers == [404, 404, 404, 404, 404]


def test_answers_of_the_api_are_in_vietnamese(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = [
        Client().get("/api/v1/units/").json(),
        client.get("/api/v1/units/?page=9").json(),
        client.get("/api/v1/totals/?basis=khac").json(),
        client.get("/api/v1/totals/", headers={"accept": "text/csv"}).json(),
    ]
    assert answers == [
        {"detail": "Cần đăng nhập, hoặc gửi khóa API."},
        {"detail": "Không có trang này."},
        {"basis": ["Không có lựa chọn “khac”."]},
        {"detail": "Chỉ trả lời bằng JSON. Sửa đầu mục Accept."},
    ]


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"count-installed": 3}', "application/json", 200),
        (b"--x\r\n", "multipart/form-data; boundary=x", 200),
        (b"x", "multipart/form-data", 400),
        (b"&".join(b"x%d=1" % n for n in range(6100)), "application/x-www-form-urlencoded", 400),
    ],
)
def test_bodies_that_are_no_form_are_answered(
    world: World, browse: Browse, content: bytes, content_type: str, status: int
) -> None:
    answer = browse(world.owner).post(
        "/c/de-an-06-2023/report/", content, content_type=content_type
    )
    assert (answer.status_code, bool(read(answer).heading)) == (status, True)
    assert nothing_is_saved()


@pytest.mark.parametrize("host", ["evil.vn", "evil.vn:99999999", "127.0.0.1@evil.vn", "a b"])
def test_other_hosts_are_refused(db: None, host: str) -> None:
    """A link in an invitation is made from it."""
    assert Client().get("/sign-in/", headers={"host": host}).status_code == 400
