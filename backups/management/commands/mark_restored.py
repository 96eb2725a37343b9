"""``manage.py mark_restored``."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backups.programs import database
from backups.services import mark_restored


class Command(BaseCommand):
    help = "Say that PostgreSQL itself was put back to a moment: phones send again what came after."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("moment", help="2023-06-20T21:05+07:00")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moment = dt.datetime.fromisoformat(options["moment"])
        except ValueError as error:
            raise CommandError(f"{options['moment']}: 2023-06-20T21:05+07:00") from error
        moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        mark_restored(database(), since=moment)
        self.stdout.write("Điện thoại sẽ gửi lại những gì có biên nhận sau lúc ấy.")
