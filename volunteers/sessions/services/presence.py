"""Who comes to a session: signing up, putting down, checking in.

Every write locks the session's row first, as closing does: the list that closing counts
is the list that stands.
"""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.lookups import TOO_MANY, count_lookup, may_look_up
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.sessions.selectors.participants import eligible_for, own_people, ticked_by
from volunteers.sessions.services.sessions import lock, may_lead, require_right
from volunteers.sessions.services.waiting_list import fill_up, move_up, room_left
from volunteers.teams.models import Volunteer

# Reaches those who were put down by others and have an account; the ids are of volunteers.
PutDown = Callable[[SupportSession, Collection[int]], object]
_on_putting_down: list[PutDown] = []


def register_putting_down(teller: PutDown) -> PutDown:
    _on_putting_down.append(teller)
    return teller


@transaction.atomic
def sign_up(*, session: SupportSession, volunteer: Volunteer) -> Participation:
    """Put a volunteer down at their own wish, or on the waiting list; again it changes nothing.

    Raises ``NotNow`` when the session is over or cancelled, and ``InvalidInput`` for
    somebody who is in none of the teams that may come.
    """
    existing = lock_for_volunteer(session)
    _require_open(existing)
    if existing.has_ended:
        raise NotNow(_("Buổi này đã qua, không đăng ký được nữa."))
    _require_eligible(existing, volunteer)
    is_full = room_left(existing) == 0
    participation, is_new = Participation.objects.get_or_create(
        session=existing,
        volunteer=volunteer,
        defaults={
            "is_own_choice": True,
            "waiting_since": clock.now() if is_full else None,
            "informed_at": clock.now(),
            **_agreed(existing),
        },
    )
    if not is_new:
        # Put down by others, they have said so themselves now.
        participation.is_own_choice, participation.informed_at = True, clock.now()
        for name, value in _agreed(existing).items():
            setattr(participation, name, value)
        participation.save()
    existing.declines.filter(volunteer=volunteer).delete()
    return participation


def _agreed(session: SupportSession) -> dict[str, Any]:
    """Return for which day and hours somebody is put down now."""
    return {
        "agreed_date": session.date,
        "agreed_begins_at": session.begins_at,
        "agreed_ends_at": session.ends_at,
    }


@transaction.atomic
def withdraw(*, session: SupportSession, volunteer: Volunteer) -> None:
    """Take back a sign-up at the volunteer's own wish; without one nothing happens."""
    existing = lock_for_volunteer(session)
    _require_open(existing)
    if existing.has_ended:
        raise NotNow(_("Buổi này đã qua, không bỏ tên ra được nữa. Có nhầm thì báo tổ trưởng."))
    owned = existing.attendance.filter(volunteer=volunteer)
    if owned.present().exists():
        raise NotNow(_("Bạn đã được điểm danh ở buổi này. Có nhầm thì báo tổ trưởng."))
    if owned.delete()[0]:
        existing.declines.update_or_create(volunteer=volunteer, defaults={"at": clock.now()})
        fill_up(existing)


@transaction.atomic
def put_down(
    *,
    actor: User,
    session: SupportSession,
    on: Collection[int],
    off: Collection[int] = (),
    phone: str = "",
) -> None:
    """Put people down for a session, and take others off who are not checked in.

    The session's leaders may do so with all who may come, a partner with the own people.
    Who is not offered by name is put down by ``phone``.
    """
    existing = lock(actor, session.pk)
    on = [*on, *_called(actor, existing, phone)]
    people = _people(actor, existing, [*on, *off], phone)
    _require_open(existing)
    if existing.has_ended:
        raise NotNow(_("Buổi này đã qua. Chỉ còn điểm danh được những người đã có mặt."))
    put = [person for pk, person in people.items() if pk in on]
    _add(existing, put)
    move_up(existing, existing.attendance.waiting().filter(volunteer__in=put))
    existing.attendance.filter(volunteer__in=off, checked_in_at=None).delete()
    for tell in _on_putting_down:
        tell(existing, [person.pk for person in put])
    fill_up(existing)


