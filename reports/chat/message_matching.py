"""What a pasted message reports, read with the names and rules of a campaign; saves nothing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from campaign.branches_by_day import BranchesByDay, absent_text
from campaign.count_validation import check_counts, check_day
from campaign.models import Branch, BranchKind, Campaign, Level, Unit
from campaign.report_day import ReportDay, read_grants
from campaign.reporting_window import WindowClosed
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, indicators_of
from core import clock
from core.counts import add_up
from core.vietnamese import bare_name
from reports.chat.parser.lexicon import IndicatorEntry, KnownUnit, Lexicon
from reports.chat.parser.parsing import ASK, IGNORED, UNDERSTOOD, ParsedReport, parse
from reports.chat.parser.wording import spoken_by
from reports.daily.anomalies import (
    Anomaly,
    AnomalyLabel,
    Expectation,
    anomaly_labels,
    expectations,
    judge,
)
from reports.daily.models import DailyReport
from volunteers.sessions.models import SupportSession

HOMES = (Level.COMMUNE, Level.HAMLET)
NEAR = (Level.DISTRICT, Level.COMMUNE)


# The ids of a campaign, a branch and a unit, and a day.
Key = tuple[int, int, int, dt.date]


@dataclass(frozen=True)
class PastedLine:
    """An answer of the reader with the rows that it means.

    ``standing`` is the report that stands for its place and day; ``is_read`` says that the
    words themselves were understood, whatever the rules ask about the counts. ``target`` is
    there where branch and day are; its unit is the one only where ``unit`` says so.
    """

    answer: ParsedReport
    branch: Branch | None = None
    target: ReportDay | None = None
    unit: Unit | None = None
    existing: DailyReport | None = None
    is_read: bool = False
    is_unusual: bool = False


@dataclass(frozen=True)
class Pasted:
    """A pasted text as it was read; ``there`` are the branches the user may report for."""

    lines: list[PastedLine]
    there: BranchesByDay
    indicators: IndicatorSet


@dataclass
class _Known:
    """What the rules are asked about: the rows of all lines, read at once."""

    reports: dict[Key, DailyReport] = field(default_factory=dict)
    closed: dict[Key, list[dict[str, int]]] = field(default_factory=lambda: defaultdict(list))
    usual: dict[ReportDay, Expectation] = field(default_factory=dict)


def read_words(
    user: Any, campaign: Campaign, text: str, day: dt.date, sent_at: dt.datetime | None = None
) -> Pasted:
    """Read a text as the user may use it, without asking the rules about its counts.

    ``sent_at`` is when the user sent it, where that is known. Raises ``PermissionDenied`` for who
    may report for nobody, and ``TooLong``.
    """
    there = BranchesByDay(user, campaign)
    if not there.everywhere:
        raise PermissionDenied
    indicators = indicators_of(campaign)

    def read(on: dt.date) -> list[ParsedReport]:
        lexicon = make_lexicon(user, campaign, there.on(on), indicators, on)
        with spoken_by(gettext):
            return parse(text, lexicon, day, sent_at)

    answers = read(day)
    _by_their_days(answers, there, day, read)
    lines = [
        _line(answer, campaign, {b.code: b for b in there.on(answer.date or day)})
        for answer in answers
    ]
    return Pasted(lines, there, indicators)


def _by_their_days(
    answers: list[ParsedReport],
    there: BranchesByDay,
    day: dt.date,
    read: Callable[[dt.date], list[ParsedReport]],
) -> None:
    """Read again what is of a day with other branches than ``day``, with the names of that day.

    What means one that was not there yet, or no more, is asked about with those that were.
    """
    readings: dict[frozenset[Branch], list[ParsedReport]] = {}
    usual = there.on(day)
    by_code = {branch.code: branch for branch in usual}
    for number, answer in enumerate(answers):
        own = there.on(answer.date or day)
        if answer.date is None or own == usual:
            continue
        key = frozenset(own)
        if key not in readings:
            readings[key] = read(answer.date)
        again = readings[key]
        if [one.date for one in again] != [one.date for one in answers]:
            answer.ask(_("Tin có ngày trước và sau khi đổi địa giới. Gửi riêng tin của từng ngày."))
            answer.branch = answer.unit = ""
            continue
        meant = by_code.get(answer.branch)
        answers[number] = found = again[number]
        if meant is not None and not (found.branch or found.candidates):
            instead = there.others_of(meant, answer.date)
            text = absent_text(meant, answer.date, instead)
            found.status, found.questions, found.about_unit = ASK, [text], [text]
            found.candidates = [branch.code for branch in instead]
            found.counts = found.counts or answer.counts
            found.is_out_of_reach = False


def read_pasted(user: Any, campaign: Campaign, text: str, day: dt.date) -> Pasted:
    """Read a pasted text and say what the form would; raises as ``read_words``."""
    pasted = read_words(user, campaign, text, day)
    known = _known(campaign, pasted.lines)
    read_grants([line.target for line in pasted.lines if line.target is not None])
    checked = [_checked(line, pasted.indicators, known) for line in pasted.lines]
    return replace(pasted, lines=checked)


def make_lexicon(
    user: Any,
    campaign: Campaign,
    branches: Sequence[Branch],
    indicators: IndicatorSet,
    day: dt.date,
) -> Lexicon:
    """Return the names and the indicators that may stand in a message to this user.

    The names of all units are among them, so that a line of another commune is never taken for
    one of an own; of those nothing but the name, which everybody knows, is told.
    """
    day = min(max(day, campaign.starts_on), campaign.shown_day)
    units = Unit.objects.on(day).filter(Q(level__in=NEAR) | Q(parent=None))
    found = list(units.order_by("path"))
    by_pk = {unit.pk: unit for unit in found if unit.level in NEAR}
    # The whole is no place that one of its parts reports for.
    tops = [unit.name for unit in found if unit.level not in NEAR]
    own = [_known_unit(b, by_pk) for b in branches]
    taken = {b.home_unit_id for b, p in zip(branches, own, strict=True) if len(p.names) > 1}
    others = [_far(unit, by_pk) for unit in by_pk.values() if unit.pk not in taken]
    return Lexicon(
        known_units=(*own, *others),
        indicators=tuple(
            IndicatorEntry(
                i.code,
                i.name,
                tuple(
                    w.strip()
                    for w in (i.label, i.short_label, i.label_en, i.code, *i.aliases.split(","))
                    if w.strip()
                ),
                tuple(indicators.terms.get(i.code, {}).items()),
                i.measure,
            )
            for i in indicators.all
        ),
        first_day=campaign.starts_on,
        last_day=campaign.ends_on,
        today=clock.today(),
        own=_own(user, branches),
        own_words=(*tops, *(w.strip() for w in campaign.message_words.split(",") if w.strip())),
    )


def _own(user: Any, branches: Sequence[Branch]) -> tuple[str, ...]:
    scope = scope_of(user)
    mine = {path for a in scope.appointments if a.branch is not None for path in a.branch.paths}
    found = tuple(b.code for b in branches if b.path in mine)
    return found if len(branches) == 1 else ()


def _known_unit(branch: Branch, units: dict[int, Unit]) -> KnownUnit:
    """Return a branch as it is named: by its own name, and by the unit that it stands for."""
    home = branch.home_unit
    stands_for = branch.kind == BranchKind.YOUTH_UNION or bare_name(branch.name) == bare_name(
        home.name
    )
    district = _district(home, units)
    return KnownUnit(
        names=(branch.name, home.name) if stands_for else (branch.name,),
        branch=branch.code,
        unit=home.code if home.level in HOMES else "",
        district=district,
        is_district=stands_for and home.level == Level.DISTRICT,
        label=branch.name,
    )


def _far(unit: Unit, units: dict[int, Unit]) -> KnownUnit:
    is_district = unit.level == Level.DISTRICT
    district = _district(unit, units)
    return KnownUnit((unit.name,), district=district, is_district=is_district, label=unit.name)


def _district(unit: Unit, units: dict[int, Unit]) -> str:
    """Return the id of the district that a unit is or lies in; blank where there is none."""
    above = (units.get(int(pk)) for pk in unit.path.split(".")[:-1])
    return next((str(one.pk) for one in above if one and one.level == Level.DISTRICT), "")


def _line(answer: ParsedReport, campaign: Campaign, branches: dict[str, Branch]) -> PastedLine:
    is_read, branch = answer.status == UNDERSTOOD, branches.get(answer.branch)
    if branch is None:
        return PastedLine(answer, is_read=is_read)
    unit = branch.home_unit if answer.unit else None
    day = answer.date
    target = ReportDay(campaign, branch, branch.home_unit, day) if day is not None else None
    return PastedLine(answer, branch, target, unit, is_read=is_read)


def _known(campaign: Campaign, lines: Iterable[PastedLine]) -> _Known:
    """Read the standing reports, the outcome of closed sessions, and what is usual.

    Four queries.
    """
    named = [(line.target, line.answer.counts) for line in lines if line.target and line.unit]
    known = _Known()
    if not named:
        return known
    asked: dict[str, Any] = {
        "campaign": campaign,
        "branch__in": {target.branch.pk for target, _counts in named},
        "date__in": {target.day for target, _counts in named},
    }
    for report in DailyReport.objects.filter(**asked):
        known.reports[campaign.pk, report.branch_id, report.unit_id, report.date] = report
    for session in SupportSession.objects.closed().filter(**asked):
        key = campaign.pk, session.branch_id, session.unit_id, session.date
        known.closed[key].append(session.counts)
    known.usual = expectations(
        [
            target
            for target, counts in named
            if counts and campaign.starts_on <= target.day <= campaign.ends_on
        ]
    )
    return known


def _checked(line: PastedLine, indicators: IndicatorSet, known: _Known) -> PastedLine:
    """Say what the form would say about the same counts: what stands already, what is unusual."""
    answer = line.answer
    if answer.status == IGNORED or answer.date is None:
        return line
    target = line.target
    existing = known.reports.get(target.key) if target is not None and line.unit else None
    if existing is not None:
        _beside(existing, answer)
    answer.ask(*_about_counts(answer, indicators))
    if target is None:
        return line
    answer.ask(*_about_day(target))
    if line.unit is None:
        return line
    covered = existing.covered_sessions.values() if existing else known.closed[target.key]
    least = {code: count for code, count in add_up(covered).items() if count}
    answer.ask(*_about_sessions(answer, indicators, least))
    found: list[Anomaly] = []
    if target in known.usual:
        found = judge(answer.whole, known.usual[target], indicators.wholes, indicators.states)
        found = [one for one in found if one.kind != "part" and one.code not in answer.unchanged]
    answer.notes.extend(unusual_questions(found, indicators))
    return replace(line, existing=existing, is_unusual=bool(found))


def _beside(existing: DailyReport, answer: ParsedReport) -> None:
    """Keep what the words do not name, and say so (docs/counting.md C17)."""
    if not answer.counts and not answer.no_activity:
        return
    answer.unchanged = {c: n for c, n in existing.counts.items() if c not in answer.counts}
    if answer.no_activity and any(answer.unchanged.values()):
        answer.ask(_("Tin ghi không phát sinh mà ngày này đã có số. Chọn những số cần xóa."))
    elif (existing.counts, existing.no_activity) != (answer.whole, answer.no_activity):
        answer.notes.append(
            _("Ngày này đã có báo cáo với số khác. Gửi thì chỉ những số có trong tin thay đổi.")
        )


def _about_counts(answer: ParsedReport, indicators: IndicatorSet) -> list[str]:
    if not answer.counts and not answer.no_activity:
        return []
    counts = answer.counts if answer.no_activity else answer.whole
    wrong = check_counts(counts, indicators, no_activity=answer.no_activity)
    names = {i.code: i.short_name for i in indicators.all}
    return [
        f"{names[code]}: {text}" if code in names else text
        for code, texts in wrong.items()
        for text in texts
    ]


def _about_day(target: ReportDay) -> list[str]:
    branch, day = target.branch, target.day
    try:
        check_day(target.campaign, day, clock.today())
        target.check_takes_counts()
    except ValidationError:
        return []  # the reader has asked about such a day already
    except WindowClosed as error:
        return [str(error)]
    if not branch.exists_on(day):
        return [_("“%(name)s” không hoạt động vào ngày này.") % {"name": branch.name}]
    return []


def _about_sessions(
    answer: ParsedReport, indicators: IndicatorSet, least: dict[str, int]
) -> list[str]:
    people = indicators.of_people
    low = [
        i.short_name
        for i in indicators.entered
        if answer.whole.get(i.code, 0) < least.get(i.code, 0)
        and not (i == people and i.code not in answer.whole)
    ]
    if not low:
        return []
    text = _("Các buổi trong ngày đã có số lớn hơn ở: %(names)s. Xem lại các số này.")
    return [text % {"names": ", ".join(low)}]


def unusual_questions(found: Sequence[Anomaly], indicators: IndicatorSet) -> list[str]:
    return [_unusual(flag) for flag in anomaly_labels([u.as_json() for u in found], indicators)]


def _unusual(flag: AnomalyLabel) -> str:
    if flag.kind == "copied":
        return _("Các số giống hệt ngày trước đó. Đúng thì chọn lý do rồi gửi.")
    text = _("%(name)s: %(value)s là số bất thường. Đúng thì chọn lý do rồi gửi.")
    return text % {"name": flag.name, "value": number_format(flag.value, force_grouping=True)}
