"""Two campaigns run at once: nothing picks one silently, and one message names both."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from campaign.models import Campaign
from tests.conftest import World
from tests.factories import make_campaign, make_indicator
from tests.reports.notifications.notification_fixtures import at, fake_channel, run_jobs
from tests.reports.reporting import report


@pytest.fixture
def second(world: World) -> Campaign:
    """Let a second campaign run, in which everybody takes part."""
    made = make_campaign(slug="mua-he", name="Mùa hè xanh")
    make_indicator(campaign=made, code="trees", label="Cây")
    return made


def test_one_reminder_names_both_and_another_what_is_left(world: World, second: Campaign) -> None:
    with fake_channel() as letters:
        run_jobs(at("17:30"))
        mine = [message for name, message, _key in letters.sent if name == "owner"]
        (one,) = mine
        assert one.body.startswith("Đề án 06, Mùa hè xanh: Xã Giao Tiến chưa có báo cáo")
        assert one.path == "/report/?branch=XD-14173&date=2023-06-20"
        letters.sent.clear()
        report(world.owner, "XD-14173", {"installed": 3})
        run_jobs(at("19:00"))
        (one,) = [message for name, message, _key in letters.sent if name == "owner"]
        assert one.body.startswith("Mùa hè xanh: Xã Giao Tiến chưa có báo cáo, đã quá hạn")
        assert one.path.startswith("/c/mua-he/report/")
        summaries = [m.body for name, m, _key in letters.sent if name == "lead"]
        assert len([body for body in summaries if body.startswith("Mùa hè xanh: ")]) == 1


def test_pages_name_theirs_and_residents_choose(
    world: World, second: Campaign, browse: Callable[[User], Client], client: Client
) -> None:
    form = browse(world.owner).get("/c/mua-he/report/").content.decode()
    assert "<b>Mùa hè xanh</b>" in form
    assert 'href="/c/de-an-06-2023/report/' in form, "to the other one"
    page = client.get("/public/?unit=14173").content.decode()
    for slug in ("de-an-06-2023", "mua-he"):
        assert f"?campaign={slug}&amp;unit=14173" in page
    assert "Xã Giao Tiến" in client.get("/public/?campaign=mua-he&unit=14173").content.decode()
    second.indicators.all().delete()
    assert "?campaign=mua-he" not in client.get("/public/").content.decode()


def test_police_file_is_not_made_of_one_that_nobody_named(world: World, second: Campaign) -> None:
    with pytest.raises(CommandError, match="de-an-06-2023"):
        call_command("export_police", output=None)
