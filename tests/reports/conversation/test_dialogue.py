"""Chains of what is said: what is shown, what a word of consent takes, and from whom."""

import datetime as dt
from typing import Any

import pytest

from campaign.models import Appointment
from core import clock
from reports.conversation.models import Conversation, ReceivedMessage
from reports.daily.models import DailyReport, Explanation, Revision, Source
from reports.notifications.channels.zalo.models import ZaloLink
from tests.conftest import TODAY, World
from tests.factories import AppointmentFactory, make_campaign, make_indicator, make_session
from tests.reports.conversation.bot import Bot, conversation_of, offered
from tests.reports.reporting import report

YESTERDAY = TODAY - dt.timedelta(days=1)


def stored() -> dict[tuple[str, dt.date], dict[str, int]]:
    found = DailyReport.objects.select_related("branch")
    return {(r.branch.code, r.date): r.counts for r in found}


def chain(bot: Bot, *texts: str, sender: str = "owner", **given: Any) -> str:
    """Say one after the other; return the last answer."""
    return [bot.say(sender, text, **given) for text in texts][-1]


def at(day: int, hour: int, minute: int) -> dt.datetime:
    return clock.at(TODAY.replace(day=day), dt.time(hour, minute))


OWN = ("XD-14173", TODAY)


@pytest.mark.parametrize(
    ("texts", "counts"),
    [
        (["cài 35, m1 20", "đúng"], {"installed": 35, "level1": 20}),
        (["cài 35", "ok ạ"], {"installed": 35}),
        (["cài 35", "Dạ đúng rồi ạ"], {"installed": 35}),
        (["cài 35", "gui"], {"installed": 35}),
        (["cài 35", "vâng ạ"], {"installed": 35}),
        # A message that follows puts right what it names, and keeps the rest.
        (["cài 35, m1 20", "sửa lại cài 36", "đúng"], {"installed": 36, "level1": 20}),
        (["cài 35, m1 20", "à nhầm m1 là 21", "đúng"], {"installed": 35, "level1": 21}),
        (["cài 35, m1 20", "m1 21 mới đúng", "đúng"], {"installed": 35, "level1": 21}),
        (["cài 35", "m2 12", "đúng"], {"installed": 35, "level2": 12}),
        (["cài 35", "hôm nay không có gì", "cài 5", "đúng"], {"installed": 5}),
        (["cài 35", "hôm nay không phát sinh", "đúng"], {}),
        # What is unclear cannot be agreed to, and is made good by saying it again.
        (["cài 35", "m1 hơn 20", "đúng"], None),
        (["cài 35", "m1 hơn 20", "đúng", "m1 20", "đúng"], {"installed": 35, "level1": 20}),
        (["cài 35", "sai", "đúng"], None),
        (["cài 35", "không đúng", "ok"], None),
        (["cài 35", "bỏ", "cài 5", "ok"], {"installed": 5}),
        # Consent to something else than consent.
        (["cài 35", "đúng không nhỉ?"], None),
        (["cài 35", "ok để em xem lại đã"], None),
        (["cài 35", "👍"], None),
        (["cài 35", "cảm ơn"], None),
        (["đúng"], None),
        (["ok", "cài 35"], None),
        (["cài 1600", "đúng"], None),
        (["cài 1600", "2"], {"installed": 1600}),
        (["cài 1600", "cài 16", "đúng"], {"installed": 16}),
        (["cài 1600", "9"], None),
        (["m2 5, nâng 8", "đúng"], None),
        # “Đúng” without marks is no “đừng”; several words of consent are one.
        (["cài 35", "dung roi a"], {"installed": 35}),
        (["cài 35", "đúng rồi gửi đi, cảm ơn bot"], {"installed": 35}),
        (["cài 35", "dung gui di"], None),
        (["cài 35", "dung chot"], None),
        # “Phải chi” is no “phải chị”, and “hết đúng” says that it is right no more.
        (["cài 35", "phai chi"], None),
        (["cài 35", "hết đúng"], None),
        (["cài 35", "đúng hết rồi ạ"], {"installed": 35}),
        (["cài 35", "ok sai rồi"], None),
        (["cài 35", "đừng", "đúng"], None),
        # What is said of the counts and not understood hangs over what pends.
        (["cài 35", "đấy là số lũy kế", "đúng"], None),
        (["cài 35, m2 5", "bỏ m2", "đúng"], None),
        (["cài 35", "của Giao Hà", "đúng"], None),
        (["cài 35", "của xã khác", "đúng"], None),
        (["cài 1600", "số hôm qua nhé", "2"], None),
        (["cài 35, m1 20", "ngược lại", "đúng"], None),
        # A fix of another day says nothing of what waits for its consent.
        (["cài 35", "à nhầm, hôm qua cài 35", "đúng"], None),
        (["cài 35", "của Hồng Thuận: cài 20", "1", "đúng"], None),
        (["cài 1600", "Cuối tuần"], None),
        (["cài 1600", "m1 hơn 20", "đúng", "2"], None),
        (["cài 35", "haha", "đúng"], {"installed": 35}),
        (["cài 35, m2 12", "m2 21 chứ không phải 12", "đúng"], {"installed": 35, "level2": 21}),
    ],
    ids=lambda given: "·".join(given) if isinstance(given, list) else "",
)
def test_what_is_taken_is_what_was_shown_and_agreed_to(
    bot: Bot, texts: list[str], counts: dict[str, int] | None
) -> None:
    answer = chain(bot, *texts)
    assert stored() == ({} if counts is None else {OWN: counts})
    if counts is not None:
        assert "Đã nhận" in answer
        assert DailyReport.objects.get().number in answer
        assert Revision.objects.get().source == Source.MESSAGE


