"""Days that cannot be, units that are gone, days that are closed (31 to 33, 47, 48)."""

import datetime as dt
from typing import Any

import pytest

from campaign.models import Campaign, Unit
from reports.daily.models import DailyReport, Status
from tests.conftest import TODAY, World
from tests.factories import make_unit
from tests.pages import read
from tests.reports.daily.test_bad_inputs.sending import (
    ID,
    URL,
    Api,
    Browse,
    body,
    nothing_is_saved,
    post,
)

NO_DAY = "Không có ngày này. Ghi năm-tháng-ngày, ví dụ 2023-05-12."
OUTSIDE = "Chiến dịch diễn ra từ 01/04/2023 đến 30/06/2023. Chọn một ngày trong khoảng đó."
DAYS = {
    "31 tomorrow": (
        "2023-06-21",
        "Ngày 21/06/2023 chưa tới. Chọn hôm nay hoặc một ngày đã qua.",
    ),
    "31 before the campaign": ("2023-03-31", OUTSIDE),
    "31 the end of the calendar": ("9999-12-31", OUTSIDE),
    "32 30 February": ("2023-02-30", NO_DAY),
    "33 year 26": ("26-05-12", NO_DAY),
    "as it is written here": ("12/05/2023", NO_DAY),
    "one digit": ("2023-5-12", NO_DAY),
    "full-width": ("２０２３-05-12", NO_DAY),
    "with a time": ("2023-05-12T00:00:00", NO_DAY),
    "a number": (20230512, NO_DAY),
    "a list": (["2023-05-12"], NO_DAY),
    "null": (None, "Không gửi null. Bỏ trường này đi hoặc gửi một giá trị."),
}


def test_days_that_cannot_be_are_refused_by_the_api(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = {
        case: client.post(URL, body(date=date)).json() for case, (date, _text) in DAYS.items()
    }
    assert answers == {case: {"date": [text]} for case, (_date, text) in DAYS.items()}
    assert nothing_is_saved()


@pytest.mark.parametrize(
    ("date", "problem"),
    [(date, text) for date, text in DAYS.values() if isinstance(date, str) and text != NO_DAY],
)
def test_days_that_cannot_be_are_refused_on_the_page(
    world: World, browse: Browse, date: str, problem: str
) -> None:
    page = read(
        post(browse(world.owner), f"/c/de-an-06-2023/report/?date={date}", count_installed="3")
    )
    assert (page.problems, page.fields["count-installed"]) == ([problem], "3")
    assert nothing_is_saved()


@pytest.mark.parametrize(
    "date", ["2023-02-30", "26-05-12", "12/05/2023", "0001-01-01", "", "x", "２０２３-05-12"]
)
def test_addresses_with_no_day_are_not_found(world: World, browse: Browse, date: str) -> None:
    """32, 33: no form writes such an address."""
    client = browse(world.owner)
    assert client.get(f"/c/de-an-06-2023/report/?date={date}").status_code == 404
    assert (
        post(client, f"/c/de-an-06-2023/report/?date={date}", count_installed="3").status_code
        == 404
    )
    assert nothing_is_saved()


def test_code_means_the_unit_that_bears_it_on_the_day(world: World, api: Api) -> None:
    """47: codes are used again."""
    turn = dt.date(2023, 5, 1)
    old = make_unit(code="13669", name="Phường Trần Đăng Ninh", parent=world.district)
    Unit.objects.filter(pk=old.pk).update(valid_to=turn)
    new = make_unit(code="13669", name="Phường Cửa Bắc", parent=world.district, valid_from=turn)
    for day in ("2023-04-30", "2023-05-01"):
        sent = body(branch="CA-36", unit="13669", date=day)
        assert api(world.officer).post(URL, sent).status_code == 201
    units = DailyReport.objects.order_by("date").values_list("unit", flat=True)
    assert list(units) == [old.pk, new.pk]


def test_branch_whose_unit_is_gone_is_told(world: World, api: Api, browse: Browse) -> None:
    """47"""
    Unit.objects.filter(pk=world.commune.pk).update(valid_to=dt.date(2023, 5, 1))
    text = "“Xã Giao Tiến” không còn hoặc chưa có vào ngày này."
    assert api(world.owner).post(URL, body()).json() == {"unit": [text]}
    page = read(
        post(browse(world.owner), "/c/de-an-06-2023/report/?date=2023-05-12", count_installed="3")
    )
    assert (page.problems, page.fields["count-installed"]) == ([text], "3")
    assert nothing_is_saved()


def test_closed_branch_is_told(world: World, api: Api) -> None:
    """47"""
    world.branch.closed_on = dt.date(2023, 5, 1)
    world.branch.save()
    answer = api(world.owner).post(URL, body())
    assert (answer.status_code, [*answer.json()]) == (400, ["branch"])


def test_closed_day_is_told_and_what_was_typed_stays(
    world: World, api: Api, browse: Browse
) -> None:
    """48"""
    Campaign.objects.update(editable_days=2)
    text = "Đã khóa sổ ngày 12/05/2023 lúc 23:59 14/05/2023. Cần sửa thì báo cấp trên mở lại."
    answer = api(world.owner).post(URL, body())
    assert (answer.status_code, answer.json()) == (409, {"detail": text})
    page = read(
        post(browse(world.owner), "/c/de-an-06-2023/report/?date=2023-05-12", count_installed="3")
    )
    assert (page.problems, page.fields["count-installed"]) == ([text], "3")
    assert nothing_is_saved()


def test_day_that_has_not_opened_is_told(world: World, api: Api) -> None:
    """48"""
    Campaign.objects.update(opens_at="23:59:59.999", due_at="23:59:59.999")
    answer = api(world.owner).post(URL, body(date=TODAY.isoformat()))
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Chưa đến giờ nhận báo cáo. Mở lúc 23:59 20/06/2023."


def test_locked_report_is_not_changed(world: World, api: Api) -> None:
    """48"""
    api(world.owner).post(URL, body(id=ID))
    DailyReport.objects.update(status=Status.LOCKED)
    answer = api(world.owner).post(URL, body(id=ID, counts={"installed": 1}, base_version=1))
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Báo cáo này đã khóa. Cần sửa thì báo cấp trên mở lại."}
    assert DailyReport.objects.get().counts == {"installed": 35}


@pytest.mark.parametrize("captured_at", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", None])
def test_clock_of_the_phone_is_only_a_claim(world: World, api: Api, captured_at: Any) -> None:
    answer = api(world.owner).post(URL, body(captured_at=captured_at))
    assert (answer.status_code, answer.json()["lateness"]) == (201, "late")
