"""What stands behind a figure that went out with a code: its parts, what changed, its proof."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q

from campaign.models import Branch, Level, Unit
from campaign.selectors import IndicatorSet, indicators_of
from core.log.models import Leaf, SignedHead
from core.log.proof_texts import inclusion_text, proofs
from reports.daily.counted_versions import counted_versions
from reports.daily.models import Revision
from reports.digests.changes import Reason, Since, reasons_since
from reports.exports.models import FigureCode
from reports.police.proof.package import opened
from reports.rollup.totals import sum_days
from reports.rollup.trees import UNITS

MOST_REASONS, MOST_REPORTS = 10, 100


@dataclass(frozen=True)
class ReportPart:
    """What counted of one report when the figure went out."""

    report: Any
    date: Any
    branch: str
    version: int
    value: int


@dataclass(frozen=True)
class UnitPart:
    """What a unit below brought to the figure when it went out, and what it comes to now."""

    unit: Unit
    then: int
    now: int


@dataclass(frozen=True)
class FigureHistory:
    """``now`` is the same figure today.

    ``untraced`` is what lies between the two and is in no reason: a session that was corrected or
    cancelled, or a setting.
    """

    now: int
    units: list[UnitPart]
    reports: list[ReportPart]
    reasons: list[Reason]
    more: int
    untraced: int

    def is_same(self, figure: FigureCode) -> bool:
        return self.now == figure.value


def history_of_figure(figure: FigureCode, reader: Any) -> FigureHistory | None:
    """Return the parts that a reader may see; None where the unit is not the reader's to see.

    Raises ``ArchivedError`` where the days are not here.
    """
    unit = figure.unit
    if unit is None or not Unit.objects.visible_to(reader).filter(pk=unit.pk).exists():
        return None
    indicators = indicators_of(figure.campaign)
    children = list(unit.children.on(figure.day).order_by("sort_key"))
    sums = _to_date(figure, [unit, *children], indicators)
    is_low = unit.level in (Level.COMMUNE, Level.HAMLET)
    reasons = reasons_since(
        campaign=figure.campaign,
        units=Unit.objects.within(unit),
        day=figure.day,
        since=Since(figure.revision, figure.as_of),
        indicators=indicators,
        code=figure.indicator,
        basis=figure.basis,
    )
    now = sums.get(unit.pk, 0)
    return FigureHistory(
        now=now,
        units=_units(children, sums, reasons),
        reports=_reports(figure, unit, reader, indicators) if is_low else [],
        reasons=reasons[:MOST_REASONS],
        more=max(len(reasons) - MOST_REASONS, 0),
        untraced=now - figure.value - sum(reason.difference for reason in reasons),
    )


def _units(
    children: Sequence[Unit], sums: Mapping[int, int], reasons: Sequence[Reason]
) -> list[UnitPart]:
    """Return the parts: what they came to then is what they come to now without what changed."""
    changed: Counter[int] = Counter()
    for reason in reasons:
        changed[reason.unit] += reason.difference
    since: Counter[int] = Counter()
    for pk, path in Unit.objects.filter(pk__in=changed).values_list("pk", "path"):
        since.update({c.pk: changed[pk] for c in children if path.startswith(c.paths)})
    return [
        UnitPart(child, sums.get(child.pk, 0) - since[child.pk], sums.get(child.pk, 0))
        for child in children
        if child.pk in sums or since[child.pk]
    ]


def _to_date(
    figure: FigureCode, units: list[Unit | Branch], indicators: IndicatorSet
) -> dict[int, int]:
    first, last = figure.campaign.starts_on, figure.day
    sums = sum_days(UNITS, figure.campaign, units, first, last, figure.basis)
    return {pk: indicators.complete(of.counts).get(figure.indicator, 0) for pk, of in sums.items()}


def _reports(
    figure: FigureCode, unit: Unit, reader: Any, indicators: IndicatorSet
) -> list[ReportPart]:
    """Return what counted of each report up to the figure's last revision, the newest first."""
    rows = Revision.objects.visible_to(reader).filter(
        Q(report__unit=unit) | Q(report__unit__parent=unit),
        report__campaign=figure.campaign,
        report__date__lte=figure.day,
        pk__lte=figure.revision,
    )
    names = ("report_id", "report__date", "report__branch__name", "version", "content")
    found = []
    for report, revisions in groupby(
        rows.order_by("report", "version").values(*names), key=lambda row: row["report_id"]
    ):
        whole = list(revisions)
        counted = counted_versions(row["content"] for row in whole)[-1]
        if counted is not None and (figure.basis == "reported" or counted[1]):
            value = indicators.complete(counted[0]).get(figure.indicator)
            last = whole[-1]
            named = (last["report__date"], last["report__branch__name"], last["version"])
            found.append(ReportPart(report, *named, value or 0))
    return sorted(found, key=lambda part: part.date, reverse=True)[:MOST_REPORTS]


def figure_proof(figure: FigureCode) -> str | None:
    """Return what proves that the log has the figure; None until it has come to it."""
    leaf = Leaf.objects.filter(subject="figure", key=str(figure.pk)).exclude(number=None).first()
    if leaf is None or leaf.number is None:
        return None
    head = SignedHead.objects.filter(size__gt=leaf.number).order_by("size").first()
    return inclusion_text(proofs(), leaf.number, head, opened(leaf)) if head else None
