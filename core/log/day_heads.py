"""The last head of each day: what witnesses keep."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from core import clock
from core.log.checkpoint import Head
from core.log.models import SignedHead

# Each day's last; one look-up a day by the index of ``signed_at``.
OF_DAYS = """
    SELECT found.size FROM generate_series(0, %(days)s - 1) AS back CROSS JOIN LATERAL (
        SELECT size FROM core_signedhead
        WHERE signed_at >= %(begins)s - make_interval(days => back)
        AND signed_at < %(begins)s - make_interval(days => back - 1)
        ORDER BY signed_at DESC, size DESC LIMIT 1
    ) found ORDER BY found.size DESC
"""


@dataclass(frozen=True)
class DayHead:
    """The last head of a day; ``is_over`` says that the day brings no later one."""

    day: dt.date
    signed: SignedHead

    @property
    def head(self) -> Head:
        return self.signed.head

    @property
    def is_over(self) -> bool:
        return self.day < clock.today()


def day_heads(last: dt.date, days: int) -> list[DayHead]:
    """Return the heads of so many days up to ``last``, the newest first (two queries)."""
    begins = clock.at(last, dt.time.min)
    with connection.cursor() as cursor:
        cursor.execute(OF_DAYS, {"days": days, "begins": begins})
        sizes = [size for (size,) in cursor.fetchall()]
    found = SignedHead.objects.in_bulk(sizes)
    return [
        DayHead(timezone.localtime(found[size].signed_at).date(), found[size]) for size in sizes
    ]
