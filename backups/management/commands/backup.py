"""``manage.py backup``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backups.programs import NoProgramError
from backups.services import BackupError, back_up


class Command(BaseCommand):
    help = "Write the whole portal into one sealed file, and prove that it comes back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, help="instead of BACKUP_DIR")
        parser.add_argument("--unproved", action="store_true", help="do not restore it on trial")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = back_up(options["folder"], is_proved=not options["unproved"])
        except NoProgramError as error:
            raise CommandError(f"Không tìm thấy {error}: đặt POSTGRES_PROGRAMS.") from error
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(path))
