"""Which chat with the bot is whose. The code that a person sends the bot says so."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import KeyKind, register_kind
from accounts.models import User
from core import clock
from reports.notifications.channels.zalo.models import ZaloLink

# Without letters that are taken for each other.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LETTERS = 8


def new_code(*, actor: User) -> ZaloLink:
    """Make a code that the actor sends the bot; an earlier chat is linked no more."""
    code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LETTERS))
    values = {"code": code, "chat_id": "", "created_at": clock.now(), "used_at": None}
    return ZaloLink.objects.update_or_create(user=actor, defaults=values)[0]


def unlink(*, actor: User) -> None:
    ZaloLink.objects.filter(user=actor).delete()


def link_chat(sender: str, text: str) -> User | None:
    """Link who has written a code to the bot; return whose it was.

    A code works once, and a chat is one person's: whoever it was before is linked no more.
    """
    code = text.strip().upper()
    if len(code) != CODE_LETTERS or not (code.isascii() and code.isalnum()):
        return None
    waiting = ZaloLink.objects.filter(code=code, chat_id="", user__is_active=True)
    used = {"code": secrets.token_hex(6), "used_at": clock.now()}
    with transaction.atomic():
        link = waiting.select_for_update(of=("self",)).select_related("user").first()
        if link is None:
            return None
        ZaloLink.objects.filter(chat_id=sender).delete()
        ZaloLink.objects.filter(pk=link.pk).update(chat_id=sender, **used)
    return link.user


def user_of(sender: str) -> User | None:
    link = ZaloLink.objects.filter(chat_id=sender).select_related("user").first()
    if link is None:
        return None
    ZaloLink.objects.filter(pk=link.pk).update(used_at=clock.now())
    return link.user


register_kind(
    KeyKind(
        "zalo",
        gettext_lazy("Zalo"),
        lambda user: ZaloLink.objects.filter(user=user),
        lambda row, user: _("Nhận lời nhắc qua Zalo"),
        lambda rows: rows.delete(),
        used="used_at",
    )
)
