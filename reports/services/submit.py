"""``submit_report``: the only door through which counts come in."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.validators import clean_note
from campaign import clock
from campaign.counting import Errors, check_counts, check_day
from campaign.models import Branch, Campaign, Unit
from campaign.scopes import scope_of
from campaign.selectors import Rules, indicators_of, rules_on
from campaign.window import WindowClosed, check_window, standing_grant
from reports.models import DailyReport, Door, Explanation, Lateness, Revision, Status
from reports.selectors.unusual import unusual_values
from reports.services.kick import kick
from reports.services.stale import mark_stale
from reports.validators import clean_url
from volunteers.selectors.outcomes import outcome_of

TEXTS = ("note", "difficulties", "proposals")
# What a text is that was left as it stands where nothing stands yet.
_NOTHING = dict.fromkeys((*TEXTS, "evidence_url"), "")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a client sends: one branch's counts of one day in one unit.

    ``counts`` are integers by indicator code; a missing code is blank. ``captured_at`` is
    the phone's claim. ``base_version`` is the version that the sender saw, 0 for none. A text
    that is None stays as it stands: the phone's queue holds counts only. ``explanation`` is the
    sender's word for unusual values.
    """

    id: UUID
    campaign: str
    branch: str
    date: dt.date
    unit: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    no_activity: bool = False
    note: str | None = ""
    difficulties: str | None = ""
    proposals: str | None = ""
    evidence_url: str | None = ""
    explanation: str = ""
    captured_at: dt.datetime | None = None
    base_version: int = 0


class Outcome(Enum):
    """What became of an entry."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


class InvalidReport(Exception):
    """Values that cannot stand; ``errors`` is by field, for counts by indicator code."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


class VersionConflict(Exception):
    """Another version stands; ``current`` is it, ``yours`` what was sent."""

    def __init__(self, current: DailyReport, yours: Entry) -> None:
        super().__init__(_("Báo cáo ngày này đã có số khác. So hai bản rồi gửi lại bản đúng."))
        self.current = current
        self.yours = yours


def submit_report(
    *, actor: User, entry: Entry, door: Door = Door.API, dry_run: bool = False
) -> tuple[DailyReport, Outcome]:
    """Take a report in; return it as it now stands, and what happened.

    Sent again it is the same report. Raises, in this order: ``Http404`` outside the actor's
    scope, ``PermissionDenied`` inside it without the right, ``InvalidReport`` for values,
    ``WindowClosed``, ``VersionConflict``. The broker is not touched before the transaction
    has ended: a report is taken in without it. ``dry_run`` goes all the way and keeps
    nothing: the page checks with it what the user then confirms. A part greater than its
    whole is unusual to it and not yet an error: the user is asked first.
    """
    campaign, branch, unit = _place(actor, entry)
    may_exceed = dry_run or bool(entry.explanation)
    content = _checked(entry, campaign, branch, unit, parts_may_exceed=may_exceed)
    now = clock.now()
    with transaction.atomic():
        report = _standing(entry, campaign, branch, unit)
        is_here = report is not None and _key_of(report) == (
            campaign.pk,
            branch.pk,
            unit.pk,
            entry.date,
        )
        standing = _content_of(report) if report is not None and is_here else _NOTHING
        content = {n: standing[n] if v is None else v for n, v in content.items()}
        is_same = report is not None and is_here and standing == content
        if report is not None and is_same and not _is_insisted(report, entry):
            return report, Outcome.SAME
        _refuse_too_low(entry, campaign, branch, unit)
        check_window(campaign, branch, entry.date, now)
        found = unusual_values(campaign, branch, unit, entry.date, content["counts"])
        content["unusual"] = [one.as_json() for one in found]
        if report is None:
            rules = rules_on(campaign, entry.date)
            report = _add(entry, campaign, branch, unit, content, rules, now)
        else:
            if not is_here or entry.base_version != report.version:
                raise VersionConflict(report, entry)
            is_locked = report.status == Status.LOCKED
            if is_locked and standing_grant(campaign, branch, entry.date, now) is None:
                raise WindowClosed(_("Báo cáo này đã khóa. Cần sửa thì báo Huyện Đoàn mở lại."))
            _change(report, content, now)
        outcome = Outcome.CREATED if report.version == 1 else Outcome.CHANGED
        record_revision(report, actor=actor, door=door, at=now)
        mark_stale(report, now)
        transaction.set_rollback(dry_run)
        transaction.on_commit(kick)
    return report, outcome


