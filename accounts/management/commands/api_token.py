"""``manage.py api_token USERNAME`` prints a new bearer token."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import issue_token


class Command(BaseCommand):
    """Makes a token; only its hash is stored, so it is shown this once."""

    help = "Print a new bearer token of a user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="what the token is for")
        parser.add_argument("--days", type=int, choices=settings.TOKEN_DAYS, default=90)

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"Không có tài khoản {options['username']}.")
        self.stdout.write(issue_token(user=user, name=options["name"], days=options["days"]))
