"""A file that was taken stays as it was, and its page says what is another now."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import FormulaTerm
from reports.daily.models import DailyReport
from reports.daily.services.review import review_reports
from reports.exports.models import Export
from reports.rollup.services.rollup import drain
from tests.conftest import World
from tests.reports.police.test_police_csv import YESTERDAY, fetch
from tests.reports.reporting import police_indicators, report

Browse = Callable[[User], Client]
PAGE = "/c/de-an-06-2023/exports/"


@pytest.fixture
def reported(world: World) -> World:
    """Two communes have reported, and one report is approved."""
    police_indicators(world)
    sent = report(world.owner, "XD-14173", {"level1": 1600, "installed": 5}, date=YESTERDAY)
    report(world.other_lead, "XD-14050", {"level1": 40}, date=YESTERDAY)
    review_reports(actor=world.lead, seen={sent.pk: sent.version}, decision="approve")
    drain()
    return world


def page_of(browse: Browse, user: User) -> str:
    page = browse(user).get(f"{PAGE}{Export.objects.latest('pk').pk}/")
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def correct(world: World, counts: dict[str, int]) -> None:
    stored = DailyReport.objects.get(branch=world.branch)
    report(
        world.owner,
        "XD-14173",
        counts,
        date=YESTERDAY,
        report_id=stored.pk,
        base_version=stored.version,
    )
    drain()


@pytest.mark.parametrize("basis", ["reported", "approved"])
def test_file_is_there_again_to_the_byte(reported: World, browse: Browse, basis: str) -> None:
    client = browse(reported.staff)
    file = fetch(client, basis=basis)
    receipt = Export.objects.get()
    correct(reported, {"level1": 16})
    answer = client.get(f"{PAGE}{receipt.pk}/?file=1")
    assert answer.content == file
    assert receipt.figures is not None
    assert receipt.figures["to_date"] == (1640 if basis == "reported" else 1600)
    assert receipt.figures["counts"]["installed"] == 5
    assert f'href="{PAGE}{receipt.pk}/"' in client.get(PAGE).content.decode()


def test_page_says_that_all_is_as_it_was(reported: World, browse: Browse) -> None:
    fetch(browse(reported.staff), basis="reported")
    assert "Lũy kế trong tệp là 1.640, nay vẫn vậy." in page_of(browse, reported.staff)


def test_corrected_report_is_named(reported: World, browse: Browse) -> None:
    fetch(browse(reported.staff), basis="reported")
    correct(reported, {"level1": 16})
    page = page_of(browse, reported.staff)
    assert "Lũy kế: đã công bố 1.640, nay 56, vì:" in page
    assert "Đoàn xã Giao Tiến, ngày 19/06/2023: 1.600 → 16 (sửa qua “API”)" in page
    assert "hoặc thiết lập đổi" not in page


def test_on_the_approved_basis_decisions_are_named(reported: World, browse: Browse) -> None:
    fetch(browse(reported.staff))
    far = DailyReport.objects.get(branch=reported.far_branch)
    review_reports(actor=reported.other_lead, seen={far.pk: far.version}, decision="approve")
    correct(reported, {"level1": 16})
    page = page_of(browse, reported.staff)
    assert "Lũy kế: đã công bố 1.600, nay 40, vì:" in page
    assert "Đoàn xã Giao Tiến, ngày 19/06/2023: 1.600 → – (sửa, chờ duyệt lại)" in page
    assert "Đoàn xã Trực Hưng, ngày 19/06/2023: – → 40 (được duyệt sau đó)" in page


def test_changed_formula_is_the_rest(reported: World, browse: Browse) -> None:
    fetch(browse(reported.staff), basis="reported")
    FormulaTerm.objects.filter(source__code="level1").update(factor=2)
    page = page_of(browse, reported.staff)
    assert "đã công bố 1.640, nay 3.280" in page
    assert "buổi hỗ trợ hoặc thiết lập đổi: +1.640" in page


def test_file_of_a_district_is_compared_with_the_district(reported: World, browse: Browse) -> None:
    fetch(browse(reported.lead), basis="reported")
    stored = DailyReport.objects.get(branch=reported.far_branch)
    review_reports(
        actor=reported.other_lead,
        seen={stored.pk: stored.version},
        decision="return",
        reason="Nhầm",
    )
    drain()
    assert "Lũy kế trong tệp là 1.600, nay vẫn vậy." in page_of(browse, reported.lead)


def test_file_of_others_is_not_seen_and_an_older_one_says_so(
    reported: World, browse: Browse
) -> None:
    fetch(browse(reported.staff))
    url = f"{PAGE}{Export.objects.get().pk}/"
    assert browse(reported.lead).get(url).status_code == 404
    Export.objects.update(figures=None, content=None)
    client = browse(reported.staff)
    assert "trước khi cổng giữ lại" in client.get(url).content.decode()
    assert client.get(f"{url}?file=1").status_code == 404
    assert f'href="{url}"' not in client.get(PAGE).content.decode()
