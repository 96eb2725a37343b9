"""A campaign's own words, measures and aliases to write its indicators; names with apostrophes."""

import datetime as dt
from dataclasses import replace

import pytest

from campaign.models import Indicator
from campaign.selectors import IndicatorSet
from demo.plan import INDICATORS as PLANNED
from reports.chat.examples import examples
from reports.chat.parser.lexicon import IndicatorEntry, KnownUnit, Lexicon
from reports.chat.parser.parsing import ParsedReport, parse
from tests.digital_skills import INDICATORS
from tests.reports.chat.lexicons import lexicon

DAY = dt.date(2023, 6, 20)
UNITS = (
    KnownUnit(("Đoàn xã Cư M'gar", "Xã Cư M'gar"), "XD-1", "1", label="Đoàn xã Cư M'gar"),
    KnownUnit(("Đoàn xã Ea H’leo", "Xã Ea H’leo"), "XD-2", "2", label="Đoàn xã Ea H’leo"),
)
LEXICON = Lexicon(
    known_units=UNITS,
    indicators=tuple(
        IndicatorEntry(
            code, label, (label, short, code, *filter(None, aliases.split(","))), (), unit
        )
        for code, label, short, unit, aliases, _value in INDICATORS
    ),
    first_day=DAY,
    last_day=DAY,
    today=DAY,
    own_words=("44 ngày đêm", "Tỉnh Đắk Lắk", "web"),
)


def read(text: str) -> ParsedReport:
    (answer,) = parse(text, LEXICON, DAY)
    return answer


@pytest.mark.parametrize(
    ("text", "branch", "counts"),
    [
        # A measure of one indicator alone says of which the number is.
        ("Cư M'gar: 4 hộ, 1 đội hình", "XD-1", {"households": 4, "groups": 1}),
        ("Cư M'gar 4hộ 1 đội hình", "XD-1", {"households": 4, "groups": 1}),
        ("Cư M'gar: 12 hồ sơ 2 công trình, mã qr 3", "XD-1",
         {"online": 12, "projects": 2, "households": 3}),
        # Beside its indicator it only says what is counted.
        ("Cư M'gar: mã QR 4 hộ, lớp 2 lớp", "XD-1", {"households": 4, "classes": 2}),
        # However the apostrophe is typed, or left out.
        ("cu mgar: 4 hộ", "XD-1", {"households": 4}),
        ("xã Cư M’gar 4 hộ", "XD-1", {"households": 4}),
        ("Ea H'leo: 4 hộ", "XD-2", {"households": 4}),
        # “Đội hình” is a word that says nothing, and “sản phẩm” is not: both are indicators here.
        ("Cư M'gar đội hình 3, sp 2", "XD-1", {"groups": 3, "products": 2}),
        # What the campaign is called is no count of anything.
        ("Tỉnh Đắk Lắk, 44 ngày đêm: Cư M'gar mã qr 5", "XD-1", {"households": 5}),
        ("Cư M'gar trang tin web 5", "XD-1", {"websites": 5}),
        ("Cư M'gar web mã qr 5", "XD-1", {"households": 5}),
    ],
)  # fmt: skip
def test_words_of_the_campaign_are_understood(
    text: str, branch: str, counts: dict[str, int]
) -> None:
    found = read(text)
    assert (found.status, found.branch, found.counts) == ("understood", branch, counts), found


def test_a_measure_that_everybody_uses_names_no_indicator() -> None:
    found = read("Cư M'gar 20 lượt")
    assert found.status == "ask"
    assert found.counts == {}


def test_words_of_another_campaign_are_not_known() -> None:
    """Nothing of Project 06 stands in the code: here it is a word that is asked about."""
    assert read("Cư M'gar: VNeID mã qr 5").status == "ask"


@pytest.mark.parametrize("campaign", ["demo", "digital skills"])
def test_examples_are_of_the_campaign_and_can_be_read(campaign: str) -> None:
    rows = (
        [(p.code, p.label, p.short_label, p.aliases) for p in PLANNED if not p.terms]
        if campaign == "demo"
        else [
            (code, label, short, aliases)
            for code, label, short, _unit, aliases, _value in INDICATORS
        ]
    )
    indicators = IndicatorSet(
        tuple(
            Indicator(code=code, label=label, short_label=short, aliases=aliases)
            for code, label, short, aliases in rows
        )
    )
    shown = examples(indicators)
    known = lexicon("XD-14173") if campaign == "demo" else replace(LEXICON, own=("XD-1",))
    (answer,) = parse(", ".join(shown), known, DAY)
    assert (answer.status, list(answer.counts.values())) == ("understood", [35, 20, 12]), shown
    assert list(answer.counts) == [code for code, *_rest in rows[:3]]
