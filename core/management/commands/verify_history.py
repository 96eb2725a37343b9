"""``manage.py verify_history``."""

from argparse import FileType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.log.checkpoint import heads_in, verifier_key
from core.log.models import SignedHead
from core.log.verify import check_history


class Command(BaseCommand):
    """Proves that no row of the history was altered, moved or removed."""

    help = "Check the history; exit 1 and name the rows where it was altered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            type=FileType(),
            action="append",
            default=[],
            help="a file with heads from elsewhere: checkpoints, or digests that were sent",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = [head for file in options["head"] for head in heads_in(file.read())]
        if options["head"] and not known:
            raise CommandError("Trong tệp không có đầu sổ nào (số dòng và mã băm).")
        wrong = check_history(known)
        for line in wrong:
            self.stderr.write(line)
        if wrong:
            raise CommandError("Lịch sử đã bị sửa.")
        head = SignedHead.objects.first()
        self.stdout.write(f"{head.note if head else ''}{verifier_key()}")
