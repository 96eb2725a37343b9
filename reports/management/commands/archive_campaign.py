"""``manage.py archive_campaign SLUG --folder FOLDER``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.models import Campaign
from reports.rollup.services.archive import ArchiveError, archive_campaign


class Command(BaseCommand):
    """Puts the day totals of a campaign that is over into a file; ``attach_campaign`` undoes it."""

    help = "Move the day totals of an ended campaign into a file (run by the database's owner)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("campaign")
        parser.add_argument("--folder", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        campaign = Campaign.objects.filter(slug=options["campaign"]).first()
        if campaign is None:
            raise CommandError("Không có chiến dịch này.")
        try:
            path = archive_campaign(campaign, options["folder"])
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(path))
