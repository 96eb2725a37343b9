"""What days that are over are reckoned by: a change of it is said on their pages (C24)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from campaign.models import Branch, FormulaTerm, Target, Unit
from campaign.selectors import MOST_SHOWN
from campaign.services.paths import rebuild_paths
from campaign.services.settings_change import settings_change
from reports.digests.selectors import digest
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_campaign
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db

Browse = Callable[[User], Client]
DAY = dt.timedelta(days=1)
BASE = "/c/de-an-06-2023"
WORDS = "số của mọi ngày tính theo thiết lập mới"


def is_shown(client: Client, path: str) -> bool:
    return WORDS in client.get(path, follow=True).content.decode()


def test_formula_is_one_for_all_days_and_its_change_is_said(
    world: World, browse: Browse, settings: LazySettings
) -> None:
    make_campaign(slug="khac", name="Khác", starts_on=TODAY - DAY, ends_on=TODAY + DAY)
    counts = {"level1": 10, "level2": 6, "upgraded": 2}
    for day in (TODAY - DAY, TODAY):
        report(world.owner, "XD-14173", counts, date=day)
    drain()
    client = browse(world.staff)
    pages = [
        f"{BASE}/dashboard/",
        f"{BASE}/digests/36/{TODAY - DAY}/",
        f"{BASE}/digests/36/{TODAY}/",
    ]
    assert not any(is_shown(client, page) for page in pages)
    with settings_change(actor=world.staff, reason="Kế hoạch 20"):
        FormulaTerm.objects.filter(source__code="upgraded").update(factor=1)
    drain()
    # Days and total to date agree with each other, and with their parts (C14, C15).
    of_days = [
        digest(campaign=world.campaign, unit=world.province, day=day).headline
        for day in (TODAY - DAY, TODAY)
    ]
    assert [(of.today, of.to_date) for of in of_days if of] == [(18, 18), (18, 36)]
    for page in pages:
        text = client.get(page).content.decode()
        assert WORDS in text, page
        assert "hệ số −1 → 1" in text
        assert "Lý do: Kế hoạch 20" in text
    assert not is_shown(client, "/c/khac/dashboard/")
    # A day that comes after it has nothing to be told, and after a week it is known.
    settings.PORTAL_TODAY = TODAY + DAY
    assert not is_shown(client, f"{BASE}/digests/36/{TODAY + DAY}/")
    assert is_shown(client, pages[0])
    settings.PORTAL_TODAY = TODAY + 8 * DAY
    assert not is_shown(client, pages[0])


def move(world: World) -> None:
    Unit.objects.filter(pk=world.commune.pk).update(parent=world.other_district)
    rebuild_paths(Unit)


def end_tomorrow(world: World) -> None:
    Branch.objects.filter(pk=world.branch.pk).update(closed_on=TODAY + DAY)


def aim_higher(world: World) -> None:
    Target.objects.update(value=2000)


def rename(world: World) -> None:
    Unit.objects.filter(pk=world.commune.pk).update(name="Xã Mới")


@pytest.mark.parametrize(
    ("write", "expected"),
    [(move, True), (end_tomorrow, False), (aim_higher, False), (rename, False)],
)
def test_what_leaves_past_days_alone_is_not_said(
    world: World, browse: Browse, write: Callable[[World], None], expected: bool
) -> None:
    with settings_change(actor=world.staff, reason="Nghị quyết 5"):
        write(world)
    assert is_shown(browse(world.staff), f"{BASE}/dashboard/") is expected


def test_what_restates_is_not_pushed_out_by_what_does_not(world: World, browse: Browse) -> None:
    with settings_change(actor=world.staff, reason="Nghị quyết 5"):
        move(world)
    for number in range(MOST_SHOWN):
        with settings_change(actor=world.staff, reason="Đổi tên"):
            Unit.objects.filter(pk=world.commune.pk).update(name=f"Xã Mới {number}")
    assert is_shown(browse(world.staff), f"{BASE}/dashboard/")
