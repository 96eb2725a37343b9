"""One plain-text letter for each notice, by the mail server of the settings."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from reports.notifications.channel import Message, PermanentFailure, TemporaryFailure

PERMANENT = 500


def send_letter(address: str, message: Message, key: str) -> None:
    """Send; the same message bears the same Message-ID, whenever it is sent."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    off = _("Không muốn nhận email này nữa: xóa email ở mục Nhắc việc.")
    lines = [message.body, "", f"{settings.PORTAL_URL}{message.path}", "", "--", off]
    letter = EmailMessage(
        # A name may have come in with a line break, which no header can hold.
        subject=" ".join(message.title.split()),
        body="\n".join(lines),
        to=[address],
        headers={"Message-ID": f"<{key}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _answer in error.recipients.values()]
        if codes and min(codes) >= PERMANENT:
            raise PermanentFailure(f"the mail server refuses the address: {codes[0]}") from error
        raise TemporaryFailure("the mail server asks to wait") from error
    except (OSError, smtplib.SMTPException) as error:
        raise TemporaryFailure(f"mail server: {type(error).__name__}") from error
