"""Which chat with the bot is whose. The code that a person sends the bot says so."""

import secrets

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import KeyKind, register_kind
from accounts.models import User
from core import clock
from reports.notifications.channels.zalo.models import ZaloLink
from reports.notifications.channels.zalo.transport import received_texts

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


def link_chats() -> int:
    """Link those who have written their code to the bot; return how many. A code works once."""
    linked = 0
    for chat_id, text in received_texts():
        waiting = ZaloLink.objects.filter(code=text.upper(), chat_id="", user__is_active=True)
        linked += waiting.update(chat_id=chat_id, code=secrets.token_hex(6), used_at=clock.now())
    return linked


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