@transaction.atomic
def tick(
    *,
    actor: User,
    session: SupportSession,
    on: Collection[int],
    off: Collection[int] = (),
    phone: str = "",
) -> None:
    """Check people in from the leader's list, and undo what was ticked by mistake.

    Who is neither in ``on`` nor in ``off`` stays as somebody else may have ticked them.
    Who is not offered by name is checked in by ``phone``.
    """
    existing = lock(actor, session.pk)
    require_right(may_lead(actor, existing))
    on = [*on, *_called(actor, existing, phone)]
    people = _people(actor, existing, [*on, *off], phone)
    require_begun(existing)
    if on:
        coming = [person for pk, person in people.items() if pk in on]
        _add(existing, coming)
        existing.attendance.filter(volunteer__in=coming, checked_in_at=None).update(
            checked_in_at=clock.now(), waiting_since=None, updated_at=clock.now()
        )
        _arrived(existing, coming)
    for pk in off:
        _undo(existing, pk)
    fill_up(existing)


@transaction.atomic
def check_in(
    *,
    actor: User,
    session: SupportSession,
    volunteer: Volunteer,
    checkin_id: UUID | None = None,
) -> tuple[Participation, bool]:
    """Check one person in for the session's leader; return it and whether it is new.

    The same again, and another id for one who is present, return what stands. Raises
    ``NotNow`` for an id that checked somebody else in, and when the session takes none.
    """
    existing = lock(actor, session.pk)
    require_right(may_lead(actor, existing))
    if not own_people(actor, existing).filter(pk=volunteer.pk).exists():
        raise InvalidInput({"volunteer": [_("Người này không thuộc tổ nào của buổi.")]})
    return put_present(existing, volunteer, checkin_id=checkin_id)


@transaction.atomic
def check_in_self(*, session: SupportSession, volunteer: Volunteer) -> tuple[Participation, bool]:
    existing = lock_for_volunteer(session)
    _require_eligible(existing, volunteer)
    return put_present(existing, volunteer)


def code_stands(session: SupportSession, day: dt.date) -> bool:
    """Whether a QR code made for ``day`` checks people in now."""
    return session.is_open and day == session.date == clock.today()


def put_present(
    existing: SupportSession,
    volunteer: Volunteer,
    *,
    checkin_id: UUID | None = None,
    since: dt.datetime | None = None,
) -> tuple[Participation, bool]:
    """Check somebody in at a locked session, ``since`` they came, by default now.

    Returns the participation and whether it is new; raises ``NotNow`` as ``check_in`` does.
    """
    if checkin_id is not None:
        used = Participation.objects.filter(checkin_id=checkin_id).first()
        if used is not None:
            if (used.session_id, used.volunteer_id) != (existing.pk, volunteer.pk):
                raise NotNow(_id_is_taken())
            return used, False
    present = existing.attendance.present().filter(volunteer=volunteer).first()
    if present is not None:
        return present, False
    require_begun(existing)
    try:
        # The same id at another session at this very moment is told apart by the database.
        with transaction.atomic():
            participation, _made = Participation.objects.update_or_create(
                session=existing,
                volunteer=volunteer,
                defaults={
                    "checked_in_at": since or clock.now(),
                    "checkin_id": checkin_id,
                    "waiting_since": None,
                },
            )
    except IntegrityError as error:
        raise NotNow(_id_is_taken()) from error
    _arrived(existing, [volunteer])
    return participation, True


def _id_is_taken() -> str:
    return _("Mã lần điểm danh này đã dùng cho một người khác. Tạo mã mới rồi gửi lại.")


def _undo(existing: SupportSession, volunteer_id: int) -> None:
    """Undo a check-in; a person whom the leader alone had put on the list leaves it.

    Otherwise a slip of the finger would leave them on record as one who did not come.
    """
    present = existing.attendance.present().filter(volunteer=volunteer_id)
    present.filter(is_own_choice=False).delete()
    present.update(checked_in_at=None, checkin_id=None, updated_at=clock.now())


