"""From the bytes of a file to its lines, or to what has to be asked first."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from campaign.branches_by_day import BranchesByDay
from campaign.models import Branch, Campaign, Unit
from campaign.permissions import Permission
from campaign.reporting_window import reporting_days
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, branches_run_during, units_to_choose
from core import clock
from core.importing.drawn_tables import day_named
from core.importing.inspection import Question
from core.importing.table import Sheet, read_table
from reports.spreadsheet import columns as meaning
from reports.spreadsheet.columns import Columns, Matcher
from reports.spreadsheet.lines import Key, Line, LineReader

# So many days are offered where a file does not say of which it is.
MOST_DAYS = 14
DAY_QUESTION = "day"


@dataclass
class Prepared:
    """A file as it was understood; its lines are complete as soon as nothing is asked."""

    lines: list[Line] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    meanings: list[str] = field(default_factory=list)
    has_sheets: bool = False


def branches_led_by(user: User, campaign: Campaign) -> list[Branch]:
    """Return the branches whose counts the user may send by file: those of the own territory.

    They are of all days of the campaign until now, since a day before may be corrected.
    """
    return _led(user, branches_run_during(user, campaign.starts_on, campaign.shown_day))


def _led(user: User, branches: list[Branch]) -> list[Branch]:
    scope = scope_of(user)
    return [b for b in branches if scope.may(Permission.LEAD, unit=b.home_unit)]


def prepare(
    user: User,
    campaign: Campaign,
    indicators: IndicatorSet,
    data: bytes,
    answers: Mapping[str, str],
) -> Prepared:
    """Read a file; raise ``ValidationError`` for what is wrong with it as a whole."""
    days = campaign.starts_on, campaign.ends_on
    reading = read_table(data, answers, is_part=lambda name: bool(day_named(name, *days)))
    prepared = Prepared(questions=list(reading.questions), notes=list(reading.notes))
    matcher = Matcher(campaign, indicators)
    matched = [(table, matcher.match(table.headings, answers)) for table in reading.tables]
    asked = {q.name: q for _table, columns in matched for q in columns.questions}
    prepared.questions += asked.values()
    if matched:
        prepared.headers, prepared.meanings = matched[0][0].headings, matched[0][1].meanings
        prepared.has_sheets = len(matched) > 1
    days_of = [_day_of(table, columns, campaign, answers, prepared) for table, columns in matched]
    if prepared.questions:
        return prepared
    branches = BranchesByDay(user, campaign)
    branches.everywhere = _led(user, branches.everywhere)
    reader = LineReader(campaign, branches, _Communes(branches.everywhere).of)
    for (table, columns), day in zip(matched, days_of, strict=True):
        prepared.lines += reader.read(table, columns, day)
    _name_doubles(prepared.lines)
    if reader.sums:
        prepared.notes.append(
            ngettext("Không lấy %(n)s dòng cộng.", "Không lấy %(n)s dòng cộng.", reader.sums)
            % {"n": reader.sums}
        )
    if not prepared.lines:
        raise ValidationError(_("Tệp chưa có số nào. Điền số vào các ô rồi gửi lại."))
    return prepared


class _Communes:
    """The communes in which branches may report, read once a day."""

    def __init__(self, branches: list[Branch]) -> None:
        self.branches = branches
        self.days: dict[dt.date, dict[int, list[Unit]]] = {}

    def of(self, branch: Branch, day: dt.date) -> list[Unit] | None:
        if day not in self.days:
            self.days[day] = units_to_choose(self.branches, day)
        return self.days[day].get(branch.pk)


def _day_of(
    table: Sheet,
    columns: Columns,
    campaign: Campaign,
    answers: Mapping[str, str],
    prepared: Prepared,
) -> dt.date | None:
    """Return the day of a table without a column of days: its sheet's, its title's, or asked."""
    if meaning.DAY in columns.meanings or columns.questions:
        return None
    titles = {
        day
        for text in table.titles
        if (day := day_named(text, campaign.starts_on, campaign.ends_on))
    }
    named = day_named(table.name, campaign.starts_on, campaign.ends_on)
    found = {named} if named else titles
    if len(found) == 1:
        day = found.pop()
        where = table.name if named else _("dòng tiêu đề")
        prepared.notes.append(
            _("Ngày của số liệu là %(day)s, theo %(where)s.")
            % {"day": f"{day:%d/%m/%Y}", "where": f"“{where}”" if named else where}
        )
        return day
    last = min(clock.today(), campaign.ends_on)
    offered = reporting_days(campaign, campaign.starts_on, last)[-MOST_DAYS:]
    choices = [(day.isoformat(), f"{day:%d/%m/%Y}") for day in reversed(offered)]
    if (answer := answers.get(DAY_QUESTION)) in dict(choices):
        return dt.date.fromisoformat(answer)
    text = _("Tệp không có cột ngày. Đây là số liệu của ngày nào?")
    if all(question.name != DAY_QUESTION for question in prepared.questions):
        prepared.questions.append(Question(DAY_QUESTION, text, choices))
    return None


def _name_doubles(lines: list[Line]) -> None:
    seen: dict[Key, Line] = {}
    for line in lines:
        if line.key is None:
            continue
        first = seen.setdefault(line.key, line)
        if first is not line:
            where = f"{first.sheet}, " if first.sheet != line.sheet else ""
            line.say(
                meaning.BRANCH,
                _("Đơn vị và ngày này đã có ở %(where)sdòng %(n)s. Chỉ giữ một dòng.")
                % {"where": where, "n": first.row},
            )
