"""``manage.py setup_link``."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import issue_invitation

NAME = "quantri"


class Command(BaseCommand):
    """Prints a link with which the first person chooses a password and sets the portal up.

    It works once. Whoever has come in by it gives out what follows in the browser.
    """

    help = "Print the one-time link of a portal that nobody has set up yet."

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=NAME).first()
        if user is None:
            if first := User.objects.filter(is_superuser=True, is_active=True).first():
                self._refuse(first)
            user = User(username=NAME, full_name="Quản trị", is_staff=True, is_superuser=True)
            user.set_unusable_password()
            user.save()
        if user.has_usable_password():
            self._refuse(user)
        secret = issue_invitation(actor=user, user=user)
        root = settings.PORTAL_URL or "http://127.0.0.1:8000"
        self.stdout.write(f"{root}/invitations/{secret}/")

    def _refuse(self, user: User) -> None:
        raise CommandError(
            f"Cổng đã có người thiết lập: {user.username}. "
            f"Quên mật khẩu thì: manage.py changepassword {user.username}"
        )
