"""Tells cheaply whether a dashboard would look the same again."""

import hashlib

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection

from campaign.models import Campaign, Unit
from campaign.scopes import scope_of
from core import clock

# One row: when the totals were last made, and when anything was last set up or removed.
CHANGES = """
    SELECT (SELECT computed_at FROM reports_unittotal
            WHERE campaign_id = %(campaign)s AND node_id = %(unit)s),
           (SELECT max(computed_at) FROM reports_branchtotal WHERE campaign_id = %(campaign)s),
           (SELECT array_agg(ROW(at, n)::text) FROM (
                SELECT max(updated_at) AS at, count(*) AS n FROM campaign_campaign
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_indicator
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_term
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_phase
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_target
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_baseline
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_baselinefigure
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_unit
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_branch
                UNION ALL SELECT max(updated_at), count(*) FROM campaign_outline
                UNION ALL SELECT max(updated_at), count(*) FROM volunteers_team
                UNION ALL SELECT max(updated_at), count(*) FROM volunteers_membership
                UNION ALL SELECT max(updated_at), count(*) FROM volunteers_supportsession
                WHERE campaign_id = %(campaign)s
                UNION ALL SELECT max(updated_at), count(*) FROM volunteers_helprequest
                WHERE campaign_id = %(campaign)s) s)
"""


def board_version(user: object, campaign: Campaign, unit: Unit, basis: str, language: str) -> str:
    """Return an entity tag of the dashboard (one query).

    It leaves "as of" out: while nothing changes, the moment that the page shows stays true.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, {"campaign": campaign.pk, "unit": unit.pk})
        changes = cursor.fetchone()
    parts = (
        getattr(user, "pk", None),
        sorted(a.pk for a in scope_of(user).appointments),
        campaign.pk,
        unit.pk,
        basis,
        language,
        clock.today(),
        getattr(staticfiles_storage, "manifest_hash", ""),
        changes,
    )
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
