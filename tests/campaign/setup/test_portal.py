"""The portal bears the name, the emblem and the contact that its province has given it."""

import re
import threading
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils.html import escapejs
from PIL import Image

from accounts.models import User
from core import portal
from core.models import Change, Portal
from core.portal import save_portal
from tests.conftest import World

pytestmark = pytest.mark.django_db
Commits = Callable[..., Any]
PAGE = "/setup/portal/"
NAME, CONTACT = "Thanh niên số Điện Biên", "Chị Mai, 0215 3824 000"


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "_known", None)
    monkeypatch.setattr(portal, "FRESH", -1.0)


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200)) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 40)).save(out, kind)
    return SimpleUploadedFile("x", out.getvalue())


def test_name_contact_and_emblem_are_on_every_kind_of_page(
    world: World, browse: Callable[[User], Client], client: Client
) -> None:
    staff = browse(world.staff)
    answer = staff.post(PAGE, {"name": NAME, "contact": CONTACT, "picture": picture()})
    assert answer.status_code == 302, answer.content.decode()
    pages = [
        staff.get("/dashboard/", follow=True),
        staff.get("/admin/"),
        client.get("/sign-in/"),
        client.get("/public/"),
        client.get("/shell/report/vi/"),
        client.get("/shell/away/vi/"),
    ]
    for page in pages:
        text = page.content.decode()
        assert f"{NAME}</title>" in text, page.request["PATH_INFO"]
        assert "Tiên Phong" not in text, page.request["PATH_INFO"]
        assert "/emblem/" in text
    assert CONTACT in client.get("/sign-in/").content.decode()
    assert escapejs(NAME) in client.get("/sw.js").content.decode()
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["name"] == NAME
    for icon in manifest["icons"]:
        with Image.open(BytesIO(client.get(icon["src"]).content)) as drawn:
            assert f"{drawn.width}x{drawn.height}" == icon["sizes"]


def test_emblem_goes_and_the_star_is_back(world: World, browse: Callable[[User], Client]) -> None:
    staff = browse(world.staff)
    staff.post(PAGE, {"name": NAME, "contact": "", "picture": picture("JPEG")})
    (address,) = set(re.findall(r'icon" href="(/emblem/[^"]+)"', staff.get(PAGE).content.decode()))
    assert staff.get(address).status_code == 200
    staff.post(PAGE, {"name": NAME, "contact": "", "without_picture": "on"})
    assert "/emblem/" not in staff.get(PAGE).content.decode()
    mark = address.split("/")[2]
    assert staff.get(address.replace(mark, "0" * 12)).status_code == 404


@pytest.mark.parametrize(
    ("sent", "answer_says"),
    [
        ({"name": ""}, "Chưa nhập tên cổng."),
        ({"name": "x" * 41}, "40"),
        ({"picture": SimpleUploadedFile("x.png", b"GIF89a...")}, "Không đọc được ảnh"),
        ({"picture": SimpleUploadedFile("x.svg", b"<svg onload='x'/>")}, "Không đọc được ảnh"),
        ({"picture": SimpleUploadedFile("x.png", b"\x89PNG" + b"0" * 600_000)}, "500 kB"),
        ({"picture": picture(size=(2001, 2001))}, "2.000"),
        ({"picture": picture(), "without_picture": "on"}, "Chọn một trong hai"),
    ],
)
def test_what_is_mistaken_is_asked_about_and_nothing_changes(
    sent: dict[str, object], answer_says: str, world: World, browse: Callable[[User], Client]
) -> None:
    answer = browse(world.staff).post(PAGE, {"name": NAME, "contact": CONTACT, **sent})
    text = answer.content.decode()
    assert answer_says in text
    assert CONTACT in text
    assert not Portal.objects.exists()


def test_pages_that_were_drawn_by_the_older_name_are_drawn_again(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=False) as spread:
        save_portal(name=NAME, contact="")
    noted = Change.objects.filter(campaign_id=0, unit_id=0).count()
    assert noted
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(threading, "Timer", lambda _after, note: Now(note))
    (spread_it,) = spread
    spread_it()
    assert Change.objects.filter(campaign_id=0, unit_id=0).count() == noted + 1


class Now:
    """A timer that does not wait."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.start = work


def test_name_is_held_for_some_seconds_and_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal, "FRESH", 5.0)
    before = portal.portal().name
    Portal.objects.create(pk=1, name=NAME)
    assert portal.portal().name == before
    later = time.monotonic() + 6
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert portal.portal().name == NAME
