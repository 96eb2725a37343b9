"""Closes and cancels support sessions, and says who may lead them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.count_validation import Errors, check_count, check_counts
from campaign.models import Branch
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from campaign.selectors import indicators_of
from campaign.services.dirty_days import mark_dirty
from core import clock
from core.counts import MOST
from core.validators import clean_note
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.errors import SessionConflict
from volunteers.sessions.models import State, SupportSession
from volunteers.teams.querysets import teams_led_by

# Who signed up is to know of it when one of these becomes another.
WHEN_AND_WHERE = ("date", "begins_at", "ends_at", "unit_id", "place")
MOST_VOLUNTEERS = 10_000

# What those who stand above have to say before a session is closed with an outcome: they raise.
ClosingCheck = Callable[[SupportSession, Mapping[str, int]], None]
_closing_checks: list[ClosingCheck] = []


def register_closing_check(check: ClosingCheck) -> None:
    _closing_checks.append(check)


# Reaches those of the list who have an account.
Teller = Callable[[SupportSession], object]
_tellers: list[Teller] = []


def register_teller(teller: Teller) -> Teller:
    _tellers.append(teller)
    return teller


@transaction.atomic
def cancel_session(*, actor: User, session: SupportSession, reason: str) -> list[SupportSession]:
    """Cancel a session; return it, or nothing where it was cancelled before.

    A closed session can be cancelled too while its day still takes counts: its outcome then
    no longer counts.
    """
    existing = lock(actor, session.pk)
    require_right(scope_of(actor).may_report_for(existing.branch))
    reason = cleaned_reason(reason)
    if existing.state == State.CLOSED:
        report_day_of(existing).check_takes_counts()
    found = [existing] if existing.state != State.CANCELLED else []
    call_off(found, reason)
    return found


def call_off(sessions: Sequence[SupportSession], reason: str) -> None:
    """Write that sessions, locked and allowed to be, are cancelled; what they brought goes."""
    for one in sessions:
        one.state, one.cancel_reason = State.CANCELLED, reason
        one.counts, one.headcount, one.participations = {}, None, None
        (save if one.has_ended else save_moved)(one)
    mark_dirty(*sessions, since=clock.now())


def cleaned_reason(reason: str) -> str:
    """Return why something is cancelled; ``InvalidInput`` where nothing is said."""
    reason = _note("reason", reason)
    if not reason:
        raise InvalidInput({"reason": [_("Ghi lý do hủy để các tổ và người dân biết.")]})
    return reason


@transaction.atomic
def close_session(
    *,
    actor: User,
    session: SupportSession,
    counts: Mapping[str, int],
    headcount: int,
    base_version: int,
    dry_run: bool = False,
) -> SupportSession:
    """Close a session with its outcome, or correct the outcome of a closed one.

    ``headcount`` are those who took part without a name on the list. The indicator that
    counts participations is worked out from the list and need not be given. The same outcome
    again changes nothing; ``dry_run`` only checks. Raises ``InvalidInput``, ``WindowClosed``,
    ``NotNow`` and, when somebody else closed or changed it meanwhile, ``SessionConflict``.
    """
    # A report of the host that is being taken in waits, and then sees this outcome.
    Branch.objects.select_for_update(no_key=True).get(pk=session.branch_id)
    existing = lock(actor, session.pk)
    require_right(may_lead(actor, existing))
    if existing.state == State.CANCELLED:
        check_closable(existing)  # whatever was sent, this comes first
    people = existing.attendance.present().count() + _checked_headcount(headcount)
    outcome = _checked_outcome(existing, counts, people)
    is_same = existing.state == State.CLOSED and (
        (existing.counts, existing.headcount, existing.participations)
        == (outcome, headcount, people)
    )
    if is_same:
        return existing
    check_closable(existing)
    if existing.version != base_version:
        raise SessionConflict(existing)
    for check in _closing_checks:
        check(existing, outcome)
    if dry_run:
        return existing
    existing.state, existing.counts = State.CLOSED, outcome
    existing.headcount, existing.participations = headcount, people
    existing.closed_at, existing.closed_by = clock.now(), actor
    save(existing)
    mark_dirty(existing, since=clock.now())
    return existing


@transaction.atomic
def reopen_session(*, actor: User, session: SupportSession, base_version: int) -> SupportSession:
    """Take back that a session is closed, with its outcome; whoever may close it may.

    Only while its day takes counts: ``WindowClosed``. What is not closed stays as it is. Raises
    ``SessionConflict`` when somebody else changed it meanwhile.
    """
    Branch.objects.select_for_update(no_key=True).get(pk=session.branch_id)
    existing = lock(actor, session.pk)
    require_right(may_lead(actor, existing))
    if existing.state != State.CLOSED:
        return existing
    report_day_of(existing).check_takes_counts()
    if existing.version != base_version:
        raise SessionConflict(existing)
    existing.state = State.UNDER_WAY
    existing.counts, existing.headcount, existing.participations = {}, None, None
    existing.closed_at = existing.closed_by = None
    save(existing)
    mark_dirty(existing, since=clock.now())
    return existing


def check_closable(session: SupportSession) -> None:
    """Raise ``NotNow`` or ``WindowClosed`` unless its outcome can be given or corrected now."""
    if session.state == State.CANCELLED:
        raise NotNow(_("Buổi này đã hủy. Nếu vẫn diễn ra, hãy lập buổi mới."))
    if session.date > clock.today():
        raise NotNow(
            _("Buổi diễn ra ngày %(day)s. Kết thúc buổi từ ngày đó.")
            % {"day": f"{session.date:%d/%m/%Y}"}
        )
    report_day_of(session).check_takes_counts()


def report_day_of(session: SupportSession) -> ReportDay:
    return ReportDay(session.campaign, session.branch, session.unit, session.date)


def may_lead(user: Any, session: SupportSession) -> bool:
    """Whether the user may check people in and close: runs the host or leads a team of it."""
    if scope_of(user).may_lead_for(session.branch):
        return True
    return session.teams.filter(pk__in=teams_led_by(user)).exists()


def lock(actor: User, pk: Any) -> SupportSession:
    """Return the session, locked, if the actor sees it; else 404."""
    visible = SupportSession.objects.visible_to(actor).filter(pk=pk)
    return (
        SupportSession.objects.select_for_update(of=("self",))
        .select_related("campaign", "branch__home_unit", "unit")
        .filter(pk__in=visible.values("pk"))
        .or_404()
    )


def require_right(is_allowed: bool) -> None:
    """Raise ``PermissionDenied`` unless it is allowed."""
    if not is_allowed:
        raise PermissionDenied


def save(session: SupportSession) -> None:
    session.version += 1
    session.save()


def save_change(session: SupportSession) -> None:
    """Save a plan that was changed, perhaps moved; what is over is no news.

    Raises ``InvalidInput`` where people would come to what is said to be over.
    """
    stored = SupportSession.objects.get(pk=session.pk)
    is_waited_for = session.state == State.PLANNED and not stored.has_ended
    if session.has_ended and is_waited_for and session.attendance.exists():
        text = _(
            "Đã có người đăng ký đến buổi này, không dời về lúc đã qua được. Hủy buổi này để họ "
            "được báo, rồi lập buổi khác cho lúc kia."
        )
        raise InvalidInput({"date": [text]})
    is_same = all(getattr(session, name) == getattr(stored, name) for name in WHEN_AND_WHERE)
    (save if is_same or session.has_ended else save_moved)(session)


def save_moved(session: SupportSession) -> None:
    """Save a session to come whose day, hours or place are others now, or which is called off.

    Whoever signed up is to be told: by the notices that reach who has an account, else by whoever
    runs it.
    """
    session.moved_at = clock.now()
    save(session)
    for tell in _tellers:
        tell(session)


def _note(name: str, text: str) -> str:
    try:
        return clean_note(text)
    except ValidationError as error:
        raise InvalidInput({name: error.messages}) from error


def _checked_headcount(headcount: int) -> int:
    try:
        number = check_count(headcount)
    except ValidationError as error:
        raise InvalidInput({"headcount": error.messages}) from error
    if number > MOST_VOLUNTEERS:
        raise InvalidInput(
            {"headcount": [_("Quá %(most)s người. Xem lại số này.") % {"most": MOST_VOLUNTEERS}]}
        )
    return number


def _checked_outcome(
    session: SupportSession, counts: Mapping[str, int], people: int
) -> dict[str, int]:
    indicators = indicators_of(session.campaign)
    outcome, of_people = dict(counts), indicators.of_people
    if of_people is not None:
        if outcome.setdefault(of_people.code, people) != people:
            text = _("Buổi này có %(people)s lượt tham gia theo danh sách. Không cần nhập số này.")
            raise InvalidInput({"counts": {of_people.code: [text % {"people": people}]}})
        if people > MOST:
            raise InvalidInput({"headcount": [_("Số này quá lớn. Xem lại.")]})
    wrong = check_counts(outcome, indicators.of_sessions, no_activity=False)
    for code in wrong.keys() & indicators.states:
        wrong[code] = [_("Số này tính đến nay: ghi ở báo cáo ngày, không ghi ở buổi hỗ trợ.")]
    errors: Errors = {}
    if wrong.pop("", None):
        errors["counts"] = [_("Chưa có số nào. Nhập kết quả của buổi; không có thì nhập 0.")]
    if wrong:
        errors["counts"] = wrong
    if errors:
        raise InvalidInput(errors)
    return outcome
