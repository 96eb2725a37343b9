"""``manage.py load_geometry FILE --on DATE``."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.services.import_units import load_outlines


class Command(BaseCommand):
    """Loads schematic outlines for the map; may be run again."""

    help = "Load unit outlines from a GeoJSON whose features carry a unit code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--on", type=dt.date.fromisoformat, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = load_outlines(path=options["file"], on=options["on"])
        except (ValidationError, OSError, ValueError, KeyError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self.stdout.write(f"Ranh giới minh họa: {count}.")
