"""What the self-check has found, as pages and machines tell it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaign.models import Campaign, Indicator
from core import clock
from core.changes import TAG
from core.templatetags.formatting import count
from reports.rollup.models import RollupDifference

# For so long it is told that something was found, though it is right again.
SHOWN_FOR = dt.timedelta(days=1)
MOST_SHOWN = 10


OF_UNITS = TAG.format(campaign="%(campaign)s", units="%(units)s::bigint[]")


def tag_with_reports(campaign: Campaign, unit_id: int) -> int:
    """Return the tag of what is said of a unit from totals and from reports (one query)."""
    return _tag(campaign, [unit_id, -unit_id])


def tag_without_counts(campaign: Campaign) -> int:
    """Return the tag of what is said from neither totals nor reports.

    Units, branches, people, targets and sessions: it stays while counts come in. The campaign of
    a page was read with it.
    """
    read: int | None = vars(campaign).get("settings_tag")
    return _tag(campaign, []) if read is None else read


def _tag(campaign: Campaign, units: list[int]) -> int:
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"campaign": campaign.pk, "units": units}
        cursor.execute(f"SELECT {OF_UNITS}", asked)
        (tag,) = cursor.fetchone()
    return int(tag)


@dataclass(frozen=True)
class FoundDifferences:
    """How many differences are open, how many were found lately, and the first of them."""

    open: int
    found: int
    found_at: dt.datetime
    healed_at: dt.datetime | None
    rows: Sequence[RollupDifference] = ()

    @property
    def words(self) -> str:
        if self.open:
            words = _("%(n)s số tổng hợp khác với báo cáo, đang tính lại")
            return words % {"n": count(self.open)}
        words = _("%(n)s số tổng hợp đã khác với báo cáo, đã tính lại lúc %(time)s")
        moment = date_format(self.healed_at, "H:i j/n/Y") if self.healed_at else ""
        return words % {"n": count(self.found), "time": moment}

    @property
    def more(self) -> int:
        return self.found - len(self.rows)


def found_differences() -> FoundDifferences | None:
    """Return what was found in the last day or is still open; None where all is well."""
    found = RollupDifference.objects.recent(clock.now() - SHOWN_FOR).aggregate(
        open=Count("pk", filter=Q(healed_at=None)),
        found=Count("pk"),
        found_at=Max("found_at"),
        healed_at=Max("healed_at"),
    )
    return FoundDifferences(**found) if found["found"] else None


def differences_shown(user: Any, campaign: Campaign) -> FoundDifferences | None:
    """Return the same of one campaign with its first rows, to those who may see it."""
    labels = Indicator.objects.filter(campaign=campaign, code=OuterRef("key"))
    rows = list(
        RollupDifference.objects.visible_to(user)
        .recent(clock.now() - SHOWN_FOR)
        .filter(Q(campaign=campaign) | Q(campaign=None))
        .select_related("unit", "branch")
        .annotate(label=Subquery(labels.values("label")[:1]))
        # Where it began first: the lowest nodes, of units before branches.
        .order_by(F("unit__depth").desc(nulls_last=True), "-branch__depth", "date", "pk")
    )
    if not rows:
        return None
    return FoundDifferences(
        open=sum(row.healed_at is None for row in rows),
        found=len(rows),
        found_at=max(row.found_at for row in rows),
        healed_at=max((row.healed_at for row in rows if row.healed_at), default=None),
        rows=rows[:MOST_SHOWN],
    )