def test_several_reports_are_taken_together_or_not_at_all(bot: Bot, world: World) -> None:
    assert "gửi cả 2 báo cáo" in chain(bot, "cài 35", "hôm qua cài 20")
    report(world.lead, "XD-14173", {"installed": 50}, date=YESTERDAY)
    assert "đã có thay đổi" in bot.say("owner", "đúng")
    assert stored() == {("XD-14173", YESTERDAY): {"installed": 50}}
    assert "Đã nhận" in bot.say("owner", "đúng")
    assert stored() == {OWN: {"installed": 35}, ("XD-14173", YESTERDAY): {"installed": 20}}
    assert "đã báo cáo (Cài đặt 35)" in bot.say("owner", "cảm ơn ạ")


def test_what_stands_is_shown_beside_what_replaces_it(bot: Bot, world: World) -> None:
    report(world.owner, "XD-14173", {"installed": 62, "level1": 21, "level2": 16})
    shown = bot.say("owner", "sửa lại cài 35, m1 21")
    assert "Cài đặt: 35 (thay số 62)" in shown
    assert "Mức 1: 21\n" in shown
    assert "Giữ nguyên: Mức 2 16" in shown
    assert stored()[OWN]["installed"] == 62
    bot.say("owner", "đúng")
    assert stored()[OWN] == {"installed": 35, "level1": 21, "level2": 16}
    assert "Đã có sẵn đúng như vậy" in chain(bot, "cài 35", "đúng")
    assert Revision.objects.count() == 2


def test_what_was_changed_meanwhile_is_asked_about_again(bot: Bot, world: World) -> None:
    bot.say("owner", "cài 35")
    report(world.lead, "XD-14173", {"installed": 50, "level1": 7})
    answer = bot.say("owner", "đúng")
    assert "đã có thay đổi" in answer
    assert "Cài đặt: 35 (thay số 50)" in answer
    assert stored()[OWN] == {"installed": 50, "level1": 7}
    bot.say("owner", "đúng")
    assert stored()[OWN] == {"installed": 35, "level1": 7}


