"""``manage.py grant_rights``."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.rights import grant_rights


class Command(BaseCommand):
    """Gives the role of web and workers its rights; the owner calls it after each migration."""

    help = "Make the database role of web and workers, and give it what it needs and no more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", nargs="?", default="portal_web")

    def handle(self, *args: Any, **options: Any) -> None:
        grant_rights(options["role"], os.environ.get("WEB_ROLE_PASSWORD", ""))
