"""From a message to what would be reported: shown whole, taken only as it was shown."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.addresses import path_of
from campaign.models import Campaign
from campaign.report_day import ReportDay, find_report_day
from campaign.reporting_window import WindowClosed
from campaign.selectors import IndicatorSet, indicators_of
from core.templatetags.formatting import count, weekday_day
from reports.chat.message_matching import PastedLine, read_words, unusual_questions
from reports.chat.parser.parsing import ASK, IGNORED, TooLong
from reports.conversation.wording import counts_in_words, link_to
from reports.daily.anomalies import Anomaly
from reports.daily.models import DailyReport, Explanation, Source
from reports.daily.reconciliation import question_of
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import Outcome, VersionConflict, submit_report
from reports.daily.texts import TEXT_NAMES
from volunteers.sessions.selectors.session_outcomes import closed_sessions

# Reports in one message; whoever has more pastes them.
MOST_ENTRIES = 8
# Choices that fit on a phone.
MOST_OPTIONS = 9


@dataclass
class Entry:
    """One report as it was shown: fields of ``ReportInput`` that JSON can hold."""

    campaign: str
    branch: str
    unit: str
    date: str
    id: str = field(default_factory=lambda: str(uuid4()))
    counts: dict[str, int] = field(default_factory=dict)
    no_activity: bool = False
    cleared: list[str] = field(default_factory=list)
    explanation: str = ""
    base_version: int = 0
    sessions: list[int] | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.campaign, self.branch, self.unit, self.date

    def merged(self, later: "Entry") -> "Entry":
        """Return what both say: the later one puts right what it names."""
        if later.no_activity or self.no_activity:
            return replace(later, id=self.id)
        return replace(later, id=self.id, counts={**self.counts, **later.counts})

    def as_input(self, captured_at: dt.datetime | None = None) -> ReportInput:
        return ReportInput(
            id=UUID(self.id),
            campaign=self.campaign,
            branch=self.branch,
            unit=self.unit,
            date=dt.date.fromisoformat(self.date),
            counts=self.counts,
            names={*self.counts, *self.cleared},
            no_activity=self.no_activity,
            texts=dict.fromkeys(TEXT_NAMES),
            explanation=self.explanation,
            captured_at=captured_at,
            base_version=self.base_version,
            sessions=self.sessions,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Option:
    """Something to choose by its number; ``about`` says what is chosen."""

    about: str
    value: str
    label: str


@dataclass
class Proposal:
    """What a message was understood as.

    ``entries`` are taken at a word only if there are neither ``questions`` nor ``options``.
    ``is_talk`` says that it reports nothing, ``is_doubt`` that it may still speak of a report.
    """

    entries: list[Entry] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    is_talk: bool = False
    is_doubt: bool = False

    @property
    def is_ready(self) -> bool:
        return bool(self.entries) and not (self.questions or self.options)


@dataclass(frozen=True)
class Writing:
    """A message, when it was sent (local), and what its author has chosen since.

    ``is_fix`` says that it puts right what was said before, without the words that say so.
    """

    text: str
    sent_at: dt.datetime
    chosen: Mapping[str, str] = field(default_factory=dict)
    is_fix: bool = False

    @property
    def day(self) -> dt.date:
        return self.sent_at.date()


def days_of(user: User, campaign: Campaign, writing: Writing) -> list[dt.date | None]:
    """Return the days that a message speaks of, read as ``writing``."""
    try:
        pasted = read_words(user, campaign, writing.text, writing.day, writing.sent_at)
    except TooLong:
        return []
    return [line.answer.date for line in pasted.lines if line.answer.status != IGNORED]


def propose(
    user: User, campaign: Campaign, writing: Writing, earlier: Sequence[Entry] = ()
) -> Proposal:
    """Read a message; ``earlier`` is what stood open and what this one may put right."""
    try:
        pasted = read_words(user, campaign, writing.text, writing.day, writing.sent_at)
    except TooLong as error:
        return Proposal(questions=[str(error)])
    lines = [line for line in pasted.lines if line.answer.status != IGNORED]
    if not lines:
        is_doubt = any(line.answer.is_doubt for line in pasted.lines)
        return Proposal(is_talk=True, is_doubt=is_doubt)
    found = Proposal()
    if len(lines) > MOST_ENTRIES:
        text = _("Nhiều báo cáo quá cho một tin. Dán vào %(link)s.")
        found.questions.append(text % {"link": link_to(path_of(campaign, "paste"))})
        return found
    for line in lines:
        by_code = {b.code: b for b in pasted.there.on(line.answer.date or writing.day)}
        placed = _placed(line, campaign, writing, by_code)
        codes = placed.answer.candidates or sorted(by_code, key=lambda c: by_code[c].sort_key)
        may_choose = len(lines) == 1 and not (placed.answer.is_out_of_reach or _others(placed))
        if placed.answer.about_unit and may_choose and len(codes) <= MOST_OPTIONS:
            found.options += [Option("branch", c, by_code[c].name) for c in codes if c in by_code]
        if placed.answer.status == ASK:
            # Whoever has one branch chooses none: the rest put right, it is that one.
            is_own = placed.answer.candidates == [*by_code] and bool(_others(placed))
            asked = _others(placed) if is_own else placed.answer.questions
            found.questions += [q for q in asked if q not in found.questions]
            is_unnamed = bool(placed.answer.about_unit) and placed.branch is None
            if is_unnamed and len(by_code) > MOST_OPTIONS:
                found.questions.append(_("Ghi tên đơn vị trước số, ví dụ: Giao An cài 12."))
        elif placed.branch is not None and placed.target is not None:
            found.entries.append(_entry(campaign, placed))
    open_keys = {entry.key for entry in earlier}
    if writing.is_fix and open_keys and not open_keys.issuperset(e.key for e in found.entries):
        text = _("Tin sửa khác ngày hoặc đơn vị với số đang chờ. Nhắn “bỏ”, rồi nhắn lại cả tin.")
        found.questions.append(text)
    if found.questions:
        found.entries = []
        return found
    found.entries = _merged(earlier, found.entries)
    show(user, found, pasted.indicators, writing.chosen)
    return found


def _others(line: PastedLine) -> list[str]:
    return [q for q in line.answer.questions if q not in line.answer.about_unit]


def _placed(
    line: PastedLine, campaign: Campaign, writing: Writing, branches: Mapping[str, Any]
) -> PastedLine:
    """Return the line with the place that its author has chosen."""
    chosen, answer = branches.get(writing.chosen.get("branch", "")), line.answer
    if chosen is None or not answer.about_unit or answer.date is None:
        return line
    answer.questions = _others(line)
    answer.about_unit, answer.branch = [], chosen.code
    if answer.status == ASK and not answer.questions:
        answer.status = "understood"
    target = ReportDay(campaign, chosen, chosen.home_unit, answer.date)
    return replace(line, branch=chosen, target=target, unit=chosen.home_unit)


def _entry(campaign: Campaign, line: PastedLine) -> Entry:
    target = line.target
    if target is None:
        raise ValueError("a line without its day")
    return Entry(
        campaign=campaign.slug,
        branch=target.branch.code,
        unit=target.unit.code,
        date=target.day.isoformat(),
        counts=dict(line.answer.counts),
        no_activity=line.answer.no_activity,
    )


def _merged(earlier: Sequence[Entry], later: Sequence[Entry]) -> list[Entry]:
    by_key = {entry.key: entry for entry in earlier}
    for entry in later:
        stands = by_key.pop(entry.key, None)
        by_key[entry.key] = entry if stands is None else stands.merged(entry)
    return list(by_key.values())


def show(user: User, found: Proposal, indicators: IndicatorSet, chosen: Mapping[str, str]) -> None:
    """Say of each entry what it would make of its day, as the one door answers now."""
    if len(found.entries) > MOST_ENTRIES:
        found.questions.append(_("Nhiều báo cáo đang chờ quá. Trả lời “bỏ” rồi nhắn lại."))
        return
    unusual: list[str] = []
    for entry in found.entries:
        try:
            target, present = _present(user, entry)
        except (Http404, PermissionDenied):
            found.questions.append(_("Đơn vị này không thuộc phạm vi của bạn."))
            continue
        entry.base_version = present.version if present is not None else 0
        closed = closed_sessions(target) if present is None else []
        entry.sessions = [s.pk for s in closed] if present is None else None
        if entry.no_activity and present is not None and any(present.counts.values()):
            if "clear" not in chosen:
                found.shown.append(_head(target))
                found.options += _clearing(present, indicators)
                continue
            entry.cleared = sorted(present.counts)
        entry.explanation = ""
        problems, flags = _weighed(user, entry, indicators)
        if flags and chosen.get("explanation") in Explanation.values:
            entry.explanation, flags = chosen["explanation"], []
        found.questions += [q for q in problems if q not in found.questions]
        unusual += flags
        found.shown += _lines(target, entry, present, indicators, len(closed))
    if unusual and not found.questions and not found.options:
        found.shown += unusual
        found.options += [Option("explanation", v, str(label)) for v, label in Explanation.choices]


def _present(user: User, entry: Entry) -> tuple[ReportDay, DailyReport | None]:
    target = find_report_day(
        user,
        campaign=entry.campaign,
        branch=entry.branch,
        unit=entry.unit,
        day=dt.date.fromisoformat(entry.date),
    )
    return target, DailyReport.objects.of_day(target).first()


def _clearing(present: DailyReport, indicators: IndicatorSet) -> list[Option]:
    counts = counts_in_words(present.counts, indicators)
    return [
        Option(
            "clear",
            "yes",
            _("Xóa số đã báo (%(counts)s), ghi không phát sinh") % {"counts": counts},
        ),
        Option("drop", "yes", _("Giữ nguyên số đã báo")),
    ]


def _weighed(user: User, entry: Entry, indicators: IndicatorSet) -> tuple[list[str], list[str]]:
    """Return what is wrong with an entry, and what is unusual about it and not explained."""
    try:
        report, outcome = submit_report(
            actor=user, entry=entry.as_input(), source=Source.MESSAGE, dry_run=True
        )
    except InvalidReport as error:
        return list(_in_words(error, indicators)), []
    except (WindowClosed, VersionConflict) as error:
        return [str(error)], []
    if outcome is Outcome.SAME or report.explanation:
        return [], []
    named = [Anomaly(**one) for one in report.unusual if one["code"] in ("", *entry.counts)]
    return [], unusual_questions(named, indicators)


def _in_words(error: InvalidReport, indicators: IndicatorSet) -> list[str]:
    names = {i.code: i.short_name for i in indicators.all}
    found: list[str] = []
    for messages in error.errors.values():
        if isinstance(messages, dict):
            found += [
                f"{names.get(c, c)}: {text}" for c, texts in messages.items() for text in texts
            ]
        else:
            found += messages
    return found


def _head(target: ReportDay) -> str:
    home = target.branch.home_unit_id == target.unit.pk
    where = target.branch.name if home else f"{target.branch.name}, {target.unit.name}"
    return f"{where}, {weekday_day(target.day)}:"


def _lines(
    target: ReportDay,
    entry: Entry,
    present: DailyReport | None,
    indicators: IndicatorSet,
    sessions: int,
) -> list[str]:
    """Return the lines that show an entry: what it names, what that replaces, what stays."""
    before = present.counts if present is not None else {}
    lines = [_head(target)]
    for one in indicators.entered:
        if one.code not in entry.counts:
            continue
        value = f"- {one.short_name}: {count(entry.counts[one.code])}"
        if one.code in before and before[one.code] != entry.counts[one.code]:
            value += _(" (thay số %(count)s)") % {"count": count(before[one.code])}
        lines.append(value)
    if entry.no_activity:
        lines.append(_("- không phát sinh"))
    elif present is not None and present.no_activity:
        lines.append(_("Thay cho “không phát sinh” đã báo."))
    stays = {c: n for c, n in before.items() if c not in {*entry.counts, *entry.cleared}}
    if stays:
        lines.append(_("Giữ nguyên: %(counts)s") % {"counts": counts_in_words(stays, indicators)})
    if entry.cleared:
        gone = counts_in_words(before, indicators)
        lines.append(_("Xóa: %(counts)s") % {"counts": gone})
    if sessions:
        lines.append(
            _("Gồm cả %(count)s buổi hỗ trợ đã kết thúc hôm đó.") % {"count": count(sessions)}
        )
    if target.state == "late" and present is None:
        lines.append(
            _("Đã qua hạn %(time)s: sẽ ghi là muộn.")
            % {"time": f"{target.rules.due_at:%H:%M %d/%m}"}
        )
    return lines


def take(user: User, entry: Entry, captured_at: dt.datetime | None) -> str:
    """Take an entry in just as it was shown; return the receipt in words.

    Raises ``VersionConflict`` where something else stands by now, ``InvalidReport``,
    ``WindowClosed``, ``Http404``, ``PermissionDenied``.
    """
    report, outcome = submit_report(
        actor=user, entry=entry.as_input(captured_at), source=Source.MESSAGE
    )
    indicators = indicators_of(report.campaign).on(report.date)
    counts = counts_in_words(report.counts, indicators) or _("không phát sinh")
    text = (
        _("Đã có sẵn đúng như vậy: %(name)s, %(day)s: %(counts)s. Số biên nhận %(number)s.")
        if outcome is Outcome.SAME
        else _("Đã nhận: %(name)s, %(day)s: %(counts)s. Số biên nhận %(number)s.")
    )
    answer = text % {
        "name": report.branch.name,
        "day": weekday_day(report.date),
        "counts": counts,
        "number": report.number,
    }
    if question_of(report, closed_sessions(report.day)) is not None:
        asked = _("Hôm đó có buổi hỗ trợ chưa đối chiếu với báo cáo. Chọn ở %(link)s.")
        answer += "\n" + asked % {"link": link_to(path_of(report.campaign, "receipt", report.pk))}
    return answer
