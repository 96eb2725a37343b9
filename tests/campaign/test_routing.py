"""Short addresses lead on to the campaign in question, and ask where there are several."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import issue_token
from campaign.models import Campaign, FormulaTerm, Indicator, Target
from reports.daily.models import DailyReport
from reports.exports.models import Export
from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_help_request, make_indicators, make_session
from tests.pages import read
from tests.reports.public.test_public import ASKED
from tests.reports.reporting import report
from volunteers.help_requests.models import HelpRequest

Browse = Callable[[User], Client]
FIRST, SECOND = "/c/de-an-06-2023", "/c/mua-he-xanh"
SENT = {"report_id": str(uuid4()), "base_version": "0", "count-level1": "3", "confirm": "1"}


@pytest.fixture
def second(world: World) -> Campaign:
    """Let a second campaign run beside the first."""
    campaign = make_campaign(slug="mua-he-xanh", name="Mùa hè xanh", editable_days=91)
    make_indicators(campaign)
    return campaign


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("/dashboard/", "/dashboard/"),
        ("/dashboard/?basis=approved&by=residents", "/dashboard/?basis=approved&by=residents"),
        ("/units/14173/?campaign=de-an-06-2023&basis=approved", "/units/14173/?basis=approved"),
        ("/branches/XD-14173/open-day/?date=2023-06-12", None),
        ("/completeness/365/?to=2023-06-10", None),
        ("/digests/14173/2023-06-19.png", None),
        ("/exports/police.csv?from=2023-06-01&basis=approved", None),
        ("/teams/?q=T%E1%BB%95+s%E1%BB%91&kind=", None),
        ("/volunteers/1/certificates/A%3Fb%23c.pdf", None),
    ],
)
def test_short_address_leads_on_with_path_and_query(
    world: World, browse: Browse, short: str, long: str | None
) -> None:
    answer = browse(world.staff).get(short)
    assert (answer.status_code, answer.headers["Location"]) == (302, FIRST + (long or short))
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_an_old_page_sends_is_not_lost(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    answer = client.post("/report/?branch=XD-14173&date=2023-06-20", SENT)
    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        f"{FIRST}/report/?branch=XD-14173&date=2023-06-20",
    )
    assert not DailyReport.objects.exists()
    done = client.post("/report/?branch=XD-14173&date=2023-06-20", SENT, follow=True)
    assert read(done).heading == "Đã nhận báo cáo"
    assert DailyReport.objects.get().counts == {"level1": 3}


def test_named_campaign_is_led_on_to_though_several_run(
    world: World, second: Campaign, browse: Browse
) -> None:
    staff = browse(world.staff)
    led = staff.get("/units/36/?campaign=mua-he-xanh&basis=approved").headers["Location"]
    assert led == f"{SECOND}/units/36/?basis=approved"
    in_form = staff.post("/targets/", {"campaign": "mua-he-xanh", "total": "5"})
    assert (in_form.status_code, in_form.headers["Location"]) == (307, f"{SECOND}/targets/")
    for wrong in ("khac", "%00", "a/b"):
        assert staff.get(f"/dashboard/?campaign={wrong}").status_code in (400, 404)


def test_what_belongs_to_a_campaign_is_found_there_without_a_question(
    world: World, second: Campaign, browse: Browse
) -> None:
    client = browse(world.owner)
    for campaign, prefix in ((world.campaign, FIRST), (second, SECOND)):
        session = make_session(campaign=campaign, branch=world.branch)
        asked = make_help_request(campaign=campaign, unit=world.commune)
        stored = report(world.owner, "XD-14173", {"level1": 1}, campaign=campaign.slug)
        for path in (
            f"/sessions/{session.pk}/",
            f"/sessions/{session.pk}/people/",
            f"/requests/{asked.pk}/",
            f"/report/{stored.pk}/",
            f"/report/{stored.pk}/history/",
        ):
            assert client.get(path).headers["Location"] == prefix + path
            assert client.get(prefix + path).status_code == 200
            other = SECOND if prefix == FIRST else FIRST
            assert client.get(other + path).status_code == 404


def test_question_names_the_campaigns_that_run(
    world: World, second: Campaign, browse: Browse
) -> None:
    make_campaign(slug="cu", name="Đã qua", ends_on=TODAY - dt.timedelta(days=1))
    page = read(browse(world.staff).get("/units/14173/?basis=approved"))
    assert (page.status, page.heading) == (200, "Chọn chiến dịch")
    assert "Mùa hè xanh" in page.text
    assert "Đã qua" not in page.text
    for prefix in (FIRST, SECOND):
        assert f"{prefix}/units/14173/?basis=approved" in page.links
    # Without a campaign the menu cannot name one either.
    assert "/dashboard/?basis=approved" in page.links


def test_question_about_what_was_sent_keeps_it_until_it_is_answered(
    world: World, second: Campaign, browse: Browse
) -> None:
    client = browse(world.owner)
    page: Any = client.post("/report/?branch=XD-14173", {**SENT, "note": 'Chợ "Bể" <b>'})
    assert page.status_code == 300
    assert not DailyReport.objects.exists()
    found = read(page)
    owned = {n: v for n, v in found.fields.items() if n not in ("csrfmiddlewaretoken", "next")}
    assert owned == {**SENT, "note": 'Chợ "Bể" <b>'}
    html = page.content.decode()
    assert f'action="{SECOND}/report/?branch=XD-14173"' in html
    client.post(f"{SECOND}/report/?branch=XD-14173", owned)
    assert DailyReport.objects.get().campaign == second


def test_start_leads_each_to_their_own_page_of_the_campaign_chosen(
    world: World, second: Campaign, browse: Browse
) -> None:
    page = read(browse(world.owner).get("/"))
    assert f"{SECOND}/report/" in page.links
    started = {
        role: browse(getattr(world, role)).get(f"{SECOND}/").headers["Location"]
        for role in ("owner", "leader", "lead")
    }
    assert started == {
        "owner": f"{SECOND}/report/",
        "leader": f"{SECOND}/sessions/",
        "lead": f"{SECOND}/dashboard/",
    }


def test_all_campaigns_can_be_chosen_those_that_run_first(world: World, browse: Browse) -> None:
    make_campaign(slug="cu", name="Đã qua", ends_on=TODAY - dt.timedelta(days=1))
    page = read(browse(world.partner).get("/campaigns/"))
    chosen = [link for link in page.links if link in (f"{FIRST}/", "/c/cu/")]
    assert chosen[-2:] == [f"{FIRST}/", "/c/cu/"]
    assert "đã kết thúc" in page.text


def test_campaign_that_has_ended_is_led_on_to_where_none_runs(world: World, browse: Browse) -> None:
    Campaign.objects.update(ends_on=TODAY - dt.timedelta(days=1))
    make_campaign(slug="cu", starts_on=dt.date(2022, 1, 1), ends_on=dt.date(2022, 2, 1))
    assert browse(world.staff).get("/dashboard/").headers["Location"] == f"{FIRST}/dashboard/"


def test_machine_is_answered_in_place_and_told_to_name_one_of_several(
    world: World, second: Campaign
) -> None:
    secret = issue_token(user=world.staff)
    machine = Client(headers={"authorization": f"Bearer {secret}"})
    for url in ("/exports/police.csv", "/digests/14173/2023-06-19.png"):
        asked = machine.get(url)
        assert (asked.status_code, [*asked.json()]) == (400, ["campaign"])
        assert "mua-he-xanh" in asked.json()["campaign"][0]
        assert machine.get(f"{url}?campaign=mua-he-xanh").status_code == 200
        assert machine.get(SECOND + url).status_code == 200
        assert machine.get(f"{url}?campaign=khac").status_code == 404
        assert machine.get(f"/c/khac{url}").status_code == 404
    assert {export.campaign for export in Export.objects.all()} == {second}
    Campaign.objects.filter(pk=second.pk).update(ends_on=TODAY - dt.timedelta(days=1))
    assert machine.get("/exports/police.csv").status_code == 200


def test_api_asks_which_of_several_is_meant(world: World, second: Campaign) -> None:
    secret = issue_token(user=world.staff)
    machine = Client(headers={"authorization": f"Bearer {secret}"})
    for url in ("totals/", "completeness/", "digests/", "figures/"):
        asked = machine.get(f"/api/v1/{url}")
        assert (url, asked.status_code, [*asked.json()]) == (url, 400, ["campaign"])
        assert machine.get(f"/api/v1/{url}?campaign=mua-he-xanh").status_code == 200
        assert machine.get(f"/api/v1/{url}?campaign=khac").status_code == 404
    Campaign.objects.filter(pk=second.pk).update(ends_on=TODAY - dt.timedelta(days=1))
    assert machine.get("/api/v1/totals/").json()["campaign"] == "de-an-06-2023"


def test_residents_choose_and_every_page_says_of_which_it_is(
    world: World, second: Campaign
) -> None:
    for url in ("/public/", "/public/?campaign=&unit=14173"):
        assert read(Client().get(url)).heading == "Bạn cần chiến dịch nào?"
    page = read(Client().get("/public/?campaign=mua-he-xanh&unit=14173"))
    assert "Mùa hè xanh" in page.text
    assert "/public/?campaign=mua-he-xanh" in page.links
    place = {"branch": world.branch, "date": TODAY, "ends_at": dt.time(23, 59)}
    make_session(campaign=world.campaign, place="Chợ Bể", **place)
    make_session(campaign=second, place="Bãi sông", **place)
    # A calendar cannot be asked: it has both, and each says whose it is.
    feed = Client().get("/public/points/14173/points.ics").content.decode().replace("\r\n ", "")
    for text in ("Chợ Bể", "Bãi sông", "Chiến dịch: Mùa hè xanh"):
        assert text in feed
    named = Client().get("/public/points/14173/points.ics?campaign=mua-he-xanh").content.decode()
    assert ("Chợ Bể" in named, "Bãi sông" in named) == (False, True)


def test_request_that_names_none_of_several_waits_for_the_answer(
    world: World, second: Campaign
) -> None:
    sent = {**ASKED, "campaign": ""}
    answer = Client().post("/public/requests/", sent)
    page = read(answer)
    assert (answer.status_code, page.heading) == (400, "Bạn cần chiến dịch nào?")
    assert not HelpRequest.objects.exists()
    assert {page.fields[name] for name in ("name", "phone", "hamlet")} <= {*sent.values()}
    as_json = Client().post("/public/requests/", sent, headers={"accept": "application/json"})
    assert "mua-he-xanh" in as_json.json()["campaign"][0]
    sent["campaign"] = second.slug
    assert Client().post("/public/requests/", sent).status_code == 303
    assert [one.campaign for one in HelpRequest.objects.all()] == [second]


def test_token_opens_no_page_that_is_for_people(world: World) -> None:
    secret = issue_token(user=world.staff)
    machine = Client(headers={"authorization": f"Bearer {secret}"})
    for url in ("/dashboard/", f"{FIRST}/dashboard/"):
        assert machine.get(url).headers["Location"].startswith("/sign-in/?next=")


def test_stranger_signs_in_first_and_is_led_on_then(world: World) -> None:
    answer = Client().get("/units/14173/?basis=approved")
    assert answer.headers["Location"] == "/sign-in/?next=/units/14173/%3Fbasis%3Dapproved"


def test_without_a_campaign_a_page_says_so(world: World, browse: Browse) -> None:
    for model in (Target, FormulaTerm, Indicator, Campaign):
        model.objects.all().delete()
    page = read(browse(world.owner).get("/dashboard/"))
    assert (page.status, page.heading) == (200, "Chưa có chiến dịch")
    assert browse(world.lead).get("/branches/XD-14173/invite/").status_code == 200
    assert browse(world.stranger).get("/dashboard/").status_code == 404


def test_campaign_in_the_address_must_exist(world: World, browse: Browse) -> None:
    for path in ("teams/", "branches/", "account/", "", "reminders/", "calendar/"):
        assert browse(world.staff).get(f"/c/khac/{path}").status_code == 404
