"""Help requests of residents: asked for, handled, withdrawn, forgotten."""

import copy
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.count_validation import check_counts
from campaign.models import Campaign, Indicator, Unit
from campaign.selectors import IndicatorSet, indicators_of
from campaign.states import locked_words
from core import clock
from core.throttle import allow, is_spent
from core.validators import clean_note
from core.vietnamese import fold
from volunteers.errors import InvalidInput, NotNow
from volunteers.help_requests.models import OPEN_STATES, HelpRequest, HelpState
from volunteers.help_requests.outcome import HelpGiven, enter_day
from volunteers.help_requests.selectors import teams_for
from volunteers.help_requests.telling import tell_team
from volunteers.teams.models import Team

HOUR, DAY = 60 * 60, 24 * 60 * 60
# Whole mobile networks share one address, and a hamlet in its culture house: in an hour one address
# sends so much, and one telephone of it so much, so that a phone that sends again and again does
# not spend what its neighbours have.
MOST_PER_ADDRESS, MOST_PER_PHONE = 300, 10
# In a day a commune takes so much, and of one address half: no single one closes it to the others.
MOST_PER_COMMUNE, MOST_OF_COMMUNE = 200, 100
MOST_OPEN = 3
# The same once more within this time is a button pressed twice, or a page sent again.
RESENT = dt.timedelta(days=1)
BATCH = 500
FORGOTTEN = {"name": "", "phone": "", "hamlet": "", "note": ""}
# A button pressed twice comes from one network within minutes, and gets the resident's key again.
PRESSED_TWICE = 10 * 60


