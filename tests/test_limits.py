"""Limits before work: the largest bodies, at every door, cost next to nothing."""

import json
import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.importing.table import read_table
from core.text_gate import MOST_MARKS, is_stacked, normal
from core.validators import clean_note, clean_text, normalise_phone
from tests.conftest import World
from tests.core.workbooks import table
from tests.portal import REPOSITORY
from tests.test_matrix import ROUTES, Browse, Route, locations  # noqa: F401

# Of CPU, as the requirement has it, and what a loaded machine may add.
MOST_SECONDS, PATIENCE = 0.1, 2
LARGEST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 2000
# One letter under a tower of marks; a sign that stands for eighteen letters; digits between blanks.
HOSTILE = ("\u0301\u0316", "\ufdfa", "0 ")
MARKS = HOSTILE[0]
REFUSED = (400, 401, 403, 404, 405, 413, 415, 429)


def body_of(route: Route, unit: str) -> tuple[bytes, str]:
    """Return the largest body that fills the fields of the route, and its type."""
    # Django's form token is not checked here; a field of our own is there for routes without one.
    names = [*route.sent, "note"]
    each = unit * (LARGEST // len(names) // len(unit.encode()))
    if route.as_json:
        return json.dumps(
            dict.fromkeys(names, each), ensure_ascii=False
        ).encode(), "application/json"
    fields = "&".join(f"{name}=a{each}" for name in names)
    return fields.encode(), "application/x-www-form-urlencoded"


def cost_of(send: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of this thread, at best: a busy machine makes all of it dearer."""
    costs = []
    for _time in range(6):
        began = time.thread_time()
        answer = send()
        costs.append(time.thread_time() - began)
        if costs[-1] < MOST_SECONDS:
            break
    return min(costs), answer


@pytest.mark.parametrize("role", ["anonymous", "staff"])
def test_the_largest_body_costs_next_to_nothing_at_any_door(
    world: World,
    locations: dict[str, Any],  # noqa: F811
    browse: Browse,
    role: str,
) -> None:
    client = browse(world.staff) if role == "staff" else Client()
    dear, taken = {}, {}
    for name, route in ROUTES.items():
        # The short addresses lead on, whatever is sent.
        if not route.post or name == "sign-out" or f"c/{name}" in ROUTES:
            continue
        for unit in HOSTILE:
            body, kind = body_of(route, unit)
            url = route.url.format(**locations)
            send = partial(client.post, url, body, content_type=kind)
            cost, answer = cost_of(send)
            if cost > MOST_SECONDS * PATIENCE:
                dear[name, unit] = round(cost, 2)
            if unit == MARKS and answer.status_code not in REFUSED:
                taken[name] = answer.status_code
    assert dear == {}
    assert taken == {}


def test_a_resident_hears_what_is_wrong_and_nothing_is_kept(world: World) -> None:
    note = "a" + "\u0301\u0316" * 62_000
    sent = {"unit": "14173", "wish": "call", "reason": "ill", "name": "Hoa", "hamlet": "Xóm 3"}
    sent |= {"phone": "0912345678", "consent": "1", "note": note}
    client = Client()
    cost, answer = cost_of(lambda: client.post("/public/requests/", sent))
    assert answer.status_code == 400
    assert cost < MOST_SECONDS * PATIENCE


def test_addresses_and_headers_are_refused_by_length_and_marks(client: Client, db: None) -> None:
    assert client.get("/public/", {"q": "a" * 9000}).status_code == 414
    assert client.get("/public/", {"q": "a" + "\u0301" * 20}).status_code == 400
    assert client.get("/public/", headers={"X-Long": "a" * 17_000}).status_code == 431
    answer = client.get("/api/v1/units/", {"q": "a" + "\u0301" * 20})
    assert answer.status_code == 400
    assert "detail" in answer.json()


def test_a_stranger_sends_no_file_and_the_name_of_a_file_is_a_text_too(
    world: World, browse: Browse
) -> None:
    url = "/c/de-an-06-2023/teams/import/"
    large = SimpleUploadedFile("a.csv", b"a" * 600_000)
    assert Client().post(url, {"import_file": large}).status_code == 413
    large.seek(0)
    assert browse(world.owner).post(url, {"import_file": large}).status_code == 200
    for name in ("a" + "\u0301" * 20 + ".csv", "036201001234.csv"):
        odd = SimpleUploadedFile(name, b"a,b")
        assert browse(world.owner).post(url, {"import_file": odd}).status_code == 400


def test_a_file_of_marks_is_read_in_no_time() -> None:
    data = ("Họ và tên,Tổ\n" + "a" + "\u0301\u0316" * 60_000 + ",b\n").encode()
    cost, _none = cost_of(lambda: _refused(lambda: read_table(data)))
    assert cost < MOST_SECONDS * PATIENCE


def test_a_file_with_a_column_of_ids_is_refused() -> None:
    text = "Họ và tên,Thẻ\nHoa,036201001234\nLan,036-301-004.567\n".encode()
    # As numbers they have lost their nought.
    numbers = table(["Họ và tên", "Thẻ"], ["Hoa", 36201001234], ["Lan", 36301004567])
    for data in (text, numbers):
        with pytest.raises(ValidationError, match="Ô B3"):
            read_table(data)
    assert read_table("Tên,Số\nHoa,0912345678\nLan,84362010012\n".encode()).table


def _refused(act: Callable[[], Any]) -> None:
    with pytest.raises(ValidationError):
        act()


def test_a_text_is_measured_before_it_is_put_in_order() -> None:
    for act in (clean_note, clean_text, normalise_phone):
        for unit in HOSTILE:
            if act is clean_text and unit != MARKS:
                continue
            cost, _none = cost_of(lambda act=act, unit=unit: _refused(lambda: act(unit * 62_000)))  # type: ignore[misc]
            assert cost < MOST_SECONDS * PATIENCE, (act, unit)


def test_marks_that_scripts_have_are_none_of_a_tower() -> None:
    for text in ("Giao Tiến", "Giao Tiê\u0301n", "e\u0323\u0302", "กี่", "שָׁ֑", "👩\u200d🏫️", "x̂̄"):
        assert not is_stacked(text), text
    assert is_stacked("a" + "\u0301" * (MOST_MARKS + 1))
    assert normal("NFC", "a" + "\u0316" * 50) == "a" + "\u0316" * MOST_MARKS


def test_nothing_but_the_gate_puts_letters_in_order() -> None:
    calling = [
        str(path.relative_to(REPOSITORY))
        for folder in ("core", "accounts", "campaign", "volunteers", "reports", "config")
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
        if re.search(r"\b(unicodedata\.normalize|import normalize)\b", path.read_text())
    ]
    assert calling == ["core/text_gate.py"]