def _arrived(existing: SupportSession, people: Collection[Volunteer]) -> None:
    """Forget what people who are there had said before, and say that the session has begun.

    Who had said no has come after all, and who waited to be confirmed waits no more. The version
    stays: it guards plan and outcome, and a form for closing that was opened
    before the first check-in is not out of date by it.
    """
    existing.declines.filter(volunteer__in=people).delete()
    numbers = Volunteer.objects.filter(pk__in=[one.pk for one in people]).values("phone")
    existing.walk_ins.filter(phone__in=numbers).delete()
    if existing.state == State.PLANNED:
        existing.state = State.UNDER_WAY
        existing.save(update_fields=["state", "updated_at"])


def _add(existing: SupportSession, people: Collection[Volunteer]) -> None:
    Participation.objects.bulk_create(
        [
            Participation(session=existing, volunteer=person, **_agreed(existing))
            for person in people
        ],
        ignore_conflicts=True,
    )
    existing.declines.filter(volunteer__in=people).delete()


def _called(actor: User, existing: SupportSession, phone: str) -> list[int]:
    """Return who has the number, if one is given; ``InvalidInput`` where nobody may come."""
    if not phone:
        return []
    require_few_lookups(actor)
    found = own_people(actor, existing).filter(phone=phone).values_list("pk", flat=True)
    if not found:
        count_lookup(actor)
        text = _(
            "Số này không có trong các tổ của buổi. Người mới đến thì ghi thêm họ tên ở ô dưới, "
            "khi buổi diễn ra."
        )
        raise InvalidInput({"phone": [text]})
    return list(found)


def require_few_lookups(actor: User) -> None:
    """Raise ``NotNow`` for who has asked for too many numbers that are nobody's."""
    if not may_look_up(actor):
        raise NotNow(str(TOO_MANY))


def _people(
    actor: User, existing: SupportSession, ids: Collection[int], phone: str
) -> dict[int, Volunteer]:
    """Return the people named, all of whom the actor may put down; else 403 or ``InvalidInput``.

    Who is on the list already may always be named again by those who lead.
    """
    leads = may_lead(actor, existing)
    people = own_people(actor, existing)
    if not leads and not people.exists():
        raise PermissionDenied
    known = Q(pk__in=ticked_by(actor, existing).values("pk"))
    allowed = people.filter(known | Q(phone=phone) if phone else known)
    found = {person.pk: person for person in allowed.filter(pk__in=ids)}
    if leads:
        listed = existing.attendance.filter(volunteer__in=ids).select_related("volunteer")
        found |= {row.volunteer_id: row.volunteer for row in listed}
    if set(ids) - found.keys():
        raise InvalidInput(
            {"people": [_("Có người không thuộc tổ nào của buổi. Tải lại trang rồi chọn lại.")]}
        )
    return found


def lock_for_volunteer(session: Any) -> SupportSession:
    return SupportSession.objects.select_for_update(no_key=True).filter(pk=session.pk).or_404()


def _require_eligible(session: SupportSession, volunteer: Volunteer) -> None:
    if not eligible_for(session).filter(pk=volunteer.pk).exists():
        raise InvalidInput({"phone": [_("Số này không có trong các tổ của buổi. Hỏi tổ trưởng.")]})


def _require_open(session: SupportSession) -> None:
    if session.state == State.CANCELLED:
        raise NotNow(_("Buổi này đã hủy."))
    if session.state == State.CLOSED:
        raise NotNow(_("Buổi này đã kết thúc, danh sách có mặt đã chốt."))


def require_begun(session: SupportSession) -> None:
    _require_open(session)
    if session.date > clock.today():
        raise NotNow(
            _("Buổi này ngày %(day)s mới diễn ra, chưa điểm danh được.")
            % {"day": f"{session.date:%d/%m/%Y}"}
        )
