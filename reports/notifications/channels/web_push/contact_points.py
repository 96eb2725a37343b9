"""The phones on which a person sees notices."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import KeyKind, register_kind
from accounts.models import User
from core import clock
from reports.notifications.channels.web_push.models import PushSubscription

# More phones than this nobody carries; the oldest makes room.
MOST_PHONES = 5
# A service that has refused a phone for so long will not take it tomorrow either.
REFUSED_FOR = dt.timedelta(days=3)
# Under which the session remembers the subscription of its own phone.
SESSION_KEY = "push_subscription"


class NotThisPhone(Exception):
    """The address belongs to a phone that somebody else has proved to hold."""


@transaction.atomic
def add_phone(*, actor: User, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Let a browser show the actor's notices, and nobody else's from now on.

    A shared phone passes from one to the other. The keys prove that it is the same phone: who
    only knows its address does not take it over.
    """
    known = PushSubscription.objects.select_for_update().filter(endpoint=endpoint).first()
    has_keys = known is not None and (known.p256dh, known.auth) == (p256dh, auth)
    if known is not None and known.user_id != actor.pk and not has_keys:
        raise NotThisPhone
    values: dict[str, Any] = {
        "user": actor,
        "p256dh": p256dh,
        "auth": auth,
        "created_at": clock.now(),
        "refused_since": None,
    }
    phone, _is_new = PushSubscription.objects.update_or_create(endpoint=endpoint, defaults=values)
    others = PushSubscription.objects.filter(user=actor).order_by("-created_at", "-pk")
    surplus = others.values_list("pk", flat=True)[MOST_PHONES:]
    PushSubscription.objects.filter(pk__in=list(surplus)).delete()
    return phone


def remove_phone(*, actor: User, endpoint: str = "", pk: int | None = None) -> None:
    phones = PushSubscription.objects.filter(user=actor)
    phones.filter(endpoint=endpoint).delete() if pk is None else phones.filter(pk=pk).delete()


def note_taken(phone: PushSubscription) -> None:
    phone.refused_since, phone.used_at = None, clock.now()
    phone.save(update_fields=["refused_since", "used_at"])


def note_refused(phone: PushSubscription) -> None:
    """Remember since when a phone is refused; forget it after some days of nothing else."""
    now = clock.now()
    if phone.refused_since is None:
        phone.refused_since = now
        phone.save(update_fields=["refused_since"])
    elif now - phone.refused_since >= REFUSED_FOR:
        phone.delete()


def purge_phones() -> int:
    """Forget the phones of closed accounts; return how many."""
    closed, _rows = PushSubscription.objects.filter(user__is_active=False).delete()
    return closed


# By the service that a browser has chosen.
BROWSERS = {"google": "Chrome, Edge · Android", "mozilla": "Firefox", "apple": "Safari · iPhone"}


def _words(phone: PushSubscription, user: User) -> str:
    host = phone.endpoint.split("/")[2]
    return next((w for mark, w in BROWSERS.items() if mark in host), _("Máy chưa rõ"))


register_kind(
    KeyKind(
        "phones",
        gettext_lazy("Máy nhận thông báo"),
        lambda user: user.push_subscriptions.order_by("-created_at", "-pk"),
        _words,
        lambda rows: rows.order_by().delete(),
        used="used_at",
    )
)
