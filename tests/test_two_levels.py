"""A province without districts, as all are since 2025: every page of every role."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from fpdf import FPDF
from playwright.sync_api import Route, sync_playwright

from accounts.models import User
from campaign.models import Appointment, Branch, Unit
from campaign.permissions import Role
from campaign.services.import_units import read_units
from campaign.services.paths import rebuild_paths
from devserver.browser import HEADLESS_SHELL
from reports.digests.poster import draw
from reports.digests.selectors import digest
from reports.digests.text import text as words_of
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.crawler import Crawl, route_of
from tests.e2e.browser import DESK, PHONE, launched, look
from tests.factories import make_help_request, make_session, make_team
from tests.pages import read
from tests.reports.reporting import report
from tests.test_links import EVERYWHERE, HIDDEN, NAMED_ONLY, ROLES
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.selectors import seen_persons
from volunteers.sessions.selectors.plan_choices import partners_for

Browse = Callable[[User], Client]
# What no page of such a province may say.
FOREIGN = re.compile(r"[Hh]uyện|Giao Thủy|Trực Ninh")
CAMPAIGN = "/c/de-an-06-2023/"


@pytest.fixture
def flat(world: World) -> World:
    """Take the districts out of the small province; who led one leads a commune of it."""
    Unit.objects.filter(level="commune").update(parent=world.province)
    Appointment.objects.filter(role=Role.DISTRICT_LEAD).delete()
    for lead, unit in ((world.lead, world.commune), (world.other_lead, world.far_commune)):
        Appointment.objects.create(
            user=lead, role=Role.DISTRICT_LEAD, unit=unit, starts_on=dt.date(2023, 1, 1)
        )
    Branch.objects.filter(parent=world.district_union).update(parent=world.union)
    Branch.objects.filter(pk=world.district_union.pk).delete()
    Unit.objects.filter(level="district").delete()
    for model in (Unit, Branch):
        rebuild_paths(model)
    for row in (world.commune, world.sibling, world.far_commune, world.branch, world.far_branch):
        row.refresh_from_db()
    report(world.owner, "XD-14173", {"level1": 7}, date=TODAY)
    make_session(campaign=world.campaign, branch=world.branch, teams=[world.team], date=TODAY)
    make_help_request(campaign=world.campaign, unit=world.commune)
    drain()
    return world


def test_every_page_and_file_of_every_role_stands_without_districts(
    flat: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    plain = FPDF.normalize_text

    def normalize(self: FPDF, text: str) -> str:
        drawn.append(text)
        return plain(self, text)

    # What stands on paper is packed; here it passes before it is drawn.
    monkeypatch.setattr(FPDF, "normalize_text", normalize)
    for role in set(ROLES) - {"neighbour", "other_lead"}:
        crawl = Crawl(browse(getattr(flat, role)))
        crawl.follow(CAMPAIGN + path for path in ("", "dashboard/", "reminders/", "sessions/"))
        assert crawl.wrong == []
        closed = {route_of(address) for address, status in crawl.seen.items() if status >= 400}
        assert closed - HIDDEN - NAMED_ONLY.get(role, set()) == set(), role
        foreign = {
            a: found[0] for a, text in crawl.texts.items() if (found := FOREIGN.search(text))
        }
        assert foreign == {}, role
        if role == "staff":
            assert EVERYWHERE - {route_of(address) for address in crawl.seen} == set()
            kinds = {path.rpartition(".")[2].partition("?")[0] for path in crawl.texts}
            assert {"csv", "png"} <= kinds
    of_day = digest(campaign=flat.campaign, unit=flat.province, day=TODAY)
    for text in (*drawn, draw(of_day), words_of(of_day)):
        assert not FOREIGN.search(text), text
    assert any("Xã Giao Tiến" in text for text in drawn)


def test_the_province_never_stands_in_the_districts_column(flat: World, browse: Browse) -> None:
    answer: Any = browse(flat.liaison).get(
        "/exports/police.csv?campaign=de-an-06-2023&from=2023-06-20&basis=reported", follow=True
    )
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    cells = [[r["province_code"], r["district_code"], r["district"], r["commune"]] for r in rows]
    assert cells == [
        ["36", "", "", "Xã Trực Hưng"],
        ["36", "", "", "Xã Hồng Thuận"],
        ["36", "", "", "Xã Giao Tiến"],
    ]


def test_the_province_knows_who_asks_where_nobody_stands_between(flat: World) -> None:
    asked = HelpRequest.objects.all()
    knowing = {role for role in ROLES if seen_persons(getattr(flat, role), asked)}
    assert knowing == {"owner", "lead", "staff"}


def test_neighbours_help_and_their_teams_do_not_go_round_alone(flat: World, browse: Browse) -> None:
    offered = {branch.code for branch in partners_for(flat.branch, flat.commune, ())}
    assert offered == {"TD-36", "CA-36", "XD-14158", "XD-14050"}
    far = make_team(name="Tổ Trực Hưng", branch=flat.far_branch)
    plan = {
        "campaign": "de-an-06-2023", "branch": "XD-14173", "date": "2023-06-21",
        "begins_at": "19:00", "ends_at": "21:00", "place_kind": "market", "place": "Chợ",
        "planned_volunteers": 3, "teams": [far.pk],
    }  # fmt: skip
    client = browse(flat.staff)
    refused = client.post("/api/v1/sessions/", plan, content_type="application/json")
    assert (refused.status_code, [*refused.json()]) == (400, ["teams"])
    plan["partners"] = ["XD-14050"]
    taken = client.post("/api/v1/sessions/", plan, content_type="application/json")
    assert taken.status_code == 201


def test_residents_choose_among_communes_at_once(flat: World) -> None:
    page = read(Client().get("/public/"))
    assert {"/public/?unit=14173", "?unit=14173"} & {*page.links}
    assert "details" not in Client().get("/public/").content.decode().split("</form>")[-1]


@pytest.mark.parametrize(
    ("rows", "levels"),
    [
        ("37,Tỉnh Ninh Bình,tỉnh,\n13669,Phường Nam Định,phường,37\n", ["province", "commune"]),
        ("31,Thành phố Hải Phòng,thành phố,\n11948,Đặc khu Cát Hải,đặc khu,31\n"
         "1,Thôn 1,thôn,11948\n", ["province", "commune", "hamlet"]),
        ("79,Thành phố Hồ Chí Minh,thành phố,\n769,Thành phố Thủ Đức,thành phố,79\n"
         "26734,Phường Linh Xuân,phường,769\n", ["province", "district", "commune"]),
    ],
)  # fmt: skip
def test_a_file_has_the_levels_that_it_has(tmp_path: Path, rows: str, levels: list[str]) -> None:
    path = tmp_path / "don-vi.csv"
    path.write_text("code,name,kind,parent_code\n" + rows)
    assert [row.level for row in read_units(path)] == levels


@pytest.mark.slow
def test_pages_of_two_levels_fit_and_are_open_to_all(
    flat: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test client answers the browser, so that no server has to be started; no script runs."""
    wanted = ("dashboard/", "units/", "requests/", "sessions/new/?branch=XD-14173", "completeness/")
    staff, problems = browse(flat.staff), []
    # Made before there is a browser, in whose thread Django has another connection.
    pages = {CAMPAIGN + path: staff.get(CAMPAIGN + path, follow=True).content for path in wanted}
    pages["/public/"] = Client().get("/public/").content
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

    def answer(route: Route) -> None:
        address = route.request.url.removeprefix("http://portal.test")
        if address in pages:
            route.fulfill(body=pages[address], content_type="text/html; charset=utf-8")
        elif address.startswith("/static/") and not address.endswith(".js"):
            found: Any = staff.get(address)
            kind = found.headers["Content-Type"]
            route.fulfill(status=found.status_code, content_type=kind, body=b"".join(found))
        else:
            route.abort()

    with sync_playwright() as running, launched(running, HEADLESS_SHELL) as browser:
        page = browser.new_page(base_url="http://portal.test", viewport=PHONE)
        page.route("**/*", answer)
        for path in pages:
            page.goto(path)
            name = path.rpartition("/c/de-an-06-2023/")[2].strip("/").partition("/")[0]
            for size in (PHONE, DESK):
                found = look(page, f"flat-{name}", size, contrast=False)
                problems += [f"{path}: {problem}" for problem in found]
    assert problems == [], "\n".join(problems)
    assert {"Xã Giao Tiến", "Xã Trực Hưng"} <= {
        *re.findall(r"Xã \w+ \w+", pages["/public/"].decode())
    }
