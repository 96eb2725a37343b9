"""``manage.py attach_campaign FILE``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.rollup.services.archive import ArchiveError, attach_campaign


class Command(BaseCommand):
    """Brings the day totals of an archived campaign back; they are compared first."""

    help = "Bring an archived campaign's day totals back (run by the database's owner)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            campaign = attach_campaign(options["file"])
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{campaign.slug}: số từng ngày đã về chỗ cũ.")
