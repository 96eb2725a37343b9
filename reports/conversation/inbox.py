"""Takes messages in and answers them.

A message is kept before it is answered, and the answer before it is sent, each in a transaction of
its own: a worker that is killed loses neither, and counts are taken once. Messages of one chat are
answered one after the other.
"""

import datetime as dt
import logging
import time
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.addresses import path_of
from core import clock
from core.retention import time_of
from core.throttle import allow
from reports.conversation.dialogue import Dialogue, stored_text
from reports.conversation.models import Conversation, ReceivedMessage
from reports.conversation.wording import help_text, link_to
from reports.notifications.channel import (
    Channel,
    IncomingMessage,
    PermanentFailure,
    TemporaryFailure,
)
from reports.notifications.registry import CHANNELS, channels_on

logger = logging.getLogger(__name__)

# Of one person in a minute, of a stranger in ten, and of all in a minute.
MOST_OF_ONE, MOST_OF_STRANGER, MOST_OF_ALL = 20, 5, 1200
# An answer that could not be sent is tried again after so many seconds; then it is given up.
PAUSES = (4, 15)
# A clock that goes ahead of ours by more than this says nothing certain.
SKEW = dt.timedelta(minutes=5)
# A service that does not answer is left alone for so many seconds.
REST = 15
MOST_SECONDS = 10
IDLE_TIMEOUT = "SET LOCAL idle_in_transaction_session_timeout = '60s'"


class TooMany(Exception):
    """More than we take in a minute; the service may bring it again later."""


def answer_messages() -> int:
    """Ask the channels for messages, and answer all that wait; return how many were answered."""
    hearing = [channel for channel in channels_on() if channel.hears]
    if not hearing:
        return 0
    for channel in hearing:
        _ask(channel)
    answered, ends = 0, time.monotonic() + MOST_SECONDS
    while time.monotonic() < ends and _work_off_one():
        answered += 1
    return answered


def _ask(channel: Channel) -> None:
    """Take in what the channel has received; one worker asks at a time."""
    name = f"asking:{channel.code}"
    if not cache.add(name, 1, timeout=30):
        return
    rest = 0
    try:
        for message in channel.received():
            take_in(channel, message)
            while _work_off_one():
                pass
    except TooMany:
        logger.warning("More messages than are taken in a minute: %s", channel.code)
    except TemporaryFailure as error:
        logger.warning("The service of %s does not answer: %s", channel.code, error)
        rest = REST
    finally:
        if rest:
            cache.set(name, 1, timeout=rest)
        else:
            cache.delete(name)


def take_in(channel: Channel, message: IncomingMessage) -> bool:
    """Keep a message to be answered; False where there is nothing to answer, or it came before.

    Raises ``TooMany``.
    """
    if not message.is_to_us or not message.text.strip():
        return False
    now, sent_at = clock.now(), _on_our_clock(message.sent_at)
    if sent_at is not None and sent_at < now - time_of("messages"):
        return False  # whether it came before is not known any more
    if not allow(f"messages {channel.code}", MOST_OF_ALL, 60):
        raise TooMany
    linked = channel.link(message)
    user = linked or channel.user_of(message)
    most, seconds = (MOST_OF_STRANGER, 600) if user is None else (MOST_OF_ONE, 60)
    who = f"{channel.code} {message.sender}"
    # Whoever has become known, or is so no longer, begins to be counted anew.
    counter = f"messages of a stranger {who}" if user is None else f"messages {who}"
    is_too_much = linked is None and not allow(counter, most, seconds)
    if is_too_much and (user is None or not allow(f"messages in haste {who}", 1, seconds)):
        return False
    if user is None and not channel.answers_strangers:
        return False
    values: dict[str, Any] = {
        "user": user,
        "address": message.address,
        "is_group": message.is_group,
        "text": "" if linked or is_too_much else stored_text(message.text),
        "answer": _welcome() if linked else _in_haste() if is_too_much else "",
        "sent_at": sent_at,
        "received_at": now,
        "due_at": now,
    }
    _row, is_new = ReceivedMessage.objects.get_or_create(
        channel=channel.code, number=message.number, defaults=values
    )
    return is_new


def _on_our_clock(moment: dt.datetime | None) -> dt.datetime | None:
    """Return a moment by the portal's clock, which a demo sets to a day of its own."""
    if moment is None or moment - timezone.now() > SKEW:
        return None
    return clock.now() - (timezone.now() - moment)


def _welcome() -> str:
    with translation.override("vi"):
        return _("Đã nối. Từ nay nhắc báo cáo ở đây, và nhận báo cáo ở đây.") + "\n" + help_text()


def _in_haste() -> str:
    with translation.override("vi"):
        return _("Nhắn nhanh quá nên cổng chưa đọc tin vừa rồi. Chờ một phút rồi nhắn lại.")


