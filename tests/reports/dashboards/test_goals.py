"""A target is shown for every indicator that has one, and units are ranked by any of them."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Campaign
from core.templatetags.formatting import count
from reports.digests.poster.layout import layout
from reports.digests.selectors import digest
from reports.digests.text import text
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.digital_skills import INDICATORS, SLUG, make_digital_skills
from tests.pages import read
from tests.reports.reporting import report

Browse = Callable[[User], Client]
BASE = f"/c/{SLUG}"
DAY = dt.timedelta(days=1)


@pytest.fixture
def skills(world: World) -> Campaign:
    """Let one commune lead by contacts and a district far from it by websites."""
    campaign = make_digital_skills(world)
    report(
        world.owner,
        "XD-14173",
        {"contacts": 2500, "households": 250},
        campaign=SLUG,
        date=TODAY - DAY,
    )
    report(world.owner, "XD-14173", {"contacts": 500, "websites": 1}, campaign=SLUG)
    report(world.other_lead, "XD-14050", {"contacts": 25, "websites": 5}, campaign=SLUG)
    drain()
    return campaign


def test_all_goals_stand_wherever_progress_is_told(
    world: World, skills: Campaign, browse: Browse, api: Callable[[User], APIClient]
) -> None:
    lead, owner = browse(world.lead), browse(world.owner)
    by_page = {
        "unit": lead.get(f"{BASE}/units/{world.commune.code}/"),
        "branch": lead.get(f"{BASE}/branches/XD-14173/"),
        "own": owner.get(f"{BASE}/report/progress/"),
    }
    for name, page in by_page.items():
        words = " ".join(read(page).text.split())
        for _code, label, short, _measure, _aliases, value in INDICATORS:
            shown = short if name == "unit" else label
            assert shown in words, (name, shown)
            # Its target is a tenth of the province's.
            assert f"/ {count(value // 10)}" in words, (name, shown)
        assert "25,0%" in words, name
    found = digest(campaign=skills, unit=world.commune, day=TODAY)
    assert "- Hộ kinh doanh nhận tiền bằng mã QR: 250 trên 1.000, đạt 25,0%" in text(found)
    drawn = {goal["name"]: goal["value"] for goal in layout(found)["goals"]}
    assert len(drawn) == len(INDICATORS) - 1
    assert (drawn["Mã QR"], drawn["Trang tin"]) == ("25,0%", "10,0%")
    (line,) = (
        api(world.staff)
        .get(f"/api/v1/totals/?campaign={SLUG}&unit={world.commune.code}")
        .json()["results"]
    )
    assert line["targets"] == {code: value // 10 for code, *_rest, value in INDICATORS}


def test_league_and_map_go_by_the_indicator_that_the_address_names(
    world: World, skills: Campaign, browse: Browse
) -> None:
    client = browse(world.staff)

    def ranks(query: str) -> list[tuple[int | None, str]]:
        page = client.get(f"{BASE}/dashboard/{query}").context["dashboard"]
        return [(row.rank, row.unit.code) for row in page.rows]

    assert ranks("") == [(1, world.district.code), (2, world.other_district.code)]
    by_websites = [(1, world.other_district.code), (2, world.district.code)]
    assert ranks("?indicator=websites") == by_websites
    # Nobody has a class yet: nobody is first.
    assert [rank for rank, _code in ranks("?indicator=classes")] == [None, None]
    page = client.get(f"{BASE}/dashboard/?indicator=websites")
    words = " ".join(read(page).text.split())
    assert "Thi đua 2 đơn vị: Trang tin" in words
    # The big figure stays the headline's, and links keep what was chosen.
    assert read(page).by_id["to-date"] == "3.025"
    html = page.content.decode()
    assert f'href="{BASE}/units/{world.district.code}/?indicator=websites"' in html
    assert f'href="{BASE}/dashboard/?indicator=websites&amp;basis=approved"' in html
    assert client.get(f"{BASE}/dashboard/?indicator=nothing").status_code == 404


def test_an_indicator_without_a_target_has_a_chart_too_and_nobody_is_ranked_by_it(
    active_world: World, browse: Browse
) -> None:
    page = browse(active_world.owner).get(f"/c/de-an-06-2023/units/{active_world.commune.code}/")
    html = page.content.decode()
    targets = {
        one.progress.indicator.code: one.progress.target for one in page.context["dashboard"].goals
    }
    codes = ("installed", "level1", "level2", "upgraded")
    assert [targets[code] for code in codes] == [None] * 4
    assert all(f'id="goal-{code}"' in html for code in codes)
    assert "Chỉ tiêu từng chỉ số" not in html
    assert 'class="choices"' not in html
