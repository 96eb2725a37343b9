"""What is wrong with the counts of a day, and what follows from them: no page, no database."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from campaign.count_validation import check_count, check_counts, check_day
from campaign.models import Campaign, Indicator
from campaign.selectors import IndicatorSet
from core.counts import add_up
from tests.conftest import TODAY

WHOLE = Indicator(code="whole", label="Cả")
PART = Indicator(code="part", label="Phần", at_most=WHOLE)
MUST = Indicator(code="must", label="Bắt buộc", required=True)
PEOPLE = Indicator(code="people", label="Lượt", counts_people=True)
LEFT = Indicator(code="left", label="Còn", is_derived=True, is_headline=True)
SEEN = IndicatorSet(
    (PART, WHOLE, LEFT, MUST, PEOPLE), {"left": {"whole": 1, "part": -1, "people": -1}}
)
MORE_THAN_WHOLE = "“Phần” không thể nhiều hơn “Cả”. Xem lại hai số này."
BELOW_ZERO = "“Còn” tính ra −{}, mà số đếm không thể âm. Xem lại các số này."
NOT_TYPED = "Chưa nhập. Nếu hôm nay không có, nhập 0."
NOTHING = "Chưa có số nào. Nhập kết quả, hoặc chọn “Hôm nay không phát sinh”."
BOTH = "Vừa báo “không phát sinh” vừa có số. Chọn một trong hai."

Wrong = dict[str, list[str]]


@pytest.mark.parametrize(
    ("counts", "wrong"),
    [
        ({"whole": 5, "part": 5, "must": 0}, {}),
        ({"whole": 5, "part": 6, "must": 0}, {"part": [MORE_THAN_WHOLE]}),
        ({"part": 1, "must": 0}, {"part": [MORE_THAN_WHOLE]}),
        ({"part": 0, "must": 0}, {}),
        # What must be given may be nought, and is not asked for where nothing is given.
        ({"whole": 5}, {"must": [NOT_TYPED]}),
        ({}, {"": [NOTHING]}),
        # Worked out, it would be below zero: told at each count that takes off, and nowhere else.
        (
            {"whole": 5, "part": 3, "people": 3, "must": 0},
            {"part": [BELOW_ZERO.format(1)], "people": [BELOW_ZERO.format(1)]},
        ),
        ({"whole": 5, "part": 0, "people": 7, "must": 0}, {"people": [BELOW_ZERO.format(2)]}),
        ({"whole": 5, "part": 2, "people": 3, "must": 0}, {}),
        # What is wrong already is not told twice.
        ({"whole": 1, "part": 3, "people": 9, "must": 0}, {"part": [MORE_THAN_WHOLE]}),
        ({"left": 2, "must": 0}, {"left": ["Chỉ số này được tính ra, không nhập. Bỏ nó đi."]}),
        ({"lost": 2, "must": 0}, {"lost": ["Chiến dịch không có chỉ số này."]}),
    ],
)
def test_what_is_wrong_is_told_where_it_is(counts: dict[str, int], wrong: Wrong) -> None:
    assert check_counts(counts, SEEN, no_activity=False) == wrong


def test_no_activity_goes_with_no_count_above_nought() -> None:
    assert check_counts({}, SEEN, no_activity=True) == {}
    assert check_counts({"whole": 0}, SEEN, no_activity=True) == {}
    assert check_counts({"whole": 0, "part": 2}, SEEN, no_activity=True) == {"": [BOTH]}
    assert list(check_counts({"lost": 1}, SEEN, no_activity=True)) == ["lost", ""]


def test_who_stands_by_a_part_above_its_whole_is_heard_but_never_below_zero() -> None:
    """docs/counting.md C6: whatever explanation is given."""
    above = {"whole": 5, "part": 6, "must": 0}
    plain = IndicatorSet(SEEN.all)
    assert check_counts(above, plain, no_activity=False, parts_may_exceed=True) == {}
    assert check_counts(above, SEEN, no_activity=False, parts_may_exceed=True) == {
        "part": [BELOW_ZERO.format(1)]
    }


@pytest.mark.parametrize("value", [0, 1, 1_000_000])
def test_count_of_a_machine_is_taken(value: int) -> None:
    assert check_count(value) == value


@pytest.mark.parametrize("value", [-1, 1_000_001, True, 1.0, "1", None])
def test_count_of_a_machine_is_a_whole_number_in_bounds(value: object) -> None:
    with pytest.raises(ValidationError):
        check_count(value)


def test_day_of_a_report_lies_in_the_campaign_and_is_not_ahead() -> None:
    day = dt.timedelta(days=1)
    campaign = Campaign(starts_on=TODAY - 2 * day, ends_on=TODAY + day)
    for taken in (TODAY - 2 * day, TODAY - day, TODAY):
        check_day(campaign, taken, TODAY)
    check_day(campaign, TODAY + day, TODAY + day)
    for refused, why in (
        (TODAY - 3 * day, "Chiến dịch diễn ra từ 18/06/2023 đến 21/06/2023."),
        (TODAY + day, "Ngày 21/06/2023 chưa tới."),
        (TODAY + 2 * day, "Chiến dịch diễn ra từ 18/06/2023 đến 21/06/2023."),
    ):
        with pytest.raises(ValidationError, match=why):
            check_day(campaign, refused, TODAY)


def test_what_is_worked_out_stands_in_its_place_and_blank_stays_blank() -> None:
    """docs/counting.md C7, C14: blank is no nought, and a sum of blanks is blank."""
    whole = SEEN.complete({"people": 2, "whole": 9, "must": 1})
    assert list(whole.items()) == [("whole", 9), ("left", 7), ("must", 1), ("people", 2)]
    assert SEEN.complete({"must": 1, "lost": 4}) == {"must": 1}
    assert SEEN.complete({"part": 0}) == {"part": 0, "left": 0}


def test_indicators_say_what_they_are_for() -> None:
    assert SEEN.entered == (PART, WHOLE, MUST, PEOPLE)
    assert SEEN.wholes == {"part": "whole"}
    assert (SEEN.of_people, SEEN.headline) == (PEOPLE, LEFT)
    unmarked = IndicatorSet((WHOLE, PART))
    assert (unmarked.of_people, unmarked.headline) == (None, WHOLE)
    assert IndicatorSet(()).headline is None


def test_sum_of_blanks_is_blank_and_of_noughts_nought() -> None:
    assert add_up([{"a": 1, "b": 0}, {"a": 2}, {"c": 5}]) == {"a": 3, "b": 0, "c": 5}
    assert add_up([{}, {}]) == {}
