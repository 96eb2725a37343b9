"""``POST pasted-messages/``: the contract, the scope, and that nothing is saved."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Indicator
from reports.daily.models import DailyReport
from tests.conftest import TODAY, World
from tests.factories import make_branch, make_session, make_unit
from tests.reports.reporting import CAMPAIGN, report

URL = "/api/v1/pasted-messages/"
Api = Callable[[User], APIClient]
ALIASES = {"installed": "cài, cài đặt", "level1": "m1, mức 1", "level2": "m2, mức 2"}


@pytest.fixture
def spelled(world: World) -> World:
    """The world, in which indicators are written as people write them."""
    for code, aliases in ALIASES.items():
        Indicator.objects.filter(code=code).update(aliases=aliases)
    return world


def read(client: APIClient, text: str, day: dt.date = TODAY) -> list[dict[str, Any]]:
    """Send a text; return the lines of the answer."""
    body = {"campaign": CAMPAIGN, "text": text, "date": day.isoformat()}
    # As escapes: the client would not encode half a sign.
    answer = client.post(URL, json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    lines: list[dict[str, Any]] = answer.json()["lines"]
    return lines


def test_a_line_is_read_and_nothing_is_saved(spelled: World, api: Api) -> None:
    lines = read(api(spelled.owner), "Giao Tiến 12/5 cài 35, m1 20, m2 12\nCảm ơn ạ")
    assert lines == [
        {
            "text": "Giao Tiến 12/5 cài 35, m1 20, m2 12",
            "status": "understood",
            "branch": "XD-14173",
            "unit": "14173",
            "date": "2023-05-12",
            "counts": {"installed": 35, "level1": 20, "level2": 12},
            "unchanged": {},
            "no_activity": False,
            "questions": [],
            "candidates": [],
            "notes": [],
        },
        {
            "text": "Cảm ơn ạ",
            "status": "ignored",
            "branch": None,
            "unit": None,
            "date": None,
            "counts": {},
            "unchanged": {},
            "no_activity": False,
            "questions": [],
            "candidates": [],
            "notes": [],
        },
    ]
    assert not DailyReport.objects.exists()


def test_only_who_may_report_is_answered_and_only_of_the_own_scope(
    spelled: World, api: Api
) -> None:
    body = {"campaign": CAMPAIGN, "text": "Giao Tiến cài 35", "date": TODAY.isoformat()}
    wrong = {spelled.stranger: 404, spelled.liaison: 403, spelled.partner: 403, spelled.leader: 403}
    for user, status in wrong.items():
        assert api(user).post(URL, body, format="json").status_code == status
    assert APIClient().post(URL, body, format="json").status_code == 401
    for user in (spelled.neighbour, spelled.other_lead):
        (line,) = read(api(user), "Giao Tiến cài 35")
        assert (line["status"], line["branch"], line["candidates"]) == ("ask", None, [])
        assert "XD-14173" not in str(line)
    for user in (spelled.owner, spelled.lead, spelled.staff):
        (line,) = read(api(user), "Giao Tiến cài 35")
        assert (line["status"], line["branch"]) == ("understood", "XD-14173")


def test_own_words_without_a_name_are_of_the_only_own_branch(spelled: World, api: Api) -> None:
    (line,) = read(api(spelled.owner), "cài 35")
    assert (line["status"], line["branch"], line["unit"]) == ("understood", "XD-14173", "14173")
    (line,) = read(api(spelled.owner), "[12/05/2023 17:42] Lan: cài 35")
    assert (line["status"], line["branch"], line["candidates"]) == ("ask", None, ["XD-14173"])
    (line,) = read(api(spelled.lead), "cài 35")
    assert (line["status"], line["candidates"]) == ("ask", [])


def test_two_that_are_written_alike_are_two_candidates(spelled: World, api: Api) -> None:
    twin = make_unit(code="14083", name="Xã Trực Hùng", parent=spelled.other_district)
    make_branch(code="XD-14083", name="Đoàn xã Trực Hùng", home_unit=twin, parent=spelled.union)
    (line,) = read(api(spelled.staff), "Truc Hung cai 5")
    assert (line["branch"], sorted(line["candidates"])) == (None, ["XD-14050", "XD-14083"])
    (line,) = read(api(spelled.staff), "Trực Hùng cài 5")
    assert (line["status"], line["branch"]) == ("understood", "XD-14083")


def test_a_branch_of_the_district_is_asked_where_it_was(spelled: World, api: Api) -> None:
    (line,) = read(api(spelled.lead), "Huyện Giao Thủy cài 5")
    assert (line["status"], line["branch"], line["unit"]) == ("ask", "HD-365", None)


def test_what_stands_already_is_noted_only_where_it_differs(spelled: World, api: Api) -> None:
    report(spelled.owner, "XD-14173", {"installed": 35})
    (line,) = read(api(spelled.owner), "Giao Tiến cài 35")
    assert (line["status"], line["questions"], line["notes"]) == ("understood", [], [])
    # What the words say is certain: that another report stands is no doubt about them.
    (line,) = read(api(spelled.owner), "Giao Tiến cài 36")
    assert (line["status"], line["counts"]) == ("understood", {"installed": 36})
    assert line["questions"] == []
    assert any("đã có báo cáo" in note for note in line["notes"])


def test_what_a_line_does_not_name_is_told_and_judged_with_it(spelled: World, api: Api) -> None:
    report(spelled.owner, "XD-14173", {"installed": 62, "level2": 16, "upgraded": 2})
    (line,) = read(api(spelled.owner), "Giao Tiến cài 35")
    assert (line["status"], line["counts"]) == ("understood", {"installed": 35})
    assert line["unchanged"] == {"level2": 16, "upgraded": 2}
    # Two beside the sixteen that stand; one alone would be less than the two.
    (line,) = read(api(spelled.owner), "Giao Tiến m2 1")
    assert line["status"] == "ask"
    (line,) = read(api(spelled.owner), "Giao Tiến không phát sinh")
    assert (line["status"], line["counts"]) == ("ask", {})
    assert len(line["unchanged"]) == 3


def test_the_rules_of_the_form_are_asked_about(spelled: World, api: Api) -> None:
    spelled.indicators["upgraded"].aliases = "nâng"
    spelled.indicators["upgraded"].save()
    (line,) = read(api(spelled.owner), "Giao Tiến m2 3, nâng 5")
    assert line["status"] == "ask"
    assert any("không thể nhiều hơn" in question for question in line["questions"])
    (line,) = read(api(spelled.owner), "Giao Tiến 21/6 cài 5")
    assert line["status"] == "ask"
    spelled.campaign.editable_days = 0
    spelled.campaign.save()
    (line,) = read(api(spelled.owner), "Giao Tiến 19/6 cài 5")
    assert line["status"] == "ask"
    assert any("khóa sổ" in question for question in line["questions"])


def test_less_than_the_sessions_of_the_day_is_asked_about(spelled: World, api: Api) -> None:
    make_session(
        campaign=spelled.campaign,
        branch=spelled.branch,
        unit=spelled.commune,
        state="closed",
        counts={"installed": 12},
        participations=3,
        headcount=3,
    )
    (line,) = read(api(spelled.owner), "Giao Tiến cài 10")
    assert line["status"] == "ask"
    (line,) = read(api(spelled.owner), "Giao Tiến cài 12")
    assert line["status"] == "understood"


def test_nothing_to_report_is_told_from_nothing_said(spelled: World, api: Api) -> None:
    (line,) = read(api(spelled.owner), "Giao Tiến hôm nay không phát sinh")
    assert (line["status"], line["no_activity"], line["counts"]) == ("understood", True, {})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": 5}, "text"),
        ({"text": None}, "text"),
        ({"text": "a\n" * 300 + "b"}, "text"),
        ({"text": "a" * 20_001}, "text"),
        ({"date": "12/5/2023"}, "date"),
        ({"date": None}, "date"),
        ({"unit": "14173"}, "unit"),
        ({"campaign": 3}, "campaign"),
    ],
)
def test_what_cannot_be_read_is_told_field_by_field(
    world: World, api: Api, change: dict[str, Any], field: str
) -> None:
    body = {"campaign": CAMPAIGN, "text": "cài 3", "date": TODAY.isoformat(), **change}
    answer = api(world.owner).post(URL, body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800 cài 5", "\u202ecài 5", "🎉" * 500, "0" * 19_000, "|\t|\n" * 200]
)
def test_hostile_text_is_answered(world: World, api: Api, text: str) -> None:
    read(api(world.staff), text)
    read(api(world.staff), text, dt.date.min)
    read(api(world.staff), text, dt.date.max)


def test_a_citizens_number_does_not_come_back(spelled: World, api: Api) -> None:
    (line,) = read(api(spelled.owner), "Giao Tiến cài cho ông A 036203001234")
    assert line["status"] == "ask"
    assert "036203001234" not in str(line)


def test_many_lines_take_no_more_queries_than_few(
    spelled: World, api: Api, django_assert_max_num_queries: Any
) -> None:
    homes = [make_unit(name=f"Xã Lạc Số {n}", parent=spelled.district) for n in "ABCDEFGHIK"]
    for home in homes:
        make_branch(name=f"Đoàn {home.name}", home_unit=home, parent=spelled.district_union)
    text = "\n".join(f"{home.name}: cài {n}" for n, home in enumerate(homes))
    with django_assert_max_num_queries(24):
        lines = read(api(spelled.staff), text)
    assert [line["status"] for line in lines] == ["understood"] * len(homes)
