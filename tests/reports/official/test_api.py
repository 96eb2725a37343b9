"""``official-figures/``: rows and files, all or nothing; the same again is the same receipt."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Campaign
from reports.official.models import OfficialFigure, OfficialFile
from tests.conftest import World
from tests.reports.official.test_tables import excel

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
URL = "/api/v1/official-figures/"
ROW = {"unit": "14173", "date": "2023-05-12", "level1": 20, "level2": 30}
SENT = {"campaign": "de-an-06-2023", "kind": "to_date", "rows": [ROW]}


def post(client: APIClient, **given: Any) -> Any:
    return client.post(URL, {**SENT, **given}, format="json")


def send(client: APIClient, data: bytes, **given: Any) -> Any:
    file = SimpleUploadedFile("bang.xlsx", data)
    body = {"campaign": "de-an-06-2023", "file": file, **given}
    return client.post(URL, body, format="multipart")


def test_rows_are_taken_once_and_superseded(world: World, api: Api) -> None:
    client = api(world.liaison)
    first = post(client)
    assert first.status_code == 201
    receipt = first.json()
    assert (receipt["rows"], receipt["figures"], receipt["new"]) == (1, 2, 2)
    assert (receipt["level"], receipt["kind"], receipt["first_day"]) == (
        "commune", "to_date", "2023-05-12",
    )  # fmt: skip
    # In another order it is the same.
    again = post(client, rows=[dict(reversed(ROW.items()))])
    assert (again.status_code, again.json()) == (200, receipt)
    other = post(client, rows=[{**ROW, "level1": 21}])
    assert other.status_code == 201
    assert (other.json()["replaced"], other.json()["unchanged"]) == (1, 1)
    once_more = post(client)
    assert (once_more.status_code, once_more.json()) == (200, receipt)
    current = OfficialFigure.objects.filter(superseded_by=None)
    assert set(current.values_list("indicator__code", "value")) == {("level1", 21), ("level2", 30)}
    # As daily it is something else.
    assert post(client, kind="daily").json()["new"] == 2
    listed = client.get(f"{URL}?campaign=de-an-06-2023&page_size=2").json()
    assert (listed["count"], len(listed["results"])) == (3, 2)
    assert client.get(URL, {"page": 2, "page_size": 2}).json()["results"] == [receipt]


def test_a_request_is_as_long_as_a_file_may_be(world: World, api: Api) -> None:
    client = api(world.liaison)
    doubles = post(client, rows=[ROW] * 30_001)
    assert (doubles.status_code, doubles.json()["rows"]["1"].keys()) == (400, {"unit"})
    assert "60000" in str(post(client, rows=[ROW] * 60_001).json()).replace(".", "")


NO_COUNTS: list[Any] = [-1, 1.0, 3.5, "20", True, None, [], 10**12]
WRONG: list[tuple[dict[str, Any], str]] = [
    *(({**ROW, "level1": value}, "level1") for value in NO_COUNTS),
    *(
        ({**ROW, "date": value}, "date")
        for value in ("12/05/2023", "2023-5-12", "2023-02-30", "2023-06-21", "2024-05-12", 5, None)
    ),
    *(({**ROW, "unit": value}, "unit") for value in ("99999", 14173, "", None, "Giao Tiền")),
    ({**ROW, "khac": 1}, "khac"),
    ({"unit": "14173", "date": "2023-05-12"}, "detail"),
    ({"date": "2023-05-12", "level1": 1}, "unit"),
]


def test_what_is_wrong_is_said_row_by_row_and_nothing_is_taken(world: World, api: Api) -> None:
    client = api(world.liaison)
    for row, field in WRONG:
        answer = post(client, rows=[ROW, row])
        assert answer.status_code == 400, row
        assert [*answer.json()["rows"]] == ["1"], row
        assert field in answer.json()["rows"]["1"], row
    twice = post(client, rows=[ROW, {**ROW, "level1": 1}]).json()
    assert "rows[0]" in twice["rows"]["1"]["unit"][0]
    refused: list[Any] = [{"kind": "all"}, {"rows": []}, {"rows": [7]}, {"rows": {}}, {"khac": 1}]
    for given in refused:
        assert post(client, **given).status_code == 400
    assert not OfficialFile.objects.exists()


@pytest.mark.parametrize(
    ("who", "look", "hand_in"),
    [
        ("staff", 200, 201),
        ("liaison", 200, 201),
        ("lead", 200, 403),
        ("owner", 403, 403),
        ("partner", 403, 403),
        ("stranger", 404, 404),
    ],
)
def test_who_may(world: World, api: Api, who: str, look: int, hand_in: int) -> None:
    client = api(getattr(world, who))
    assert client.get(URL).status_code == look
    assert post(client).status_code == hand_in
    assert OfficialFile.objects.exists() == (hand_in == 201)


def test_scope_and_state(world: World, api: Api) -> None:
    assert APIClient().post(URL, SENT, format="json").status_code == 401
    world.liaison.appointments.update(unit=world.other_district)
    client = api(world.liaison)
    rows = [ROW, {**ROW, "unit": "14050"}]
    assert [*post(client, rows=rows).json()["rows"]] == ["0"]
    assert post(client, campaign="khac").status_code == 404
    assert post(client, rows=rows[1:]).status_code == 201
    Campaign.objects.update(state="archived")
    assert post(client, rows=[{**rows[1], "level1": 1}]).status_code == 409


def test_a_file_and_what_is_asked_about_it(world: World, api: Api) -> None:
    client = api(world.staff)
    data = excel(["Mã", "Mức 1", "Lạ"], ["14173", 20, None], ["14158", 10, None])
    asked = send(client, data)
    assert asked.status_code == 400
    assert [one["name"] for one in asked.json()["questions"]] == ["column-la", "kind"]
    answers = {"answer-column-la": "=skip", "kind": "to_date"}
    assert [one["name"] for one in send(client, data, **answers).json()["questions"]] == ["day"]
    taken = send(client, data, **answers, date="2023-05-12")
    assert taken.status_code == 201
    assert (taken.json()["name"], taken.json()["new"]) == ("bang.xlsx", 2)
    again = send(client, data, date="2023-05-12")
    assert (again.status_code, again.json()) == (200, taken.json())
    wrong = send(client, excel(["Mã", "Mức 1"], ["14173", "x"], ["1", 2]), date="2023-05-12")
    assert [*wrong.json()["rows"]] == ["2", "3"]
    for data in (b"\x89PNG", b"PK\x03\x04", b"x" * 11_000_000):
        assert "file" in send(client, data).json()
    assert "khac" in send(client, data, khac="1").json()
    assert OfficialFile.objects.count() == 1
