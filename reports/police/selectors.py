"""A file that was taken, beside what its figures are now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from campaign.models import Unit
from campaign.selectors import indicators_of
from reports.digests.changes import Reason, Since, reasons_since
from reports.exports.models import Export
from reports.rollup.totals import sum_days
from reports.rollup.trees import UNITS

MOST_REASONS = 20


@dataclass(frozen=True)
class ExportCorrection:
    """The headline to date as the file had it and as it is now; ``rest`` no report explains."""

    published: int
    now: int
    reasons: Sequence[Reason]
    more: int
    rest: int

    @property
    def is_same(self) -> bool:
        return self.published == self.now


def export_correction(export: Export) -> ExportCorrection | None:
    """Compare a file with the figures of now; None for one that was kept without figures."""
    figures = export.figures
    if not figures or not export.is_police:
        return None
    campaign, code, ids = export.campaign, figures["headline"], figures["communes"]
    indicators, published = indicators_of(campaign), int(figures["to_date"])
    communes = list(Unit.objects.filter(pk__in=ids))
    first, last = campaign.starts_on, export.last_day
    sums = sum_days(UNITS, campaign, communes, first, last, export.basis)
    now = sum(indicators.complete(of.counts).get(code, 0) for of in sums.values())
    if now == published:
        return ExportCorrection(published, now, [], 0, 0)
    reasons = reasons_since(
        campaign=campaign,
        # A hamlet's report is in the row of its commune.
        units=Unit.objects.filter(Q(pk__in=ids) | Q(parent__in=ids)),
        day=last,
        since=Since(figures["seq"], export.as_of),
        indicators=indicators,
        code=code,
        basis=export.basis,
    )
    return ExportCorrection(
        published=published,
        now=now,
        reasons=reasons[:MOST_REASONS],
        more=max(len(reasons) - MOST_REASONS, 0),
        # A value that stood for some days only explains nothing of what stands now.
        rest=0
        if code in indicators.states
        else now - published - sum(reason.difference for reason in reasons),
    )
