"""What has been kept long enough goes, every night; how much is written down."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import (
    DateField,
    Exists,
    Max,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from accounts.models import ApiToken, Session, User
from accounts.services import purge_expired_invitations
from campaign.models import Appointment, Campaign, Trial
from core import clock
from core.log.forget import forget as forget_leaves
from core.personal_fields import FORGOTTEN_NAME
from core.retention import time_of
from privacy.models import Deletion, PersonalDataRead, SubjectRequest
from privacy.services.erasure import FORGOTTEN_LOGIN, forget, leave_reads
from reports.conversation.inbox import purge_messages
from reports.notifications import outbox
from reports.phones.models import PhoneState
from volunteers.certificates.models import OwnPageCode, VolunteerLink
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.services import purge_requests
from volunteers.sessions.models import CalendarLink, Participation, WalkIn
from volunteers.teams.models import Membership, Volunteer

logger = logging.getLogger(__name__)

GROWN_UP = 18
DAY = dt.timedelta(days=1)


def purge() -> dict[str, int]:
    """Do what each line of the table says; return how many rows ended, by its code.

    What fails is told and keeps nothing else from ending; the next night tries it again.
    """
    ended = {}
    for code, job in JOBS.items():
        try:
            with transaction.atomic():
                ended[code] = job()
                _count(code, ended[code])
        except Exception:
            logger.exception("What was kept long enough could not be deleted: %s", code)
    return ended


def _count(code: str, count: int) -> None:
    if count:
        found, is_new = Deletion.objects.select_for_update().get_or_create(
            day=clock.today(), code=code, defaults={"count": count}
        )
        if not is_new:
            found.count += count
            found.save(update_fields=["count"])


def _delete(rows: Any) -> int:
    count: int = rows.delete()[1].get(rows.model._meta.label, 0)
    return count


# Volunteers


def idle_volunteers(before: dt.date) -> Any:
    """Return who has done nothing since a day before ``before`` and is still named.

    In a team means at work until the last campaign ends: no team is closed down at the end.
    """
    last_end = Campaign.objects.aggregate(last=Max("ends_on"))["last"]
    owned = Membership.objects.filter(volunteer=OuterRef("pk"))
    came = Participation.objects.filter(volunteer=OuterRef("pk")).order_by()
    running = owned.filter(left_on=None, team__dissolved_on=None)
    last = came.values("volunteer").annotate(last=Max("session__date")).values("last")
    left = owned.order_by().values("volunteer").annotate(last=Max("left_on")).values("last")
    found = (
        Volunteer.objects.exclude(full_name=FORGOTTEN_NAME)
        .annotate(
            is_in_team=Exists(running),
            # GREATEST passes over what is not known.
            last_day=Greatest(
                TruncDate("updated_at"),
                Subquery(last, output_field=DateField()),
                Subquery(left, output_field=DateField()),
            ),
        )
        .filter(last_day__lt=before)
    )
    if last_end is not None and last_end >= before:
        found = found.filter(is_in_team=False)
    return found


def _minors() -> Q:
    """Return the condition of being under age; with the year alone, perhaps still so."""
    return Q(birth_year__gte=clock.today().year - GROWN_UP)


def _forget_volunteers(who: Q, code: str) -> int:
    idle = idle_volunteers(clock.today() - time_of(code)).filter(who)
    return sum(forget(idle).values())


# Accounts


def idle_accounts(before: dt.date) -> Any:
    """Return the accounts that had no appointment and no visit since a day before ``before``."""
    running = Appointment.objects.filter(user=OuterRef("pk")).filter(
        Q(ends_on=None) | Q(ends_on__gte=before)
    )
    return (
        User.objects.filter(~Exists(running), is_superuser=False)
        .exclude(username__startswith=FORGOTTEN_LOGIN)
        .annotate(last_visit=Greatest(TruncDate("last_login"), TruncDate("date_joined")))
        .filter(last_visit__lt=before)
    )


def _forget_accounts() -> int:
    return sum(forget(idle_accounts(clock.today() - time_of("accounts"))).values())


# Who asked for help


def _forget_requesters() -> int:
    """Blank who asked; whoever took the own request back since last night is read by nobody too."""
    count = purge_requests()
    lately = clock.now() - 2 * DAY
    leave_reads(HelpRequest.objects.filter(purged_at__gte=lately))
    return count


# Rows that end whole


def _walk_ins() -> int:
    """Delete who waited at a session and was not confirmed."""
    old = WalkIn.objects.filter(session__date__lt=clock.today() - time_of("walk_ins"))
    return sum(forget(old).values())


def _older(rows: Any, field: str, code: str, now: dt.datetime | None = None) -> int:
    return _delete(rows.filter(**{f"{field}__lt": (now or clock.now()) - time_of(code)}))


def _reads() -> int:
    """Delete old reads; that there was one, the log says for ever, and no more of it."""
    old = PersonalDataRead.objects.filter(at__lt=clock.now() - time_of("reads"))
    keys = list(old.values_list("pk", flat=True))
    count = _delete(PersonalDataRead.objects.filter(pk__in=keys))
    forget_leaves("read", keys, reason="hết hạn giữ nhật ký xem thông tin")
    return count


def _links() -> int:
    models: tuple[Any, ...] = (VolunteerLink, CalendarLink, ApiToken)
    over = _delete(OwnPageCode.objects.filter(expires_at__lt=clock.now()))
    return over + sum(_older(model.objects, "revoked_at", "links") for model in models)


JOBS: dict[str, Callable[[], int]] = {
    "requesters": _forget_requesters,
    "minors": lambda: _forget_volunteers(_minors(), "minors"),
    "volunteers": lambda: _forget_volunteers(Q(), "volunteers"),
    "walk_ins": _walk_ins,
    "accounts": _forget_accounts,
    "invitations": lambda: purge_expired_invitations(older_than=time_of("invitations")),
    "links": _links,
    "sign_ins": lambda: _older(Session.objects, "expire_date", "sign_ins", timezone.now()),
    "notices": lambda: outbox.purge_notices(time_of("notices")),
    "messages": purge_messages,
    "contact_points": outbox.purge_contact_points,
    "phones": lambda: _older(PhoneState.objects, "seen_at", "phones"),
    "trials": lambda: _older(Trial.objects, "opened_at", "trials"),
    "admin_log": lambda: _older(LogEntry.objects, "action_time", "admin_log", timezone.now()),
    "reads": _reads,
    "subject_requests": lambda: _older(SubjectRequest.objects, "closed_at", "subject_requests"),
}