def lateness_of(
    rules: Rules, day: dt.date, received: dt.datetime, captured: dt.datetime | None
) -> Lateness:
    """Tell on time, late, and written in time but sent late for lack of network."""
    due = clock.at(day, rules.due_at)
    if received <= due:
        return Lateness.ON_TIME
    if captured is not None and clock.at(day, dt.time.min) <= captured <= due:
        return Lateness.OFFLINE_LATE
    return Lateness.LATE


def record_revision(
    report: DailyReport, *, actor: User | None, door: Door, at: dt.datetime, reason: str = ""
) -> Revision:
    """Keep the report as it now stands; revisions are only ever added.

    To be called after every lock of the transaction is held: revisions are written one
    after the other, so whoever has written one makes the others wait until the commit.
    """
    return Revision.objects.create(
        report=report,
        version=report.version,
        actor=actor,
        door=door,
        at=at,
        reason=reason,
        content={
            **_content_of(report),
            "unusual": report.unusual,
            "status": report.status,
        },
    )


def _place(actor: User, entry: Entry) -> tuple[Campaign, Branch, Unit]:
    """Return what the entry names, as far as the actor sees it and may report there."""
    campaign = Campaign.objects.visible_to(actor).filter(slug=entry.campaign).first()
    branch = (
        Branch.objects.visible_to(actor)
        .select_related("home_unit")
        .filter(code=entry.branch)
        .first()
    )
    if campaign is None or branch is None:
        raise Http404
    unit: Unit | None = branch.home_unit
    if entry.unit and entry.unit != branch.home_unit.code:
        unit = Unit.objects.visible_to(actor).on(entry.date).filter(code=entry.unit).first()
    if unit is None:
        raise Http404
    if not scope_of(actor).may_report_for(branch):
        raise PermissionDenied
    return campaign, branch, unit


def _is_insisted(report: DailyReport, entry: Entry) -> bool:
    """Whether the sender saw that the report was returned, and stands by its counts."""
    return report.status == Status.RETURNED and entry.base_version == report.version


def _exists(first: dt.date | None, end: dt.date | None, day: dt.date) -> bool:
    return (first is None or first <= day) and (end is None or day < end)


def _misplaced(branch: Branch, unit: Unit, day: dt.date) -> Iterator[tuple[str, str]]:
    """Say what keeps the branch from reporting in the unit on that day."""
    if not _exists(branch.opened_on, branch.closed_on, day):
        yield "branch", _("“%(name)s” không hoạt động vào ngày này.") % {"name": branch.name}
    if not unit.path.startswith(branch.home_unit.path):
        yield (
            "unit",
            _("“%(unit)s” không thuộc địa bàn của %(branch)s. Chọn đơn vị khác.")
            % {"unit": unit.name, "branch": branch.name},
        )
    elif unit.level not in ("commune", "hamlet"):
        yield "unit", _("Chọn xã, phường hoặc thị trấn nơi đã hỗ trợ.")
    elif not _exists(unit.valid_from, unit.valid_to, day):
        yield "unit", _("“%(name)s” không còn hoặc chưa có vào ngày này.") % {"name": unit.name}


def _checked(
    entry: Entry, campaign: Campaign, branch: Branch, unit: Unit, *, parts_may_exceed: bool
) -> dict[str, Any]:
    """Return the content of the entry as it will be kept, or raise ``InvalidReport``."""
    errors: Errors = {}
    for name, text in _misplaced(branch, unit, entry.date):
        errors.setdefault(name, [text])
    content: dict[str, Any] = {"counts": dict(entry.counts), "no_activity": entry.no_activity}
    try:
        check_day(campaign, entry.date, clock.today())
    except ValidationError as error:
        errors["date"] = error.messages
    for name, clean in (*((text, clean_note) for text in TEXTS), ("evidence_url", clean_url)):
        text = getattr(entry, name)
        try:
            content[name] = None if text is None else clean(text)
        except ValidationError as error:
            errors[name] = error.messages
    content["explanation"] = entry.explanation
    if entry.explanation and entry.explanation not in Explanation.values:
        errors["explanation"] = [_("Chọn một lý do trong danh sách.")]
    wrong = check_counts(
        entry.counts,
        indicators_of(campaign),
        no_activity=entry.no_activity,
        parts_may_exceed=parts_may_exceed,
    )
    commune = unit.parent if unit.level == "hamlet" else None
    if commune is not None and outcome_of(campaign, branch, commune, entry.date):
        text = _(
            "Hôm đó có buổi hỗ trợ ở %(unit)s. Báo cáo chung cho cả xã, để không tính hai lần."
        )
        errors.setdefault("unit", [text % {"unit": commune.name}])
    if "" in wrong:
        errors["no_activity" if entry.no_activity else "counts"] = wrong.pop("")
    if wrong:
        errors["counts"] = wrong
    if errors:
        raise InvalidReport(errors)
    return content


