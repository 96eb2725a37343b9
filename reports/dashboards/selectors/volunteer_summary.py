"""Who is at work and what they did, beside the counts: for pages of units and branches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaign.models import Branch, Campaign, Phase, Unit
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
    """Return the figures of a node, of its peak drives and of its children (one query)."""
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
