"""E-mail, where the portal has a mail server and the person has given an address."""

import smtplib
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from accounts.models import User
from reports.channels.base import Gone, Message, TryLater
from reports.models import Way

PERMANENT = 500


class Email:
    """One plain-text letter for each notice."""

    way = Way.EMAIL

    def is_on(self) -> bool:
        """Whether there is a mail server."""
        return settings.EMAIL_IS_ON

    def reached(self, users: Iterable[User]) -> set[int]:
        """Return those who gave an address."""
        return {user.pk for user in users if user.email}

    def send(self, user: User, message: Message, key: str) -> None:
        """Send; the same message bears the same Message-ID, whenever it is sent."""
        if not user.email:
            raise Gone("no address")
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        off = _("Không muốn nhận thư này nữa: xóa địa chỉ thư ở mục Nhắc việc.")
        lines = [message.body, "", f"{settings.PORTAL_URL}{message.path}", "", "--", off]
        letter = EmailMessage(
            # A name may have come in with a line break, which no header can hold.
            subject=" ".join(message.title.split()),
            body="\n".join(lines),
            to=[user.email],
            headers={"Message-ID": f"<{key}@{domain}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _said in error.recipients.values()]
            if codes and min(codes) >= PERMANENT:
                raise Gone(f"the mail server refuses the address: {codes[0]}") from error
            raise TryLater("the mail server asks to wait") from error
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(f"mail server: {type(error).__name__}") from error
