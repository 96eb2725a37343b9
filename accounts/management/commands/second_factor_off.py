"""``manage.py second_factor_off USERNAME``: for who has lost phone and paper."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.second_factor import remove_factor


class Command(BaseCommand):
    """Takes the second factor away; whose role wants one sets it up anew at the next sign-in."""

    help = "Take a user's second factor away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"Không có tài khoản {options['username']}.")
        remove_factor(user=user, actor=user)
