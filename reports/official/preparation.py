"""From the bytes of the police's table to its figures, or to what has to be asked first."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Campaign, Unit
from campaign.permissions import Permission
from campaign.selectors import IndicatorSet
from core import clock
from core.form_fields import parse_day
from core.importing.citizen_ids import refuse_any_id
from core.importing.drawn_tables import day_named
from core.importing.inspection import Question
from core.importing.table import Sheet, read_table
from core.importing.workbook import MOST_ROWS
from reports.official.columns import Column, Matcher
from reports.official.lines import LineReader, Read, check_day
from reports.official.models import MapOfUnits
from reports.official.unit_names import LEVELS

# So many days are offered where a table does not say of which it is.
MOST_DAYS = 31
DAY_QUESTION, MAP_QUESTION = "day", "map"
DAY = dt.timedelta(days=1)


@dataclass
class Prepared:
    """A table as it was understood; ``read`` is whole as soon as nothing is asked."""

    read: Read = field(default_factory=Read)
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    map: str = MapOfUnits.THEN.value
    has_sheets: bool = False
    # Sheets that were not read may hold anything: such a file is not stored.
    may_be_stored: bool = True


def prepare(
    user: User,
    campaign: Campaign,
    indicators: IndicatorSet,
    data: bytes,
    answers: Mapping[str, str],
) -> Prepared:
    """Read a table; raise ``ValidationError`` for what is wrong with it as a whole."""
    first, last = campaign.starts_on, campaign.ends_on
    reading = read_table(
        data,
        answers,
        is_part=lambda name: bool(day_named(name, first, last)),
        most_rows=MOST_ROWS,
    )
    prepared = Prepared(
        questions=list(reading.questions),
        notes=list(reading.notes),
        may_be_stored=not reading.leaves_sheets,
    )
    for table in reading.tables:
        refuse_any_id([*table.titles, *table.headings], *table)
    matcher = Matcher(campaign, indicators)
    matched = [(table, matcher.match(table, answers)) for table in reading.tables]
    asked = {q.name: q for _table, columns in matched for q in columns.questions}
    prepared.questions += asked.values()
    prepared.notes += [note for _table, columns in matched for note in columns.notes]
    if matched:
        prepared.columns = matched[0][1].columns
        prepared.has_sheets = len(matched) > 1
    tables = [
        (table, columns.columns, _day_of(table, columns.columns, campaign, answers, prepared))
        for table, columns in matched
    ]
    if prepared.questions:
        return prepared
    _read(user, campaign, tables, answers, prepared)
    if not (prepared.questions or prepared.read.figures or prepared.read.problems):
        raise ValidationError(_("Tệp chưa có số nào. Điền số vào các ô rồi gửi lại."))
    return prepared


Tables = list[tuple[Sheet, list[Column], dt.date | None]]


def _read(
    user: User,
    campaign: Campaign,
    tables: Tables,
    answers: Mapping[str, str],
    prepared: Prepared,
) -> None:
    units, today = units_of(user, campaign), clock.today()

    def on(of: str) -> Read:
        reader = LineReader(campaign, units, of, answers, today, has_sheets=prepared.has_sheets)
        for table, columns, day in tables:
            reader.take(table, columns, day)
        return reader.read

    asked = answers.get(MAP_QUESTION, "")
    of = asked if asked in MapOfUnits.values else MapOfUnits.THEN.value
    read = on(of)
    if not asked and (read.unknown or _has_ended(read, today)):
        other = on(MapOfUnits.NOW)
        if other.unknown < read.unknown:
            of, read = MapOfUnits.NOW.value, other
            prepared.notes.append(_("Tên và mã đơn vị trong tệp là theo bản đồ hôm nay."))
        elif not read.unknown and not other.unknown:
            text = _("Tên và mã trong tệp là đơn vị của ngày ấy, hay theo bản đồ hôm nay?")
            choices = [(value, str(label)) for value, label in MapOfUnits.choices]
            prepared.questions.append(Question(MAP_QUESTION, text, choices))
    prepared.map, prepared.read = of, read
    prepared.questions += read.questions.values()
    prepared.notes += read.notes


def _has_ended(read: Read, today: dt.date) -> bool:
    return any(unit.has_ended_by(today) for unit in read.units.values())


def units_of(user: User, campaign: Campaign) -> list[Unit]:
    """Return the units, of any day of the campaign, whose figures the user may hand in."""
    today = clock.today()
    last = max(min(today, campaign.ends_on), campaign.starts_on)
    units = Unit.objects.where_may(user, Permission.OFFICIAL_FIGURES).filter(level__in=LEVELS)
    during = units.during(campaign.starts_on, last) | units.on(today)
    return list(during.select_related("parent").order_by("path"))


def days_offered(campaign: Campaign) -> list[dt.date]:
    """Return the days of which figures may be handed in, the last first."""
    last = min(clock.today(), campaign.ends_on)
    span = (last - campaign.starts_on).days
    return [last - n * DAY for n in range(min(span + 1, MOST_DAYS))]


def _day_of(
    table: Sheet,
    columns: list[Column],
    campaign: Campaign,
    answers: Mapping[str, str],
    prepared: Prepared,
) -> dt.date | None:
    """Return the day of a table without a column of days: its sheet's, its title's, or asked."""
    days = {one.day for one in columns if one.is_figures}
    for own in filter(None, days):
        check_day(own, campaign, clock.today())
    if any(one.meaning == "=day" for one in columns) or prepared.questions or None not in days:
        return None
    first, last = campaign.starts_on, campaign.ends_on
    titles = {day for text in table.titles if (day := day_named(text, first, last))}
    named = day_named(table.name, first, last)
    found = {named} if named else titles
    if len(found) == 1:
        (day,) = found
        check_day(day, campaign, clock.today())
        where = f"“{table.name}”" if named else _("dòng tiêu đề")
        shown = {"day": f"{day:%d/%m/%Y}", "where": where}
        prepared.notes.append(_("Ngày của số liệu là %(day)s, theo %(where)s.") % shown)
        return day
    if answer := answers.get(DAY_QUESTION):
        day = parse_day(answer)
        check_day(day, campaign, clock.today())
        return day
    choices = [(day.isoformat(), f"{day:%d/%m/%Y}") for day in days_offered(campaign)]
    text = _("Tệp không có cột ngày. Đây là số liệu của ngày nào?")
    if all(question.name != DAY_QUESTION for question in prepared.questions):
        prepared.questions.append(Question(DAY_QUESTION, text, choices))
    return None
