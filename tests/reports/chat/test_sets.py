"""Two sets of messages, judged line by line: what is right, and what is silently wrong."""

import datetime as dt
import time
from dataclasses import replace

import pytest

from reports.chat.parser.lexicon import KnownUnit
from reports.chat.parser.normalise import is_near
from reports.chat.parser.parsing import ASK, IGNORED, UNDERSTOOD, TooLong, parse
from reports.chat.parser.wording import spoken_by
from tests.reports.chat.lexicons import TODAY, everything, lexicon
from tests.reports.chat.messages_1 import FIRST
from tests.reports.chat.messages_2 import SECOND
from tests.reports.chat.messages_3 import THIRD
from tests.reports.chat.messages_4 import FOURTH, OF_ONE
from tests.reports.chat.scoring import NEEDLESS, RIGHT, WRONG, Case, judge


@pytest.mark.parametrize(
    ("cases", "least"),
    [(FIRST, 120), (SECOND, 60), (THIRD, 40), (FOURTH, 150)],
    ids=["first", "second", "third", "fourth"],
)
def test_of_a_hundred_lines_at_least_95_are_right_and_none_is_silently_wrong(
    cases: list[Case], least: int
) -> None:
    sums, notes = judge(cases, lexicon())
    lines = sum(sums.values())
    share = 100 * sums[RIGHT] / lines
    mentioned = f"{lines} lines: {share:.1f}% right, {sums[NEEDLESS]} asked about without need"
    print(mentioned)  # noqa: T201 - the measured share, shown by pytest -s
    assert len(cases) >= least
    assert sums[WRONG] == 0, "\n".join(notes)
    assert share >= 95, "\n".join(notes)


@pytest.mark.parametrize(("scope", "text", "expected"), OF_ONE)
def test_who_sees_less_is_understood_as_well(scope: str, text: str, expected: list[str]) -> None:
    sums, notes = judge([(text, expected)], lexicon(scope))
    assert set(sums) == {RIGHT}, "\n".join(notes)


def test_who_sees_less_is_never_given_what_lies_outside() -> None:
    for scope in ("365", "XD-14173"):
        seen = {p.branch for p in lexicon(scope).known_units if p.branch}
        for text, _expected in (*FIRST, *SECOND, *THIRD, *FOURTH):
            for answer in parse(text, lexicon(scope), TODAY):
                assert {answer.branch, *answer.candidates} - {""} <= seen


def test_a_commune_outside_the_scope_is_asked_about_without_candidates() -> None:
    (answer,) = parse("Hồng Thuận: cài 35", lexicon("XD-14173"), TODAY)
    assert (answer.status, answer.branch, answer.candidates) == (ASK, "", [])
    assert "Hồng Thuận" in answer.questions[0]


def test_the_own_commune_is_not_taken_for_one_that_is_written_alike_without_marks() -> None:
    (answer,) = parse("Truc Hung: cai 35", lexicon("XD-14050"), TODAY)
    assert (answer.status, answer.candidates) == (ASK, ["XD-14050"])


@pytest.mark.parametrize(
    ("text", "branch", "counts"),
    [
        ("Phường 7: cài 35, m1 20", "P-7", {"installed": 35, "level1": 20}),
        ("P.10 cài 35", "P-10", {"installed": 35}),
        ("7. Phường 10: cài 35", "P-10", {"installed": 35}),
        ("cài 7", "", {"installed": 7}),
        ("Đoàn 7 cài 35", "", {}),
        ("Xã 7 cài 35", "", {}),
    ],
)
def test_a_number_is_a_wards_name_right_after_the_word_for_a_ward_alone(
    text: str, branch: str, counts: dict[str, int]
) -> None:
    wards = [
        KnownUnit((f"Phường {n}",), f"P-{n}", n, "356", label=f"Phường {n}") for n in ["7", "10"]
    ]
    known = replace(lexicon(), known_units=(*everything(), *wards))
    (answer,) = parse(text, known, TODAY)
    assert (answer.branch, answer.counts) == (branch, counts)
    assert answer.status == (UNDERSTOOD if branch else ASK)


def test_own_words_without_a_name_are_of_the_only_branch_that_one_reports_for() -> None:
    (answer,) = parse("cài 35", lexicon("XD-14173"), TODAY)
    assert (answer.status, answer.branch, answer.unit) == (UNDERSTOOD, "XD-14173", "14173")


@pytest.mark.parametrize(
    "text",
    [
        "[12/05/2023 17:42] Lan: cài 35",  # who sent it may be of another commune
        "Giao Hà: m1 5\n\ncài 35",  # several communes are spoken of
        "Giao Tién cài 35",  # perhaps a name
        "Xã bạn cài 35",
    ],
)
def test_words_that_may_be_of_others_are_asked_about(text: str) -> None:
    *_before, answer = parse(text, lexicon("XD-14173"), TODAY)
    assert (answer.status, answer.branch) == (ASK, "")


