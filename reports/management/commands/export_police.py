"""``manage.py export_police [--output FILE] [--campaign SLUG] [--from DATE] …``."""

import datetime as dt
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.models import Campaign, Unit
from campaign.selectors import running_now
from reports.police.exports import police_file
from reports.rollup.totals import BASES


class Command(BaseCommand):
    """Writes the police's file, with a receipt like any other."""

    help = "Write the police CSV to a file or to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path)
        parser.add_argument("--campaign")
        parser.add_argument("--from", dest="first", type=dt.date.fromisoformat)
        parser.add_argument("--to", dest="last", type=dt.date.fromisoformat)
        parser.add_argument("--basis", choices=BASES, default="approved")

    def handle(self, *args: Any, **options: Any) -> None:
        campaigns = Campaign.objects.published().current_first()
        if options["campaign"]:
            campaigns = campaigns.filter(slug=options["campaign"])
        else:
            running = running_now()
            if len(running) > 1:
                slugs = ", ".join(one.slug for one in running)
                raise CommandError(f"Đang có nhiều chiến dịch: {slugs}. Thêm --campaign.")
        campaign = campaigns.first()
        if campaign is None:
            raise CommandError("Không có chiến dịch này.")
        export, pieces = police_file(
            actor=None,
            campaign=campaign,
            units=Unit.objects.all(),
            first=options["first"],
            last=options["last"],
            basis=options["basis"],
        )
        target = options["output"].open("wb") if options["output"] else sys.stdout.buffer
        with target as file:
            for piece in pieces:
                file.write(piece)
        self.stderr.write(f"{campaign.slug}: {export.rows} dòng, SHA-256 {export.sha256}")
