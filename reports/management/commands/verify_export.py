"""``manage.py verify_export FILE``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.exports.models import Export
from reports.police.changes.selectors import changed_lines
from reports.police.verification import Verdict, Verification, verify_file


class Command(BaseCommand):
    """Says whether a file is ours, unchanged, and what was corrected since; exits 1 if not."""

    help = "Say whether a CSV file is one that the portal gave out, and unchanged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                found = verify_file(file, reader=None)
        except OSError as error:
            raise CommandError(f"Không đọc được {path}: {error.strerror}.") from error
        if found.export is None:
            raise CommandError(f"KHÔNG PHẢI tệp của cổng. SHA-256 {found.sha256}")
        if found.verdict == Verdict.ALTERED:
            self._tell(found)
            raise CommandError(f"ĐÃ BỊ SỬA: {found.tally.total} dòng khác bản đã xuất.")
        self.stdout.write(f"ĐÚNG: {_words(found.export)}, còn nguyên.")
        if found.export.is_police:
            lines = changed_lines(found.export)
            self.stdout.write(f"Từ khi ấy cổng có {lines} dòng đã đổi số.")

    def _tell(self, found: Verification) -> None:
        if found.export is not None:
            self.stdout.write(f"Gần nhất là {_words(found.export)}.")
        for change in found.differences:
            cells = ", ".join(
                f"{c.column} {c.before or '–'} → {c.after or '–'}" for c in change.cells
            )
            self.stdout.write(f"{change.date} {change.code} {change.name} ({change.kind}): {cells}")
        if found.receiver is not None:
            self.stdout.write(f"Dấu trong tệp là của người nhận: {found.receiver.username}.")
        if found.is_reordered:
            self.stdout.write("Các dòng đã bị đổi chỗ.")


def _words(export: Export) -> str:
    days = f"{export.first_day:%d/%m/%Y} – {export.last_day:%d/%m/%Y}"
    return f"tệp số {export.pk} ({export.campaign.slug}, {days}, {export.basis})"
