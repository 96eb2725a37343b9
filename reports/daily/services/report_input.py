"""What a client sends as a report, and what must hold for it to be taken."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from campaign.count_validation import Errors, check_counts, check_day
from campaign.report_day import ReportDay
from core.counts import add_up
from reports.daily.hamlets import beside_sessions
from reports.daily.models import Explanation
from reports.daily.reconciliation import Covered
from reports.daily.texts import TEXTS
from volunteers.sessions.models import SupportSession

EXPLANATIONS = frozenset(Explanation.values)


@dataclass(frozen=True, kw_only=True)
class ReportInput:
    """What a client sends: one branch's counts of one day in one unit.

    ``counts`` are integers by indicator code; a missing code is blank. ``captured_at`` is
    the phone's claim. ``base_version`` is the version that the sender saw, 0 for none. ``texts``
    are by name; a missing one is blank, and None stays as it stands: a phone has
    only what was typed on it. ``explanation`` is the sender's word for unusual values.
    ``sessions`` are the ids of the closed sessions that the sender saw, None for those closed by
    now (or by the time at which it was captured). ``names`` are the codes of
    the counts that it speaks of, None for all: a message that names three changes these three
    (docs/counting.md C17).
    """

    id: UUID
    campaign: str
    branch: str
    date: dt.date
    unit: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    no_activity: bool = False
    texts: Mapping[str, str | None] = field(default_factory=dict)
    explanation: str = ""
    captured_at: dt.datetime | None = None
    base_version: int = 0
    sessions: Collection[int] | None = None
    names: Collection[str] | None = None

    def beside(self, counts: Mapping[str, int], explanation: str) -> "ReportInput":
        """Return it whole: with those of the standing counts that it does not speak of.

        The word that was given for these stays too. What speaks of nothing is not made a report.
        """
        if self.names is None or not (self.names or self.no_activity):
            return self
        unchanged = {code: count for code, count in counts.items() if code not in self.names}
        word = self.explanation or explanation
        return replace(self, counts={**unchanged, **self.counts}, explanation=word)


class InvalidReport(Exception):
    """Values that cannot stand; ``errors`` is by field, for counts by indicator code."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


def _misplaced(target: ReportDay) -> Iterator[tuple[str, str]]:
    branch, unit, day = target.branch, target.unit, target.day
    if not branch.exists_on(day):
        yield "branch", _("“%(name)s” không hoạt động vào ngày này.") % {"name": branch.name}
    if not unit.path.startswith(branch.home_unit.path):
        yield (
            "unit",
            _("“%(unit)s” không thuộc địa bàn của %(branch)s. Chọn địa bàn khác.")
            % {"unit": unit.name, "branch": branch.name},
        )
    elif unit.level not in ("commune", "hamlet"):
        yield "unit", _("Chọn địa bàn đã hỗ trợ.")
    elif not unit.exists_on(day):
        yield "unit", _("“%(name)s” không còn hoặc chưa có vào ngày này.") % {"name": unit.name}


def validated_content(
    entry: ReportInput,
    target: ReportDay,
    *,
    parts_may_exceed: bool,
    around: Iterable[SupportSession] | None = None,
) -> dict[str, Any]:
    """Return the content of the entry as it will be kept, or raise ``InvalidReport``.

    ``around`` are the closed sessions of the hamlet's commune; without it they are read.
    """
    errors: Errors = {}
    for name, problem in _misplaced(target):
        errors.setdefault(name, [problem])
    content: dict[str, Any] = {"counts": dict(entry.counts), "no_activity": entry.no_activity}
    try:
        check_day(target.campaign, target.day, target.now.date())
    except ValidationError as error:
        errors["date"] = error.messages
    for text in TEXTS:
        sent = entry.texts.get(text.name, "")
        try:
            content[text.name] = None if sent is None else text.clean(sent)
        except ValidationError as error:
            errors[text.name] = error.messages
    content["explanation"] = entry.explanation
    if entry.explanation and entry.explanation not in EXPLANATIONS:
        errors["explanation"] = [_("Chọn một lý do trong danh sách.")]
    wrong = check_counts(
        entry.counts,
        target.indicators,
        no_activity=entry.no_activity,
        parts_may_exceed=parts_may_exceed,
    )
    if shared := beside_sessions(target, entry.counts, around):
        errors.setdefault("unit", [shared])
    if "" in wrong:
        errors["no_activity" if entry.no_activity else "counts"] = wrong.pop("")
    if wrong:
        errors["counts"] = wrong
    if errors:
        raise InvalidReport(errors)
    return content


def check_not_below_sessions(
    counts: Mapping[str, int], covered: Covered, *, no_activity: bool
) -> None:
    """Raise ``InvalidReport`` where counts are lower than the sessions they cover add up to."""
    least = {c: n for c, n in add_up(covered.values()).items() if n}
    if least and no_activity:
        text = _("Hôm đó có buổi hỗ trợ đã kết thúc và có số. Gửi số, đừng chọn “không phát sinh”.")
        raise InvalidReport({"no_activity": [text]})
    below = {code: count for code, count in least.items() if counts.get(code, 0) < count}
    if below:
        text = _(
            "Các buổi đã kết thúc trong ngày cộng lại là %(least)s. Nhập ít nhất bằng số đó, "
            "hoặc sửa kết quả của buổi."
        )
        wrong = {
            c: [text % {"least": number_format(n, force_grouping=True)}] for c, n in below.items()
        }
        raise InvalidReport({"counts": wrong})
