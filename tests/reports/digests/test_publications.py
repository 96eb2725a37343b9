"""Digests are stored as they were published, and what changed later is named beside them."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import issue_token
from campaign.models import Campaign, FormulaTerm, Target, Unit
from campaign.services.paths import rebuild_paths
from core import clock
from reports.daily.models import DailyReport
from reports.daily.services.review import review_reports
from reports.daily.services.submit import reconcile_sessions
from reports.digests.models import Publication, PublishedAs
from reports.digests.publications import correction_of, publish
from reports.digests.selectors import digest
from reports.digests.services import announce_digests
from reports.digests.text import text
from reports.notifications.delivery import deliver
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_session, make_target
from tests.reports.reporting import report
from volunteers.sessions.services.sessions import close_session

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]

YESTERDAY = TODAY - dt.timedelta(days=1)
TAM = ZoneInfo("Asia/Ho_Chi_Minh")
PAGE = "/c/de-an-06-2023/digests/365/2023-06-19/"
PUBLISHED, CHANGED = "đã công bố", "Đã khác bản công bố"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a way to choose the moment; it is seven in the evening of the day before."""

    def choose(day: int, hour: int, minute: int = 0) -> None:
        moment = dt.datetime(2023, 6, day, hour, minute, tzinfo=TAM)
        monkeypatch.setattr(clock, "now", lambda: moment)

    choose(19, 19)
    return choose


@pytest.fixture
def published(world: World, at: Callable[..., None]) -> World:
    """Two communes have reported, the lead has copied the digest, and it is the next morning."""
    report(world.owner, "XD-14173", {"level1": 1600, "installed": 5}, date=YESTERDAY)
    report(world.neighbour, "XD-14158", {"level1": 40}, date=YESTERDAY)
    drain()
    at(19, 19, 5)
    publish(actor=world.lead, digest=digest_of(world), text=text(digest_of(world)))
    at(20, 8)
    return world


def digest_of(world: World, day: dt.date = YESTERDAY) -> Any:
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    unit = Unit.objects.get(pk=world.district.pk)
    return digest(campaign=campaign, unit=unit, day=day)


def correct(world: World, counts: dict[str, int]) -> None:
    """Correct the report of yesterday through the one door."""
    stored = DailyReport.objects.get(branch=world.branch, date=YESTERDAY)
    report(
        world.owner, "XD-14173", counts, date=YESTERDAY,
        report_id=stored.pk, base_version=stored.version,
    )  # fmt: skip
    drain()


def page_of(browse: Browse, user: User, url: str = PAGE) -> str:
    return " ".join(browse(user).get(url).content.decode().split())


def test_nothing_is_said_while_the_figures_stand(published: World, browse: Browse) -> None:
    assert correction_of(digest_of(published)) is None
    page = page_of(browse, published.lead)
    assert CHANGED not in page
    assert "Các bản đã công bố" in page
    assert PUBLISHED not in text(digest_of(published, TODAY))


def test_report_corrected_later_is_named_with_both_figures(
    published: World, browse: Browse
) -> None:
    correct(published, {"level1": 16, "installed": 5})
    page = page_of(browse, published.lead)
    assert f"{CHANGED} lúc 19:05 19/6" in page
    assert "Lũy kế: đã công bố 1.640, nay 56" in page
    assert "Đoàn xã Giao Tiến, ngày 19/06/2023: 1.600 → 16 (sửa qua “API”)" in page
    assert "hay sửa số, hoặc địa bàn" not in page
    # What was published is there as it was.
    assert "Lũy kế từ 1/4: 1.640." in page


def test_next_digest_says_it_in_one_line(published: World, browse: Browse, api: Api) -> None:
    correct(published, {"level1": 16})
    report(published.owner, "XD-14173", {"level1": 3})
    drain()
    line = (
        "Lũy kế đến ngày 19/6 đã công bố 1.640, nay là 56 "
        "(Đoàn xã Giao Tiến ngày 19/6: 1.600 → 16).\n"
    )
    assert text(digest_of(published, TODAY)).count(line) == 1
    answer = api(published.lead).get("/api/v1/digests/?unit=365&date=2023-06-20")
    assert line in answer.content.decode()


def test_returned_report_is_a_reason(published: World, browse: Browse) -> None:
    stored = DailyReport.objects.get(branch=published.branch, date=YESTERDAY)
    review_reports(
        actor=published.lead,
        decision="return",
        seen={stored.pk: stored.version},
        reason="Gõ nhầm số",
    )
    drain()
    page = page_of(browse, published.lead)
    assert "Lũy kế: đã công bố 1.640, nay 40" in page
    assert "Đoàn xã Giao Tiến, ngày 19/06/2023: 1.600 → – (bị trả lại)" in page
    assert "Lũy kế đến ngày 19/6 đã công bố 1.640, nay là 40" in text(digest_of(published, TODAY))


