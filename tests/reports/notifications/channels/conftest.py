"""Each channel, set up against its stand-in."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from config.vapid import new_key
from devserver.zalo_standin import ZaloBot, serving
from reports.notifications.channels.web_push.transport import public_key
from tests.reports.notifications.channels.fake_servers import (
    MailServer,
    PushService,
    http_server,
    mail_server,
)


@pytest.fixture
def push(settings: LazySettings) -> Iterator[tuple[PushService, str]]:
    """A push service that the portal may call, and its address."""
    settings.VAPID_PRIVATE_KEY = new_key()
    settings.VAPID_SUBJECT = "mailto:doan@example.org"
    service = PushService(public_key())
    with http_server(service.answer) as url:
        settings.PUSH_SERVICES = (url,)
        yield service, url


@pytest.fixture
def zalo(settings: LazySettings) -> Iterator[ZaloBot]:
    """The Zalo Bot API with a bot of ours."""
    bot = ZaloBot("123:bi-mat")
    with serving(bot) as url:
        settings.ZALO_BOT_URL, settings.ZALO_BOT_TOKEN = url, bot.token
        settings.PORTAL_URL = "https://doan.example.org"
        yield bot


@pytest.fixture
def mail(settings: LazySettings) -> Iterator[MailServer]:
    """A mail server."""
    with mail_server() as (server, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_IS_ON = True
        settings.PORTAL_URL = "https://doan.example.org"
        settings.DEFAULT_FROM_EMAIL = "Tiên Phong 06 <nhac@doan.example.org>"
        yield server
