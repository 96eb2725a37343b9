"""Takes a person out of the portal; what was counted stays counted.

A volunteer's row stays without name, number and year of birth, so that lượt, team sizes and the
figures of certificates are what they were: a certificate is proved by its code, which names
nobody. An account's row stays closed and nameless, since what was done with it is history.

What the log kept of a person is forgotten with it: the record of reads points to the person no
more, and of appointments only what stands is told.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.keys import end_keys
from accounts.models import User
from core.clock import now, today
from core.log.forget import forget as forget_leaves
from core.personal_fields import FORGOTTEN_NAME, key_of
from privacy.models import PersonalDataRead
from reports.conversation.models import Conversation, ReceivedMessage
from reports.notifications.channels.sms.models import SmsNumber
from reports.notifications.channels.web_push.models import PushSubscription
from reports.notifications.channels.zalo.models import ZaloLink
from reports.notifications.models import Notice
from reports.phones.models import PhoneState
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.services import withdraw
from volunteers.sessions.models import CalendarLink, WalkIn
from volunteers.teams.models import Volunteer
from volunteers.teams.querysets import KEY_ROLES
from volunteers.teams.services import end_idle_lead, set_full_name

# The sign-in name of an account whose person is forgotten; no person is given one like it.
FORGOTTEN_LOGIN = "da-xoa-"
# What belongs to an account alone and ends with it.
OWN_ROWS: tuple[Any, ...] = (
    Notice,
    ReceivedMessage,
    Conversation,
    PhoneState,
    PushSubscription,
    ZaloLink,
    SmsNumber,
    CalendarLink,
    TOTPDevice,
    StaticDevice,
)


# What the log's remarks say of it.
REASON = "xóa dữ liệu cá nhân"
# So many reads at a time, far below what a statement may last.
READS = 1000
LEAVE_READS = """
    UPDATE privacy_personaldataread
    SET people = ARRAY(SELECT one FROM unnest(people) AS one WHERE one <> ALL(%s))
    WHERE id = ANY(%s)
"""


@transaction.atomic
def forget(rows: Iterable[Any], *, actor: User | None = None) -> dict[str, int]:
    """Forget all of them or none; return how many of each kind.

    An open request for help ends as one that ``actor`` took back for the person.
    """
    named: dict[type[Any], Callable[[Any], object]] = {
        Volunteer: _forget_volunteer,
        User: _forget_account,
        HelpRequest: lambda row: withdraw(request=row, actor=actor),
        WalkIn: lambda row: WalkIn.objects.filter(pk=row.pk).delete(),
    }
    counted: Counter[str] = Counter()
    # Accounts last: a volunteer's memberships end the leads of the account.
    people = sorted(rows, key=lambda row: isinstance(row, User))
    for row in people:
        named[type(row)](row)
        counted[row._meta.model_name] += 1
    leave_reads(people)
    return dict(counted)


@transaction.atomic
def leave_reads(people: Iterable[Any]) -> None:
    """Take rows out of the record of whose data was read: there is nobody behind them now."""
    keys = [key_of(row) for row in people]
    found = PersonalDataRead.objects.filter(people__overlap=keys)
    reads = list(found.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(reads), READS):
        some = reads[start : start + READS]
        with connection.cursor() as cursor:
            cursor.execute(LEAVE_READS, [keys, some])
        forget_leaves("read", some, reason=REASON)


def _forget_volunteer(volunteer: Volunteer) -> None:
    """Make a volunteer nameless, end the memberships and the links."""
    person = Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    running = person.memberships.filter(left_on=None).select_related("team__branch")
    for membership in running:
        membership.left_on = today()
        membership.save(update_fields=["left_on", "updated_at"])
        if membership.role in KEY_ROLES:
            end_idle_lead(person, membership.team.branch)
    person.links.all().delete()
    person.page_codes.all().delete()
    set_full_name(person, FORGOTTEN_NAME)
    person.phone = person.birth_year = person.user = None
    person.save()


def _forget_account(user: User) -> None:
    """Close an account and make it nameless; nobody gets in with it again."""
    account = User.objects.select_for_update().get(pk=user.pk)
    for model in OWN_ROWS:
        model.objects.filter(user=account).delete()
    end_keys(account)
    account.invitations.all().delete()
    account.api_tokens.all().delete()
    Volunteer.objects.filter(user=account).update(user=None, updated_at=now())
    yesterday = today() - dt.timedelta(days=1)
    appointments = list(account.appointments.values_list("pk", flat=True))
    running = account.appointments.filter(Q(ends_on=None) | Q(ends_on__gt=yesterday))
    running.filter(starts_on__gt=yesterday).delete()
    running.update(ends_on=yesterday, updated_at=now())
    forget_leaves("appointment", appointments, reason=REASON)
    account.username = f"{FORGOTTEN_LOGIN}{account.pk}"
    account.full_name, account.email, account.phone = "", "", None
    account.is_active = account.is_staff = False
    account.set_unusable_password()
    account.save()
