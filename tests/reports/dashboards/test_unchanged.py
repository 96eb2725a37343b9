"""When a dashboard is made, when it is kept, and when it says that nothing has changed."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from campaign.models import Campaign, Indicator, Target
from core import clock
from privacy.models import PersonalDataRead
from reports.daily.models import DailyReport
from reports.daily.services.review import review_reports
from reports.daily.views import review as review_views
from reports.dashboards.views import completeness as completeness_views
from reports.dashboards.views import dashboard as views
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_appointment, make_baseline, make_campaign, make_phase, make_session
from tests.pages import TOKEN
from tests.reports.reporting import report, set_status

BASE = "/c/de-an-06-2023/"
# Pages that are made once for all with the same rights, and what makes them.
SHARED = (
    "dashboard/",
    "units/14173/",
    "review/",
    "review/?state=approved",
    "review/?unit=365",
    "completeness/",
    "completeness/365/?order=name",
)
LISTS = ("review/", "completeness/")
UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAKERS: dict[Any, str] = {
    views: "build_dashboard",
    completeness_views: "completeness",
    review_views: "anomaly_labels",
}
Browse = Callable[[User], Client]
DAY = dt.timedelta(days=1)
YESTERDAY = TODAY - DAY


def ask(client: Client, tag: str = "", url: str = "/c/de-an-06-2023/dashboard/") -> Any:
    """Ask as the page does every few seconds, with the tag that it holds."""
    return client.get(url, headers={"hx-request": "true", "if-none-match": tag})


def test_nothing_new_is_answered_with_304(active_world: World, browse: Browse) -> None:
    client = browse(active_world.staff)
    first = ask(client)
    assert first.status_code == 200
    assert b"<html" not in first.content
    tag = first.headers["ETag"]
    again = ask(client, tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert ask(client, f"W/{tag}").status_code == 304
    assert ask(client, '"khac"').status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in first.headers["Vary"]


def test_page_bears_the_tag_of_its_part_and_one_of_its_own(
    active_world: World, browse: Browse, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is as it was while all of it is: the frame too, and the moment that it tells."""
    client, url = browse(active_world.staff), "/c/de-an-06-2023/dashboard/"
    other = browse(active_world.staff)
    _first, page = client.get(url), client.get(url)
    assert f'data-etag="{escape(ask(client).headers["ETag"])}"' in page.content.decode()
    known = {"if-none-match": page.headers["ETag"]}
    again = client.get(url, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert ask(client, page.headers["ETag"]).status_code == 200
    assert other.get(url).status_code == other.get(url, headers=known).status_code == 200, "token"
    active_world.staff.full_name = "Tên Khác"
    active_world.staff.save()
    assert client.get(url, headers=known).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: noon + dt.timedelta(minutes=1))
    assert client.get(url, headers=known).status_code == 200


def change_nothing(world: World) -> None:
    """Do nothing."""


def change_report(world: World) -> None:
    """Let a report come in and be added up."""
    report(world.neighbour, "XD-14158", {"level1": 1})
    drain()


def change_no_activity(world: World) -> None:
    """Let a report without counts come in: who reported has changed."""
    report(world.neighbour, "XD-14158", {}, no_activity=True)
    drain()


def change_approval(world: World) -> None:
    """Approve a report."""
    set_status(report(world.other_lead, "XD-14050", {"level1": 7}))
    drain()


def change_target(world: World) -> None:
    """Set another target."""
    Target.objects.get().save()


def change_target_away(world: World) -> None:
    """Take a target away."""
    Target.objects.all().delete()


def change_indicator(world: World) -> None:
    """Call an indicator by another name."""
    indicator = Indicator.objects.get(code="activated")
    indicator.label = "Tài khoản"
    indicator.save()


def change_phase(world: World) -> None:
    """Add a peak drive."""
    make_phase(campaign=world.campaign)


def change_campaign(world: World) -> None:
    """Write a notice over the figures."""
    world.campaign.notice = "Số liệu minh họa"
    world.campaign.save()


def change_unit(world: World) -> None:
    """Rename a unit."""
    world.district.name = "Huyện Khác"
    world.district.save()


def change_branch(world: World) -> None:
    """Ask a branch for no more reports."""
    world.neighbour_branch.reports_daily = False
    world.neighbour_branch.save()


def change_session(world: World) -> None:
    """Close a session: its counts are the day's, its people at work."""
    make_session(
        campaign=world.campaign,
        branch=world.neighbour_branch,
        state="closed",
        counts={"level1": 4},
        headcount=3,
        participations=3,
    )


def change_appointment(world: World) -> None:
    """Appoint somebody."""
    make_appointment(user=world.stranger, branch=world.branch)


def change_official_figure(world: World) -> None:
    """Enter an official figure."""
    make_baseline(figures={world.district: 180_000})


def change_return(world: World) -> None:
    """Give a report back."""
    found = DailyReport.objects.get(branch=world.branch, date=YESTERDAY)
    seen = {found.pk: found.version}
    review_reports(actor=world.lead, seen=seen, decision="return", reason="Sai số, xem lại")
    drain()


def change_settings(world: World) -> None:
    """Ask for reports on other days of the week, past every model."""
    Campaign.objects.update(weekdays="1345")


