"""Whatever is pasted, nothing breaks, and no count comes from nowhere."""

import random
import re

import pytest

from reports.chat.parser.parsing import ASK, IGNORED, UNDERSTOOD, ParsedReport, parse
from tests.reports.chat.lexicons import TODAY, indicators, lexicon
from tests.reports.chat.messages_1 import FIRST
from tests.reports.chat.messages_2 import SECOND
from tests.reports.chat.messages_3 import THIRD

TEXTS = [text for text, _expected in (*FIRST, *SECOND, *THIRD)]
SEEDS = range(12)
TIMES = 120
# What a mutation puts in: words that turn a meaning round, marks, digits, signs nobody sees.
PIECES = (
    " không ", " hơn ", " lũy kế ", " tổng ", " và ", " - ", ", ", "; ", "\n", "\n\n", "\t", "|",
    ":", "/", ".", "%", "~", "+", "1", "2", "20", "35", "1.000", "12/5", "m1", "m2", "cài",
    "kích hoạt", "Giao Tiến", "Hồng Thuận", "Quang Trung", "hôm qua", "036203001234", "\u202e",
    "\u200b", "\u0301", "\ufe0f\u20e3", "３", "²", "[17:42] A:", "\x00", "\ud800", "🎉", "(", ")",
    "STT\tXã\tCài\n", " trừ ", " chưa ", " xã ", " thôn ", " lượt ", "5k", " năm ", "31/2/2023",
)  # fmt: skip


def check(text: str) -> list[ParsedReport]:
    """Read a text, and hold what comes of it to what must be true of any."""
    known = lexicon()
    codes = {indicator.code for indicator in indicators() if not indicator.terms}
    branches = {place.branch for place in known.known_units}
    answers = parse(text, known, TODAY)
    for answer in answers:
        assert answer.status in (UNDERSTOOD, ASK, IGNORED)
        assert bool(answer.questions) == (answer.status == ASK)
        assert set(answer.counts) <= codes
        assert {answer.branch, *answer.candidates} - {""} <= branches
        answer.text.encode()
        existing = re.findall(
            r"[0-9]+", re.sub("[\u200b-\u200f\u2060\ufeff\u00ad]", "", answer.text)
        )
        for count in answer.counts.values():
            assert count in {int(digits) for digits in existing}, answer
        if answer.status == UNDERSTOOD:
            assert answer.branch
            assert answer.unit
            assert answer.date is not None
            assert bool(answer.counts) != answer.no_activity
    return answers


@pytest.mark.parametrize("seed", SEEDS)
def test_mangled_messages_break_nothing(seed: int) -> None:
    dice = random.Random(seed)
    for _time in range(TIMES):
        text = dice.choice(TEXTS)
        for _change in range(dice.randint(1, 5)):
            at = dice.randint(0, len(text))
            if dice.random() < 0.3:
                text = text[:at] + text[at + dice.randint(1, 4) :]
            else:
                text = text[:at] + dice.choice(PIECES) + text[at:]
        check(text)


@pytest.mark.parametrize("seed", SEEDS)
def test_heaps_of_pieces_break_nothing(seed: int) -> None:
    dice = random.Random(1000 + seed)
    for _time in range(TIMES):
        check("".join(dice.choice(PIECES) for _piece in range(dice.randint(1, 30))))


@pytest.mark.parametrize(
    "word",
    ["không", "chưa", "hơn", "khoảng", "lũy kế", "tổng", "dự kiến", "chỉ tiêu", "thêm", "trừ",
     "xóm 5", "công an", "đến nay", "tuần này", "13/5 14/5", "nhầm", "blabla"],
)  # fmt: skip
def test_a_word_that_turns_the_meaning_is_never_passed_over(word: str) -> None:
    line = "Giao Tiến cài 35 m1 20"
    words = line.split(" ")
    for at in range(len(words) + 1):
        text = " ".join([*words[:at], word, *words[at:]])
        assert all(a.status != UNDERSTOOD for a in check(text)), text


def test_every_order_of_the_same_counts_is_the_same() -> None:
    parts = ["cài 35", "m1 20", "m2 12", "hỗ trợ 40"]
    dice = random.Random(7)
    for _time in range(50):
        dice.shuffle(parts)
        mark = dice.choice([", ", "; ", "\n", " - ", " / ", ". "])
        (answer,) = check("Giao Tiến: " + mark.join(parts))
        counts = {"installed": 35, "level1": 20, "level2": 12, "assisted": 40}
        assert (answer.status, answer.counts) == (UNDERSTOOD, counts)
