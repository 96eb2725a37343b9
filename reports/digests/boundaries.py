"""Digests of units that a change of boundaries has made, once it is taken back."""

from collections.abc import Sequence

from django.db import connection

from campaign.boundaries.carried import register_look


def forget_publications(units: Sequence[int]) -> None:
    """Take away digests in which nothing was counted; the owner's function deletes no other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports_forget_publications(%s::bigint[])", [list(units)])


register_look(forget_publications)
