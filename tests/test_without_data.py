"""A portal in which there is nothing yet: every page guides, and none is missing for lack of data.

What an address names by a code, a number or a slug that nobody bears is not found as ever.
"""

from typing import Any

import pytest
from django.test import Client

from campaign.models import Campaign, FormulaTerm, Indicator, Target
from tests.conftest import World
from tests.factories import make_session, make_user
from tests.pages import read
from tests.test_matrix import FILE, HELP, REPORT, ROLES, ROUTES, Browse, client_of, send

pytestmark = pytest.mark.django_db

# Of a campaign by themselves, or keys that somebody holds: there are none yet.
NOT_MADE = (*map(str, (FILE, HELP, REPORT)), "/trial/tap-duot/")
OWN = "/c/de-an-06-2023/"


@pytest.fixture
def state(request: pytest.FixtureRequest, world: World) -> str:
    """Take the campaign away, or put it back to what nobody may see, or has no use for yet."""
    for model in (Target, FormulaTerm, Indicator):
        model.objects.all().delete()
    if request.param == "none":
        Campaign.objects.all().delete()
    elif request.param == "draft":
        Campaign.objects.update(state="draft")
    return str(request.param)


def answers_of(client: Client, role: str, state: str) -> dict[str, Any]:
    """Return what the pages answer that a role has when there is a campaign."""
    is_seen = state == "bare" or (state, role) == ("draft", "staff")
    column, found = ROLES.index(role), {}
    for name, route in ROUTES.items():
        known = {r.get.split()[column] for r in (route, ROUTES.get(f"c/{name}", route))}
        is_made = "{" not in route.url and not any(part in route.url for part in NOT_MADE)
        is_page = is_made and not name.startswith(("api-", "emblem", "readyz"))
        if is_page and not known & {"404", "405"} and (is_seen or OWN not in route.url):
            found[name] = send(client, route, {})
    return found


@pytest.mark.parametrize(
    ("role", "state"),
    [
        *((role, "none") for role in ("owner", "lead", "staff", "liaison", "officer", "leader")),
        *((role, "draft") for role in ("anonymous", "owner", "partner", "staff")),
        *((role, "bare") for role in ("anonymous", "owner", "lead")),
    ],
    indirect=["state"],
)
def test_no_page_is_missing_for_lack_of_data(
    world: World, browse: Browse, role: str, state: str
) -> None:
    client = client_of(world, browse, role)
    answers = answers_of(client, role, state)
    assert len(answers) > 15
    assert [name for name, answer in answers.items() if answer.status_code in (404, 500)] == []
    words = "<h1>Chưa có chiến dịch</h1>".encode()
    guides = [read(a) for a in answers.values() if not a.streaming and words in a.content]
    sees_one = state == "bare" or role == "anonymous" or (state, role) == ("draft", "staff")
    assert (len(guides) > 5) != sees_one
    for page in guides[:1]:
        # What is next, and whose turn it is.
        assert ("/setup/" in page.links) == (role == "staff")
        assert ("Đoàn cấp tỉnh lập và công bố" in page.text) == (role != "staff")
        leads = [link for link in page.links if link.startswith("/") and "static" not in link]
        assert [link for link in leads if client.get(link).status_code == 404] == []


@pytest.mark.parametrize("state", ["none", "draft"], indirect=True)
def test_what_nobody_bears_is_not_found_as_ever(world: World, browse: Browse, state: str) -> None:
    session = 1 if state == "none" else make_session(campaign=world.campaign).pk
    client = browse(world.owner)
    for url in (
        f"{OWN}dashboard/",
        "/units/99999/",
        # Of another district.
        "/units/14050/",
        "/branches/XD-99999/",
        f"/sessions/{session}/",
        f"/report/{REPORT}/",
        "/public/?campaign=de-an-06-2023",
        "/public/?campaign=khac",
        "/public/points/99999/points.ics",
        "/public/points/14173/points.ics?campaign=de-an-06-2023",
    ):
        assert (url, client.get(url).status_code) == (url, 404)
    # Nothing was taken.
    sent = client.post("/report/?branch=XD-14173", {"installed": "7"})
    assert sent.status_code == 409


@pytest.mark.parametrize("state", ["none", "draft"], indirect=True)
def test_residents_are_told_what_to_do_meanwhile(world: World, state: str) -> None:
    page = read(Client().get("/public/?unit=14173"))
    assert (page.status, page.heading) == (200, "Chưa có chiến dịch hỗ trợ nào đang mở")
    assert "Công an xã" in page.text
    assert [Client().get(link).status_code for link in page.links if link[:8] == "/public/"] == [
        200,
        200,
        200,
    ]
    feed = Client().get("/public/points/14173/points.ics")
    assert (feed.status_code, b"BEGIN:VEVENT" in feed.content) == (200, False)
    sent = Client().post("/public/requests/", {"unit": "14173"})
    assert (sent.status_code, read(sent).heading) == (400, page.heading)
    answer: Any = Client().post(
        "/public/requests/", {"unit": "14173"}, headers={"accept": "application/json"}
    )
    assert "chưa có chiến dịch" in answer.json()["campaign"][0]


def test_who_begins_is_led_to_the_guide_from_every_page(db: None, browse: Browse) -> None:
    client = browse(make_user(is_superuser=True))
    short = [
        name for name, route in ROUTES.items() if f"c/{name}" in ROUTES and "{" not in route.url
    ]
    found = {name: client.get(ROUTES[name].url) for name in ["campaigns", *short]}
    odd = {n: a.status_code for n, a in found.items() if a.headers.get("Location") != "/setup/"}
    assert odd.keys() <= {"setup", "account", "account-keys", "account-factor"}
    assert set(odd.values()) == {200}
