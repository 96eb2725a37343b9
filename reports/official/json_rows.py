"""Figures that come as JSON: a unit, a day, and a number by indicator in each row."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign
from campaign.selectors import IndicatorSet
from core import clock
from core.form_fields import parse_day
from core.number_parsing import check_whole
from reports.official.lines import LineReader, check_day
from reports.official.preparation import units_of
from reports.official.services import MOST, Figure

UNIT, DATE = "unit", "date"
# What is wrong with a row, by its fields.
Problems = dict[str, list[str]]


class WrongRows(Exception):
    """What is wrong, by the place of the row in the list."""

    def __init__(self, rows: Mapping[int, Problems]) -> None:
        super().__init__(rows)
        self.rows = {str(place): problems for place, problems in rows.items()}


def figures_of(
    user: User,
    campaign: Campaign,
    indicators: IndicatorSet,
    rows: list[dict[str, Any]],
    *,
    kind: str,
    of: str,
) -> list[Figure]:
    """Check rows and return their figures; raise ``WrongRows``. A missing code is no figure."""
    reader = LineReader(campaign, units_of(user, campaign), of, {}, clock.today())
    ids = {one.code: one.pk for one in indicators.all}
    wrong: dict[int, Problems] = {}
    found: list[Figure] = []
    first_rows: dict[tuple[int, dt.date], int] = {}
    for place, row in enumerate(rows):
        problems: Problems = {}
        day = _checked(problems, DATE, lambda: _day(row.get(DATE), campaign))  # noqa: B023
        unit = _checked(problems, UNIT, lambda: _unit(reader, row.get(UNIT), day))  # noqa: B023
        counts = {code: value for code, value in row.items() if code not in (UNIT, DATE)}
        if not counts:
            problems["detail"] = [_("Dòng không có số nào.")]
        for code, value in counts.items():
            if code not in ids:
                problems[code] = [_("Chiến dịch không có chỉ số này.")]
            else:
                _checked(problems, code, lambda: _count(value))  # noqa: B023
        if unit is not None and day is not None and not problems:
            first = first_rows.setdefault((unit, day), place)
            if first != place:
                text = _("Đơn vị và ngày này đã có ở rows[%(n)s]. Chỉ gửi một lần.")
                problems[UNIT] = [text % {"n": first}]
            found += [Figure(unit, day, kind, ids[code], n) for code, n in counts.items()]
        if problems:
            wrong[place] = problems
    if wrong:
        raise WrongRows(wrong)
    return found


def digest_of_rows(rows: list[dict[str, Any]], kind: str, of: str) -> str:
    """Return the hash of what was sent, in whatever order its rows and fields come."""
    lines = sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
    return hashlib.sha256("\n".join([kind, of, *lines]).encode()).hexdigest()


def _checked(problems: Problems, name: str, read: Any) -> Any:
    try:
        return read()
    except ValidationError as error:
        problems[name] = error.messages
        return None


def _day(value: Any, campaign: Campaign) -> dt.date:
    if not isinstance(value, str) or len(value) != len("2023-05-12") or value[4:5] != "-":
        raise ValidationError(_("Không có ngày này. Ghi năm-tháng-ngày, ví dụ 2023-05-12."))
    day = parse_day(value)
    check_day(day, campaign, clock.today())
    return day


def _unit(reader: LineReader, value: Any, day: dt.date | None) -> int | None:
    if not isinstance(value, str) or not value.strip():
        raise ValidationError(_("Gửi mã đơn vị, ví dụ 14173."))
    if day is None:
        return None
    return reader.names_on(day).find(value.strip(), "").pk


def _count(value: Any) -> int:
    if isinstance(value, float):
        raise ValidationError(_("Gửi một số nguyên, ví dụ 0."))
    return check_whole(value, MOST)
