"""``manage.py load_geometry FILE --on DATE``."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.services.import_units import load_boundaries


class Command(BaseCommand):
    """Loads schematic boundaries for the map; may be run again."""

    help = "Load unit boundaries from a GeoJSON whose features carry a unit code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--on", type=dt.date.fromisoformat, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = load_boundaries(path=options["file"], on=options["on"])
        except (ValidationError, OSError, ValueError, KeyError) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self.stdout.write(f"Ranh giới minh họa: {count}.")