def test_nothing_to_report_on_a_day_with_counts_is_asked_about(bot: Bot, world: World) -> None:
    report(world.owner, "XD-14173", {"installed": 62})
    asked = bot.say("owner", "hôm nay không có gì")
    assert "1. Xóa số đã báo (Cài đặt 62)" in asked
    assert "2. Giữ nguyên" in asked
    bot.say("owner", "đúng")
    assert stored()[OWN] == {"installed": 62}
    assert "Xóa: Cài đặt 62" in bot.say("owner", "1")
    assert stored()[OWN] == {"installed": 62}
    bot.say("owner", "đúng")
    assert stored()[OWN] == {}
    assert DailyReport.objects.get().no_activity
    report(world.owner, "XD-14173", {"installed": 3}, base_version=2)
    chain(bot, "không phát sinh", "2", "đúng")
    assert stored()[OWN] == {"installed": 3}


def test_unusual_counts_are_taken_with_their_reason(bot: Bot) -> None:
    asked = bot.say("owner", "cài 1600")
    assert "1.600 là số bất thường" in asked
    assert f"4. {Explanation.CHECKED.label}" in asked
    bot.say("owner", "4")
    found = DailyReport.objects.get()
    assert (found.counts, found.explanation) == ({"installed": 1600}, Explanation.CHECKED)


def test_a_reason_is_not_taken_for_what_stands_anew(bot: Bot, world: World) -> None:
    bot.say("owner", "cài 1600")
    report(world.lead, "XD-14173", {"installed": 50})
    assert "thay số 50" in bot.say("owner", "1")
    assert stored()[OWN] == {"installed": 50}


@pytest.mark.parametrize(
    ("sent", "text", "day"),
    [
        (at(19, 21, 5), "cài 35", YESTERDAY),
        (at(19, 21, 5), "hôm nay cài 35", YESTERDAY),
        (at(19, 21, 5), "hôm qua cài 35", TODAY - dt.timedelta(days=2)),
        (at(20, 16, 0), "hôm qua cài 35", YESTERDAY),
        (None, "19/6 cài 35", YESTERDAY),
        (at(20, 1, 0), "ngày 19/6 cài 35", YESTERDAY),
    ],
)
def test_today_is_the_day_on_which_it_was_written(
    bot: Bot, world: World, sent: dt.datetime | None, text: str, day: dt.date
) -> None:
    """However late it arrives."""
    bot.say("owner", text, sent_at=sent)
    assert offered(conversation_of(world.owner)) == [("XD-14173", day, {"installed": 35}, False)]


@pytest.mark.parametrize(
    ("sent", "text", "second"),
    [
        (None, "cài 35", YESTERDAY),
        (at(20, 1, 30), "cài 35", YESTERDAY),
        (at(20, 1, 30), "hôm qua cài 35", TODAY - dt.timedelta(days=2)),
        (at(20, 23, 30), "cài 35", YESTERDAY),  # a clock ahead of ours
    ],
)
def test_a_day_that_is_not_certain_is_asked_for(
    bot: Bot, world: World, sent: dt.datetime | None, text: str, second: dt.date
) -> None:
    asked = bot.say("owner", text, sent_at=sent)
    assert f"2. {['Thứ Hai', 'Chủ nhật'][TODAY.day - second.day - 1]}, {second:%d/%m/%Y}" in asked
    assert offered(conversation_of(world.owner)) == []
    bot.say("owner", "2")
    assert offered(conversation_of(world.owner)) == [("XD-14173", second, {"installed": 35}, False)]


def test_who_reports_for_several_says_or_chooses_which(bot: Bot, world: World) -> None:
    AppointmentFactory.create(user=world.owner, branch=world.neighbour_branch, role="secretary")
    asked = bot.say("owner", "cài 35")
    assert "1. Đoàn xã Giao Tiến\n2. Đoàn xã Hồng Thuận" in asked
    assert "Đoàn xã Hồng Thuận, Thứ Ba, 20/06/2023" in bot.say("owner", "hồng thuận")
    bot.say("owner", "đúng")
    chain(bot, "Giao Tiến cài 3", "đúng")
    assert stored() == {("XD-14158", TODAY): {"installed": 35}, OWN: {"installed": 3}}


