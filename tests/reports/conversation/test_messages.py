"""Of a hundred messages 98 are right or rightly asked about, and none is silently wrong."""

import datetime as dt
from collections import Counter

import pytest

from campaign.branches_by_day import BranchesByDay
from campaign.selectors import branches_run_by, indicators_of
from core import clock
from reports.conversation.dialogue import Dialogue, stored_text
from reports.conversation.models import Conversation, ReceivedMessage
from reports.daily.models import DailyReport
from tests.conftest import World
from tests.reports.conversation.bot import Bot, offered
from tests.reports.conversation.messages import MESSAGES

BRANCH = "XD-14173"
QUESTIONS = {
    "who": "Giao Tiến: chưa báo cáo",
    "own": "Giao Tiến: chưa báo cáo",
    "left": "trên 1.000",
    "help": "Nhắn số như trong nhóm",
    "-": ("không có số", "đang chờ", "chưa rõ số"),
    "!": "số định danh",
}


def is_right(
    expected: str, answer: str, offers: list[tuple[str, dt.date, dict[str, int], bool]]
) -> bool:
    if expected == "?":
        return not offers and any(words in answer for words in ("hưa ghi", "không ghi gì"))
    if expected in QUESTIONS:
        words = QUESTIONS[expected]
        parts = (words,) if isinstance(words, str) else words
        return not offers and any(part in answer for part in parts)
    return offers == [_wanted(one) for one in expected.split(" & ")] and "“đúng”" in answer


def _wanted(text: str) -> tuple[str, dt.date, dict[str, int], bool]:
    day, *rest = text.split()
    counts = {c.split("=")[0]: int(c.split("=")[1]) for c in rest if "=" in c}
    date, month = map(int, day.split("/"))
    return BRANCH, dt.date(2023, month, date), counts, "none" in rest


def test_of_a_hundred_messages_98_are_right_and_none_is_silently_wrong(
    bot: Bot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Read anew for each message, they would be most of what this costs.
    campaigns, indicators = [world.campaign], indicators_of(world.campaign)
    branches = branches_run_by(world.owner)
    monkeypatch.setattr("reports.conversation.dialogue.running_campaigns", lambda _u: campaigns)
    there = BranchesByDay(world.owner, world.campaign)
    for module in ("reports.conversation.dialogue", "reports.chat.message_matching"):
        monkeypatch.setattr(f"{module}.indicators_of", lambda _c: indicators)
    monkeypatch.setattr("reports.conversation.dialogue.branches_run_by", lambda _u: branches)
    monkeypatch.setattr("reports.chat.message_matching.BranchesByDay", lambda *_of: there)
    verdicts: Counter[str] = Counter()
    notes = []
    for text, expected in MESSAGES:
        # Past the inbox, which test_inbox.py is about.
        conversation = Conversation(user=world.owner, pending={})
        now = clock.now()
        written = ReceivedMessage(text=stored_text(text), sent_at=now, received_at=now)
        answer = Dialogue(world.owner, conversation, written).answer()
        offers = offered(conversation)
        wanted = expected.split("|")
        if any(is_right(one, answer, offers) for one in wanted):
            verdict = "right"
        else:
            verdict = "silently wrong" if offers or not answer else "needlessly asked"
            notes.append(f"{verdict}: {text!r} wanted {expected}, got {offers} {answer!r}")
        verdicts[verdict] += 1
        for word in ("036201001234", "0912345678", "0912 345 678"):
            assert word not in f"{conversation.pending} {written.text}"
    print(dict(verdicts), *notes)  # noqa: T201 - the measured share, shown by pytest -s
    assert not DailyReport.objects.exists()
    assert verdicts["silently wrong"] == 0, "\n".join(notes)
    assert verdicts["right"] >= 0.98 * len(MESSAGES), "\n".join(notes)