def test_without_a_name_who_reports_for_many_is_asked() -> None:
    (answer,) = parse("cài 35", lexicon("365"), TODAY)
    assert (answer.status, answer.candidates) == (ASK, [])


def test_a_citizens_number_is_blotted_out() -> None:
    (answer,) = parse("Giao Tiến: 036 203 001234 đã cài 1", lexicon(), TODAY)
    assert answer.status == ASK
    assert answer.counts == {}
    assert not any(part in answer.text for part in ("036", "203", "001234"))


def test_without_a_day_the_days_of_the_request_and_of_the_head_hold() -> None:
    day = dt.date(2023, 6, 1)
    text = "Giao Tiến cài 35\n[12/05/2023 17:42] Lan: Giao Hà cài 3"
    first, second = parse(text, lexicon(), day)
    assert (first.date, second.date) == (day, dt.date(2023, 5, 12))


@pytest.mark.parametrize(
    ("first", "last", "day"),
    [
        (dt.date(2022, 5, 12), dt.date(2023, 5, 12), None),
        (dt.date(2022, 5, 13), dt.date(2023, 5, 12), dt.date(2023, 5, 12)),
        (dt.date(2022, 5, 12), dt.date(2023, 5, 11), dt.date(2022, 5, 12)),
    ],
)
def test_a_day_that_the_campaign_has_twice_is_asked_about(
    first: dt.date, last: dt.date, day: dt.date | None
) -> None:
    known = replace(lexicon(), first_day=first, last_day=last)
    (answer,) = parse("Giao Tiến 12/5 cài 5", known, last)
    assert (answer.status, answer.date) == ((UNDERSTOOD, day) if day else (ASK, last))


def test_the_day_before_the_first_day_there_is_is_asked_about() -> None:
    (answer,) = parse("Giao Tiến hôm qua cài 5", lexicon(), dt.date.min)
    assert (answer.status, answer.date) == (ASK, dt.date.min)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("giao tein", True),
        ("giao tien hia", False),
        ("giao txxn", False),
        ("giao tie", True),
        ("giao tin", True),
        ("giao tixn", True),
        ("giao tien", False),
        ("giao xie", False),
        ("giao teim", False),
    ],
)
def test_a_name_is_near_where_one_letter_is_another_or_two_are_swapped(
    typed: str, near: bool
) -> None:
    assert is_near(typed, "giao tien") == is_near("giao tien", typed) == near


def test_the_language_of_one_reader_is_not_that_of_the_next() -> None:
    with spoken_by(str.upper):
        (loud,) = parse("cài 5", lexicon(), TODAY)
    (answer,) = parse("cài 5", lexicon(), TODAY)
    assert loud.questions == [question.upper() for question in answer.questions] != answer.questions


def test_too_much_is_refused_and_just_enough_is_not() -> None:
    line = "Giao Tiến cài 35"
    assert len(parse("\n".join([line] * 300), lexicon(), TODAY)) == 300
    for text in ("\n".join([line] * 301), "a" * 20_001):
        with pytest.raises(TooLong, match="300"):
            parse(text, lexicon(), TODAY)


def test_a_day_of_the_whole_province_is_read_line_by_line() -> None:
    known_units = [p for p in everything() if p.unit][:226]
    text = "\n".join(f"{p.label}: cài {n}, m1 {n}" for n, p in enumerate(known_units, start=1))
    answers = parse(text, lexicon(), TODAY)
    assert [a.branch for a in answers] == [p.branch for p in known_units]
    assert {a.status for a in answers} == {UNDERSTOOD}
    assert [a.counts["level1"] for a in answers] == list(range(1, len(known_units) + 1))


@pytest.mark.parametrize("line", ["Báo cáo đi nào", "Giao Tiến", "Hôm nay vui quá", "5/5", "cài"])
def test_much_talk_does_not_take_much_longer_than_little(line: str) -> None:
    # Reading ahead must not read everything again for every line.
    def seconds(lines: int) -> float:
        begun = time.process_time()
        parse("\n".join([line] * lines), lexicon(), TODAY)
        return time.process_time() - begun

    seconds(30)
    assert seconds(300) < 100 * max(seconds(30), 0.002)


def test_the_lines_keep_their_order_and_nothing_that_was_said_is_lost() -> None:
    text = "Chào cả nhà\nGiao Tiến: cài 35\n- m1 20\nVui quá\n35 cài Giao Hà\n[Hình ảnh]"
    answers = parse(text, lexicon(), TODAY)
    mentioned = "\n".join(a.text for a in answers)
    assert mentioned.split("\n") == text.split("\n")
    assert [a.status for a in answers] == [IGNORED, UNDERSTOOD, IGNORED, UNDERSTOOD, IGNORED]