def test_with_two_campaigns_it_is_asked_of_which(bot: Bot, world: World) -> None:
    other = make_campaign(slug="mua-he", name="Mùa hè xanh")
    make_indicator(campaign=other, code="trees", label="Cây trồng", aliases="cây")
    asked = bot.say("owner", "cây 12")
    number = 1 if "1. Mùa hè xanh" in asked else 2
    assert bot.say("owner", str(number)).startswith("Mùa hè xanh\n")
    bot.say("owner", "đúng")
    assert DailyReport.objects.get().campaign == other
    assert "Số của chiến dịch nào?" in bot.say("owner", "cây 13")
    assert "Mùa hè xanh" in bot.say("owner", "còn bao nhiêu nữa")
    # Talk does not take the place of what is asked about; other counts do, with a word.
    assert "Còn một câu chưa trả lời" in bot.say("owner", "haha")
    assert "Tin trước chưa ghi" in bot.say("owner", "cây 14")
    bot.say("owner", str(number))
    assert offered(conversation_of(world.owner))[0][2] == {"trees": 14}


def test_closed_sessions_that_were_shown_are_covered_and_others_are_asked_about(
    bot: Bot, world: World
) -> None:
    seen = closed_session(world, {"installed": 30})
    assert "Gồm cả 1 buổi" in bot.say("owner", "cài 52")
    later = closed_session(world, {"installed": 5})
    answer = bot.say("owner", "đúng")
    found = DailyReport.objects.get()
    assert set(found.covered_sessions) == {str(seen.pk)}
    assert f"/c/de-an-06-2023/report/{found.pk}/" in answer
    assert "Các buổi đã kết thúc" in bot.say("owner", "hôm nay cài 20")
    assert stored()[OWN] == {"installed": 52}
    assert later.pk


def closed_session(world: World, counts: dict[str, int]) -> Any:
    return make_session(
        campaign=world.campaign,
        branch=world.branch,
        unit=world.commune,
        date=TODAY,
        state="closed",
        counts=counts,
        headcount=1,
        participations=1,
    )


def test_a_closed_day_is_told_with_who_opens_it(bot: Bot, world: World) -> None:
    world.campaign.editable_days = 0
    world.campaign.save()
    answer = bot.say("owner", "hôm qua cài 20")
    assert "Đã khóa sổ ngày 19/06/2023" in answer
    assert "cấp trên mở lại" in answer
    chain(bot, "đúng")
    assert stored() == {}


def test_who_may_not_report_is_told_why(bot: Bot, world: World) -> None:
    for name in ("liaison", "stranger"):
        ZaloLink.objects.create(
            user=getattr(world, name), code=f"Y{name}", chat_id=name, created_at=clock.now()
        )
    assert "không được phân công nhập báo cáo" in bot.say("liaison", "cài 35")
    assert "không được phân công nhập báo cáo" in bot.say("stranger", "cài 35")
    bot.say("owner", "cài 35")
    Appointment.objects.filter(user=world.owner).update(ends_on=YESTERDAY)
    answer = bot.say("owner", "đúng")
    assert "Phân công của bạn ở Đoàn xã Giao Tiến đã hết ngày 19/06/2023" in answer
    assert f"đưa cho Phụ trách địa bàn, {world.district_union.name}" in answer
    assert world.lead.full_name not in answer
    world.neighbour.is_active = False
    world.neighbour.save()
    assert "đã đóng" in bot.say("neighbour", "cài 35")
    assert "Chưa biết bạn là ai" in bot.say("ai-do", "cài 35")
    assert stored() == {}


def test_who_has_one_branch_is_not_asked_to_choose_it(bot: Bot) -> None:
    assert "Số của đơn vị nào?" not in bot.say("owner", "cài 30 linh tinh")
    assert "Số của đơn vị nào?" in bot.say("owner", "Giao Tiên cài 30")