class TooMany(Exception):
    """No more requests are taken for now; the message says until when, and where else to go.

    ``seconds`` is how long to wait, None where it depends on work to be done.
    """

    def __init__(self, message: str, seconds: int | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


@transaction.atomic
def ask_for_help(
    *,
    campaign: Campaign,
    unit: Unit,
    wish: str,
    reason: str,
    name: str,
    phone: str,
    hamlet: str,
    note: str,
    has_consented: bool,
    address: str,
) -> tuple[HelpRequest, bool]:
    """Take a resident's request, or return the open one that it repeats; and whether it is theirs.

    Whoever knows name and number can repeat a request: only who has just sent it from the same
    network gets the key with which it is taken back.

    Texts come clean and the phone as digits (``forms.help.AskForm``); ``address`` is the
    network address, of which only a counter is kept for an hour. Two people may share a
    telephone, so a repetition has the same name too. Raises ``InvalidInput`` without
    consent or outside the campaign's days and communes, and ``TooMany``.
    """
    now = clock.now()
    _check_location(campaign, unit, now.date())
    if not has_consented:
        raise InvalidInput({"consent": [_("Cần có sự đồng ý của bạn. Đánh dấu vào ô đồng ý.")]})
    # Without an address (a socket's peer has none) all of them would share one counter.
    if address:
        _require_budget(unit, phone, address)
    # One after the other in a commune: who presses twice must meet the first request.
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    waiting = list(HelpRequest.objects.still_open().filter(phone=phone))
    for one in waiting:
        is_here = (one.campaign_id, one.unit_id, one.wish) == (campaign.pk, unit.pk, wish)
        if is_here and fold(one.name) == fold(name) and one.asked_at > now - RESENT:
            return one, _was_sent_from(one, address)
    _check_limits(unit, len(waiting), now)
    taken = HelpRequest.objects.create(
        campaign=campaign,
        unit=unit,
        wish=wish,
        reason=reason,
        name=name,
        phone=phone,
        hamlet=hamlet,
        note=note,
        consented_at=now,
        asked_at=now,
        due_on=due_day(campaign),
    )
    if address:
        allow(_sender(taken, address), 1, PRESSED_TWICE)
    return taken, True


def _sender(request: HelpRequest, address: str) -> str:
    return f"asked {request.pk} {address}"


def _was_sent_from(request: HelpRequest, address: str) -> bool:
    return bool(address) and is_spent(_sender(request, address), 1)


def due_day(campaign: Campaign) -> dt.date:
    return clock.today() + dt.timedelta(days=campaign.help_due_days)


def _check_location(campaign: Campaign, unit: Unit, day: dt.date) -> None:
    if words := locked_words(campaign.state, campaign.name):
        raise InvalidInput({"campaign": [words]})
    if not campaign.starts_on <= day <= campaign.ends_on:
        text = _("Chiến dịch chỉ nhận yêu cầu từ %(first)s đến %(last)s.")
        days = {"first": f"{campaign.starts_on:%d/%m/%Y}", "last": f"{campaign.ends_on:%d/%m/%Y}"}
        raise InvalidInput({"campaign": [text % days]})
    communes = Unit.objects.on(day).communes()
    if not communes.filter(pk=unit.pk).exists():
        raise InvalidInput({"unit": [_("Không có xã, phường này. Chọn lại trong danh sách.")]})


def _require_budget(unit: Unit, phone: str, address: str) -> None:
    if not allow(f"help {address} {phone}", MOST_PER_PHONE, HOUR):
        raise TooMany(
            _(
                "Số điện thoại này vừa gửi quá nhiều lần. Thử lại sau một giờ, hoặc đến điểm hỗ "
                "trợ gần nhất."
            ),
            HOUR,
        )
    if not allow(f"help {address}", MOST_PER_ADDRESS, HOUR):
        raise TooMany(
            _(
                "Mạng bạn đang dùng vừa gửi quá nhiều yêu cầu. Thử lại sau một giờ, hoặc đến "
                "điểm hỗ trợ gần nhất."
            ),
            HOUR,
        )
    if not allow(f"help {address} {unit.pk}", MOST_OF_COMMUNE, DAY):
        raise TooMany(
            _(
                "Hôm nay mạng bạn đang dùng đã gửi quá nhiều yêu cầu đến %(unit)s. Gửi lại vào "
                "ngày mai, hoặc đến điểm hỗ trợ gần nhất."
            )
            % {"unit": unit.name},
            DAY,
        )


def _check_limits(unit: Unit, waiting: int, now: dt.datetime) -> None:
    if waiting >= MOST_OPEN:
        raise TooMany(
            _(
                "Số điện thoại này đang có %(most)s yêu cầu chưa xong. Chờ Đoàn xã giúp xong "
                "rồi gửi tiếp, hoặc đến điểm hỗ trợ gần nhất."
            )
            % {"most": MOST_OPEN}
        )
    midnight = clock.at(now.date(), dt.time.min)
    today = HelpRequest.objects.filter(unit=unit, asked_at__gte=midnight)
    if today.count() >= MOST_PER_COMMUNE:
        tomorrow = clock.at(now.date() + dt.timedelta(days=1), dt.time.min)
        raise TooMany(
            _(
                "Hôm nay %(unit)s đã nhận đủ yêu cầu. Gửi lại vào ngày mai, hoặc đến điểm hỗ "
                "trợ gần nhất."
            )
            % {"unit": unit.name},
            int((tomorrow - now).total_seconds()),
        )


@transaction.atomic
def assign(*, actor: User, request: HelpRequest, team: Team, seen: str) -> HelpRequest:
    """Give a request to a team that is at work in the commune; a second time to another one.

    ``seen`` is the ``mark_of`` the request that the actor had before the eyes. Raises
    ``NotNow`` where somebody else has acted meanwhile.
    """
    existing = _lock(actor, request)
    if (existing.state, existing.team_id) == (HelpState.ASSIGNED, team.pk):
        return existing
    _require_open_as(existing, seen)
    if not teams_for(actor, existing).filter(pk=team.pk).exists():
        raise InvalidInput({"team": [_("Tổ này không hoạt động ở xã. Chọn tổ khác.")]})
    existing.state, existing.team = HelpState.ASSIGNED, team
    existing.assigned_at, existing.assigned_by = clock.now(), actor
    existing.save()
    tell_team(existing)
    return existing


@transaction.atomic
def finish(
    *,
    actor: User,
    request: HelpRequest,
    counts: Mapping[str, int],
    seen: str,
    given: HelpGiven | None = None,
) -> HelpRequest:
    """Close a request as done, with the outcome by indicator.

    It enters its day, with who helped and when, as a session of its own (docs/counting.md C26);
    ``given`` None: a session or a report has it already.
    """
    existing = _lock(actor, request)
    if existing.state == HelpState.DONE and existing.counts == counts:
        return existing
    _require_open_as(existing, seen)
    existing.counts = _checked_counts(existing.campaign, counts)
    if any(counts.values()) and given is not None:
        # What was left blank on the form was not done.
        whole = {i.code: 0 for i in asked_indicators(existing.campaign) if i.required} | {**counts}
        existing.session = enter_day(actor=actor, request=existing, counts=whole, given=given)
    return _close(existing, HelpState.DONE, actor)


@transaction.atomic
def cannot(*, actor: User, request: HelpRequest, note: str, seen: str) -> HelpRequest:
    """Close a request that could not be fulfilled; the note says why."""
    try:
        note = clean_note(note)
    except ValidationError as error:
        raise InvalidInput({"outcome_note": error.messages}) from error
    existing = _lock(actor, request)
    is_same = existing.outcome_note == note and not existing.is_withdrawn
    if existing.state == HelpState.CANNOT and is_same:
        return existing
    _require_open_as(existing, seen)
    if not note:
        raise InvalidInput({"outcome_note": [_("Ghi lý do không giúp được.")]})
    existing.outcome_note = note
    return _close(existing, HelpState.CANNOT, actor)


@transaction.atomic
def withdraw(*, request: HelpRequest, actor: User | None = None) -> HelpRequest:
    """Take a request back; all that is personal goes.

    The resident does so, who holds its key, or for her the ``actor`` whom she asked: who it was
    is kept. A request that has been closed stays as it was closed, without the person.
    """
    existing = HelpRequest.objects.select_for_update().get(pk=request.pk)
    now = clock.now()
    if existing.state in OPEN_STATES:
        existing.state, existing.is_withdrawn = HelpState.CANNOT, True
        existing.closed_at, existing.closed_by = now, actor
    if existing.purged_at is None:
        for field, blank in FORGOTTEN.items():
            setattr(existing, field, blank)
        existing.purged_at = now
    existing.save()
    return existing


def purge_requests() -> int:
    """Blank who asked, where that is no longer needed; return in how many requests.

    That is ``help_retention_days`` after a request was closed or its campaign ended; what is
    still open then is closed. What is counted (state, reason, unit, outcome) stays.
    """
    return sum(_purge(campaign) for campaign in Campaign.objects.order_by("pk"))


def _purge(campaign: Campaign) -> int:
    now = clock.now()
    stored = dt.timedelta(days=campaign.help_retention_days)
    if campaign.ends_on + stored < now.date():
        due = Q()
        HelpRequest.objects.still_open().filter(campaign=campaign).update(
            state=HelpState.CANNOT,
            outcome_note=_("Chiến dịch đã kết thúc."),
            closed_at=now,
            updated_at=now,
        )
    else:
        due = Q(closed_at__lt=now - stored)
    waiting = HelpRequest.objects.filter(due, campaign=campaign, purged_at=None)
    count = 0
    while batch := list(waiting.values_list("pk", flat=True)[:BATCH]):
        # Whoever withdraws at this moment has blanked it already.
        count += waiting.filter(pk__in=batch).update(**FORGOTTEN, purged_at=now, updated_at=now)
    return count


def mark_of(request: HelpRequest) -> str:
    """Return in what state somebody sees a request, for a form to bring back."""
    return f"{request.state}.{request.team_id or ''}"


def asked_indicators(campaign: Campaign) -> tuple[Indicator, ...]:
    """Return the indicators of an outcome: what is entered, without who took part."""
    return tuple(i for i in indicators_of(campaign).of_sessions.entered if not i.counts_people)


def _lock(actor: User, request: HelpRequest) -> HelpRequest:
    """Return the request, locked, if the actor sees it; else 404."""
    visible = HelpRequest.objects.visible_to(actor).filter(pk=request.pk)
    return (
        HelpRequest.objects.select_for_update(of=("self",))
        .select_related("campaign", "unit", "team")
        .filter(pk__in=visible.values("pk"))
        .or_404()
    )


def _require_open_as(existing: HelpRequest, seen: str) -> None:
    """Raise ``NotNow`` unless the request is open and still as it was seen."""
    if existing.is_withdrawn:
        raise NotNow(_("Người nhờ đã rút yêu cầu này. Không phải làm gì thêm."))
    if existing.state not in OPEN_STATES:
        text = _("Yêu cầu này đã có người đóng: %(state)s.")
        raise NotNow(text % {"state": existing.get_state_display()})
    if mark_of(existing) != seen:
        text = _("Vừa có người giao yêu cầu này cho %(team)s. Xem lại rồi làm tiếp nếu cần.")
        raise NotNow(text % {"team": existing.team})


def _checked_counts(campaign: Campaign, counts: Mapping[str, int]) -> dict[str, int]:
    if not counts:
        text = _("Chưa có số nào. Ghi số đã làm được, không làm được gì thì ghi 0.")
        raise InvalidInput({"counts": [text]})
    optional: list[Any] = [copy.copy(i) for i in asked_indicators(campaign)]
    for indicator in optional:
        indicator.required = False
    wrong = check_counts(counts, IndicatorSet(tuple(optional)), no_activity=False)
    if wrong:
        raise InvalidInput({"counts": wrong})
    return dict(counts)


def _close(existing: HelpRequest, state: HelpState, actor: User) -> HelpRequest:
    existing.state, existing.closed_at, existing.closed_by = state, clock.now(), actor
    existing.save()
    return existing
