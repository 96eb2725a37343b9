"""The pages, as whoever may and whoever may not."""

import csv
import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from reports.checks.models import Check, CheckOutcome, CheckPlan
from reports.checks.services.planning import close_plan
from reports.exports.models import Export
from reports.official.services import Figure, take_figures
from reports.rollup.services.rebuild import rebuild
from tests.conftest import World

Browse = Callable[[User], Client]
CHECKS = "/c/de-an-06-2023/checks/"


def test_province_makes_a_plan_and_ends_it(reported: World, browse: Browse) -> None:
    client = browse(reported.staff)
    asked = {"first_day": "2023-06-10", "last_day": "19/06/2023", "per_area": "6", "asked": "lead"}

    assert "Chưa có đợt kiểm tra nào" in client.get(CHECKS).text
    for wrong in (
        {"last_day": "2023-06-20"},
        {"first_day": "2023-06-20"},
        {"per_area": "61"},
        {"asked": "me"},
        {"first_day": "2023-04-01", "last_day": "2023-04-02"},
    ):
        page = client.post(CHECKS, asked | wrong).text
        assert "Có mục cần sửa" in page, wrong
    assert client.post(CHECKS, asked).headers["Location"] == CHECKS
    page = client.get(CHECKS).text

    plan = CheckPlan.objects.get()
    assert plan.seed in page
    assert "chưa có kết quả đếm lại nào" in page
    # Before its end nobody may work out which days were drawn.
    frame = f"{CHECKS}1/frame.csv"
    assert client.get(frame).status_code == 404
    assert client.post(CHECKS, {"close": "1"}).headers["Location"] == CHECKS
    assert client.get(frame).content.decode() == plan.frame
    for number in ("2", "x", "²", "9" * 40):
        assert client.post(CHECKS, {"close": number}).status_code == 404
        assert client.get(CHECKS, {"plan": number}).status_code == 404


def test_checker_sends_an_outcome_without_seeing_what_was_reported(
    drawn: Check, plan: CheckPlan, world: World, browse: Browse
) -> None:
    client, address = browse(world.owner), f"{CHECKS}{drawn.pk}/"
    Check.objects.filter(pk=drawn.pk).update(reported={**drawn.reported, "level1": 7391})

    assert browse(world.owner).get(CHECKS).headers["Location"] == f"{CHECKS}mine/"
    assert address in client.get(f"{CHECKS}mine/").text
    page = client.get(address)
    assert "7391" not in page.text
    assert "7.391" not in page.text
    assert "7.391" in browse(world.staff).get(address).text
    form = {
        "outcome_id": str(uuid4()),
        "base_version": "0",
        "how": "telephone",
        "count-installed": "9",
        "count-level1": "3",
        "count-level2": "0",
        "count-upgraded": "",
    }
    refused = client.post(address, form)
    assert "Chưa nhập. Đếm lại không có ai thì nhập 0." in refused.text
    form["count-upgraded"] = "0"
    for _again in range(2):
        assert client.post(address, form).headers["Location"] == f"{CHECKS}mine/"
    assert CheckOutcome.objects.get().counts["level1"] == 3
    # Another page that was open shows what stands there, and takes it when sent once more.
    other = form | {"outcome_id": str(uuid4()), "count-level1": "4"}
    conflict = client.post(address, other)
    assert conflict.status_code == 409
    assert 'name="base_version" value="1"' in conflict.text
    assert (
        client.post(address, other | {"base_version": "1"}).headers["Location"] == f"{CHECKS}mine/"
    )
    close_plan(actor=world.staff, plan=plan)
    assert client.post(address, form | {"outcome_id": str(uuid4())}).status_code == 409
    assert "không nhận thêm" in client.get(address).text


def test_checked_branch_does_not_see_that_it_is_drawn(
    drawn: Check, world: World, browse: Browse
) -> None:
    address = f"{CHECKS}{drawn.pk}/"
    for user in (world.neighbour, world.lead, world.other_lead, world.liaison, world.partner):
        assert browse(user).get(address).status_code == 404
        assert browse(user).post(address, {}).status_code == 404
        assert str(drawn.pk) not in browse(user).get(f"{CHECKS}mine/").text
    assert browse(world.staff).post(address, {}).status_code == 403
    assert browse(world.lead).post(CHECKS, {}).status_code == 403
    # Results are for those who lead, of their own district.
    for user, code in ((world.neighbour, 302), (world.partner, 302), (world.stranger, 404)):
        assert browse(user).get(CHECKS).status_code == code
    for user in (world.neighbour, world.partner):
        assert browse(user).get(f"{CHECKS}results.csv").status_code == 403
    assert "Huyện Trực Ninh" not in browse(world.lead).get(CHECKS).text
    assert "Huyện Trực Ninh" in browse(world.liaison).get(CHECKS).text