def test_who_is_missing_follows_the_scope_and_names_no_person(bot: Bot, world: World) -> None:
    report(world.owner, "XD-14173", {"installed": 3})
    answer = bot.say("lead", "còn ai chưa báo cáo")
    assert "1. Đoàn xã Hồng Thuận" in answer
    assert "Giao Tiến" not in answer
    assert "Trực" not in answer
    own = bot.say("neighbour", "còn ai chưa báo cáo?")
    assert "Hồng Thuận: chưa báo cáo, hạn" in own
    assert "Giao Tiến" not in own
    assert "Giao Tiến: đã báo cáo (Cài đặt 3)" in bot.say("owner", "đã nhận chưa")
    assert "Ngày 19/06/2023 còn 2 đơn vị" in bot.say("lead", "ai chưa báo cáo hôm qua")
    assert "Ngày 18/06/2023" in bot.say("lead", "ngày 18/6 còn xã nào chưa báo cáo")
    assert "Ngày 18/06/2023" in bot.say("lead", "hôm kia ai chưa báo cáo")
    assert "Ngày 20/06/2023 còn 1 đơn vị" in bot.say("lead", "Hồng Thuận nộp chưa")
    for person in (world.owner, world.neighbour, world.lead):
        assert not any(person.full_name in text for _chat, text in bot.answers)


def test_what_is_left_is_told_of_the_own_unit(bot: Bot, world: World) -> None:
    assert "đã được 0 trên 1.000 (0,0%). Còn 1.000" in bot.say("owner", "còn bao nhiêu nữa")
    assert "chưa được giao chỉ tiêu" in bot.say("lead", "tiến độ thế nào")


@pytest.mark.parametrize("name", ["staff", "other_lead", "liaison", "partner", "leader"])
def test_questions_are_answered_from_the_own_scope_in_every_role(
    bot: Bot, world: World, name: str
) -> None:
    ZaloLink.objects.create(
        user=getattr(world, name), code=f"Z{name}"[:12], chat_id=name, created_at=clock.now()
    )
    asked = ("còn ai chưa báo cáo", "ngày 18/6 còn ai chưa báo cáo", "đã nhận chưa", "đúng")
    answers = [bot.say(name, text) for text in (*asked, "còn bao nhiêu nữa")]
    leads = name in ("staff", "other_lead")
    assert [("còn" in text) for text in answers[:2]] == [leads, leads], answers
    assert not any("Cổng gặp lỗi" in text for text in answers)
    assert ("Giao Tiến" in "".join(answers)) == (name == "staff"), answers


def test_a_group_hears_nothing_but_answers_to_who_names_the_bot(bot: Bot, world: World) -> None:
    group: dict[str, Any] = {"address": "nhom", "is_group": True}
    assert bot.say("owner", "cài 35", is_to_us=False, **group) == ""
    assert not ReceivedMessage.objects.exists()
    assert "Cài đặt: 35" in bot.say("owner", "cài 35", **group)
    # Nobody agrees to what another one has said, nor elsewhere.
    assert "Không có gì đang chờ" in bot.say("neighbour", "đúng", **group)
    assert "Không có gì đang chờ" in bot.say("owner", "đúng")
    assert "Nhắn riêng" in bot.say("ai-do", "cài 35", **group)
    assert stored() == {}
    bot.say("owner", "đúng", **group)
    assert stored() == {OWN: {"installed": 35}}
    assert {chat for chat, _text in bot.answers} == {"nhom", "owner"}


def test_consent_after_three_hours_is_consent_to_nothing(bot: Bot, world: World) -> None:
    bot.say("owner", "cài 35")
    Conversation.objects.update(expires_at=clock.now())
    assert "Không có gì đang chờ" in bot.say("owner", "đúng")
    assert stored() == {}


def test_long_and_many_reports_are_led_to_the_page(bot: Bot, world: World) -> None:
    assert "report/paste/" in bot.say("owner", "cài 35 " * 400)
    lines = "\n".join(f"{day}/6 cài {day}" for day in range(1, 12))
    assert "Nhiều báo cáo quá" in bot.say("owner", lines)
    assert offered(conversation_of(world.owner)) == []


def test_what_is_kept_of_a_message_is_forgotten_when_it_is_answered(bot: Bot, world: World) -> None:
    bot.say("owner", "cài 35")
    (row,) = ReceivedMessage.objects.all()
    assert (row.text, row.answer, row.address) == ("", "", "")
    assert conversation_of(world.owner).pending["text"] == "cài 35"
    bot.say("owner", "đúng")
    assert conversation_of(world.owner).pending["text"] == ""
