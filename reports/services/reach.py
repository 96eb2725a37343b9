"""Where a person can be reached: phones, e-mail address, Zalo chat. All of it is the own."""

import secrets
from typing import Any

from django.db import transaction

from accounts.models import User
from campaign import clock
from reports.channels.zalo import Zalo, received_codes
from reports.models import PushSubscription, ZaloLink

# More phones than this nobody carries; the oldest makes room.
MOST_PHONES = 5
# Without letters that are taken for each other.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LETTERS = 8


class NotThisPhone(Exception):
    """The address belongs to a phone that somebody else has proved to hold."""


@transaction.atomic
def add_phone(*, actor: User, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Let a browser show the actor's notices, and nobody else's from now on.

    A shared phone passes from one to the other. The keys prove that it is the same phone: who
    only knows its address does not take it over.
    """
    kept = PushSubscription.objects.select_for_update().filter(endpoint=endpoint).first()
    if kept is not None and kept.user_id != actor.pk and (kept.p256dh, kept.auth) != (p256dh, auth):
        raise NotThisPhone
    values: dict[str, Any] = {
        "user": actor,
        "p256dh": p256dh,
        "auth": auth,
        "created_at": clock.now(),
    }
    phone, _is_new = PushSubscription.objects.update_or_create(endpoint=endpoint, defaults=values)
    others = PushSubscription.objects.filter(user=actor).order_by("-created_at", "-pk")
    surplus = others.values_list("pk", flat=True)[MOST_PHONES:]
    PushSubscription.objects.filter(pk__in=list(surplus)).delete()
    return phone


def remove_phone(*, actor: User, endpoint: str = "", pk: int | None = None) -> None:
    """Show the actor's notices on this phone no more."""
    phones = PushSubscription.objects.filter(user=actor)
    phones.filter(endpoint=endpoint).delete() if pk is None else phones.filter(pk=pk).delete()


def set_email(*, actor: User, address: str) -> None:
    """Keep the address for reminders; blank to get none by e-mail."""
    actor.email = address
    actor.save(update_fields=["email"])


def new_code(*, actor: User) -> ZaloLink:
    """Make a code that the actor sends the bot; an earlier chat is linked no more."""
    code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LETTERS))
    values = {"code": code, "chat_id": "", "created_at": clock.now()}
    return ZaloLink.objects.update_or_create(user=actor, defaults=values)[0]


def unlink(*, actor: User) -> None:
    """Send the actor nothing by Zalo any more."""
    ZaloLink.objects.filter(user=actor).delete()


def link_chats() -> int:
    """Link those who have written their code to the bot; return how many. A code works once."""
    if not Zalo().is_on():
        return 0
    linked = 0
    for chat_id, text in received_codes():
        waiting = ZaloLink.objects.filter(code=text.upper(), chat_id="", user__is_active=True)
        linked += waiting.update(chat_id=chat_id, code=secrets.token_hex(6))
    return linked
