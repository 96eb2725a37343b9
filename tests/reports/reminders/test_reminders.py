"""Who is reminded, when, and who is not."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from campaign.permissions import Role
from reports.notifications.delivery import deliver
from reports.notifications.models import Notice
from reports.notifications.quiet_hours import after_quiet, is_quiet
from reports.reminders.notices import AFTER
from reports.reminders.services import can_be_nudged, nudge, remind
from tests.conftest import TODAY, World
from tests.factories import make_appointment, make_phase, make_session, make_user
from tests.reports.notifications.notification_fixtures import (
    FakeChannel,
    at,
    clock_at,
    fake_channel,
    run_jobs,
)
from tests.reports.reporting import report
from tests.test_matrix import Browse

TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def letters() -> Iterator[FakeChannel]:
    """What goes out, to whom."""
    with fake_channel() as letters:
        yield letters


@pytest.fixture(autouse=True)
def _without_police(world: World) -> None:
    """The task force reports like everybody; here it would only lengthen the lists."""
    world.police.reports_daily = False
    world.police.save()


def set_rules(world: World, **rules: object) -> None:
    for name, value in rules.items():
        setattr(world.campaign, name, value)
    world.campaign.save()


def test_only_the_silent_are_reminded_before_the_due_time(
    world: World, letters: FakeChannel
) -> None:
    run_jobs(at("17:29"))
    assert letters.sent == []
    report(world.neighbour, "XD-14158", {"installed": 3})
    run_jobs(at("17:30"))
    run_jobs(at("18:00"))
    assert letters.names == ["owner"]
    (_name, message, _key) = letters.sent[0]
    assert message.title == "Còn 60 phút đến hạn báo cáo"
    assert message.body == "Xã Giao Tiến chưa có báo cáo hôm nay. Hạn 18:30. Nhập trong nửa phút."
    assert message.path == "/c/de-an-06-2023/report/?branch=XD-14173&date=2023-06-20"


def test_reminder_leads_to_the_form_of_the_branch(
    world: World, letters: FakeChannel, browse: Browse
) -> None:
    run_jobs(at("17:30"))
    path = next(message.path for name, message, _key in letters.sent if name == "owner")
    answer = browse(world.owner).get(path)
    assert (answer.status_code, answer.context["branch"]) == (200, world.branch)


def test_still_silent_are_reminded_once_more_and_superiors_told_once(
    world: World, letters: FakeChannel
) -> None:
    run_jobs(at("17:30"))
    letters.sent.clear()
    report(world.neighbour, "XD-14158", {"installed": 3})
    run_jobs(at("18:59"))
    assert letters.sent == []
    run_jobs(at("19:00"))
    run_jobs(at("20:30"))
    assert letters.names == ["lead", "other-lead", "owner", "staff"]
    messages = {name: message for name, message, _key in letters.sent}
    assert messages["owner"].body.startswith("Xã Giao Tiến chưa có báo cáo, đã quá hạn 18:30.")
    assert messages["lead"].title == "1 đơn vị chưa báo cáo ngày 20/06"
    assert messages["lead"].body == "Xã Giao Tiến."
    assert messages["staff"].title == "2 đơn vị chưa báo cáo ngày 20/06"
    # XD-14050 has nobody appointed: only its superiors hear of it.
    assert "Huyện Giao Thủy (1)" in messages["staff"].body
    assert "Huyện Trực Ninh (1)" in messages["staff"].body


def test_lead_of_another_district_hears_of_the_own_only(world: World, letters: FakeChannel) -> None:
    run_jobs(at("19:00"))
    messages = {name: message for name, message, _key in letters.sent}
    assert messages["other-lead"].body == "Xã Trực Hưng."
    assert "Trực Hưng" not in messages["lead"].body
    assert {"liaison", "partner", "leader", "stranger"} & messages.keys() == set()


def test_nobody_silent_nobody_told(world: World, letters: FakeChannel) -> None:
    report(world.owner, "XD-14173", {"installed": 3})
    report(world.neighbour, "XD-14158", {}, no_activity=True)
    report(world.staff, "XD-14050", {"installed": 3})
    for time in ("17:30", "19:00"):
        run_jobs(at(time))
    assert letters.sent == []
    assert not Notice.objects.exists()


def test_who_reports_between_noting_and_sending_is_told_nothing(
    world: World, letters: FakeChannel
) -> None:
    with clock_at(at("17:30")):
        remind()
        report(world.owner, "XD-14173", {"installed": 3})
        deliver()
    assert letters.names == ["neighbour"]
    notice = Notice.objects.get(user=world.owner)
    assert (notice.closed_at is not None, notice.sent, notice.failed) == (True, False, "")


def test_reminder_before_that_comes_too_late_is_dropped(world: World, letters: FakeChannel) -> None:
    with clock_at(at("17:30")):
        remind()
    with clock_at(at("18:31")):
        deliver()
    assert letters.sent == []
    assert not Notice.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("rules", [{"weekdays": "1345"}, {"ends_on": TODAY - dt.timedelta(days=1)}])
def test_day_without_reports_is_quiet(
    world: World, letters: FakeChannel, rules: dict[str, object]
) -> None:
    """20 June 2023 is a Tuesday."""
    set_rules(world, **rules)
    for time in ("17:30", "19:00"):
        run_jobs(at(time))
    assert letters.sent == []


def test_who_hosts_a_session_is_expected_on_any_day(world: World, letters: FakeChannel) -> None:
    set_rules(world, weekdays="1345")
    make_session(campaign=world.campaign, branch=world.branch)
    run_jobs(at("17:30"))
    assert letters.names == ["owner"]


def test_phase_moves_the_due_time_and_the_reminders_with_it(
    world: World, letters: FakeChannel
) -> None:
    make_phase(
        campaign=world.campaign, starts_on=TODAY, ends_on=TODAY, due_at=dt.time(16), weekdays=""
    )
    run_jobs(at("14:59"))
    assert letters.sent == []
    run_jobs(at("15:00"))
    assert letters.names == ["neighbour", "owner"]


def test_branch_that_closes_on_the_day_is_not_reminded(world: World, letters: FakeChannel) -> None:
    world.branch.closed_on = TODAY
    world.branch.save()
    run_jobs(at("17:30"))
    assert letters.names == ["neighbour"]


def test_appointment_that_ended_account_that_closed(world: World, letters: FakeChannel) -> None:
    world.owner.appointments.update(ends_on=TODAY - dt.timedelta(days=1))
    world.neighbour.is_active = False
    world.neighbour.save()
    run_jobs(at("17:30"))
    assert letters.sent == []


def test_who_is_replaced_between_noting_and_sending_is_told_nothing(
    world: World, letters: FakeChannel
) -> None:
    with clock_at(at("17:30")):
        remind()
        world.owner.appointments.update(ends_on=TODAY - dt.timedelta(days=1))
        world.neighbour.is_active = False
        world.neighbour.save()
        deliver()
    assert letters.sent == []


def test_demo_accounts_are_told_nothing_in_production(
    world: World, letters: FakeChannel, settings: LazySettings
) -> None:
    settings.DEBUG = False
    world.owner.is_demo = True
    world.owner.save()
    run_jobs(at("17:30"))
    assert letters.names == ["neighbour"]


def test_secretary_of_two_branches_is_reminded_of_each(world: World, letters: FakeChannel) -> None:
    make_appointment(user=world.owner, role=Role.SECRETARY, branch=world.far_branch)
    run_jobs(at("17:30"))
    assert letters.names == ["neighbour", "owner", "owner"]


def test_two_secretaries_of_one_branch_are_both_reminded(
    world: World, letters: FakeChannel
) -> None:
    make_appointment(user=make_user(username="pho"), role=Role.SECRETARY, branch=world.branch)
    run_jobs(at("17:30"))
    assert letters.names == ["neighbour", "owner", "pho"]


def test_nought_minutes_mean_no_reminders(world: World, letters: FakeChannel) -> None:
    set_rules(world, remind_before=0, remind_after=0)
    for time in ("17:30", "18:30", "19:00"):
        run_jobs(at(time))
    assert letters.sent == []


EDGES = [
    ("20:59:59", False),
    ("21:00", True),
    ("23:59:59", True),
    ("00:00", True),
    ("06:29:59", True),
    ("06:30", False),
]


@pytest.mark.parametrize(("time", "quiet"), EDGES)
def test_quiet_hours_span_midnight(world: World, time: str, quiet: bool) -> None:
    moment = at(time)
    assert is_quiet(world.campaign, moment) is quiet
    end = after_quiet(world.campaign, moment)
    assert not is_quiet(world.campaign, end)
    if quiet:
        assert end == at("06:30", TOMORROW if time > "12" else TODAY)


@pytest.mark.parametrize(
    ("begins", "ends", "noon"), [("12:00", "13:00", True), ("12:00", "12:00", False)]
)
def test_quiet_hours_of_one_day_and_none(world: World, begins: str, ends: str, noon: bool) -> None:
    world.campaign.quiet_from = dt.time.fromisoformat(begins)
    world.campaign.quiet_to = dt.time.fromisoformat(ends)
    assert is_quiet(world.campaign, at("12:00")) is noon


def test_second_reminder_waits_for_the_morning(
    world: World, letters: FakeChannel, settings: LazySettings
) -> None:
    set_rules(world, due_at=dt.time(21, 30))
    run_jobs(at("20:30"))
    assert letters.names == ["neighbour", "owner"]
    letters.sent.clear()
    for moment in (at("22:00"), at("23:59"), at("00:00", TOMORROW), at("06:29", TOMORROW)):
        run_jobs(moment)
    assert letters.sent == []
    settings.PORTAL_TODAY = TOMORROW
    run_jobs(at("06:30", TOMORROW))
    assert letters.names == ["lead", "neighbour", "other-lead", "owner", "staff"]
    messages = {name: message for name, message, _key in letters.sent}
    assert messages["owner"].title == "Báo cáo ngày 20/06 vẫn chưa có"
    assert messages["owner"].path.endswith("date=2023-06-20")


def test_day_that_has_closed_overnight_is_left_in_peace(
    world: World, letters: FakeChannel, settings: LazySettings
) -> None:
    set_rules(world, due_at=dt.time(21, 30), editable_days=0)
    settings.PORTAL_TODAY = TOMORROW
    run_jobs(at("06:30", TOMORROW))
    assert letters.sent == []


def test_reminder_before_is_dropped_in_quiet_hours(world: World, letters: FakeChannel) -> None:
    set_rules(world, due_at=dt.time(7, 0), remind_after=0)
    for time in ("06:00", "06:29", "06:30", "06:59"):
        run_jobs(at(time))
    assert letters.sent == []


def test_what_could_not_go_out_before_the_quiet_hours_waits(
    world: World, letters: FakeChannel
) -> None:
    with clock_at(at("20:59")):
        remind()
    with clock_at(at("21:00")):
        deliver()
    assert letters.sent == []
    assert set(Notice.objects.values_list("due_at", flat=True)) == {at("06:30", TOMORROW)}


def test_superior_reminds_at_once_and_once_an_hour(world: World, letters: FakeChannel) -> None:
    with clock_at(at("10:00")):
        assert can_be_nudged(world.lead, world.campaign) == [world.branch, world.neighbour_branch]
        assert nudge(actor=world.lead, campaign=world.campaign).notices == 2
        assert nudge(actor=world.lead, campaign=world.campaign).notices == 0
        assert nudge(actor=world.staff, campaign=world.campaign).notices == 0
        deliver()
    assert letters.names == ["neighbour", "owner"]
    with clock_at(at("10:59")):
        assert nudge(actor=world.lead, campaign=world.campaign).notices == 0
    with clock_at(at("11:01")):
        assert nudge(actor=world.lead, campaign=world.campaign).notices == 2


def test_page_says_who_is_not_reached_and_not_that_nobody_needs_it(
    world: World, browse: Browse
) -> None:
    with clock_at(at("10:00")):
        page = browse(world.lead).get("/c/de-an-06-2023/reminders/").content.decode()
        assert "chưa bật cách nhận nào: Đoàn xã Giao Tiến, Đoàn xã Hồng Thuận" in page
        assert "không có đơn vị nào cần nhắc thêm" not in page
        report(world.owner, "XD-14173", {"installed": 1})
        report(world.neighbour, "XD-14158", {"installed": 1})
        page = browse(world.lead).get("/c/de-an-06-2023/reminders/").content.decode()
    assert (
        "chưa bật cách nhận nào"
        not in page.partition("Hôm nay đã nhắc")[2].partition("</section>")[0]
    )
    assert "không có đơn vị nào cần nhắc thêm" in page


def test_superior_does_not_remind_by_night_nor_elsewhere(
    world: World, letters: FakeChannel
) -> None:
    with clock_at(at("21:30")):
        assert nudge(actor=world.lead, campaign=world.campaign).notices == 0
    with clock_at(at("10:00")):
        assert nudge(actor=world.owner, campaign=world.campaign).notices == 0
        assert nudge(actor=world.other_lead, campaign=world.campaign).notices == 0
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"), [("lead", 302), ("staff", 302), ("owner", 403), ("liaison", 403)]
)
def test_button_is_for_those_who_lead(
    world: World, letters: FakeChannel, browse: Browse, role: str, status: int
) -> None:
    with clock_at(at("10:00")):
        answer = browse(getattr(world, role)).post(
            "/c/de-an-06-2023/reminders/", {"action": "nudge"}
        )
    assert answer.status_code == status
    assert Notice.objects.filter(kind=AFTER.code).exists() is (status == 302)


def test_superior_sees_how_the_reminders_of_the_day_went(
    world: World, letters: FakeChannel, browse: Browse
) -> None:
    with clock_at(at("17:30")):
        remind()
        report(world.owner, "XD-14173", {"installed": 3})
        deliver()
        seen = {
            role: browse(getattr(world, role)).get("/c/de-an-06-2023/reminders/").context["summary"]
            for role in ("lead", "staff", "other_lead", "owner")
        }
    assert (seen["lead"].sent, seen["lead"].needless) == (1, 1)
    assert (seen["staff"].sent, seen["staff"].needless) == (1, 1)
    assert (seen["other_lead"].sent, seen["other_lead"].needless) == (0, 0)
    assert seen["owner"] is None
