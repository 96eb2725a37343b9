"""Which telephone is whose. The code that was sent there, and typed on the page, says so."""

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import KeyKind, register_kind
from accounts.models import User
from core import clock
from core.secret_digest import digest_of
from core.throttle import allow
from reports.notifications.channel import PermanentFailure, TemporaryFailure
from reports.notifications.channels.sms.models import SmsNumber
from reports.notifications.channels.sms.transport import send_sms

CODE_DIGITS = 6
CODE_LIVES = dt.timedelta(minutes=10)
MOST_TRIES = 5
# Codes in an hour: each is an SMS that somebody pays for.
MOST_CODES = 3


class TooManyCodes(Exception):
    """No more codes are sent for a while."""


def send_code(*, actor: User) -> None:
    """Send a code to the telephone of the actor's account.

    Raises ``TooManyCodes``, and what sending raises. What was proved before is so no longer.
    """
    if not allow(f"sms code {actor.pk}", MOST_CODES, 3600):
        raise TooManyCodes
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    now = clock.now()
    values = {
        "number": actor.phone,
        "digest": digest_of(f"{actor.pk} {code}"),
        "code_until": now + CODE_LIVES,
        "tries": 0,
        "created_at": now,
        "proved_at": None,
        "used_at": None,
    }
    SmsNumber.objects.update_or_create(user=actor, defaults=values)
    try:
        send_sms(actor.phone, _("Ma noi tin nhan voi Tien Phong 06: %(code)s") % {"code": code})
    except (PermanentFailure, TemporaryFailure):
        # No code is on its way, and the page may not ask for one.
        unlink(actor=actor)
        raise


def prove(*, actor: User, code: str) -> bool:
    """Say whether this is the code that was sent; each code is tried five times at most."""
    with transaction.atomic():
        row = SmsNumber.objects.select_for_update().filter(user=actor, proved_at=None).first()
        if row is None or not row.digest or row.code_until < clock.now():
            return False
        if row.tries >= MOST_TRIES or row.number != actor.phone:
            return False
        if not constant_time_compare(row.digest, digest_of(f"{actor.pk} {code.strip()}")):
            SmsNumber.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
            return False
        row.digest, row.proved_at, row.used_at = "", clock.now(), clock.now()
        row.save(update_fields=["digest", "proved_at", "used_at"])
    return True


def unlink(*, actor: User) -> None:
    SmsNumber.objects.filter(user=actor).delete()


def user_of(number: str) -> User | None:
    """Return whose proved number it is, as long as the account has it."""
    row = (
        SmsNumber.objects.exclude(proved_at=None)
        .filter(number=number, user__phone=number)
        .select_related("user")
        .first()
    )
    if row is None:
        return None
    SmsNumber.objects.filter(pk=row.pk).update(used_at=clock.now())
    return row.user


register_kind(
    KeyKind(
        "sms",
        gettext_lazy("SMS"),
        lambda user: SmsNumber.objects.filter(user=user),
        lambda row, user: _("Nhận lời nhắc qua SMS"),
        lambda rows: rows.delete(),
        used="used_at",
    )
)