def test_late_report_and_session_are_reasons(published: World, browse: Browse) -> None:
    late = make_session(
        campaign=published.campaign, branch=published.neighbour_branch, unit=published.sibling,
        date=YESTERDAY, begins_at=dt.time(8), ends_at=dt.time(9),
    )  # fmt: skip
    close_session(
        actor=published.neighbour, session=late, counts={"level1": 30}, headcount=3,
        base_version=late.version,
    )  # fmt: skip
    drain()
    # The report stands alone until somebody answers (C3).
    assert correction_of(digest_of(published)) is None
    stored = DailyReport.objects.get(branch=published.neighbour_branch)
    reconcile_sessions(
        actor=published.neighbour, report=stored, choice="add", base_version=stored.version
    )
    drain()
    page = page_of(browse, published.lead)
    assert "Lũy kế: đã công bố 1.640, nay 1.670" in page
    assert "Đoàn xã Hồng Thuận, ngày 19/06/2023: 40 → 70 (đối chiếu buổi hỗ trợ)" in page


def test_session_closed_without_a_report_is_a_reason(world: World, at: Callable[..., None]) -> None:
    report(world.owner, "XD-14173", {"level1": 10}, date=YESTERDAY)
    drain()
    publish(actor=None, digest=digest_of(world), text="đã nói")
    at(20, 8)
    late = make_session(
        campaign=world.campaign, branch=world.neighbour_branch, unit=world.sibling, date=YESTERDAY,
        begins_at=dt.time(8), ends_at=dt.time(9),
    )  # fmt: skip
    close_session(
        actor=world.neighbour, session=late, counts={"level1": 30}, headcount=3,
        base_version=late.version,
    )  # fmt: skip
    drain()
    correction = correction_of(digest_of(world))
    assert correction is not None
    assert [(r.branch, r.before, r.after, r.words) for r in correction.reasons] == [
        (world.neighbour_branch, None, 30, "buổi hỗ trợ kết thúc sau đó")
    ]
    assert correction.others == []


def test_report_that_came_later_says_so(published: World) -> None:
    day = YESTERDAY - dt.timedelta(days=1)
    report(published.owner, "XD-14173", {"level1": 7}, date=day)
    drain()
    correction = correction_of(digest_of(published))
    assert correction is not None
    assert [(c.name, c.published, c.now) for c in correction.changes] == [("Lũy kế", 1640, 1647)]
    assert [(r.date, r.before, r.after, r.words) for r in correction.reasons] == [
        (day, None, 7, "gửi sau đó")
    ]


def test_changed_target_is_named(published: World, browse: Browse) -> None:
    make_target(
        campaign=published.campaign, unit=published.district,
        indicator=published.indicators["activated"], value=2000,
    )  # fmt: skip
    page = page_of(browse, published.lead)
    assert "Chỉ tiêu: đã công bố –, nay 2.000" in page
    assert "chỉ tiêu đổi trong Thiết lập" in page
    Target.objects.filter(unit=published.district).delete()
    assert CHANGED not in page_of(browse, published.lead)


def test_changed_formula_is_a_reason(published: World) -> None:
    FormulaTerm.objects.filter(source__code="level1").update(factor=2)
    correction = correction_of(digest_of(published))
    assert correction is not None
    assert (correction.changes[0].published, correction.changes[0].now) == (1640, 3280)
    assert correction.reasons == []
    assert list(correction.others) == ["chỉ số hoặc công thức của chiến dịch đổi: +1.640"]


def test_unit_that_moved_is_a_reason(published: World) -> None:
    Unit.objects.filter(pk=published.sibling.pk).update(parent=published.other_district)
    rebuild_paths(Unit)
    rebuild()
    correction = correction_of(digest_of(published))
    assert correction is not None
    assert (correction.changes[0].published, correction.changes[0].now) == (1640, 1600)
    assert any("địa bàn, cơ sở Đoàn đổi: −40" in words for words in correction.others)


def test_approval_changes_nothing_that_was_said(published: World) -> None:
    stored = DailyReport.objects.get(branch=published.branch, date=YESTERDAY)
    review_reports(
        actor=published.lead, decision="approve", seen={stored.pk: stored.version}, reason=""
    )
    drain()
    assert correction_of(digest_of(published)) is None


def test_last_publication_is_the_one_that_is_compared(published: World, browse: Browse) -> None:
    correct(published, {"level1": 16, "installed": 5})
    publish(actor=published.lead, digest=digest_of(published), text="bản sửa")
    assert correction_of(digest_of(published)) is None
    page = page_of(browse, published.lead)
    assert (CHANGED in page, page.count('<pre class="share-text" lang="vi">')) == (False, 2)
    assert PUBLISHED not in text(digest_of(published, TODAY))


