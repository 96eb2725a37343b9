"""Who comes and is in no team: waits, is confirmed by the leader, or refused."""

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from core.vietnamese import given_name
from volunteers.errors import InvalidInput, NotNow
from volunteers.sessions.models import Participation, SupportSession, WalkIn
from volunteers.sessions.services.presence import (
    lock_for_volunteer,
    put_present,
    require_begun,
    require_few_lookups,
)
from volunteers.sessions.services.sessions import lock, may_lead, require_right
from volunteers.teams.models import Affiliation, Volunteer
from volunteers.teams.services import number_taken, set_full_name
from volunteers.teams.validators import clean_name

# More than any hall has newcomers; then they are ticked by hand.
MOST_WAITING = 300
GONE = gettext_lazy("Người này không còn chờ: đã được điểm danh hoặc bị từ chối.")


@transaction.atomic
def note_walk_in(*, session: SupportSession, phone: str, full_name: str) -> None:
    """Let somebody wait for the leader's yes; again with the same number the name is corrected.

    Raises ``NotNow`` when the session takes no check-ins, and when too many wait.
    """
    existing = lock_for_volunteer(session)
    require_begun(existing)
    if existing.attendance.present().filter(volunteer__phone=phone).exists():
        return
    waiting = existing.walk_ins.filter(phone=phone)
    if waiting.update(full_name=full_name):
        return
    if is_full(existing):
        raise NotNow(_("Quá nhiều người mới đang chờ. Nhờ tổ trưởng ghi tên."))
    existing.walk_ins.create(phone=phone, full_name=full_name, arrived_at=clock.now())


def is_full(session: SupportSession) -> bool:
    return session.walk_ins.count() >= MOST_WAITING


@transaction.atomic
def confirm_walk_in(
    *, actor: User, session: SupportSession, walk_in: int, phone: str, full_name: str
) -> Participation:
    """Check in somebody who waits, from when they came, as a volunteer of that number.

    Number and name may be corrected. Raises ``InvalidInput`` as ``add_newcomer`` does, ``NotNow``
    where nobody waits any more under ``walk_in``, or the session takes no check-ins.
    """
    existing = _lock_to_lead(actor, session)
    waiting = existing.walk_ins.filter(pk=walk_in).first()
    if waiting is None:
        raise NotNow(str(GONE))
    person = _person_of(actor, phone, full_name)
    made, _is_new = put_present(existing, person, since=waiting.arrived_at)
    existing.walk_ins.filter(pk=walk_in).delete()
    return made


@transaction.atomic
def refuse_walk_ins(*, actor: User, session: SupportSession, walk_ins: Collection[int]) -> int:
    """Forget people who wait; return how many. A session that is over may be tidied too."""
    existing = lock(actor, session.pk)
    require_right(may_lead(actor, existing))
    return existing.walk_ins.filter(pk__in=walk_ins).delete()[0]


@transaction.atomic
def add_newcomer(
    *,
    actor: User,
    session: SupportSession,
    phone: str,
    full_name: str,
    checkin_id: UUID | None = None,
) -> tuple[Participation, bool]:
    """Check in somebody whom no list has, with number and name; return it and whether it is new.

    Whoever has the number already, with the same given name, is that person; who waits under it
    has been there since they came. The same again, by the client's ``checkin_id``, returns what
    stands. Raises ``InvalidInput`` where the number is of somebody with another name.
    """
    existing = _lock_to_lead(actor, session)
    waiting = existing.walk_ins.filter(phone=phone).first()
    since = waiting.arrived_at if waiting is not None else None
    person = _person_of(actor, phone, full_name)
    return put_present(existing, person, checkin_id=checkin_id, since=since)


def _lock_to_lead(actor: User, session: SupportSession) -> SupportSession:
    existing = lock(actor, session.pk)
    require_right(may_lead(actor, existing))
    require_begun(existing)
    return existing


def _person_of(actor: User, phone: str, full_name: str) -> Volunteer:
    """Return who has the number and the given name, or a new volunteer in no team."""
    require_few_lookups(actor)
    try:
        name = clean_name(full_name)
    except ValidationError as error:
        raise InvalidInput({"full_name": error.messages}) from error
    if not given_name(name):
        raise InvalidInput({"full_name": [_("Ghi họ và tên.")]})
    bearer = Volunteer.objects.filter(phone=phone).first()
    if bearer is not None:
        if given_name(bearer.fold) != given_name(name):
            raise number_taken(actor, bearer)
        return bearer
    person = Volunteer(phone=phone, affiliation=Affiliation.NONE)
    set_full_name(person, name)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        # Somebody else has written the number down in the same moment.
        raise number_taken(actor, None) from error
    return person


def waiting_at(session: SupportSession, actor: User) -> list[WalkIn]:
    return list(WalkIn.objects.visible_to(actor).filter(session=session))
