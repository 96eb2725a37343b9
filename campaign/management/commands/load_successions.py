"""``manage.py load_successions FILE``."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.services.successions import load_successions


class Command(BaseCommand):
    """Loads what became of units; may be run again."""

    help = "Load successions from a CSV of old_code,new_code,effective_date,source."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new, unknown = load_successions(path=options["file"])
        except (ValidationError, OSError) as error:
            messages = error.messages if isinstance(error, ValidationError) else [str(error)]
            raise CommandError("\n".join([*messages, "Chưa nạp địa bàn kế tiếp nào."])) from error
        self.stdout.write(f"Địa bàn kế tiếp: {new} mới, {unknown} chưa rõ.")