@transaction.atomic
def _work_off_one() -> bool:
    """Answer the message that has waited longest, or send its answer; False where none waits."""
    with connection.cursor() as cursor:
        cursor.execute(IDLE_TIMEOUT)
    waiting = ReceivedMessage.objects.filter(closed_at=None)
    before = waiting.filter(
        channel=OuterRef("channel"), address=OuterRef("address"), pk__lt=OuterRef("pk")
    )
    message = (
        waiting.filter(~Exists(before), due_at__lte=clock.now())
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .order_by("due_at", "pk")
        .first()
    )
    if message is None:
        return False
    if not message.answer:
        with translation.override("vi"):
            message.answer = _answer(message)
        message.text = ""
        message.save(update_fields=["answer", "text"])
        return True
    _send(message)
    return True


def _answer(message: ReceivedMessage) -> str:
    if message.user is None:
        if message.is_group:
            return _("Nhắn riêng cho cổng một lần để nối tài khoản, rồi mới nhắn ở đây.")
        return _("Chưa biết bạn là ai. Mở %(link)s, bấm lấy mã rồi nhắn mã đó vào đây.") % {
            "link": link_to(path_of(None, "reminders"))
        }
    if not message.user.may_sign_in:
        return _("Tài khoản này đã đóng nên cổng không nhận số qua đây.")
    try:
        with transaction.atomic():
            return _in_conversation(message.user, message)
    except OperationalError:
        # The database is away, and nothing was written down; the next run takes the message again.
        raise
    except Exception:
        # A message that cannot be answered must not keep those behind it waiting.
        logger.exception("Message %s could not be answered", message.pk)
        return _("Cổng gặp lỗi, chưa ghi gì. Nhập ở %(link)s giúp nhé.") % {
            "link": link_to(path_of(None, "report"))
        }


def _in_conversation(user: User, message: ReceivedMessage) -> str:
    chat = message.address if message.is_group else ""
    key = {"user": user, "channel": message.channel, "chat": chat}
    Conversation.objects.get_or_create(**key, defaults={"expires_at": clock.now()})
    conversation = Conversation.objects.select_for_update().get(**key)
    lost = _after_lost(message)
    answer = lost + Dialogue(user, conversation, message).answer()
    channel = CHANNELS.get(message.channel)
    is_offer = conversation.pending.get("message") == message.pk
    if is_offer and channel is not None and len(answer) > channel.most_letters:
        # What does not fit was not shown, and can not be agreed to.
        conversation.pending = {}
        answer = lost + _("Câu trả lời dài quá, chưa ghi gì. Xem và nhập ở %(link)s.") % {
            "link": link_to(path_of(None, "paste"))
        }
    conversation.save()
    return answer


def _after_lost(message: ReceivedMessage) -> str:
    """Say that an earlier answer did not reach the user, once."""
    same = {"user": message.user, "channel": message.channel, "address": "", "is_lost": True}
    if not ReceivedMessage.objects.filter(**same).update(is_lost=False):
        return ""
    return _("Câu trả lời trước của cổng không gửi đi được.") + "\n"


def _send(message: ReceivedMessage) -> None:
    channel = CHANNELS.get(message.channel)
    message.attempts += 1
    try:
        if channel is None or not channel.is_on():
            raise PermanentFailure("this channel is off")
        channel.reply(message.address, message.answer)
    except PermanentFailure as error:
        _close(message, reason=str(error))
    except TemporaryFailure as error:
        _try_later(message, str(error))
    except DatabaseError:
        raise
    except Exception as error:
        logger.exception("The answer to message %s could not be sent", message.pk)
        _try_later(message, type(error).__name__)
    else:
        _close(message)


def _try_later(message: ReceivedMessage, reason: str) -> None:
    if message.attempts > len(PAUSES):
        _close(message, reason=reason)
        return
    message.due_at = clock.now() + dt.timedelta(seconds=PAUSES[message.attempts - 1])
    message.save(update_fields=["attempts", "due_at"])


def _close(message: ReceivedMessage, reason: str = "") -> None:
    """Close a message; what its answer showed can be agreed to only if it was sent."""
    if reason:
        logger.warning("Message %s was not answered: %s", message.pk, reason)
    for conversation in Conversation.objects.select_for_update().filter(
        user=message.user, channel=message.channel, pending__message=message.pk
    ):
        if reason:
            conversation.pending = {}
        else:
            conversation.pending["shown_at"] = clock.now().isoformat()
        conversation.save(update_fields=["pending"])
    message.address = message.text = message.answer = ""
    message.is_lost = bool(reason)
    message.closed_at = clock.now()
    message.save()


def purge_messages() -> int:
    """Forget messages that came long enough ago, and questions that nobody has answered."""
    now = clock.now()
    Conversation.objects.filter(expires_at__lt=now).delete()
    old = ReceivedMessage.objects.filter(received_at__lt=now - time_of("messages"))
    return old.delete()[0]