def _refuse_too_low(entry: Entry, campaign: Campaign, branch: Branch, unit: Unit) -> None:
    """Raise ``InvalidReport`` where it is lower than the branch's sessions of the day add up to.

    The branch is locked, and whoever closes a session of it locks it too.
    """
    least = {c: n for c, n in outcome_of(campaign, branch, unit, entry.date).items() if n}
    if least and entry.no_activity:
        text = _("Hôm đó có buổi hỗ trợ đã kết thúc và có số. Gửi số, đừng chọn “không phát sinh”.")
        raise InvalidReport({"no_activity": [text]})
    text = _(
        "Các buổi đã kết thúc trong ngày cộng lại là %(least)s. Nhập ít nhất bằng số đó, "
        "hoặc sửa kết quả của buổi."
    )
    # Who took part was counted from the lists: a report need not say it again.
    people = campaign.indicators.filter(counts_people=True).values_list("code", flat=True)
    untold = set(people if least else ()) - entry.counts.keys()
    wrong = {
        code: [text % {"least": number_format(count, force_grouping=True)}]
        for code, count in least.items()
        if entry.counts.get(code, 0) < count and code not in untold
    }
    if wrong:
        raise InvalidReport({"counts": wrong})


def _content_of(report: DailyReport) -> dict[str, Any]:
    """Return the content of a kept report in the form of ``_checked``."""
    names = ("counts", "no_activity", *TEXTS, "evidence_url", "explanation")
    return {name: getattr(report, name) for name in names}


def _key_of(report: DailyReport) -> tuple[int, int, int, dt.date]:
    return report.campaign_id, report.branch_id, report.unit_id, report.date


def _standing(entry: Entry, campaign: Campaign, branch: Branch, unit: Unit) -> DailyReport | None:
    """Return the report of this id, or else of this place and day, locked.

    The branch's row is locked first: of two requests at once for a day without a report
    the second waits, and then finds the first one's.
    """
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    reports = DailyReport.objects.select_for_update()
    same_id = reports.filter(pk=entry.id).first()
    if same_id is not None and same_id.branch_id != branch.pk:
        raise _id_is_taken()
    return (
        same_id
        or reports.filter(campaign=campaign, branch=branch, unit=unit, date=entry.date).first()
    )


def _id_is_taken() -> InvalidReport:
    """Refuse the id of another branch's report: a strange accident, and none of their business."""
    return InvalidReport({"id": [_("Mã báo cáo này đã dùng. Tải lại trang rồi gửi lại.")]})


def _add(
    entry: Entry,
    campaign: Campaign,
    branch: Branch,
    unit: Unit,
    content: dict[str, Any],
    rules: Rules,
    now: dt.datetime,
) -> DailyReport:
    """Add a first version."""
    if entry.base_version != 0:
        raise InvalidReport(
            {"base_version": [_("Chưa có báo cáo nào để sửa. Gửi với base_version bằng 0.")]}
        )
    try:
        return DailyReport.objects.create(
            id=entry.id,
            campaign=campaign,
            branch=branch,
            unit=unit,
            date=entry.date,
            captured_at=entry.captured_at,
            received_at=now,
            lateness=lateness_of(rules, entry.date, now, entry.captured_at),
            **content,
        )
    except IntegrityError as error:
        # The branch is locked, the id is not: another branch took it at the same moment.
        raise _id_is_taken() from error


def _change(report: DailyReport, content: dict[str, Any], now: dt.datetime) -> None:
    """Write a correction; it has to be approved anew."""
    for name, value in content.items():
        setattr(report, name, value)
    report.status, report.return_reason = Status.SUBMITTED, ""
    report.version += 1
    report.received_at = now
    report.save()
