"""Every page of a campaign in the admin: who opens it, and what it holds."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import (
    Appointment,
    Baseline,
    BaselineFigure,
    Branch,
    Campaign,
    Indicator,
    Phase,
    Target,
    Unit,
)
from tests.conftest import World
from tests.factories import make_baseline, make_phase, make_user
from tests.importing import address

Browse = Callable[[Any], Client]


PAGES = [
    Appointment,
    Baseline,
    BaselineFigure,
    Branch,
    Campaign,
    Indicator,
    Phase,
    Target,
    Unit,
    User,
]


@pytest.mark.parametrize("model", PAGES)
def test_pages_open_for_staff(client: Client, world: World, model: Any) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures={world.commune: 9000})
    for what in ("changelist", "add", "import", "export"):
        assert client.get(address(model, what)).status_code == 200
    row = model.objects.first()
    for what in ("change", "history"):
        assert client.get(address(model, what, row.pk)).status_code == 200
    assert client.get(address(model, "changelist"), {"q": "giao tien"}).status_code == 200


@pytest.mark.parametrize("model", PAGES)
def test_pages_take_the_same_queries_for_more_rows(
    client: Client, world: World, model: Any, django_assert_max_num_queries: Any
) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures=dict.fromkeys(Unit.objects.all(), 1))
    with django_assert_max_num_queries(14):
        client.get(address(model, "changelist"))


@pytest.mark.parametrize("who", ["lead", "owner", "liaison", "partner", "stranger"])
@pytest.mark.parametrize("model", PAGES)
def test_pages_are_closed_to_others(world: World, browse: Browse, model: Any, who: str) -> None:
    client = browse(getattr(world, who))
    row = model.objects.first()
    for what in ("changelist", "add", "choices"):
        assert client.get(address(model, what), follow=True).status_code == 403
    if row is not None:
        assert client.post(address(model, "change", row.pk), {}, follow=True).status_code == 403
        assert client.post(address(model, "delete", row.pk), {}, follow=True).status_code == 403


def test_staff_flag_alone_opens_no_campaign_page(browse: Browse, world: World) -> None:
    client = browse(make_user(is_staff=True))
    for model in PAGES[:-1]:
        assert client.get(address(model, "changelist"), follow=True).status_code == 403


def test_admin_speaks_vietnamese(client: Client) -> None:
    page = client.get(address(Unit, "changelist")).content.decode()
    assert 'lang="vi"' in page
    for words in ("Nhập từ tệp", "Xuất ra tệp", "Thêm địa bàn", "có hiệu lực từ"):
        assert words.lower() in page.lower()
    for model in PAGES:
        for what in ("changelist", "import", "export", "add"):
            page = client.get(address(model, what)).content.decode()
            for word in (">Import", ">Export", "Submit", "Resource", ">Campaign", ">Baseline"):
                assert word not in page, (model, what, word)


INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:")


@pytest.mark.parametrize("model", PAGES)
def test_pages_keep_to_the_content_policy(client: Client, world: World, model: Any) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures={world.commune: 9000})
    row = model.objects.first()
    for path in (
        *(address(model, what) for what in ("changelist", "add", "import", "export")),
        *(address(model, what, row.pk) for what in ("change", "delete", "history")),
    ):
        page = client.get(path).content.decode()
        assert INLINE.search(page) is None, (path, INLINE.search(page))


def test_reports_have_no_page_in_the_admin(root: Client) -> None:
    assert "/admin/reports/" not in root.get("/admin/").content.decode()
