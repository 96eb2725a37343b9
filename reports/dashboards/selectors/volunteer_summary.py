"""Who is at work and what they did, beside the counts: for pages of units and branches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaign.models import Branch, Campaign, Phase, Unit
from core import clock
from core.page_cache import cached
from reports.rollup.selectors import tag_without_counts
from volunteers.statistics.selectors import NodeRange, Statistics, statistics_over


@dataclass(frozen=True)
class VolunteerSummary:
    """The figures of one node over the campaign, over its peak drives, and of its children."""

    node: Unit | Branch
    whole: Statistics
    peaks: tuple[tuple[Phase, Statistics], ...]
    children: tuple[tuple[Unit | Branch, Statistics], ...]

    @property
    def is_empty(self) -> bool:
        return self.whole.is_empty


def volunteer_summary_of(
    campaign: Campaign,
    node: Unit | Branch,
    children: Sequence[Unit] | Sequence[Branch],
    peaks: Sequence[Phase],
) -> VolunteerSummary:
    """Return the figures of a node, of its peak drives and of its children.

    One query while nothing but counts changes, two where something has.
    """
    made_from = ("volunteers", campaign.pk, type(node).__name__, node.pk)
    tag = (tag_without_counts(campaign), clock.today())
    return cached(made_from, tag, lambda: _made(campaign, node, children, peaks))


def _made(
    campaign: Campaign,
    node: Unit | Branch,
    children: Sequence[Unit] | Sequence[Branch],
    peaks: Sequence[Phase],
) -> VolunteerSummary:
    whole, *of_peaks_and_children = statistics_over(
        campaign,
        [
            NodeRange(node, campaign.starts_on, campaign.ends_on),
            *(NodeRange(node, phase.starts_on, phase.ends_on) for phase in peaks),
            *(NodeRange(child, campaign.starts_on, campaign.ends_on) for child in children),
        ],
    )
    of_children: Iterable[tuple[Unit | Branch, Statistics]] = zip(
        children, of_peaks_and_children[len(peaks) :], strict=True
    )
    return VolunteerSummary(
        node=node,
        whole=whole,
        peaks=tuple(zip(peaks, of_peaks_and_children, strict=False)),
        children=tuple((child, figures) for child, figures in of_children if not figures.is_empty),
    )
