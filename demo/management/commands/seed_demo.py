"""``manage.py seed_demo``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.seed import seed_demo
from demo.territory import DemoRefused


class Command(BaseCommand):
    """Makes the demo campaign of spring 2023; may be run again."""

    help = "Load the demo: branches, campaign, accounts, 18 thousand synthetic reports."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = seed_demo()
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        new = ", ".join(f"{count} {name}" for name, count in added.items() if count)
        if options["verbosity"]:
            self.stdout.write(f"Đã thêm {new}." if new else "Bản mẫu đã đủ, không thêm gì.")
