"""``zalo_webhook``: has the bot's service bring messages to us, or be asked for them again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.notifications.channel import PermanentFailure, TemporaryFailure
from reports.notifications.channels.zalo.transport import call

ADDRESS = "/messages/zalo/"


class Command(BaseCommand):
    help = (
        "Tell the Zalo bot's service to bring messages to this portal (ZALO_WEBHOOK_SECRET is "
        "set), or to wait until it is asked (it is not)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Call the service; exits 1 with the reason where it refuses."""
        if not settings.ZALO_BOT_TOKEN:
            raise CommandError("Set ZALO_BOT_TOKEN first.")
        secret = settings.ZALO_WEBHOOK_SECRET
        try:
            if secret:
                url = f"{settings.PORTAL_URL}{ADDRESS}"
                call("setWebhook", {"url": url, "secret_token": secret})
                self.stdout.write(f"The service brings messages to {url}.")
            else:
                call("deleteWebhook", {})
                self.stdout.write("The portal asks for messages.")
        except (PermanentFailure, TemporaryFailure) as error:
            raise CommandError(str(error)) from error