def sealed_of(page: str) -> str:
    return page.split('name="sealed" value="')[1].split('"')[0]


def test_page_that_was_copied_is_kept_as_it_was_shown(published: World, browse: Browse) -> None:
    client = browse(published.lead)
    shown = client.get(PAGE).content.decode()
    correct(published, {"level1": 16})
    for _n in range(2):
        answer = client.post(f"{PAGE}published/", {"kind": "text", "sealed": sealed_of(shown)})
        assert answer.status_code == 204
    stored = Publication.objects.first()
    assert stored is not None
    assert (Publication.objects.count(), stored.actor, stored.day) == (2, published.lead, YESTERDAY)
    assert "Lũy kế từ 1/4: 1.640." in stored.text
    assert (stored.figures["to_date"]["activated"], stored.figures["day"]["installed"]) == (1640, 5)
    assert stored.sha256 == hashlib.sha256(stored.text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("kind", "change"), [("text", "x"), ("letter", ""), ("poster", "\0"), ("", "")]
)
def test_what_no_page_has_shown_is_refused(
    published: World, browse: Browse, kind: str, change: str
) -> None:
    client = browse(published.lead)
    sealed = sealed_of(client.get(PAGE).content.decode()) + change
    answer = client.post(f"{PAGE}published/", {"kind": kind, "sealed": sealed})
    assert (answer.status_code, Publication.objects.count()) == (400, 1)
    # Nor one for the page of another day.
    other = "/c/de-an-06-2023/digests/365/2023-06-18/published/"
    sealed = sealed_of(client.get(PAGE).content.decode())
    assert client.post(other, {"kind": "text", "sealed": sealed}).status_code == 400


def test_poster_is_kept_when_it_is_downloaded(published: World, browse: Browse) -> None:
    client, url = browse(published.lead), PAGE.rstrip("/") + ".png"
    assert client.get(url).status_code == 200
    assert not Publication.objects.filter(kind=PublishedAs.POSTER).exists()
    assert f'href="{url}?download=1"' in client.get(PAGE).content.decode()
    picture = client.get(f"{url}?download=1")
    stored = Publication.objects.get(kind=PublishedAs.POSTER)
    assert stored.sha256 == hashlib.sha256(picture.content).hexdigest()
    assert stored.figures["to_date"]["activated"] == 1640
    again = client.get(f"{url}?download=1", headers={"If-None-Match": picture.headers["ETag"]})
    assert (again.status_code, Publication.objects.count()) == (304, 2)
    shown = client.get(PAGE).content.decode()
    client.post(f"{PAGE}published/", {"kind": "poster", "sealed": sealed_of(shown)})
    assert Publication.objects.filter(kind=PublishedAs.POSTER).count() == 1


def test_machine_that_takes_a_poster_publishes_it(published: World) -> None:
    bearer = {"Authorization": f"Bearer {issue_token(user=published.lead)}"}
    assert Client().get(PAGE.rstrip("/") + ".png", headers=bearer).status_code == 200
    assert Publication.objects.filter(kind=PublishedAs.POSTER, actor=published.lead).count() == 1


def test_api_publishes_what_it_answers(published: World, api: Api) -> None:
    url = "/api/v1/digests/?unit=365&date=2023-06-19"
    answer = api(published.other_lead).get(url.replace("365", "363"))
    stored = Publication.objects.get(unit=published.other_district)
    assert (stored.text, stored.actor) == (answer.content.decode(), published.other_lead)
    tag = answer.headers["ETag"]
    again = api(published.other_lead).get(url.replace("365", "363"), headers={"If-None-Match": tag})
    assert (again.status_code, Publication.objects.count()) == (304, 2)


def test_letters_of_the_daily_task_are_kept(
    published: World, at: Callable[..., None], settings: LazySettings
) -> None:
    settings.EMAIL_IS_ON = True
    for user in User.objects.all():
        user.email = f"{user.username}@example.org"
        user.save(update_fields=["email"])
    at(20, 19)
    announce_digests()
    while deliver():
        pass
    stored = Publication.objects.filter(actor=None, day=TODAY).order_by("unit__code")
    assert [p.unit.code for p in stored] == ["36", "363", "365"]
    assert stored[2].text == text(digest_of(published, TODAY))


def test_who_published_is_told_to_those_who_lead(published: World, browse: Browse) -> None:
    assert published.lead.full_name in page_of(browse, published.staff)
    assert f", {published.lead.full_name}</summary>" not in page_of(browse, published.partner)
    correct(published, {"level1": 16})
    assert CHANGED in page_of(browse, published.partner)
