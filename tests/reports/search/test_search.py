"""One field finds what its reader may see, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from campaign.addresses import path_of
from core.folded import Folded
from core.vietnamese import fold
from privacy.models import PersonalDataRead
from reports.search.pages import OUTSIDE, PAGES, offered
from tests.conftest import World
from tests.factories import make_help_request, make_session
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(api: Callable[[User], APIClient]) -> Callable[[User, str], dict[str, list[str]]]:
    """Return a way to search: titles by kind."""

    def found(user: User, text: str) -> dict[str, list[str]]:
        answer = api(user).get("/api/v1/search/", {"q": text})
        assert answer.status_code == 200, answer.json()
        titles: dict[str, list[str]] = {}
        for one in answer.json()["results"]:
            titles.setdefault(one["kind"], []).append(one["title"])
        return titles

    return found


def test_names_are_found_without_marks_and_codes_as_they_are(world: World, find: Any) -> None:
    by_name = find(world.staff, "giao tien")
    assert (by_name["unit"], by_name["branch"]) == (["Xã Giao Tiến"], ["Đoàn xã Giao Tiến"])
    assert find(world.staff, "14173")["unit"] == ["Xã Giao Tiến"]
    assert find(world.staff, "cong nghe so")["team"] == ["Tổ công nghệ số xóm 1"]
    assert find(world.staff, "tong quan")["page"] == ["Tổng quan"]
    make_session(campaign=world.campaign, branch=world.branch, place="Chợ Vụ Bản, Cư M’gar")
    for typed in ("cho vu ban", "Chợ Vụ", "cu mgar", "Cư M'gar"):
        assert find(world.staff, typed)["session"] == ["Chợ Vụ Bản, Cư M’gar"], typed
    assert find(world.staff, "20/6")["digest"] == ["20/06/2023"]
    assert find(world.staff, "21/6") == find(world.staff, "khong co gi") == {}


def test_numbers_that_are_read_out_lead_to_what_bears_them(world: World, find: Any) -> None:
    sent = report(world.owner, world.branch.code, {"installed": 3})
    assert find(world.staff, sent.number.lower().replace("-", " "))["receipt"] == [sent.number]
    asked = make_help_request(campaign=world.campaign, unit=world.commune, phone="0987654321")
    assert find(world.owner, asked.number)["request"] == [asked.number]
    # By telephone whoever may know the person; of others it is not said that somebody asked.
    assert find(world.owner, "0987 654 321")["request"] == [asked.number]
    assert find(world.staff, "0987654321") == find(world.neighbour, asked.number) == {}
    assert find(world.lead, "0911000002")["person"] == ["Lê Thị Thành Viên"]


def test_nobody_finds_what_is_not_theirs_to_see(
    world: World, find: Any, api: Callable[[User], APIClient]
) -> None:
    sent = report(world.owner, world.branch.code, {"installed": 3})
    assert "branch" not in find(world.neighbour, "giao tien")
    assert find(world.neighbour, sent.number) == {}
    assert find(world.other_lead, "cong nghe so") == {}
    for who in (world.neighbour, world.other_lead, world.liaison, world.partner):
        assert "person" not in find(who, "thanh vien"), who
    assert find(world.lead, "thanh vien")["person"] == ["Lê Thị Thành Viên"]
    assert find(world.owner, "thiet lap") == find(world.owner, "doi soat cong an") == {}
    assert api(world.stranger).get("/api/v1/search/", {"q": "to"}).status_code == 404


def test_names_that_are_shown_are_recorded_as_read(
    world: World, browse: Callable[[User], Client]
) -> None:
    page = browse(world.lead).get("/c/de-an-06-2023/search/", {"q": "Thành Viên"})
    assert "Lê Thị Thành Viên" in page.content.decode()
    read = PersonalDataRead.objects.get()
    assert (read.reader, read.page, read.people) == (
        world.lead, "search", [f"volunteer:{world.member.pk}"],
    )  # fmt: skip


def test_page_keeps_what_is_read_and_says_what_is_wrong(
    world: World, browse: Callable[[User], Client]
) -> None:
    staff = browse(world.staff)
    page = staff.get("/search/", {"q": "giao", "basis": "approved"}, follow=True).content.decode()
    assert "/c/de-an-06-2023/units/14173/?basis=approved" in page
    for typed, words in (
        ("x", "Gõ ít nhất hai chữ"), ("a" * 101, "Tìm tối đa 100 chữ"), ("ạ" * 900, "Tìm tối đa"),
        ("zz", "Không thấy “zz”"),
    ):  # fmt: skip
        answer = staff.get("/c/de-an-06-2023/search/", {"q": typed})
        assert (answer.status_code, words in answer.content.decode()) == (200, True), typed
    assert "<script>alert" not in staff.get(
        "/c/de-an-06-2023/search/", {"q": "<script>alert(1)</script>"}
    ).content.decode()  # fmt: skip


def test_database_folds_as_python_does(world: World) -> None:
    names = ["Đặng Thị Ngọc Ánh", "Cư M’gar", "NGUYỄN VĂN TRƯỜNG", "Lê Ỷ Ỹ Ỵ Ữ ơ Ǘ"]
    for name in names:
        world.stranger.full_name = name
        world.stranger.save()
        (bare,) = User.objects.filter(pk=world.stranger.pk).values_list(Folded("full_name"))
        assert bare == (fold(name),)


def test_search_costs_the_same_however_much_is_found(
    world: World, browse: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    staff = browse(world.staff)
    staff.get("/c/de-an-06-2023/search/", {"q": "xa"})
    with django_assert_max_num_queries(15):
        staff.get("/c/de-an-06-2023/search/", {"q": "xa"})


@pytest.mark.parametrize(
    "role", ["owner", "lead", "staff", "liaison", "partner", "officer", "leader"]
)
def test_pages_that_are_offered_open(
    world: World, browse: Callable[[User], Client], role: str
) -> None:
    user = getattr(world, role)
    client = browse(user)
    inside = [f"/c/de-an-06-2023{path_of(None, name)}" for name, _t in offered(user, PAGES)]
    outside = [reverse(name) for name, _t in offered(user, OUTSIDE)]
    answers = {path: client.get(path, follow=True).status_code for path in inside + outside}
    assert {path: code for path, code in answers.items() if code != 200} == {}
