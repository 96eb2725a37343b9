"""Checks of counts and of their day, shared by reports and sessions, pages, API and imports.

A number that could be read in two ways is asked about, never guessed: blank is not zero,
and ``1.000`` is not 1.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.models import Campaign
from campaign.selectors import IndicatorSet
from core.counts import MOST
from core.number_parsing import check_whole, parse_whole

# What is wrong, by field; for counts by indicator code.
Errors = dict[str, list[str] | dict[str, list[str]]]


def parse_count(text: str) -> int | None:
    """Read a count as a person typed it; blank is None."""
    return parse_whole(text, most=MOST)


def check_count(value: Any) -> int:
    """Check a count that came as a JSON value: an integer from 0 to a million."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(_("Gửi một số nguyên, ví dụ 30; không gửi chữ hay số lẻ."))
    return check_whole(value, most=MOST)


def check_day(campaign: Campaign, day: dt.date, today: dt.date) -> None:
    """Check that a report can be about ``day`` at all."""
    if not campaign.starts_on <= day <= campaign.ends_on:
        raise ValidationError(
            _("Chiến dịch diễn ra từ %(first)s đến %(last)s. Chọn một ngày trong khoảng đó.")
            % {"first": f"{campaign.starts_on:%d/%m/%Y}", "last": f"{campaign.ends_on:%d/%m/%Y}"}
        )
    if day > today:
        raise ValidationError(
            _("Ngày %(day)s chưa tới. Chọn hôm nay hoặc một ngày đã qua.")
            % {"day": f"{day:%d/%m/%Y}"}
        )


def check_counts(
    counts: Mapping[str, int],
    indicators: IndicatorSet,
    *,
    no_activity: bool,
    parts_may_exceed: bool = False,
) -> dict[str, list[str]]:
    """Return what is wrong with the counts of one report, by indicator code; {} if nothing.

    The key ``""`` holds what concerns them all. ``parts_may_exceed`` lets a part be greater
    than its whole: the sender was asked and stands by it. What is worked out of the counts is
    never below zero, whoever stands by it (docs/counting.md C6).
    """
    entered = {i.code: i for i in indicators.typed}
    problems: dict[str, list[str]] = {}

    def say(code: str, text: str) -> None:
        problems.setdefault(code, []).append(text)

    for code in counts.keys() - entered.keys():
        derived = any(i.code == code for i in indicators.all)
        say(
            code,
            _("Chỉ số này được tính ra, không nhập. Bỏ nó đi.")
            if derived
            else _("Chiến dịch không có chỉ số này."),
        )
    if no_activity:
        if any(counts.values()):
            say("", _("Vừa báo “không phát sinh” vừa có số. Chọn một trong hai."))
        return problems
    if not counts:
        say("", _("Chưa có số nào. Nhập kết quả, hoặc chọn “Hôm nay không phát sinh”."))
    for code, indicator in entered.items():
        if indicator.required and code not in counts and counts:
            say(
                code,
                _("Chưa nhập. Ghi số đang có đến nay.")
                if indicator.is_state
                else _("Chưa nhập. Nếu hôm nay không có, nhập 0."),
            )
        whole = indicator.at_most
        exceeds = whole is not None and counts.get(code, 0) > counts.get(whole.code, 0)
        if whole is not None and exceeds and not parts_may_exceed:
            say(
                code,
                _("“%(part)s” không thể nhiều hơn “%(whole)s”. Xem lại hai số này.")
                % {"part": indicator.name, "whole": whole.name},
            )
    worked_out = indicators.complete(dict(counts))
    for indicator in indicators.all:
        value, terms = worked_out.get(indicator.code), indicators.terms.get(indicator.code, {})
        # What is wrong already may be why.
        if value is None or value >= 0 or terms.keys() & problems.keys():
            continue
        for code, factor in terms.items():
            if factor < 0 and counts.get(code):
                say(
                    code,
                    _("“%(name)s” tính ra %(value)s, mà số đếm không thể âm. Xem lại các số này.")
                    % {"name": indicator.name, "value": f"−{-value}"},
                )
    return problems
