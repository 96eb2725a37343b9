"""``manage.py restore``."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backups.programs import NoProgramError
from backups.services import BackupError, Head, missing_steps, read_head, restore_backup


class Command(BaseCommand):
    help = "Bring a backup back; nothing is touched before it was read whole and compared."
    # The database may be empty, or not even there.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="only read the file and tell of it"
        )
        parser.add_argument(
            "--replace", action="store_true", help="of a database that is not empty"
        )
        parser.add_argument("--keys", type=Path, help="write the portal's keys into this new file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                head = read_head(options["file"])
            else:
                head, aside = restore_backup(options["file"], replace=options["replace"])
        except NoProgramError as error:
            raise CommandError(f"Không tìm thấy {error}: đặt POSTGRES_PROGRAMS.") from error
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.tell(head)
        if options["keys"]:
            self.write_keys(options["keys"], head)
        steps = missing_steps(head)
        if steps and options["check"]:
            self.stdout.write(
                f"Của một ấn bản cũ hơn; khôi phục thì chạy migrate: {', '.join(steps)}"
            )
        elif steps:
            self.stdout.write(f"Của một ấn bản cũ hơn; đã chạy migrate: {', '.join(steps)}")
        if not options["check"]:
            self.stdout.write("Đã khôi phục.")
            if aside:
                self.stdout.write(f"Dữ liệu trước đó còn trong cơ sở dữ liệu {aside}.")

    def tell(self, head: Head) -> None:
        tables = head.facts["tables"]
        made_at = timezone.localtime(head.made_at)
        self.stdout.write(f"Bản sao lưu lúc {made_at:%H:%M %d/%m/%Y}")
        self.stdout.write(
            f"{len(tables)} bảng, {sum(rows for rows, _sum in tables.values())} dòng, "
            f"{tables['reports_dailyreport'][0]} báo cáo"
        )
        for slug, figures in head.facts["figures"].items():
            words = ", ".join(f"{code} {total}" for code, total in figures.items())
            self.stdout.write(f"{slug}: {words}")
        self.stdout.write(f"Đầu sổ ghi:\n{head.facts['head']}")

    def write_keys(self, path: Path, head: Head) -> None:
        try:
            file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError as error:
            raise CommandError(f"{path} đã có.") from error
        with os.fdopen(file, "w") as out:
            out.writelines(f"{name}={value}\n" for name, value in head.keys.items() if value)
        self.stdout.write(f"Khóa của cổng nằm trong {path}: ghi vào .env rồi xóa tệp này.")
