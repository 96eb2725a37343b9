"""What stands and would be blank is named before it is sent (docs/counting.md C17)."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from tests.conftest import World
from tests.pages import read
from tests.reports.entry.test_sessions_seen import PAGE, hidden, typed
from tests.reports.reporting import report

MARK = "Số đã gửi sẽ bỏ trống:"


def asked(client: Client, **sent: object) -> str:
    return " ".join(read(client.post(PAGE, sent)).text.split())


def test_counts_that_would_be_blank_are_named_with_their_value(
    world: World, browse: Callable[[User], Client]
) -> None:
    report(world.owner, "XD-14173", {"installed": 62, "level1": 50, "level2": 0})
    client = browse(world.owner)
    form = client.get(PAGE)
    assert f"{MARK} Cài VNeID 62 Mức" not in asked(client, **typed(form, level1=51))
    assert f"{MARK} Cài VNeID 62" in asked(client, **typed(form, level1=51))
    assert MARK not in asked(client, **typed(form, installed=62, level1=51))
    nothing = asked(client, **hidden(form), no_activity="1")
    assert f"{MARK} Cài VNeID 62, Mức 1 50" in nothing


def test_words_that_the_phones_page_does_not_have_stay(
    world: World, browse: Callable[[User], Client]
) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 50}, note="Mạng yếu", proposals="Thêm máy")
    client = browse(world.owner)
    form = client.get(PAGE)
    wrong = client.post(PAGE, typed(form, level1=-1))
    assert all(text in wrong.content.decode() for text in ("Mạng yếu</textarea>", "Thêm máy</text"))
    check = client.post(PAGE, {**typed(form, level1=51), "note": "Mạng tốt"})
    client.post(PAGE, {**read(check).fields, "confirm": "1"})
    stored.refresh_from_db()
    assert (stored.counts["level1"], stored.note, stored.proposals) == (51, "Mạng tốt", "Thêm máy")
