"""``manage.py load_units FILE --valid-from DATE``."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.models import Unit
from campaign.services.import_units import load_units
from campaign.services.settings_change import ReasonWanted


class Command(BaseCommand):
    """Loads units; may be run again."""

    help = "Load administrative units from a CSV of code,name,kind,parent_code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--valid-from", type=dt.date.fromisoformat, required=True)
        parser.add_argument("--once", action="store_true", help="only while there are no units")
        parser.add_argument(
            "--since", type=dt.date.fromisoformat, help="day from which new names hold; today"
        )
        parser.add_argument(
            "--whole", action="store_true", help="the file is the whole list: what it lacks ends"
        )
        parser.add_argument("--reason", default="", help="why units that are there already move")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"] and Unit.objects.exists():
            return
        try:
            new, changed = load_units(
                path=options["file"],
                valid_from=options["valid_from"],
                reason=options["reason"],
                since=options["since"],
                is_whole=options["whole"],
            )
        except ReasonWanted as wanted:
            for line in wanted.change.lines():
                self.stdout.write(line)
            raise CommandError("Ghi lý do với --reason. Chưa nạp địa bàn nào.") from wanted
        except (ValidationError, OSError) as error:
            messages = error.messages if isinstance(error, ValidationError) else [str(error)]
            raise CommandError("\n".join([*messages, "Chưa nạp địa bàn nào."])) from error
        self.stdout.write(f"Địa bàn: {new} mới, {changed} thay đổi.")