def test_results_as_a_file(drawn: Check, world: World, browse: Browse) -> None:
    CheckOutcome.objects.create(
        id=uuid4(), of=drawn, version=1, how="telephone", actor=world.owner,
        counts={"level1": 1, "level2": 0, "upgraded": 0},
        at=dt.datetime(2023, 6, 20, 9, tzinfo=dt.UTC),
    )  # fmt: skip
    Check.objects.filter(pk=drawn.pk).update(version=1)

    answer = browse(world.staff).get(f"{CHECKS}results.csv")

    record = Export.objects.get(kind="checks")
    assert (record.actor, record.rows) == (world.staff, 3)
    assert record.file == answer.content
    assert record.file_name in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    assert [line["area"] for line in lines] == ["Huyện Giao Thủy", "Huyện Trực Ninh", ""]
    near = lines[0]
    assert (near["recounted"], near["wrong"], near["verdict"]) == ("1", "1", "go_on")
    assert float(near["factor"]) == pytest.approx(1 / drawn.size, abs=1e-4)
    assert float(near["factor_low"]) < float(near["factor"]) < float(near["factor_high"])
    # Of what nobody has recounted nothing is said, nor of all together.
    assert (lines[1]["factor"], lines[2]["factor"]) == ("", "")


def test_dashboard_and_digest_say_what_recounts_have_shown(
    plan: CheckPlan, world: World, browse: Browse
) -> None:
    client, district = browse(world.lead), "/c/de-an-06-2023/units/365/"
    assert "Kiểm tra chọn mẫu 6 lượt" not in client.get(district).text
    for check in plan.checks.filter(stratum__startswith="365/"):
        CheckOutcome.objects.create(
            id=uuid4(), of=check, version=1, how="telephone", actor=check.checker or world.staff,
            counts={code: n for code, n in check.reported.items() if code != "installed"},
            at=dt.datetime(2023, 6, 20, 1, tzinfo=dt.UTC),
        )  # fmt: skip
    plan.checks.filter(stratum__startswith="365/").update(version=1)

    page = client.get(district).text

    assert "Kiểm tra chọn mẫu 6 lượt của 10/06 – 19/06" in page
    assert f'href="{CHECKS}"' in page
    # Nothing is said of what nobody has recounted, or below what is drawn from.
    staff = browse(world.staff)
    for address in ("dashboard/", "units/363/", "units/14173/"):
        assert "Kiểm tra chọn mẫu 6 lượt" not in staff.get(f"/c/de-an-06-2023/{address}").text
    digest = client.get("/c/de-an-06-2023/digests/365/2023-06-20/").text
    assert "Kiểm tra chọn mẫu 6 lượt của 10/6–19/6: đếm lại được" in digest
    # What was said of a day that was over stays as it was.
    before = client.get("/c/de-an-06-2023/digests/365/2023-06-19/").text
    assert "Kiểm tra chọn mẫu 6 lượt" not in before


def test_police_figures_of_the_same_days_stand_beside(
    plan: CheckPlan, world: World, browse: Browse
) -> None:
    assert "Công an / đã báo cáo" not in browse(world.staff).get(CHECKS).text
    rebuild()
    days = {"2023-06-09": 100, "2023-06-19": 160}
    take_figures(
        actor=world.liaison,
        campaign=world.campaign,
        figures=[
            Figure(world.district.pk, dt.date.fromisoformat(day), "to_date", indicator.pk, n)
            for day, value in days.items()
            for indicator, n in (
                (world.indicators["level1"], value),
                (world.indicators["level2"], 20),
            )
        ],
        source="typed",
        rows=2,
        sha256="",
    )

    answer = browse(world.staff).get(f"{CHECKS}results.csv")
    lines = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))

    # Of the same days and indicators; of the other district, and so of all, nothing.
    found = [(line["official"], line["reported_beside"]) for line in lines]
    assert found == [("60", "270"), ("", ""), ("", "")]
    assert "Công an / đã báo cáo" in browse(world.staff).get(CHECKS).text


def test_province_gives_a_check_to_somebody_else(
    drawn: Check, world: World, browse: Browse
) -> None:
    address = f"{CHECKS}{drawn.pk}/"
    assert browse(world.owner).post(address, {"reassign": "1"}).status_code == 403
    assert browse(world.neighbour).post(address, {"reassign": "1"}).status_code == 404

    client = browse(world.staff)
    assert client.post(address, {"reassign": "1"}).headers["Location"] == address
    chosen = Check.objects.get(pk=drawn.pk).checker

    # Not the one who had it, nor anybody of the branch.
    assert chosen in (world.lead, world.liaison)
    assert browse(world.owner).get(address).status_code == 404
    Check.objects.filter(pk=drawn.pk).update(version=1)
    page = client.post(address, {"reassign": "1"}, follow=True).text
    assert "đã có kết quả, hoặc đợt đã kết thúc" in page
    assert Check.objects.get(pk=drawn.pk).checker == chosen
