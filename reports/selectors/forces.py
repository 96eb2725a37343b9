"""Who is at work and what they did, beside the counts: for pages of units and branches."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.models import Branch, Campaign, Phase, Unit
from volunteers.selectors.figures import Figures, figures_of


@dataclass(frozen=True)
class Forces:
    """The figures of one node over the campaign, over its peak drives, and of its children."""

    node: Unit | Branch
    whole: Figures
    peaks: tuple[tuple[Phase, Figures], ...]
    children: tuple[tuple[Unit | Branch, Figures], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return self.whole.is_empty


def forces_of(
    campaign: Campaign,
    node: Unit | Branch,
    children: Sequence[Unit] | Sequence[Branch],
    phases: Sequence[Phase],
) -> Forces:
    """Return the figures of a node (one query, and one for each peak drive)."""
    nodes = [node, *children]
    found = figures_of(campaign, nodes, campaign.starts_on, campaign.ends_on)
    of_children = [(child, found[child.pk]) for child in children]
    return Forces(
        node=node,
        whole=found[node.pk],
        peaks=tuple(
            (phase, figures_of(campaign, [node], phase.starts_on, phase.ends_on)[node.pk])  # type: ignore[arg-type]
            for phase in phases
            if phase.is_peak
        ),
        children=tuple((child, figures) for child, figures in of_children if not figures.is_empty),
    )
