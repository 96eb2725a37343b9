"""Partitions of day totals are made ahead, and take up what lies in none."""

from django.db import connection, transaction

from campaign.models import Campaign
from reports.rollup.settings_moves import hold
from reports.rollup.trees import TREES

ADD = "SELECT reports_add_partitions(%s, %s)"


def add_partitions() -> int:
    """Make the partitions that campaigns lack; return how many.

    Pages read on, and roll-ups wait: for a moment, or where there is much to move for that long.
    """
    return sum(
        add_partitions_of(campaign) for campaign in Campaign.objects.with_days().order_by("pk")
    )


def add_partitions_of(campaign: Campaign) -> int:
    made = 0
    for tree in TREES:
        with transaction.atomic(), connection.cursor() as cursor:
            hold()
            cursor.execute(ADD, [tree.day, campaign.pk])
            made += cursor.fetchone()[0]
    return made
