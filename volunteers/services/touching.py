"""Tells the roll-up which days to make again."""

from campaign import clock
from volunteers.models import SupportSession, TouchedDay


def touch(*sessions: SupportSession) -> None:
    """Leave word, in the transaction that changes sessions, that their days have changed.

    Called with a session as it was and as it is where its day, unit or host changes.
    """
    days = {(s.campaign_id, s.branch_id, s.unit_id, s.date) for s in sessions}
    since = clock.now()
    TouchedDay.objects.bulk_create(
        TouchedDay(campaign_id=c, branch_id=b, unit_id=u, date=d, since=since)
        for c, b, u, d in sorted(days)
    )
