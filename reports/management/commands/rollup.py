"""``manage.py rollup [--rebuild | --verify]``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.rollup.services import rollup
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.verify import verify


class Command(BaseCommand):
    """Rolls dirty days up; with --rebuild everything; with --verify only compares."""

    help = "Roll daily reports up, rebuild all totals, or verify them (exit 1 on a difference)."

    def add_arguments(self, parser: CommandParser) -> None:
        flags = parser.add_mutually_exclusive_group()
        flags.add_argument("--rebuild", action="store_true")
        flags.add_argument("--verify", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verify"]:
            differences = verify()
            if differences:
                raise CommandError("\n".join([*differences, f"{len(differences)} chỗ khác."]))
            self.stdout.write("Mọi tổng khớp với báo cáo.")
        elif options["rebuild"]:
            self.stdout.write(f"Đã cộng lại {rebuild()} ngày.")
        else:
            self.stdout.write(f"Đã cộng {rollup.drain()} ngày chờ.")
