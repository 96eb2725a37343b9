"""The desk of those who chase: what stands on it, what a button does, and whether it helped."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Appointment
from reports.daily.models import Status
from reports.desk.models import FollowUp
from reports.desk.selectors import tasks_of
from reports.notifications.delivery import deliver
from reports.notifications.models import Notice
from reports.reconciliation.models import HigherSpell
from tests.conftest import TODAY, World
from tests.factories import make_branch, make_help_request, make_session, make_unit
from tests.pages import read
from tests.reports.notifications.notification_fixtures import (
    FakeChannel,
    at,
    clock_at,
    fake_channel,
)
from tests.reports.reporting import report, set_status

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
PAGE = "/c/de-an-06-2023/desk/"
URL = "/api/v1/tasks/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def letters() -> Iterator[FakeChannel]:
    with fake_channel() as letters:
        yield letters


@pytest.fixture(autouse=True)
def afternoon(world: World) -> Iterator[None]:
    world.police.reports_daily = False
    world.police.save()
    with clock_at(at("16:00")):
        yield


def keys(api: APIClient) -> list[tuple[str, str]]:
    answer = api.get(URL)
    assert answer.status_code == 200
    return [(one["kind"], one["title"]) for one in answer.json()["results"] if not one["snoozed"]]


def press(client: Client, action: str, task: str, **given: str) -> str:
    """Press a button of the page; return what the page says next."""
    answer = client.post(PAGE, {"action": action, "task": task, **given}, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def silent(world: World) -> str:
    return f"silent:{world.branch.pk}"


def test_everything_that_needs_a_hand_stands_in_one_queue(world: World, api: Api) -> None:
    report(world.neighbour, "XD-14158", {"level1": 3})
    set_status(
        report(world.neighbour, "XD-14158", {"level1": 3}, date=TODAY - DAY), Status.RETURNED
    )
    make_session(
        campaign=world.campaign, branch=world.neighbour_branch, unit=world.sibling, date=TODAY - DAY
    )
    make_help_request(
        campaign=world.campaign, unit=world.commune, due_on=TODAY - 3 * DAY, state="new"
    )
    HigherSpell.objects.create(
        campaign=world.campaign, unit=world.commune, since=TODAY - 4 * DAY, begun_at=at("08:00")
    )
    HigherSpell.objects.create(
        campaign=world.campaign, unit=world.far_commune, since=TODAY, begun_at=at("08:00")
    )
    assert keys(api(world.lead)) == [
        ("silent", "Đoàn xã Giao Tiến"),
        ("returned", "Đoàn xã Hồng Thuận"),
        ("outcome", "Đoàn xã Hồng Thuận"),
        ("request", "Xã Giao Tiến"),
        ("police", "Xã Giao Tiến"),
    ]
    far = [("silent", "Đoàn xã Trực Hưng"), ("police", "Xã Trực Hưng")]
    assert keys(api(world.other_lead)) == far
    assert {*far} < {*keys(api(world.staff))}
    # What is done is gone.
    report(world.owner, "XD-14173", {"level1": 1})
    assert ("silent", "Đoàn xã Giao Tiến") not in keys(api(world.lead))


def test_three_silent_days_are_a_breach_with_an_owner(
    world: World, api: Api, browse: Browse
) -> None:
    report(world.neighbour, "XD-14158", {"level1": 3}, date=TODAY - DAY)
    found = {one["title"]: one for one in api(world.staff).get(URL).json()["results"]}
    assert found["Đoàn xã Giao Tiến"]["is_breach"] is True
    assert found["Đoàn xã Hồng Thuận"]["is_breach"] is False
    page = read(browse(world.staff).get(PAGE))
    assert f"Người phụ trách: {world.lead}" in page.text
    # The longest silent stands first.
    assert page.text.index("Đoàn xã Giao Tiến") < page.text.index("Đoàn xã Hồng Thuận")


def test_the_portal_reminds_and_says_truly_whom(
    world: World, letters: FakeChannel, browse: Browse
) -> None:
    client = browse(world.lead)
    assert "Đang gửi lời nhắc cho 1 đơn vị." in press(client, "remind", silent(world))
    deliver()
    assert letters.names == ["owner"]
    assert Notice.objects.filter(branch=world.neighbour_branch).count() == 0
    again = press(client, "remind", silent(world))
    assert "Không nhắc, vì vừa nhắc trong một giờ qua: Đoàn xã Giao Tiến." in again
    assert FollowUp.objects.filter(action="reminded").count() == 1
    assert "Nhắc lúc 16:00." in " ".join(read(client.get(PAGE)).text.split())


def test_who_is_not_reached_is_not_reminded(world: World, browse: Browse) -> None:
    client = browse(world.lead)
    page = " ".join(read(client.get(PAGE)).text.split())
    assert "Cổng không nhắc được: chưa bật cách nhận nào." in page
    assert "Cổng nhắc ngay" not in page
    assert "chưa bật cách nhận nào: Đoàn xã Giao Tiến" in press(client, "remind", silent(world))
    Appointment.objects.filter(user=world.owner).delete()
    assert "Chưa có bí thư." in read(client.get(PAGE)).text
    assert "vì chưa có bí thư" in press(client, "remind", silent(world))
    assert not FollowUp.objects.exists()
    with clock_at(at("16:00")):
        assert not Notice.objects.exists()


def test_what_was_done_and_whether_it_helped(world: World, api: Api, browse: Browse) -> None:
    client = browse(world.lead)
    page = press(client, "called", silent(world), text="hẹn 18 giờ")
    assert "Đã ghi: đã gọi, Đoàn xã Giao Tiến." in page
    assert "16:00 đã gọi: hẹn 18 giờ" in page
    assert "<b>0</b> trong 1 đơn vị ấy đã báo cáo sau đó" in page
    press(client, "messaged", f"silent:{world.neighbour_branch.pk}")
    with clock_at(at("16:30")):
        report(world.owner, "XD-14173", {"level1": 1})
    page = " ".join(read(client.get(PAGE)).text.split())
    assert "đã gọi 1, đã nhắn Zalo 1; 1 trong 2 đơn vị ấy đã báo cáo sau đó." in page
    # A report that was there before is nobody's doing.
    FollowUp.objects.update(at=at("17:00"))
    assert "0 trong 2 đơn vị ấy" in " ".join(read(client.get(PAGE)).text.split())
    # Nor is it the doing of who leads elsewhere.
    assert "đã gọi" not in read(browse(world.other_lead).get(PAGE)).text


def test_snoozed_until_tomorrow(world: World, api: Api, browse: Browse) -> None:
    press(browse(world.lead), "snoozed", silent(world))
    assert ("silent", "Đoàn xã Giao Tiến") not in keys(api(world.lead))
    # Whoever leads above still sees it.
    assert ("silent", "Đoàn xã Giao Tiến") in keys(api(world.staff))
    with clock_at(at("16:00", TODAY + DAY)):
        assert ("silent", "Đoàn xã Giao Tiến") in keys(api(world.lead))


def test_who_may_and_what(world: World, api: Api, browse: Browse) -> None:
    for name, status in (("owner", 403), ("liaison", 403), ("partner", 403), ("stranger", 404)):
        user = getattr(world, name)
        assert browse(user).get(PAGE).status_code == status, name
        assert browse(user).post(PAGE, {"action": "called"}).status_code == status, name
        assert api(user).get(URL).status_code == status, name
    client = browse(world.other_lead)
    assert "không còn trong danh sách" in press(client, "called", silent(world))
    client = browse(world.lead)
    for action, task in (
        ("odd", silent(world)),
        ("called", "silent:x"),
        ("reminded", silent(world)),
        ("remind", "sums:"),
    ):
        press(client, action, task)
    assert "Dài quá 300 ký tự" in press(client, "called", silent(world), text="x" * 301)
    press(client, "called", silent(world), text="Công dân 036099001234")
    assert not FollowUp.objects.exists()
    assert client.get(PAGE, {"kind": "odd"}).status_code == 404


def test_text_asks_for_what_is_missing_and_leads_there(world: World, browse: Browse) -> None:
    yesterday = TODAY - DAY
    set_status(report(world.owner, "XD-14173", {"level1": 3}, date=yesterday), Status.RETURNED)
    make_session(campaign=world.campaign, branch=world.branch, unit=world.commune, date=yesterday)
    page = browse(world.lead).get(PAGE).content.decode().replace("&amp;", "&")
    link = "http://testserver/c/de-an-06-2023/report/?branch=XD-14173"
    # What is copied is said once, for a box of each.
    assert page.count('id="copied"') == 1
    assert all("textarea" not in form for form in re.findall(r"<form.*?</form>", page, re.DOTALL))
    boxes = re.findall(r'data-copy="([^"]+)"', page)
    assert len(boxes) == len({*boxes}) == page.count("<textarea")
    assert all(f'id="{box}"' in page for box in boxes)
    texts = [part.partition("<")[0] for part in page.split('spellcheck="false">')[1:]]
    (silent_one,) = [
        text for text in texts if "chưa báo cáo hôm nay" in text and "XD-14173" in text
    ]
    assert silent_one.startswith(f"Gửi đồng chí {world.owner}: Đoàn xã Giao Tiến chưa báo cáo")
    assert silent_one.endswith(f"trước 18:30. Cảm ơn các đồng chí!\n{link}")
    (returned,) = [text for text in texts if "bị trả lại" in text]
    assert returned.endswith(f"{link}&date={yesterday}")
    # When today's reports are due, or that today is closed, is nothing to one of yesterday.
    assert "gửi báo cáo" not in returned
    (outcome,) = [text for text in texts if "chưa ghi kết quả" in text]
    assert outcome.endswith("xem lại. Cảm ơn!\nhttp://testserver/c/de-an-06-2023/sessions/")


def test_names_are_for_those_who_may_know_them(world: World, api: Api, browse: Browse) -> None:
    world.owner.phone = "0912345678"
    world.owner.save()
    page = browse(world.lead).get(PAGE).content.decode()
    assert 'href="tel:0912345678"' in page
    assert 'href="https://zalo.me/0912345678"' in page
    assert "0912345678" not in api(world.lead).get(URL).content.decode()
    assert str(world.owner) not in api(world.lead).get(URL).content.decode()


def test_queries_do_not_grow(world: World, browse: Browse) -> None:
    def queries() -> int:
        client = browse(world.lead)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    given = {"campaign": world.campaign, "date": TODAY - DAY}
    make_session(**given, branch=world.branch, unit=world.commune)
    few = queries()
    for n in range(4):
        unit = make_unit(code=f"9{n}", level="commune", parent=world.district)
        branch = make_branch(code=f"XD-9{n}", home_unit=unit, parent=world.district_union)
        make_session(**given, branch=branch, unit=unit)
    assert len(tasks_of(world.lead, world.campaign)) > 6
    assert queries() <= few
