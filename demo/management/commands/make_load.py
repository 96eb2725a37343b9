"""``manage.py make_load --reports N | --nation``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.load_test import make_load
from demo.nation import make_nation
from demo.territory import DemoRefused


class Command(BaseCommand):
    """Adds what is made up, to measure with: reports of a campaign of their own, or a country."""

    help = (
        "Add N synthetic reports to the campaign `tai-thu` and leave their days dirty, or with "
        "--nation 63 provinces with 10,600 communes and 90 days of reports to the demo's campaign."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        wanted = parser.add_mutually_exclusive_group(required=True)
        wanted.add_argument("--reports", type=int)
        wanted.add_argument("--nation", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["nation"] and options["reports"] < 1:
            raise CommandError("--reports phải là số nguyên dương.")
        try:
            if options["nation"]:
                added = {"báo cáo": make_nation()}
            else:
                added = make_load(reports=options["reports"])
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("\n".join(f"{name}: {count}" for name, count in added.items()))
