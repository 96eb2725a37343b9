"""The residents' page: public facts, no cookie, and asking for help."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

from core import clock
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit import submit_report
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_help_request, make_session
from tests.pages import ParsedPage, read
from volunteers.help_requests import services as help_requests
from volunteers.help_requests.models import HelpRequest, HelpState
from volunteers.sessions.models import State

pytestmark = pytest.mark.django_db

ENTRANCE = "/public/requests/"
ASKED: dict[str, Any] = {
    "campaign": "de-an-06-2023",
    "unit": "14173",
    "wish": "visit",
    "reason": "elderly",
    "name": "Bà Nguyễn Thị A.",
    "phone": "0190 000 001",
    "hamlet": "Xóm 3",
    "note": "Chỉ ở nhà buổi tối",
    "consent": "on",
    "website": "",
}
JSON = {**{k: v for k, v in ASKED.items() if k != "website"}, "consent": True}


@pytest.fixture(autouse=True)
def _no_tries_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def ask(**changed: Any) -> Any:
    return Client().post(ENTRANCE, {**ASKED, **changed})


def ask_json(**changed: Any) -> Any:
    sent = {**JSON, **changed}
    return Client().post(ENTRANCE, json.dumps(sent), content_type="application/json")


def shown(url: str) -> ParsedPage:
    return read(Client().get(url))


# What is shown


def test_strangers_get_pages_without_cookies_and_one_script(world: World) -> None:
    asked = make_help_request(campaign=world.campaign, unit=world.commune)
    for url in ("/public/", "/public/?q=giao", "/public/?unit=14173", f"{ENTRANCE}{asked.pk}/"):
        answer = Client().get(url)
        assert (url, answer.status_code, dict(answer.cookies)) == (url, 200, {})
        # It keeps what is typed, in its tab, and forgets it.
        scripts = re.findall(rb"<script[^>]*>", answer.content)
        assert len(scripts) <= 1
        assert all(b"core/draft" in one for one in scripts)
        assert b"csrfmiddlewaretoken" not in answer.content


def test_page_may_be_kept_for_a_minute_and_errors_may_not(world: World) -> None:
    assert Client().get("/public/?unit=14173").headers["Cache-Control"] == "public, max-age=60"
    assert "no-store" in ask(name="").headers["Cache-Control"]


def test_page_is_the_same_for_those_who_are_signed_in(world: World, browse: Any) -> None:
    mine, theirs = (
        browse(world.owner).get("/public/?unit=14173"),
        Client().get("/public/?unit=14173"),
    )
    assert mine.content == theirs.content


def test_page_and_its_parts_are_light(world: World, settings: LazySettings) -> None:
    styles = [
        settings.BASE_DIR / "static" / name
        for name in ("core/portal.css", "reports/public/public.css")
    ]
    weight = len(Client().get("/public/?unit=14173").content)
    assert weight + sum(style.stat().st_size for style in styles) < 60_000


def test_communes_are_found_without_marks_and_stand_with_their_district(world: World) -> None:
    page = shown("/public/?q=truc hung")
    assert "/public/?unit=14050" in page.links
    assert "Huyện Trực Ninh" in page.text
    assert "/public/?unit=14173" not in page.links
    assert "Không thấy “khong co”" in " ".join(shown("/public/?q=khong co").text.split())


def test_communes_are_grouped_by_district(world: World) -> None:
    page = shown("/public/")
    links = [link for link in page.links if "unit=" in link]
    assert links == ["?unit=14173", "?unit=14158", "?unit=14050"]
    assert page.text.index("Huyện Giao Thủy") < page.text.index("Huyện Trực Ninh")


@pytest.mark.parametrize("code", ["99999", "365", "x" * 500])
def test_unknown_commune_leads_back_to_the_choice(world: World, code: str) -> None:
    page = shown(f"/public/?unit={code}")
    assert page.status == 404
    assert "?unit=14173" in page.links


def test_unknown_campaign_is_not_found(world: World) -> None:
    answer = Client().get("/public/?campaign=khac")
    assert (answer.status_code, dict(answer.cookies)) == (404, {})


def points(url: str = "/public/?unit=14173") -> list[str]:
    """Return the lines of the support points."""
    text = " ".join(shown(url).text.split())
    return text.split("Điểm hỗ trợ sắp tới")[1].split("Mang theo")[0].split("Nhà văn hóa")[0:]


def at(world: World, days: int, **given: Any) -> Any:
    """Plan a session of some day from today."""
    given = {"branch": world.branch, "ends_at": dt.time(23, 59), **given}
    return make_session(campaign=world.campaign, date=TODAY + dt.timedelta(days=days), **given)


def test_next_points_are_the_communes_own_and_then_the_districts(world: World) -> None:
    at(world, 1, branch=world.neighbour_branch, place="Chợ Hồng Thuận")
    at(world, 5, place="Nhà văn hóa xóm 7")
    at(world, 1, branch=world.far_branch, place="Chợ huyện khác")
    at(world, 15, place="Còn lâu")
    at(world, -1, place="Hôm qua")
    at(world, 2, place="Nhà bà A", place_kind="home_visits")
    text = " ".join(shown("/public/?unit=14173").text.split())
    assert text.index("Nhà văn hóa xóm 7") < text.index("Chợ Hồng Thuận")
    assert "Chủ nhật 25/6" in text
    assert "Ngày mai, Thứ Tư 21/6" in text
    assert "Xã Hồng Thuận" in text
    for hidden in ("Chợ huyện khác", "Còn lâu", "Hôm qua", "Nhà bà A"):
        assert hidden not in text


def test_points_of_today_end_with_their_hours(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(world, 0, place="Buổi sáng", begins_at=dt.time(7), ends_at=dt.time(9))
    at(world, 0, place="Buổi trưa", begins_at=dt.time(9), ends_at=dt.time(13))
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, dt.time(10)))
    text = shown("/public/?unit=14173").text
    assert "Buổi sáng" not in text
    assert "Buổi trưa" in text
    assert "Đang diễn ra" in text


def test_cancelled_points_say_so_without_the_reason(world: World) -> None:
    at(world, 1, place="Chợ Giao Tiến", state=State.CANCELLED, cancel_reason="Anh B. ốm")
    text = shown("/public/?unit=14173").text
    assert "Chợ Giao Tiến" in text
    assert "Đã hủy" in text
    assert "Anh B." not in text


def test_no_more_points_than_fit(world: World) -> None:
    for day in range(1, 13):
        at(world, day, place=f"Nhà văn hóa số {day}.")
    text = shown("/public/?unit=14173").text
    assert [day for day in range(1, 13) if f"số {day}." in text] == list(range(1, 9))


def test_no_volunteer_stands_on_the_page(world: World) -> None:
    at(world, 1, teams=[world.team])
    text = shown("/public/?unit=14173").text
    for person in (world.member.full_name, world.member.phone, "Phạm Văn Trưởng", "0911000001"):
        assert str(person) not in text


def test_progress_is_the_dashboards(world: World) -> None:
    entry = ReportInput(
        id=uuid4(),
        campaign="de-an-06-2023",
        branch="XD-14173",
        date=TODAY,
        counts={"level1": 300, "level2": 50},
    )
    submit_report(actor=world.owner, entry=entry)
    drain()
    text = " ".join(shown("/public/?unit=14173").text.split())
    assert "350 / 1.000" in text
    assert "35,0%" in text
    assert "không phải số của Công an" in text
    assert "20/06/2023" in text


def test_page_costs_the_same_whatever_is_on_it(
    world: World, django_assert_max_num_queries: Any
) -> None:
    for day in range(1, 9):
        at(world, day)
    with django_assert_max_num_queries(16):
        Client().get("/public/?unit=14173")


# Asking


def test_request_is_kept_and_its_address_shows_it(world: World) -> None:
    answer = ask()
    asked = HelpRequest.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ENTRANCE}{asked.key}/")
    assert dict(answer.cookies) == {}
    stored = (asked.unit, asked.campaign, asked.wish, asked.reason, asked.name, asked.phone)
    assert stored == (
        world.commune,
        world.campaign,
        "visit",
        "elderly",
        "Bà Nguyễn Thị A.",
        "0190000001",
    )
    assert (asked.hamlet, asked.note) == ("Xóm 3", "Chỉ ở nhà buổi tối")
    assert asked.due_on == TODAY + dt.timedelta(days=world.campaign.help_due_days)
    page = shown(answer.headers["Location"])
    assert asked.number in page.text
    assert "23/06/2023" in page.text
    for personal in ("Nguyễn Thị A", "0190000001", "Xóm 3", "buổi tối"):
        assert personal not in page.text


def test_campaign_may_be_left_out(world: World) -> None:
    assert ask(campaign="").status_code == 303
    assert HelpRequest.objects.get().campaign == world.campaign


def test_form_is_not_asked_for_a_token(world: World) -> None:
    assert Client(enforce_csrf_checks=True).post(ENTRANCE, ASKED).status_code == 303


def test_number_of_a_landline_is_taken(world: World) -> None:
    # With the code of the country it has as many digits as a citizen id.
    for phone in ("0228 3648 123", "+842283648123", "0084 228 3648123", "0228/3648123"):
        assert ask(phone=phone).status_code == 303
    assert ask_json(phone="+842283648123").status_code == 201
    assert HelpRequest.objects.get().phone == "02283648123"


ID = "036123456789"
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "id in the name": ({"name": f"Bà A {ID}"}, "12 chữ số"),
    "id in the hamlet": ({"hamlet": f"Xóm 3, {ID}"}, "12 chữ số"),
    "id in the note": ({"note": f"CCCD {ID}"}, "12 chữ số"),
    "id for a phone": ({"phone": ID}, "12 chữ số"),
    "id with blanks": ({"note": "036 123 456 789"}, "12 chữ số"),
    "id with dots": ({"hamlet": "0361.2345.6789"}, "12 chữ số"),
    "id in full width": ({"name": "０３６１２３４５６７８９"}, "12 chữ số"),
    "no consent": ({"consent": ""}, "đồng ý"),
    "wrong phone": ({"phone": "12345"}, "10 chữ số"),
    "no phone": ({"phone": " "}, "Chưa nhập"),
    "no name": ({"name": ""}, "Chưa nhập"),
    "name of dots": ({"name": "..."}, "Chưa nhập"),
    "long name": ({"name": "A" * 151}, "Dài quá 150"),
    "long note": ({"note": "a" * 2001}, "Dài quá 2000"),
    "no hamlet": ({"hamlet": ""}, "Chưa nhập"),
    "no wish": ({"wish": ""}, "Chưa chọn"),
    "unknown reason": ({"reason": "bored"}, "Chưa chọn"),
    "unknown commune": ({"unit": "99999"}, "Không có xã"),
    "district": ({"unit": "365"}, "Không có xã"),
    "no commune": ({"unit": ""}, "Chưa chọn xã"),
    "unknown campaign": ({"campaign": "khac"}, "Không có chiến dịch"),
    "NUL in the name": ({"name": "Bà\0A"}, "không đọc được"),
    "NUL in the commune": ({"unit": "14173\0"}, "không đọc được"),
    "NUL in the campaign": ({"campaign": "de-an\0"}, "không đọc được"),
    "NUL in the wish": ({"wish": "visit\0"}, "Chưa chọn"),
    "name twice": ({"name": ["Bà A", "Bà B"]}, "gửi hai lần"),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_is_explained_and_what_was_typed_stays(world: World, case: str) -> None:
    changed, message = WRONG[case]
    answer = ask(**changed)
    page = read(answer)
    assert answer.status_code == 400
    assert message in " ".join(page.problems)
    assert dict(answer.cookies) == {}
    assert not HelpRequest.objects.exists()
    unchanged = {"name", "hamlet", "note"} - changed.keys()
    assert {name: page.fields[name] for name in unchanged} == {n: ASKED[n] for n in unchanged}


def test_wrong_form_still_shows_the_support_points(world: World) -> None:
    at(world, 1, place="Chợ Giao Tiến")
    assert "Chợ Giao Tiến" in read(ask(phone="1")).text


def test_unknown_commune_can_be_chosen_again(world: World) -> None:
    answer = ask(unit="99999")
    assert b'<option value="14173">' in answer.content


def test_machines_get_json(world: World) -> None:
    answer = ask_json()
    asked = HelpRequest.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "number": asked.number,
        "due_on": "2023-06-23",
        "state": "new",
        "status_url": f"http://testserver{ENTRANCE}{asked.key}/",
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"consent": False}, "consent"),
        ({"consent": "yes"}, "consent"),
        ({"note": f"số {ID}"}, "note"),
        ({"phone": ID}, "phone"),
        ({"phone": 912345678}, "phone"),
        ({"name": None}, "name"),
        ({"name": "a\0"}, "name"),
        ({"unit": "99999"}, "unit"),
        ({"wish": "dance"}, "wish"),
        ({"wish": ["visit"]}, "wish"),
        ({"campaign": "khac"}, "campaign"),
        ({"citizen_id": ID}, "citizen_id"),
    ],
)
def test_machines_get_errors_by_field(world: World, changed: dict[str, Any], field: str) -> None:
    answer = ask_json(**changed)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not HelpRequest.objects.exists()


def test_forms_may_ask_for_json(world: World) -> None:
    headers = {"accept": "application/json"}
    assert Client().post(ENTRANCE, ASKED, headers=headers).status_code == 201
    wrong = Client().post(ENTRANCE, {**ASKED, "phone": ""}, headers=headers)
    assert (wrong.status_code, list(wrong.json())) == (400, ["phone"])


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('{"name": "a", "name": "b"}', "application/json", 400),
        ("x", "text/plain", 415),
        ("x" * 300_000, "application/json", 413),
        ("note=" + "x" * 300_000, "application/x-www-form-urlencoded", 413),
        ("&".join(f"a{n}=1" for n in range(3000)), "application/x-www-form-urlencoded", 400),
        ("--x", "multipart/form-data; boundary=x", 400),
        ("--x", "multipart/form-data", 400),
    ],
)
def test_bodies_that_cannot_be_read_are_refused(
    world: World, body: str, kind: str, status: int
) -> None:
    answer = Client().post(ENTRANCE, body, content_type=kind)
    assert answer.status_code == status
    assert not HelpRequest.objects.exists()


def test_opened_address_of_the_door_leads_to_the_page(world: World) -> None:
    assert Client().get(ENTRANCE).headers["Location"] == "/public/"


def test_trap_is_answered_alike_and_keeps_nothing(world: World) -> None:
    answer = ask(website="https://rao-vat.example")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(ENTRANCE)
    assert not HelpRequest.objects.exists()


def test_double_tap_gives_the_same_request(world: World) -> None:
    first, second = ask(), ask(phone="+84190000001", note="")
    assert first.headers["Location"] == second.headers["Location"]
    assert HelpRequest.objects.count() == 1


def test_two_people_may_share_a_telephone(world: World) -> None:
    ask()
    ask(name="Ông Trần Văn B.")
    assert HelpRequest.objects.count() == 2


def test_repeated_after_a_day_it_is_a_new_request(world: World) -> None:
    ask()
    HelpRequest.objects.update(asked_at=clock.now() - dt.timedelta(days=1, minutes=1))
    ask()
    assert HelpRequest.objects.count() == 2


def test_asked_again_after_it_was_closed_it_is_a_new_request(world: World) -> None:
    ask()
    HelpRequest.objects.update(state=HelpState.DONE, closed_at=clock.now())
    ask()
    assert HelpRequest.objects.count() == 2


def test_one_telephone_has_three_open_requests(world: World) -> None:
    for name in ("A", "B", "C"):
        assert ask(name=name).status_code == 303
    answer = ask(name="D", unit="14050")
    page = read(answer)
    assert answer.status_code == 429
    assert (page.fields["name"], page.fields["note"]) == ("D", ASKED["note"])
    assert "điểm hỗ trợ gần nhất" in page.text
    assert HelpRequest.objects.count() == 3


def test_flood_from_one_address_is_stopped_and_nothing_typed_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(help_requests, "MOST_PER_ADDRESS", 2)
    statuses = [ask(phone=f"019000000{n}").status_code for n in range(3)]
    assert statuses == [303, 303, 429]
    answer = ask(phone="0190000009", name="Bà Chờ")
    page = read(answer)
    assert answer.headers["Retry-After"] == "3600"
    assert "sau một giờ" in page.text
    assert (page.fields["name"], page.fields["phone"]) == ("Bà Chờ", "0190000009")
    assert ask_json().status_code == 429
    assert "sau một giờ" in ask_json().json()["detail"]
    elsewhere = Client(REMOTE_ADDR="203.0.113.5").post(ENTRANCE, ASKED)
    assert elsewhere.status_code == 303


def test_commune_takes_so_many_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(help_requests, "MOST_PER_COMMUNE", 2)
    statuses = [ask(phone=f"019000000{n}").status_code for n in range(3)]
    assert statuses == [303, 303, 429]
    assert int(ask(phone="0190000007").headers["Retry-After"]) <= 86_400
    assert ask(unit="14158", phone="0190000008").status_code == 303
    HelpRequest.objects.update(asked_at=clock.now() - dt.timedelta(days=1))
    assert ask(phone="0190000009").status_code == 303


@pytest.mark.parametrize("day", [dt.date(2023, 3, 31), dt.date(2023, 7, 1)])
def test_outside_the_campaign_nothing_is_taken(
    world: World, settings: LazySettings, day: dt.date
) -> None:
    settings.PORTAL_TODAY = day
    page = shown("/public/?unit=14173")
    assert "01/04/2023" in page.text
    assert "phone" not in page.fields
    answer = ask()
    assert answer.status_code == 400
    assert "chỉ nhận yêu cầu từ 01/04/2023" in " ".join(read(answer).problems)
    assert not HelpRequest.objects.exists()


# The request's own page


def test_resident_takes_the_request_back(world: World) -> None:
    url = ask().headers["Location"]
    # Asked once more before anything goes.
    asking = read(Client(enforce_csrf_checks=True).post(url))
    assert ("Rút yêu cầu này?" in asking.text, HelpRequest.objects.get().is_withdrawn) == (
        True,
        False,
    )
    for _twice in range(2):
        answer = Client(enforce_csrf_checks=True).post(url, {"sure": "1"})
        assert (answer.status_code, answer.headers["Location"]) == (303, url)
    asked = HelpRequest.objects.get()
    assert asked.closed_by is None
    assert (asked.state, asked.is_withdrawn) == (HelpState.CANNOT, True)
    assert (asked.name, asked.phone, asked.hamlet, asked.note) == ("", "", "", "")
    assert asked.purged_at is not None
    assert shown(url).heading == "Đã rút yêu cầu"


def test_resident_has_the_person_forgotten_after_help(world: World) -> None:
    asked = make_help_request(
        campaign=world.campaign,
        unit=world.commune,
        state=HelpState.DONE,
        closed_at=clock.now(),
        counts={"level1": 1},
    )
    Client().post(f"{ENTRANCE}{asked.key}/", {"sure": "1"})
    asked.refresh_from_db()
    assert (asked.state, asked.is_withdrawn, asked.counts) == ("done", False, {"level1": 1})
    assert (asked.name, asked.phone) == ("", "")


def test_the_address_that_staff_see_shows_and_takes_nothing_back(world: World) -> None:
    ask()
    asked = HelpRequest.objects.get()
    url = f"{ENTRANCE}{asked.pk}/"
    page = shown(url)
    assert page.heading == "Đã nhận yêu cầu"
    assert "Rút yêu cầu" not in page.text
    for body in ({}, {"sure": "1"}):
        assert Client().post(url, body).status_code == 403
    asked.refresh_from_db()
    assert (asked.is_withdrawn, asked.name) == (False, ASKED["name"])


def test_who_repeats_a_request_from_elsewhere_gets_no_key(world: World) -> None:
    """Name and number stand before the eyes of those who help: they open no more than that."""
    first = ask().headers["Location"]
    asked = HelpRequest.objects.get()
    assert first == f"{ENTRANCE}{asked.key}/"
    # The button pressed twice.
    assert ask().headers["Location"] == first
    elsewhere = Client(REMOTE_ADDR="203.0.113.5").post(ENTRANCE, ASKED)
    assert elsewhere.headers["Location"] == f"{ENTRANCE}{asked.pk}/"
    assert HelpRequest.objects.count() == 1


def test_overdue_request_says_where_else_to_go(world: World) -> None:
    asked = make_help_request(
        campaign=world.campaign, unit=world.commune, due_on=TODAY - dt.timedelta(days=1)
    )
    assert "Đã quá ngày hẹn" in shown(f"{ENTRANCE}{asked.pk}/").text


def test_why_it_could_not_be_done_stays_with_the_staff(world: World) -> None:
    asked = make_help_request(
        campaign=world.campaign,
        unit=world.commune,
        state=HelpState.CANNOT,
        closed_at=clock.now(),
        outcome_note="Gọi mãi không được",
    )
    page = shown(f"{ENTRANCE}{asked.pk}/")
    assert page.heading == "Chưa giúp được"
    assert "Gọi mãi" not in page.text


def test_guessed_address_shows_nothing(world: World) -> None:
    answer = Client().get(f"{ENTRANCE}{uuid4()}/")
    assert (answer.status_code, dict(answer.cookies)) == (404, {})


def test_door_is_in_the_openapi_document_with_an_example(world: World) -> None:
    schema = Client().get("/api/schema/?format=json").json()
    entrance = schema["paths"][ENTRANCE]["post"]
    sent = entrance["requestBody"]["content"]["application/json"]
    assert next(iter(sent["examples"].values()))["value"]["unit"] == "14173"
    assert entrance["responses"]["201"]["content"]["application/json"]["examples"]
    # A description that leaves GET out would let programs expect a 405.
    leading = schema["paths"][ENTRANCE]["get"]
    assert [code for code in leading["responses"] if code < "400"] == ["302"]
