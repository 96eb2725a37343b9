"""Limits before work: the largest bodies, at every door, cost next to nothing."""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch

from core.importing.table import read_table
from core.text_gate import MOST_MARKS, is_stacked, normal
from core.upload_gate import MOST_PARTS
from core.validators import clean_note, clean_text, normalise_phone
from tests.conftest import World
from tests.core.workbooks import table
from tests.factories import make_user
from tests.importing import address
from tests.portal import REPOSITORY
from tests.test_matrix import ROUTES, Browse, locations  # noqa: F401

# Of a processor, in all that is done before a body is refused; and what ``known_work`` costs one
# that does nothing else.
MOST_SECONDS, AT_REST = 0.1, 0.013
LARGEST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 2000
MARKS = "\u0301\u0316"
# One letter under a tower of marks; a sign that stands for eighteen letters; digits between blanks.
HOSTILE = (MARKS, "\ufdfa", "0 ")
TEN_MILLION = 10_000_000
REFUSED = (400, 401, 403, 404, 405, 413, 415, 429)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
# What else texts are searched for.
TEXTS = ("9", "a@a.", "2023-06-", "1,", "0.", "<a ", "\r\n", "x" + "\u200b" * 9)
Body = tuple[bytes, str]


@dataclass(frozen=True)
class Entrance:
    """An address that takes a body, and the names of its fields."""

    name: str
    url: str
    names: tuple[str, ...]
    as_json: bool = False

    def filled(self, unit: str) -> Body:
        """Return the largest body that fills the fields."""
        each = "a" + unit * (LARGEST // len(self.names) // len(unit.encode()))
        if self.as_json:
            return json.dumps(dict.fromkeys(self.names, each), ensure_ascii=False).encode(), JSON
        return "&".join(f"{name}={each}" for name in self.names).encode(), FORM

    def bodies(self, turn: int) -> Iterator[tuple[str, Body]]:
        """Give the largest bodies: those that every door is sent, and others in turn."""
        yield from ((repr(unit), self.filled(unit)) for unit in HOSTILE)
        others = (*TEXTS, *FORM_SHAPES)
        chosen = [*JSON_SHAPES] if self.as_json else [others[turn % len(others)]]
        if any(name.endswith("_FORMS") for name in self.names):
            chosen.append(many_fields)
        for one in chosen:
            if isinstance(one, str):
                yield repr(one), self.filled(one)
            else:
                yield one.__name__, (one(self.names), JSON if self.as_json else one.kind)


def of_kind(kind: str) -> Callable[[Any], Any]:
    def mark(shape: Any) -> Any:
        shape.kind = kind
        return shape

    return mark


PARTED = "multipart/form-data; boundary=b"


@of_kind(FORM)
def many_fields(names: Sequence[str]) -> bytes:
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - 10
    # What a table of forms says of itself is believed as far as it is filled.
    tables = "".join(f"{name}=1900&" for name in names if name.endswith("_FORMS"))
    rest = most - len(tables.split("&"))
    return (tables + "&".join(f"{names[n % len(names)]}{n % 9}={n}" for n in range(rest))).encode()


@of_kind(FORM)
def too_many_fields(_names: Sequence[str]) -> bytes:
    return b"a=&" * (LARGEST // 3)


@of_kind(FORM)
def spelt_marks(names: Sequence[str]) -> bytes:
    return f"{names[0]}=a".encode() + b"%cc%81" * (LARGEST // 6)


def _part(name: str, text: bytes, more: str = "") -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + text + b"\r\n"


@of_kind(PARTED)
def many_parts(names: Sequence[str]) -> bytes:
    return b"".join(_part(names[0], b"") for _part_of in range(LARGEST // 60)) + b"--b--\r\n"


@of_kind(PARTED)
def as_many_parts_as_there_may_be(names: Sequence[str]) -> bytes:
    parts = (_part(f"{names[0]}{n}", b"a" * 700) for n in range(MOST_PARTS - 2))
    return b"".join(parts) + b"--b--\r\n"


@of_kind(PARTED)
def many_files(_names: Sequence[str]) -> bytes:
    part = _part("import_file", b"a,b", '; filename="a.csv"')
    return part * (LARGEST // len(part)) + b"--b--\r\n"


def deep_lists(names: Sequence[str]) -> bytes:
    deep = "[" * (LARGEST // 2) + "]" * (LARGEST // 2)
    return f'{{"{names[0]}":{deep}}}'.encode()


def deep_objects(names: Sequence[str]) -> bytes:
    return b'{"a":' * (LARGEST // 6) + b"1" + b"}" * (LARGEST // 6)


def one_number(names: Sequence[str]) -> bytes:
    return f'{{"{names[0]}":{"9" * LARGEST}}}'.encode()


def one_fraction(names: Sequence[str]) -> bytes:
    return f'{{"{names[0]}":0.{"9" * LARGEST}}}'.encode()


def many_names(_names: Sequence[str]) -> bytes:
    return json.dumps({f"k{n}": 1 for n in range(LARGEST // 14)}).encode()


def many_objects(names: Sequence[str]) -> bytes:
    return json.dumps({name: [{}] * (LARGEST // 4 // len(names)) for name in names}).encode()


FORM_SHAPES: Any = (
    many_fields,
    too_many_fields,
    spelt_marks,
    many_parts,
    as_many_parts_as_there_may_be,
    many_files,
)
JSON_SHAPES: Any = (
    many_objects,
    deep_lists,
    deep_objects,
    one_number,
    one_fraction,
    many_names,
)


def cost_of(send: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of this thread, at best, as if nobody else were at work."""
    costs: list[float] = []
    while len(costs) < 4 and (not costs or MOST_SECONDS < costs[-1] < 1):
        answer: list[Any] = []
        seconds = seconds_of(lambda answer=answer: answer.append(send()))  # type: ignore[misc]
        # Others in the same processor make a second of it worth less.
        slowness = max(1, seconds_of(known_work) / AT_REST) if seconds > MOST_SECONDS else 1
        costs.append(seconds / slowness)
    return min(costs), answer[0]


def seconds_of(act: Callable[[], Any]) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began


def known_work() -> None:
    json.loads(json.dumps({str(number): [number] for number in range(20_000)}))


def entrances_of_portal(locations: dict[str, Any]) -> Iterator[Entrance]:  # noqa: F811
    for name, route in ROUTES.items():
        # The short addresses lead on, whatever is sent.
        if route.post and name != "sign-out" and f"c/{name}" not in ROUTES:
            # Django's form token is not checked here; a field for routes that have none.
            names = (*route.sent, "note")
            yield Entrance(name, route.url.format(**locations), names, route.as_json)


def entrances_of_admin(client: Client) -> Iterator[Entrance]:
    """Give the pages that add, change, list and import, with the fields that they show."""
    for model in admin.site._registry:
        row: Any = model._default_manager.first()
        for what in ("add", "change", "changelist", "import"):
            args = [row.pk] if row is not None and what == "change" else []
            with suppress(NoReverseMatch):
                url = address(model, what, *args)
                page = client.get(url).content.decode()
                names = {*re.findall(r'name="([^"]+)"', page)} - {"csrfmiddlewaretoken"}
                yield Entrance(f"{model.__name__} {what}", url, (*sorted(names), "note"))


@pytest.mark.parametrize("role", ["anonymous", "staff", "superuser"])
def test_the_largest_body_costs_next_to_nothing_at_any_door(
    world: World,
    locations: dict[str, Any],  # noqa: F811
    browse: Browse,
    role: str,
) -> None:
    if role == "superuser":
        client = browse(make_user(username="root", is_staff=True, is_superuser=True))
        entrances = list(entrances_of_admin(client))
    else:
        client = browse(world.staff) if role == "staff" else Client()
        entrances = list(entrances_of_portal(locations))
    suspected, taken = {}, {}
    for turn, entrance in enumerate(entrances):
        for name, (body, kind) in entrance.bodies(turn):
            send = partial(client.post, entrance.url, body, content_type=kind)
            cost, answer = cost_of(send)
            if cost > MOST_SECONDS:
                suspected[entrance.name, name] = send
            if name == repr(MARKS) and answer.status_code not in REFUSED:
                taken[entrance.name] = answer.status_code
    # Once more, when whatever else was going on is over.
    costs = {what: cost_of(send)[0] for what, send in suspected.items()}
    dear = {what: round(cost, 2) for what, cost in costs.items() if cost > MOST_SECONDS}
    assert dear == {}
    assert taken == {}


def test_a_resident_hears_what_is_wrong_and_nothing_is_kept(world: World) -> None:
    note = "a" + "\u0301\u0316" * 62_000
    sent = {"unit": "14173", "wish": "call", "reason": "ill", "name": "Hoa", "hamlet": "Xóm 3"}
    sent |= {"phone": "0912345678", "consent": "1", "note": note}
    client = Client()
    cost, answer = cost_of(lambda: client.post("/public/requests/", sent))
    assert answer.status_code == 400
    assert cost < MOST_SECONDS


def test_addresses_and_headers_are_refused_by_length_and_marks(client: Client, db: None) -> None:
    assert client.get("/public/", {"q": "a" * 9000}).status_code == 414
    assert client.get("/public/", {"q": "a" + "\u0301" * 20}).status_code == 400
    assert client.get("/public/", headers={"X-Long": "a" * 17_000}).status_code == 431
    answer = client.get("/api/v1/units/", {"q": "a" + "\u0301" * 20})
    assert answer.status_code == 400
    assert "detail" in answer.json()


@pytest.mark.parametrize("url", ["/public/", "/sign-in/", "/api/v1/units/", "/admin/"])
def test_long_headers_cookies_and_addresses_cost_next_to_nothing(
    client: Client, db: None, url: str
) -> None:
    pairs = "a=%cc%81&" * (LARGEST // 9)
    for sent in (
        {"headers": {"Cookie": "a=1;" * (LARGEST // 4)}},
        {"headers": {"Cookie": 'a="' + "\\000" * 3000}},
        {"headers": {"Accept-Language": "vi;q=0.1," * (LARGEST // 9)}},
        {"headers": {"Accept": "a/b;q=0.1," * 1500}},
        {"QUERY_STRING": pairs},
        {"QUERY_STRING": pairs[:8000]},
        {"QUERY_STRING": "q=" + "%EF%B7%BA" * 880},
    ):
        cost, _answer = cost_of(partial(client.get, url, **sent))
        assert cost < MOST_SECONDS, sent.keys()


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


def test_a_stranger_fills_few_fields(world: World, browse: Browse) -> None:
    day_of_a_chat = "&".join(f"l{n}-text=a" for n in range(4000))
    for client, url, status in (
        (Client(), "/public/requests/", 400),
        (Client(), "/sign-in/", 400),
        (browse(world.owner), "/c/de-an-06-2023/report/paste/", 200),
    ):
        assert client.post(url, day_of_a_chat, content_type=FORM).status_code == status


def test_a_file_of_marks_is_read_in_no_time() -> None:
    data = ("Họ và tên,Tổ\n" + "a" + "\u0301\u0316" * 60_000 + ",b\n").encode()
    cost, _none = cost_of(lambda: _refused(lambda: read_table(data)))
    assert cost < MOST_SECONDS


@pytest.mark.parametrize(
    "data",
    [
        b"," * TEN_MILLION,
        b'"' * TEN_MILLION,
        b'"a\n",' * (TEN_MILLION // 5),
        b"T\xc3\xaan,S\n" + b"\n" * TEN_MILLION,
        (b"," * 250_000 + b"\n") * (TEN_MILLION // 250_001),
    ],
    ids=["commas", "quotes", "a long row", "blank lines", "wide rows"],
)
def test_the_largest_file_without_a_table_costs_next_to_nothing(data: bytes) -> None:
    cost, _none = cost_of(lambda: _refused(lambda: read_table(data[:TEN_MILLION])))
    assert cost < MOST_SECONDS


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
            assert cost < MOST_SECONDS, (act, unit)


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
