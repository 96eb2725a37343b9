"""Bodies of requests that are no report."""

import json
from typing import Any

import pytest

from tests.conftest import World
from tests.reports.daily.test_bad_inputs.sending import (
    UNREADABLE,
    URL,
    Api,
    body,
    nothing_is_saved,
    send,
)

NOT_JSON = "Nội dung không phải JSON (UTF-8) đúng cú pháp."
NO_OBJECT = "Gửi một đối tượng JSON, ví dụ {…}."
BODIES = {
    "deep list": (b"[" * 100_000, NOT_JSON),
    "deep object": (b'{"a":' * 50_000, NOT_JSON),
    "list": (b"[]", NO_OBJECT),
    "text": (b'"x"', NO_OBJECT),
    "null": (b"null", NO_OBJECT),
    "number": (b"5", NO_OBJECT),
    "not JSON": (b"{'id': 1}", NOT_JSON),
    "two objects": (b"{} {}", NOT_JSON),
    "trailing comma": (b'{"id": 1,}', NOT_JSON),
    "byte order mark": (b"\xef\xbb\xbf{}", NOT_JSON),
    "UTF-16": ('{"id": 1}'.encode("utf-16"), NOT_JSON),
    "Latin-1": (b'{"note": "\xe9"}', NOT_JSON),
    "NUL": (b"\x00", NOT_JSON),
    "NUL in a text": (b'{"note": "a\x00b"}', NOT_JSON),
    "half a character as a name": (b'{"\\ud800": 1}', NOT_JSON),
    "half a character twice": (b'{"\\ud800": 1, "\\ud800": 2}', NOT_JSON),
    "same name twice": (b'{"id": 1, "id": 2}', "Trường “id” có hai lần. Chỉ gửi một lần."),
    "same name twice inside": (
        b'{"counts": {"level1": 1, "level1": 2}}',
        "Trường “level1” có hai lần. Chỉ gửi một lần.",
    ),
    "NaN": (b'{"counts": {"level1": NaN}}', "Số “NaN” không dùng được."),
    "infinity": (b'{"counts": {"level1": -Infinity}}', "Số “-Infinity” không dùng được."),
    "too large a float": (b'{"counts": {"level1": 1e999}}', "Số “1e999” không dùng được."),
    "thousands of nines": (
        b'{"counts": {"level1": ' + b"9" * 5000 + b"}}",
        "Số “99999999999999999999…” quá dài.",
    ),
}


def test_bodies_that_are_no_report_are_refused(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = {}
    for case, (content, _text) in BODIES.items():
        answer: Any = send(client, content)
        answers[case] = (answer.status_code, answer.json())
    assert answers == {case: (400, {"detail": text}) for case, (_c, text) in BODIES.items()}
    assert nothing_is_saved()


@pytest.mark.parametrize("name", ["campaign", "branch", "unit", "note", "evidence_url"])
def test_half_a_character_and_nul_are_refused_in_every_text(
    world: World, api: Api, name: str
) -> None:
    for text in ("a\ud800", "a\x00b"):
        answer: Any = send(api(world.owner), body(**{name: text}))
        assert (answer.status_code, answer.json()) == (400, {name: [UNREADABLE]})


def test_deep_values_are_refused_by_field(world: World, api: Api) -> None:
    nested: Any = []
    for _level in range(50):
        nested = [nested]
    answer: Any = send(api(world.owner), body(note=nested, counts={"level1": nested}))
    assert (answer.status_code, sorted(answer.json())) == (400, ["counts", "note"])


def test_hundreds_of_names_are_refused_one_by_one_and_thousands_as_one(
    world: World, api: Api
) -> None:
    few, many = ({f"x{number}": 1 for number in range(most)} for most in (500, 12_000))
    answer: Any = send(api(world.owner), body(counts=few))
    assert (answer.status_code, len(answer.json()["counts"])) == (400, 500)
    answer = send(api(world.owner), body(counts=many))
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "text/csv", ""]


@pytest.mark.parametrize("content_type", TYPES)
def test_other_kinds_of_body_are_refused(world: World, api: Api, content_type: str) -> None:
    data = json.dumps(body()).encode()
    answer = api(world.owner).generic("POST", URL, data.decode(), content_type=content_type)
    assert answer.status_code == 415
    assert answer.json() == {"detail": "Gửi JSON, với Content-Type: application/json."}


FIELDS: list[tuple[str, Any, str]] = [
    ("base_version", "0", "Gửi một số nguyên, ví dụ 0."),
    ("base_version", 0.0, "Gửi một số nguyên, ví dụ 0."),
    ("base_version", True, "Gửi một số nguyên, ví dụ 0."),
    ("base_version", -1, "Gửi một số từ 0 đến 2147483647."),
    ("base_version", 2**31, "Gửi một số từ 0 đến 2147483647."),
    ("base_version", 3, "Chưa có báo cáo nào để sửa. Gửi với base_version bằng 0."),
    ("no_activity", 1, "Gửi true hoặc false."),
    ("no_activity", "true", "Gửi true hoặc false."),
    ("no_activity", True, "Vừa báo “không phát sinh” vừa có số. Chọn một trong hai."),
    ("counts", [], 'Gửi một đối tượng, ví dụ {"installed": 35}.'),
    ("counts", "installed=3", 'Gửi một đối tượng, ví dụ {"installed": 35}.'),
    ("note", 5, "Gửi chữ trong dấu ngoặc kép."),
    ("note", ["a"], "Gửi chữ trong dấu ngoặc kép."),
    ("branch", "X" * 21, "Dài quá 20 ký tự. Viết ngắn lại."),
    ("unit", "1" * 11 + "x2", "Dài quá 12 ký tự. Viết ngắn lại."),
    ("captured_at", "12/05/2023", "Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    ("captured_at", 1683888000, "Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    ("captured_at", "0001-01-01T00:00:00", "Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    ("captured_at", "9999-12-31T23:59:59-12:00", "Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    *(
        (name, None, "Không gửi null. Bỏ trường này đi hoặc gửi một giá trị.")
        for name in ("campaign", "branch", "unit", "counts", "no_activity", "note", "base_version")
    ),
]


def test_fields_of_another_kind_are_refused_by_name(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = [client.post(URL, body(**{name: value})).json() for name, value, _text in FIELDS]
    assert answers == [{name: [text]} for name, _value, text in FIELDS]
    assert nothing_is_saved()