CHANGES = [
    change_report,
    change_no_activity,
    change_approval,
    change_target,
    change_target_away,
    change_indicator,
    change_phase,
    change_campaign,
    change_unit,
    change_branch,
    change_session,
    change_appointment,
    change_official_figure,
    change_return,
    change_settings,
]


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    """Let it be noon, and stay so: pages tell the minute."""
    moment = clock.at(TODAY, dt.time(12))
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_answered_with_the_new_board(
    active_world: World,
    browse: Browse,
    change: Callable[[World], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = browse(active_world.staff)
    tag = ask(client).headers["ETag"]

    def listed() -> list[bytes]:
        return [TOKEN.sub(b"", client.get(f"{BASE}{page}").content) for page in LISTS]

    listed()
    change_nothing(active_world)
    assert ask(client, tag).status_code == 304
    change(active_world)
    answer, found = ask(client, tag), listed()
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag
    for module in MAKERS:
        monkeypatch.setattr(module, "cached", made_anew)
    assert ask(client).content == answer.content
    assert listed() == found


def made_anew(_made_from: object, _tag: object, make: Callable[[], str]) -> str:
    return make()


def test_nobody_sees_what_another_role_has_let_be_made(
    active_world: World, browse: Browse, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each role opens each page after all others, and finds it as if nobody had; whose names she
    reads is recorded each time."""
    report(active_world.neighbour, "XD-14158", {"level1": 1}, date=YESTERDAY)
    clients = [browse(user) for user in vars(active_world).values() if isinstance(user, User)]

    def look_around() -> tuple[list[tuple[int, bytes]], list[Any]]:
        answers = [client.get(f"{BASE}{page}") for page in SHARED for client in clients]
        reads = PersonalDataRead.objects.order_by("pk").values_list("reader", "path", "people")
        found = list(reads)
        PersonalDataRead.objects.all().delete()
        return [(one.status_code, TOKEN.sub(b"", one.content)) for one in answers], found

    with monkeypatch.context() as patch:
        for module in MAKERS:
            patch.setattr(module, "cached", made_anew)
        cold = look_around()
    assert {status for status, _page in cold[0]} == {200, 302, 403, 404}
    assert {path for _reader, path, _people in cold[1]} >= {f"{BASE}completeness/"}
    assert len({page for status, page in cold[0] if status == 200}) > 2 * len(SHARED)
    warm = look_around()
    for owner, name in MAKERS.items():
        monkeypatch.setattr(owner, name, made_again)
    assert warm == cold == look_around()


def made_again(*_given: Any, **_named: Any) -> Any:
    raise AssertionError("made though it was kept")


def test_new_day_is_a_change(active_world: World, browse: Browse, settings: LazySettings) -> None:
    client = browse(active_world.staff)
    tag = ask(client).headers["ETag"]
    settings.PORTAL_TODAY = TODAY + DAY
    assert ask(client, tag).status_code == 200


def test_time_that_goes_by_is_no_change(
    active_world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tag leaves "as of" out, or no board would ever be the same."""
    client = browse(active_world.staff)
    noon = clock.at(TODAY, dt.time(12))
    tags = []
    for minutes in (0, 5):
        monkeypatch.setattr(clock, "now", lambda m=minutes: noon + dt.timedelta(minutes=m))
        tags.append(ask(client).headers["ETag"])
    assert tags[0] == tags[1]
    assert ask(client, tags[0]).status_code == 304


def test_report_that_still_waits_is_no_change_yet(active_world: World, browse: Browse) -> None:
    client = browse(active_world.staff)
    tag = ask(client).headers["ETag"]
    report(active_world.neighbour, "XD-14158", {"level1": 1})
    assert ask(client, tag).status_code == 304
    drain()
    assert ask(client, tag).status_code == 200


def test_report_is_in_the_lists_before_it_is_added_up(
    active_world: World, browse: Browse, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, staff = browse(active_world.lead), browse(active_world.staff)
    pages = [(client, f"{BASE}{page}") for client in (lead, staff) for page in LISTS]

    def look_around() -> list[bytes]:
        # Of a report's number three digits may be those that are looked for.
        found = (UUID.sub(b"", client.get(page).content) for client, page in pages)
        return [TOKEN.sub(b"", page) for page in found]

    assert b"987" not in b"".join(look_around())
    report(active_world.neighbour, "XD-14158", {"level1": 987})
    after = look_around()
    assert [b"987" in page for page in after] == [True, False] * 2
    for module in MAKERS:
        monkeypatch.setattr(module, "cached", made_anew)
    assert look_around() == after


def test_each_board_has_a_tag_of_its_own(active_world: World, browse: Browse) -> None:
    make_campaign(slug="he-2023")
    staff, lead = browse(active_world.staff), browse(active_world.lead)
    english = browse(active_world.staff)
    english.cookies["django_language"] = "en"
    tags = [
        ask(staff).headers["ETag"],
        ask(staff, url="/c/de-an-06-2023/dashboard/?basis=approved").headers["ETag"],
        ask(staff, url="/c/he-2023/dashboard/").headers["ETag"],
        ask(staff, url="/c/de-an-06-2023/units/365/").headers["ETag"],
        ask(lead, url="/c/de-an-06-2023/units/365/").headers["ETag"],
        ask(english).headers["ETag"],
    ]
    assert len(set(tags)) == len(tags)


def test_lost_appointment_is_a_change(active_world: World, browse: Browse) -> None:
    client = browse(active_world.lead)
    tag = ask(client, url="/c/de-an-06-2023/units/365/").headers["ETag"]
    active_world.lead.appointments.update(ends_on=YESTERDAY)
    assert ask(client, tag, url="/c/de-an-06-2023/units/365/").status_code == 404
