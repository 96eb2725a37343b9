"""Why lines of a file are others than they were, and by whom: a role, no name."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Level, Unit
from campaign.permissions import Permission
from campaign.todays_map import TodaysMap, map_of
from core import clock
from core.templatetags.formatting import day as day_words
from reports.daily.models import APPROVED_BASIS, Lateness, Revision, Source, Status
from reports.digests.changes import STATUSES
from reports.exports.models import Export, ReportMap
from reports.police.changes.comparison import LineChange
from reports.police.changes.roles import Roles
from reports.police.changes.settings_reasons import SettingsReasons
from reports.police.changes.why import Reason, Why
from volunteers.sessions.models import SupportSession

REVISION = (
    *("pk", "at", "version", "source", "reason", "actor_id", "content__status"),
    *("report__unit_id", "report__unit__code", "report__unit__level", "report__unit__parent__code"),
    *("report__branch__name", "report__branch_id", "report__lateness"),
)
SESSION = ("branch__name", "unit_id", "unit__code", "unit__level", "unit__parent__code")


@dataclass(frozen=True)
class Span:
    """Between which revisions, by id, and which moments; without an end, until now."""

    after: int
    since: dt.datetime
    upto: int | None = None
    until: dt.datetime | None = None

    @classmethod
    def of(cls, export: Export, later: Export | None) -> "Span":
        seq = (export.figures or {}).get("seq", 0)
        if later is None:
            return cls(seq, export.as_of)
        return cls(seq, export.as_of, (later.figures or {}).get("seq", 0), later.as_of)


class Reasons:
    """What happened between two files, asked for day by day, in the order of the days."""

    def __init__(self, export: Export, later: Export | None, reader: User) -> None:
        self._export, self._reader = export, reader
        self._span = Span.of(export, later)
        self._roles = Roles()
        self._map: TodaysMap | None = None
        if export.map == ReportMap.NOW:
            self._map = map_of(export.actor or reader, clock.today())
        self._settings = SettingsReasons(self._span.since, self._span.until, reader, self._roles)
        # From which day on a commune's line carries what was changed before it.
        self._carried = self._changed_before()

    def of_day(
        self, date: str, changes: Sequence[LineChange]
    ) -> list[tuple[LineChange, list[Why]]]:
        day = dt.date.fromisoformat(date)
        own: dict[str, list[Why]] = defaultdict(list)
        for code, why in (*self._revisions(day), *self._sessions(day)):
            own[code].append(why)
        found = []
        for change in changes:
            of_code = own.get(change.code, ())
            settings = self._settings.of_line(change, has_reports=bool(of_code))
            reasons = [*of_code, *settings]
            since = self._carried.get(change.code)
            if not reasons and since is not None and since < day:
                words = _("cột lũy kế mang theo thay đổi của ngày %(day)s")
                reasons = [Why(Reason.CARRIED, words % {"day": day_words(since)})]
            if not reasons:
                words = _("không có báo cáo nào: buổi hỗ trợ bị hủy hay sửa số, hoặc thiết lập")
                reasons = [Why(Reason.UNKNOWN, words)]
            found.append((change, reasons))
        for code in own:
            self._carried.setdefault(code, day)
        return found

    def _changed(self) -> Any:
        of = {"report__campaign": self._export.campaign, "pk__gt": self._span.after}
        if self._span.upto is not None:
            of["pk__lte"] = self._span.upto
        statuses = STATUSES[self._export.basis]
        return Revision.objects.filter(**of, content__status__in=statuses).order_by()

    def _changed_before(self) -> dict[str, dt.date]:
        rows = self._changed().filter(report__date__lt=self._export.first_day)
        names = ("report__unit_id", "report__unit__code", "report__unit__level")
        days = rows.values(*names, "report__unit__parent__code").annotate(day=Min("report__date"))
        found: dict[str, dt.date] = {}
        for row in days:
            code = self._commune(row, "report__")
            found[code] = min(row["day"], found.get(code, row["day"]))
        return found

    def _revisions(self, day: dt.date) -> Iterator[tuple[str, Why]]:
        rows = list(self._changed().filter(report__date=day).order_by("pk").values(*REVISION))
        if not rows:
            return
        visible = Revision.objects.visible_to(self._reader).filter(pk__in=[r["pk"] for r in rows])
        readable = {*visible.values_list("pk", flat=True)}
        grants = self._settings.grants(self._export.campaign, day)
        self._roles.read(row["actor_id"] for row in rows)
        for row in rows:
            why = self._why(row)
            if row["pk"] in readable:
                why = replace(why, note=row["reason"])
            yield self._commune(row, "report__"), why
            opened = grants.get(row["report__branch_id"])
            if opened is not None and opened.granted_at <= row["at"] <= opened.expires_at:
                role = self._roles.of(opened.grantor_id, opened.granted_at, Permission.LEAD)
                note = opened.reason if row["pk"] in readable else ""
                words = _("ngày đã đóng được mở lại")
                yield (
                    self._commune(row, "report__"),
                    Why(Reason.REOPENED, words, role, opened.granted_at, note),
                )

    def _why(self, row: dict[str, Any]) -> Why:
        status, branch = row["content__status"], row["report__branch__name"]
        is_review = row["source"] == Source.REVIEW
        wanted = Permission.LEAD if is_review else Permission.REPORT
        role = self._roles.of(row["actor_id"], row["at"], wanted)
        if status == Status.RETURNED:
            kind, words = Reason.RETURNED, _("%(branch)s: báo cáo bị trả lại")
        elif status in APPROVED_BASIS:
            kind, words = Reason.APPROVED, _("%(branch)s: báo cáo được duyệt")
        elif row["version"] == 1 and row["report__lateness"] == Lateness.LATE:
            kind, words = Reason.LATE, _("%(branch)s: báo cáo nộp muộn")
        elif row["version"] == 1:
            kind, words = Reason.SENT, _("%(branch)s: báo cáo gửi sau khi có tệp")
        else:
            kind, words = Reason.CORRECTED, _("%(branch)s: sửa số qua “%(source)s”")
        named = {"branch": branch, "source": Source(row["source"]).label}
        return Why(kind, words % named, role, row["at"])

    def _sessions(self, day: dt.date) -> Iterator[tuple[str, Why]]:
        # Sessions are approved by nobody (C8).
        if self._export.basis == "approved":
            return
        closed = SupportSession.objects.closed().filter(
            campaign=self._export.campaign, date=day, closed_at__gt=self._span.since
        )
        if self._span.until is not None:
            closed = closed.filter(closed_at__lte=self._span.until)
        rows = list(closed.order_by("pk").values(*SESSION, "closed_at", "closed_by_id"))
        self._roles.read(row["closed_by_id"] for row in rows)
        for row in rows:
            words = _("%(branch)s: buổi hỗ trợ kết thúc hoặc sửa số sau đó")
            role = self._roles.of(row["closed_by_id"], row["closed_at"])
            named = words % {"branch": row["branch__name"]}
            yield self._commune(row, ""), Why(Reason.SESSION, named, role, row["closed_at"])

    def _commune(self, row: dict[str, Any], before: str) -> str:
        """Return the code under which a unit's figures stand in the file."""
        if self._map is not None:
            unit = self._map.units[row[f"{before}unit_id"]]
            target: Unit | None = self._map.target(unit)
            if target is not None and target.level == Level.HAMLET and target.parent_id:
                target = self._map.units[target.parent_id]
            return target.code if target is not None and target.level == Level.COMMUNE else ""
        is_below = row[f"{before}unit__level"] == Level.HAMLET
        return str(row[f"{before}unit__{'parent__' if is_below else ''}code"])
