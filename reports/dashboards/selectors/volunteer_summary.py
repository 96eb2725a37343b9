"""Who is at work and what they did, beside the counts: for pages of units and branches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaign.models import Branch, Campaign, Phase, Unit
from volunteers.statistics.selectors import Figures, Span, figures_over


@dataclass(frozen=True)
class VolunteerSummary:
    """The figures of one node over the campaign, over its peak drives, and of its children."""

    node: Unit | Branch
    whole: Figures
    peaks: tuple[tuple[Phase, Figures], ...]
    children: tuple[tuple[Unit | Branch, Figures], ...]

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
    whole, *of_peaks_and_children = figures_over(
        campaign,
        [
            Span(node, campaign.starts_on, campaign.ends_on),
            *(Span(node, phase.starts_on, phase.ends_on) for phase in peaks),
            *(Span(child, campaign.starts_on, campaign.ends_on) for child in children),
        ],
    )
    of_children: Iterable[tuple[Unit | Branch, Figures]] = zip(
        children, of_peaks_and_children[len(peaks) :], strict=True
    )
    return VolunteerSummary(
        node=node,
        whole=whole,
        peaks=tuple(zip(peaks, of_peaks_and_children, strict=False)),
        children=tuple((child, figures) for child, figures in of_children if not figures.is_empty),
    )
