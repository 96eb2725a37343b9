"""``manage.py verify_history``."""

from argparse import FileType
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.log.checkpoint import heads_in, verifier_key
from core.log.findings import Finding, acknowledge
from core.log.models import SignedHead
from core.log.verify import check_history, forgotten_leaves

ALL = "all"


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
        parser.add_argument(
            "--acknowledge",
            nargs="+",
            default=[],
            metavar="MARK",
            help=f"what is known by now: the marks that begin the lines, or “{ALL}”",
        )
        parser.add_argument("--by", help="the sign-in name of who acknowledges")
        parser.add_argument("--reason", default="", help="what happened, for those who read it")

    def handle(self, *args: Any, **options: Any) -> None:
        known = [head for file in options["head"] for head in heads_in(file.read())]
        if options["head"] and not known:
            raise CommandError("Trong tệp không có đầu sổ nào (số dòng và mã băm).")
        found = check_history(known)
        if options["acknowledge"]:
            _acknowledge(found, options)
            found = check_history(known)
        for one in found:
            self.stderr.write(str(one))
        if not all(one.known for one in found):
            raise CommandError("Lịch sử đã bị sửa.")
        head = SignedHead.objects.first()
        self.stdout.write(
            f"{forgotten_leaves()} leaves are emptied, each with a remark of when and why\n"
            f"{head.note if head else ''}{verifier_key()}"
        )


def _acknowledge(found: list[Finding], options: Any) -> None:
    """Take for known what was named, or all that was found; not what goes by itself."""
    marks, reason = set(options["acknowledge"]), options["reason"].strip()
    new = {one.mark: one for one in found if one.mark and not one.known}
    if marks == {ALL}:
        marks = set(new)
    if not marks or marks - new.keys():
        raise CommandError("Không có mã nào như vậy trong những chỗ vừa thấy không khớp.")
    actor = get_user_model().objects.filter(username=options["by"], is_active=True).first()
    if actor is None or not reason:
        raise CommandError("Cần --by (tên đăng nhập của người xác nhận) và --reason (lý do).")
    acknowledge([new[mark] for mark in marks], actor=actor, reason=reason)
