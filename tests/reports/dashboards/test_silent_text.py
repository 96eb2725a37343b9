"""The list of the silent fits a message, and says how many it does not name."""

from collections.abc import Sequence

import pytest

from campaign.models import Branch, Unit
from reports.dashboards.selectors.action_items import NonReportingBranch
from reports.dashboards.selectors.completeness_grid import MOST_LETTERS, non_reporting_text
from tests.conftest import TODAY

ENDING = {"appeal": "Đề nghị gửi sớm.", "link": "https://cong.vn/c/x/report/"}


def silent_ones(districts: int, each: int) -> tuple[list[Unit], list[NonReportingBranch]]:
    children = [Unit(pk=n, name=f"Huyện {n}", path=f"1.{n}.") for n in range(2, districts + 2)]
    return children, [
        NonReportingBranch(
            Branch(name=f"Đoàn xã {child.name} số {n}", home_unit=Unit(path=f"{child.path}{n}.")), 1
        )
        for child in children
        for n in range(100, 100 + each)
    ]


def text_of(children: Sequence[Unit], silent: Sequence[NonReportingBranch]) -> str:
    text = non_reporting_text(TODAY, children, silent, **ENDING)
    assert len(text) <= MOST_LETTERS
    assert text.endswith(f"{ENDING['appeal']}\n{ENDING['link']}")
    return text


def test_few_are_named() -> None:
    children, silent = silent_ones(2, 3)
    text = text_of(children, silent)
    assert all(one.branch.name in text for one in silent)


def test_many_are_counted_by_unit() -> None:
    children, silent = silent_ones(10, 30)
    text = text_of(children, silent)
    assert "còn 300 đơn vị:" in text
    assert text.count(": 30 đơn vị") == 10


@pytest.mark.parametrize("number", [60, 129, 400])
def test_without_units_between_as_many_are_named_as_fit(number: int) -> None:
    _children, silent = silent_ones(1, number)
    text = text_of([], silent)
    named = sum(f"{one.branch.name}," in f"{text}," for one in silent)
    left = number - text.count("Đoàn xã")
    assert named > 30
    assert (f" và {left} đơn vị khác." in text) is (left > 0)
    assert len(text) > MOST_LETTERS - 60 or not left


def test_a_country_of_units_is_cut_at_lines() -> None:
    children, silent = silent_ones(120, 2)
    text = non_reporting_text(TODAY, children, silent, **ENDING)
    assert len(text) <= MOST_LETTERS
    assert text.endswith(f"…\n{ENDING['link']}")
