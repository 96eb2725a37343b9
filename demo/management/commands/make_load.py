"""``manage.py make_load --reports N``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.load_test import make_load
from demo.territory import DemoRefused


class Command(BaseCommand):
    """Adds synthetic reports to a campaign of their own, to measure with."""

    help = "Add N synthetic reports to the campaign `tai-thu` and leave their days dirty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reports", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reports"] < 1:
            raise CommandError("--reports phải là số nguyên dương.")
        try:
            added = make_load(reports=options["reports"])
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("\n".join(f"{name}: {count}" for name, count in added.items()))
