"""What a file would do: new, changed, as it is, or wrong, line by line, as its page shows it."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from campaign.models import Campaign
from campaign.reporting_window import WindowClosed
from campaign.selectors import IndicatorSet
from core.counts import add_up
from core.importing.steps import MOST_SHOWN
from reports.daily.anomalies import anomaly_labels
from reports.daily.models import DailyReport
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import Outcome, VersionConflict
from reports.daily.services.submit_many import Weighed
from reports.daily.texts import TEXT_NAMES
from reports.spreadsheet import columns as meaning
from reports.spreadsheet.lines import Key, Line
from reports.spreadsheet.preparation import Prepared

FIELDS = {
    "date": meaning.DAY,
    "unit": meaning.UNIT,
    "branch": meaning.BRANCH,
    "no_activity": meaning.NOTHING,
    "explanation": meaning.REASON,
}


def name_of(key: Key) -> str:
    """Return a key as it stands in a form and in JSON."""
    return f"{key[0]}-{key[1]}-{key[2].isoformat()}"


def present_versions(campaign: Campaign, lines: Iterable[Line]) -> dict[Key, int]:
    keys = [line.key for line in lines if line.key]
    found = DailyReport.objects.filter(
        campaign=campaign, branch__in={key[0] for key in keys}, date__in={key[2] for key in keys}
    )
    rows = found.values_list("branch_id", "unit_id", "date", "version")
    return {(branch, unit, day): version for branch, unit, day, version in rows}


def entry_of(
    file_id: uuid.UUID,
    campaign: Campaign,
    line: Line,
    *,
    version: int,
    codes: Collection[str] = (),
    sessions: Collection[int] | None = None,
    explanation: str = "",
) -> ReportInput:
    """Return what a line sends. ``codes`` are those whose blank cells say that there is none.

    A first report covers no session: whoever fills a table has not seen them (C2), and is asked.
    """
    if line.branch is None or line.unit is None or line.day is None or line.key is None:
        raise ValueError(line)
    if sessions is None and version == 0:
        sessions = ()
    return ReportInput(
        id=uuid.uuid5(file_id, name_of(line.key)),
        campaign=campaign.slug,
        branch=line.branch.code,
        unit=line.unit.code,
        date=line.day,
        counts=line.counts,
        no_activity=line.is_none,
        names={*line.counts, *codes},
        texts=dict.fromkeys(TEXT_NAMES),
        explanation=line.explanation or explanation,
        base_version=version,
        sessions=sessions,
    )


def blame(line: Line, weighed: Weighed) -> None:
    """Write what the door refuses to the cells that it is about."""
    problem = weighed.problem
    if isinstance(problem, InvalidReport):
        for name, texts in problem.errors.items():
            if isinstance(texts, dict):
                for code, messages in texts.items():
                    line.say(code, " ".join(messages))
            else:
                line.say(FIELDS.get(name, ""), " ".join(texts))
    elif isinstance(problem, WindowClosed):
        line.say(meaning.DAY, str(problem))
    elif isinstance(problem, VersionConflict):
        line.say("", _("Báo cáo này vừa có số khác trong lúc bạn xem. Xem lại rồi gửi."))
    elif problem is not None:
        line.say(meaning.BRANCH, _("Đơn vị này không thuộc phạm vi của bạn."))


class Preview:
    """The result of a check as its page shows it; plain values, kept as JSON.

    What is confirmed is known by the keys of all lines; only so many are written out for the page.
    """

    def __init__(self, prepared: Prepared, indicators: IndicatorSet) -> None:
        self.prepared, self.indicators = prepared, indicators
        self.totals = {"new": 0, "changed": 0, "same": 0}
        self.versions: dict[str, int] = {}
        self.sessions: dict[str, list[int]] = {}
        self.unusual: dict[str, bool] = {}
        self.changed: list[str] = []
        self.shown: dict[str, list[dict[str, Any]]] = {
            "news": [],
            "changes": [],
            "unusual": [],
            "beside": [],
        }
        self.clearable = 0

    def add(self, line: Line, weighed: Weighed) -> None:
        report = weighed.report
        if weighed.problem or report is None or line.key is None:
            blame(line, weighed)
            return
        if weighed.outcome is Outcome.SAME:
            self.totals["same"] += 1
            return
        key, is_new = name_of(line.key), weighed.outcome is Outcome.CREATED
        self.versions[key] = weighed.version
        self.totals["new" if is_new else "changed"] += 1
        if not is_new:
            self.changed.append(key)
        before = weighed.counts or {}
        self.clearable += bool(before.keys() - line.counts.keys()) and not line.is_none
        self._show(
            "news" if is_new else "changes",
            key,
            line,
            items=lambda: self._items(before, report.counts, weighed.was_none, report.no_activity),
        )
        named = [one for one in report.unusual if one["code"] in ("", *line.counts)]
        if named:
            self.unusual[key] = not line.explanation
            self._show(
                "unusual",
                key,
                line,
                flags=lambda: [asdict(one) for one in anomaly_labels(named, self.indicators)],
            )
        if weighed.closed and (is_new or not report.covered_sessions):
            self.sessions[key] = [session.pk for session in weighed.closed]
            total = add_up(session.counts for session in weighed.closed)
            self._show("beside", key, line, items=lambda: self._items({}, total, False, False))

    def _show(self, where: str, key: str, line: Line, **parts: Callable[[], list[Any]]) -> None:
        """Write a line out for the page, as long as there is room on it."""
        if len(self.shown[where]) < MOST_SHOWN and line.day is not None:
            written = {name: part() for name, part in parts.items()}
            head = {"key": key, "name": str(line.branch), "day": line.day.isoformat()}
            self.shown[where].append(head | written)

    def _items(
        self, before: Mapping[str, int], after: Mapping[str, int], was_none: bool, is_none: bool
    ) -> list[list[Any]]:
        items: list[list[Any]] = [
            [one.short_name, _count(before.get(one.code)), _count(after.get(one.code))]
            for one in self.indicators.entered
            if before.get(one.code) != after.get(one.code)
        ]
        if was_none != is_none:
            yes = _("có")
            items.append(
                [_("Không phát sinh"), yes if was_none else None, yes if is_none else None]
            )
        return items

    def as_json(self) -> dict[str, Any]:
        lines = self.prepared.lines
        wrong = [problem for line in lines for problem in line.problems]
        labels = {i.code: i.name for i in self.indicators.all}
        labels |= {m: meaning.header_of(m) for m in meaning.NAMES if m != meaning.SKIP}
        return {
            "notes": self.prepared.notes,
            "columns": [
                [header, labels.get(m, "")]
                for header, m in zip(self.prepared.headers, self.prepared.meanings, strict=True)
            ],
            "totals": self.totals | {"wrong": sum(bool(line.problems) for line in lines)},
            "has_sheets": self.prepared.has_sheets,
            "problems": [asdict(problem) for problem in wrong],
            "versions": self.versions,
            "sessions": self.sessions,
            "changed": self.changed,
            "unusual_keys": self.unusual,
            **self.shown,
            "clearable": self.clearable if self._shows_all else 0,
        }

    @property
    def _shows_all(self) -> bool:
        """Whether the file has a column for every figure of a day (docs/counting.md C17)."""
        return {i.code for i in self.indicators.entered} <= set(self.prepared.meanings)


def _count(value: int | None) -> str | None:
    return None if value is None else number_format(value, force_grouping=True)
