"""``manage.py verify_history``."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.daily.services.history import Head, check_history, history_head


def _head(text: str) -> Head:
    """Read ``SEQ:HASH`` as an earlier run printed it."""
    seq, _colon, digest = text.partition(":")
    if not seq.isdigit() or len(digest) != 64:
        raise argparse.ArgumentTypeError("SEQ:HASH, as an earlier verify_history printed it")
    return Head(int(seq), digest)


class Command(BaseCommand):
    """Proves that no revision was altered, removed or moved."""

    help = "Check the history of reports; exit 1 and name the row where it was altered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", type=_head, help="SEQ:HASH noted down earlier, outside the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = check_history(options["head"])
        for line in wrong:
            self.stderr.write(line)
        if wrong:
            raise CommandError("Lịch sử báo cáo đã bị sửa.")
        self.stdout.write(str(history_head()))
